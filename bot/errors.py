"""Everything that can go wrong by design, and who deals with it.

StatsBotError
├── SettingsError            the .env is wrong: every mistake at once           exit 78
├── InstanceRunning          somebody else writes this database                 exit 75
├── StoreError
│   ├── DatabaseNotOurs      another program's file, or a newer version's                         exit 78
│   │   ├── NoDatabase       SQLite does not know the file: overwritten, or it never was one
│   │   └── TwoNames         it has hard links: each would have a log of its own
│   ├── DatabaseBusy         locked for longer than we wait: the next poll tries again
│   ├── DatabaseDown         its disk is full, read-only or failing: the next poll tries again
│   │   ├── DatabaseClosed   a mode, an owner or a folder in its place keeps the bot out          exit 78
│   │   └── DatabaseDamaged  the file is not what SQLite wrote: a backup has to take its place    exit 78
│   └── BackupFailed         no copy that can be trusted was made; those of before stay
├── NoAnswer                 a question that has none: its text is the answer
├── BadScope                 a question with a word that nobody knows: the asker is told which
├── SourceError              the game server's folder cannot be looked at
│   ├── SourceAway           network, time-out, refused connection: back off up to 60 s
│   └── SourceRefused        needs a person: asked again every 5 minutes, one alert
│       ├── LoginRefused
│       ├── HostKeyUnknown
│       └── HostKeyChanged
├── UnfitFile                with its code, in bot/domain/game/file/reasons.py
│   ├── BadFile              content against the grammar: the file is rejected, with its line
│   └── FileError            one remote file cannot be read: the others go on
│       ├── FileChanged      its size is not the listed one: look again
│       ├── FileVanished
│       └── FileUnreadable   retried, slower and slower, for ever
├── DiscordError             what the bot may do on Discord cannot be asked
│   ├── TokenRefused         the token is wrong: a person has to act
│   └── DiscordAway
└── PublishError             a post did not get through
    ├── OutcomeUnknown       it may or may not be there: look before repeating
    ├── PostRefused          Discord said no: parked with the reason
    │   └── PostTooLarge     its pictures are too large: it goes without them
    ├── PostGone             the message was deleted: done
    └── PostLater            rate limit: not sent, try again after `seconds`
"""

from __future__ import annotations


class StatsBotError(Exception):
    """The root of every expected failure; its text is written for the admin."""


class _Mendable(StatsBotError):
    """What is the matter, and what to do about it where that is known."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(f"{what}: {fix}" if fix else what)
        self.what = what
        self.fix = fix


class SettingsError(StatsBotError):
    """One line per mistake, each with its fix."""


class InstanceRunning(StatsBotError):
    """Another process holds the instance lock; the text names it."""


class StoreError(_Mendable):
    """The database cannot be used."""


class DatabaseNotOurs(StoreError):
    """The file belongs to another program, or to a newer version of this one."""


class NoDatabase(DatabaseNotOurs):
    """SQLite does not know the file: it was overwritten, or never was a database."""


class TwoNames(DatabaseNotOurs):
    """The file has hard links."""


class DatabaseBusy(StoreError):
    """Locked for longer than the busy timeout."""


class DatabaseDown(StoreError):
    """Its disk is full, read-only or failing, or it is damaged: no round file's fault."""


class DatabaseClosed(DatabaseDown):
    """This user may not use the file, or it is a folder: a person has to act."""


class DatabaseDamaged(DatabaseDown):
    """What is in the database is not what was written there."""


class BackupFailed(StoreError):
    """No copy was made that passes its checks; nothing of before was taken away."""


class NoAnswer(StatsBotError):
    """A question that cannot be answered; the text, safe for Discord, says why and what would help."""


class NoRounds(NoAnswer):
    """No round is in what was asked for; over all time there may be some."""


class WhoAsks(NoAnswer):
    """Somebody asks about himself and has not said who that is; `option`: the command's for a player, empty: none."""

    def __init__(self, option: str) -> None:
        super().__init__("I do not know which player you are: `/link` is for saying it once.")
        self.option = option


class BadScope(StatsBotError):
    """A word of a scope that is not understood, or against another; `near`: what may have been meant."""

    def __init__(self, word: str, near: list[str], *, reason: str | None = None) -> None:
        super().__init__(reason or f"{word!r} is no period, map, half, side or size that I know")
        self.word = word
        self.near = near
        self.reason = reason


class SourceError(_Mendable):
    """The folder of the game server cannot be looked at."""


class SourceAway(SourceError):
    """Transient: the network, the server or a time-out."""


class SourceRefused(SourceError):
    """A person has to act; the text says what to do."""


class LoginRefused(SourceRefused):
    """The server does not accept the user or the key."""


class HostKeyUnknown(SourceRefused):
    """No key of this host is in the known-hosts file."""


class HostKeyChanged(SourceRefused):
    """The host shows another key than the one that is known: nothing was sent to it."""


class DiscordError(StatsBotError):
    """What the bot may do on Discord cannot be asked."""


class TokenRefused(DiscordError):
    """Discord does not accept the token."""


class DiscordAway(DiscordError):
    """The network, or Discord: later, perhaps."""


class PublishError(StatsBotError):
    """A post did not get through."""


class OutcomeUnknown(PublishError):
    """The connection broke or the server failed: the message may exist or not."""


class PostRefused(PublishError):
    """Discord refused; `hopeless` when asking again cannot help (bad token)."""

    def __init__(self, reason: str, *, hopeless: bool = False) -> None:
        super().__init__(reason)
        self.hopeless = hopeless


class PostTooLarge(PostRefused):
    """Discord refused the size of what is attached."""


class PostGone(PublishError):
    """The message existed and was deleted."""


class PostLater(PublishError):
    """Rate limited: nothing was sent."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"rate limited for {seconds:.0f} s")
        self.seconds = seconds
