"""What is in the way of polling or posting now, for `/sync status` and the alerts."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class TroubleCode(StrEnum):
    """What kind of trouble: one kind after the other is one episode, and told once."""

    DATABASE = "database"
    DATABASE_DOWN = "database_down"
    SERVER_AWAY = "server_away"
    SERVER_REFUSES = "server_refuses"
    LOGIN_REFUSED = "login_refused"
    HOST_KEY_UNKNOWN = "host_key_unknown"
    HOST_KEY_CHANGED = "host_key_changed"
    HISTORY_UNREAD = "history_unread"
    OUTCOME_UNKNOWN = "outcome_unknown"
    POST_REFUSED = "post_refused"
    POST_UNSURE = "post_unsure"


class Trouble(NamedTuple):
    """`text`: the error's own, or what an admin is asked."""

    code: TroubleCode
    text: str
