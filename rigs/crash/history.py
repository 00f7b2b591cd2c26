"""What the servers saw against the database at rest: docs/dev/INVARIANTS.md, one function each."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bot.app import SERVER
from bot.domain.buttons import ToldRound
from bot.domain.game.file.files import round_key
from rigs.discord_standin import Message
from rigs.process import PASSPHRASE, PASSWORD, TOKEN

SECRETS = (TOKEN, PASSPHRASE, PASSWORD)
SETTLED = {"imported", "rejected", "ignored"}


class History(NamedTuple):
    """What is compared, after a clean stop.

    `remote` is the server's folder, `news` the names of the files that were to be posted, `messages` everything that
    Discord ever accepted in the channel, `outputs` what each process printed, `corrected` the news whose posts were
    to be corrected.
    """

    home: Path
    database: Path
    remote: Path
    news: Collection[str]
    messages: Sequence[Message]
    outputs: Sequence[str]
    corrected: Collection[str] = ()


@dataclass
class Verdict:
    """`lost`: rounds or posts that are missing; `doubled`: rounds or posts that are there twice; `broken`: the rest."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Every invariant holds."""
        return not (self.lost or self.doubled or self.broken)


def judge(history: History, verdict: Verdict) -> None:
    """Add what breaks one of the seven invariants."""
    with closing(sqlite3.connect(f"{history.database.as_uri()}?mode=ro", uri=True)) as con:
        con.row_factory = sqlite3.Row
        _files(con, history, verdict)
        _posts(con, history, verdict)
        verdict.broken += _soundness(con)
    verdict.broken += left_over(history.home)
    for output in history.outputs:
        verdict.broken += told_wrongly(output)


def _files(con: sqlite3.Connection, history: History, verdict: Verdict) -> None:
    """I1 and I2: each file in one final state, and imported ones are rounds of the server's own bytes."""
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in history.remote.iterdir()}
    ledger = {row["filename"]: row for row in con.execute("SELECT * FROM processed_files")}
    rounds = list(con.execute("SELECT id, filename, sha256 FROM rounds"))
    names = [row["filename"] for row in rounds]
    verdict.lost += [f"I1 no state: {name}" for name in there if name not in ledger]
    verdict.broken += [f"I1 not on the server: {name}" for name in ledger if name not in there]
    verdict.broken += [f"I1 {row['state']}: {name}" for name, row in ledger.items() if row["state"] not in SETTLED]
    verdict.doubled += [f"I2 {names.count(name)} rounds: {name}" for name in {*names} if names.count(name) > 1]
    imported = {name: row for name, row in ledger.items() if row["state"] == "imported"}
    verdict.lost += [f"I2 no round: {name}" for name in imported if name not in names]
    verdict.lost += [f"I2 news not imported: {name}" for name in history.news if name not in imported]
    for row in rounds:
        known = imported.get(row["filename"])
        hashes = {row["sha256"], there.get(row["filename"]), known["sha256"] if known else None}
        if len(hashes) != 1 or known is None or known["round_id"] != row["id"]:
            verdict.broken.append(f"I2 ledger, round and server differ: {row['filename']}")


_POSTS = """
    SELECT filename, outbox.state, outbox.message_id, (
           SELECT digest.message_id FROM outbox AS digest
            WHERE digest.id = outbox.digest_id AND digest.state = 'sent') AS digest, (
           SELECT match.state FROM rounds AS second JOIN outbox AS match ON match.round_id = second.id
            WHERE second.first_round_id = rounds.id) AS match
      FROM outbox JOIN rounds ON rounds.id = outbox.round_id"""


def _posts(con: sqlite3.Connection, history: History, verdict: Verdict) -> None:
    """I3: each round that is news has one message, whose id is known, and a round 1 none any more once its match has.

    After an outage one digest may tell of it instead, in which it can be chosen.
    Nothing else is posted.
    """
    rows = con.execute(_POSTS)
    posts = {row["filename"]: row for row in rows}
    shown_as = {message.id: _buttons(message) for message in history.messages}
    own = []
    for name in sorted(history.news):
        marker = f"round:{round_key(SERVER, name)}:"
        shown = [message for message in history.messages if marker in shown_as[message.id]]
        visible = [message.id for message in shown if message.deleted_at is None]
        own += visible
        if name in posts and posts[name]["state"] == "replaced":
            own += [message.id for message in shown]
            if visible or len(shown) > 1 or posts[name]["match"] != "sent":
                verdict.broken.append(f"I3 replaced, and {len(visible)} are to be seen: {name}")
        elif name in posts and posts[name]["state"] == "gathered" and not shown:
            told = str(ToldRound(round=round_key(SERVER, name)))
            digests = [m.id for m in history.messages if f'"{told}"' in shown_as[m.id] and m.deleted_at is None]
            own += digests
            if digests != [posts[name]["digest"]]:
                verdict.lost.append(f"I3 {len(digests)} digests tell of it: {name}")
        elif not visible:
            verdict.lost.append(f"I3 no message: {name}")
        elif len(shown) > 1:
            verdict.doubled.append(f"I3 {len(shown)} messages: {name}")
        elif name not in posts or (posts[name]["state"], posts[name]["message_id"]) != ("sent", visible[0]):
            verdict.broken.append(f"I3 the row does not know its message: {name}")
        elif name in history.corrected and len(shown[0].versions) == 1:
            verdict.lost.append(f"I3 not corrected: {name}")
    strange = [message.content for message in history.messages if message.id not in own]
    verdict.doubled += [f"I3 a message that nobody owes: {content[:60]!r}" for content in strange]
    verdict.doubled += [f"I3 owed, and no news: {name}" for name in posts if name not in history.news]


def _buttons(message: Message) -> str:
    """Those that it began with."""
    return json.dumps(list(message.versions[0].components))


def _soundness(con: sqlite3.Connection) -> list[str]:
    """I4: the database passes its checks."""
    faults = [row[0] for row in con.execute("PRAGMA integrity_check") if row[0] != "ok"]
    faults += [f"foreign key of {row[0]}" for row in con.execute("PRAGMA foreign_key_check")]
    return [f"I4 {fault}" for fault in faults]


def left_over(home: Path) -> list[str]:
    """I5, of a process that has ended: no half file. That of a killed backup goes with the next backup, a day later."""
    half = [path for path in home.rglob("*.part") if path.parent.name != "backups"]
    return [f"I5 left over: {path.name}" for path in half]


def told_wrongly(output: str) -> list[str]:
    """I6 and I7: an expected fault is one line without a traceback, and no secret is in any of them."""
    faults = ["I6 " + output[max(0, output.index("Traceback") - 300) :][:3000]] if "Traceback" in output else []
    faults += ["I6 an exception of a task that nobody asked for"] if "never retrieved" in output else []
    return faults + [f"I7 the secret {secret[:12]}…" for secret in SECRETS if secret in output]
