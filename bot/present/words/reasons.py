"""The sentences of every code that is stored: reword one here, and nothing that is stored or compared changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.domain.audit.states import FileStanding, GateReason, GateReasonCode, ServerVersion
from bot.domain.game.file.reasons import FileReason, FileReasonCode
from bot.domain.game.model import Aside, Note, NoteCode, Reason, State
from bot.domain.posts import Correction, CorrectionCode, PostReason, PostReasonCode
from bot.domain.stats.rounds.explanations import Reckoning
from bot.domain.trouble import Trouble, TroubleCode


class AsideWords(NamedTuple):
    """`short`: in a list of what was left out; `because`: on a card; the whole sentence has the `heading` too."""

    short: str
    because: str
    heading: str = ""


ASIDES: Mapping[Aside, AsideWords] = {
    Aside.ABORTED: AsideWords("aborted", "the round was broken off in mid-play", "aborted: "),
    Aside.CARRIED_OVER: AsideWords("carried over", "the figures cover more than this round", "carried over: "),
    Aside.UNPAIRED: AsideWords(
        "unpaired", "its round 1 is not here, so its running totals cannot be split", "unpaired: "
    ),
    Aside.SAVED_TWICE: AsideWords(
        "saved twice", "the same round is here a second time, and that one counts", "saved twice: "
    ),
    **{
        code: AsideWords("unpaired", f"a round 1 is here, but {why}", "unpaired: ")
        for code, why in {
            Aside.UNPAIRED_BROKEN: "one of the two was broken off",
            Aside.UNPAIRED_NO_TARGET: "it set no time to beat (its next limit is 0:00)",
            Aside.UNPAIRED_LIMIT: "the time that it set is not this round's limit",
            Aside.UNPAIRED_HOST: "it is of another server (its host has another name)",
            Aside.UNPAIRED_STRANGERS: "too few of the players who run on were in it",
            Aside.UNPAIRED_ANEW: "nobody's figures run on from it",
            Aside.UNPAIRED_TIME: "somebody's time is longer than both limits allow",
            Aside.UNPAIRED_SKIPPED: "most players have another round in between",
            Aside.UNPAIRED_SIDES: "most players kept their sides, and not every counter runs on",
            Aside.UNPAIRED_ORDER: "it is stamped after this round, and no file times say otherwise",
            Aside.UNPAIRED_TAKEN: "it belongs to another round 2",
        }.items()
    },
    Aside.OVERTIME: AsideWords(
        "longer than possible", "somebody's time is longer than the round could last", "longer than possible: "
    ),
    Aside.NEGATIVE_TIME: AsideWords(
        "negative time", "somebody's time in the file is less than nothing", "negative time: "
    ),
    Aside.AMBIGUOUS: AsideWords("one GUID twice", "its lines cannot be told apart", "one GUID twice: "),
    Aside.FEW_HUMANS: AsideWords("fewer than two humans", "fewer than two humans played"),
    Aside.MOSTLY_BOTS: AsideWords("mostly bots", "more bots than humans played"),
    Aside.IGNORED: AsideWords("taken out by an admin", "{words}", "ignored by an admin: "),
    Aside.OLDER: AsideWords("set aside by an older version", "{words}"),
}
EXPORTED_NOTES: Mapping[NoteCode, str] = {
    NoteCode.JOINED: "{name} is not in round 1: his line counts this round alone",
    NoteCode.RECONNECTED: "{name} reconnected: part of the round is missing from his line",
    NoteCode.RESET: "{name}'s counters began again after round 1: his line counts this round alone",
    NoteCode.LEFT: "{name} left his team before the end: side from round 1",
    NoteCode.UNIDENTIFIED: "{name} has no GUID: he counts in this round, and in no career",
}
"""Notes that people read in other words: an exported file is compared with older ones."""
NOTES: Mapping[NoteCode, str] = {
    NoteCode.JOINED: "{name} is not in round 1: the line counts this round alone",
    NoteCode.RECONNECTED: "{name} reconnected: part of the round is missing from the line",
    NoteCode.RESET: "{name}'s counters began again after round 1: the line counts this round alone",
    NoteCode.WATCHED: "{name} watched this round",
    NoteCode.LEFT: "{name} left the team before the end: side from round 1",
    NoteCode.TIME: "{name}'s time covers both rounds: this round's length is used",
    NoteCode.TWICE: "two lines claim {name}",
    NoteCode.CUMULATIVE: "the figures below are running totals of both rounds",
    NoteCode.NEWER: "{extra} tab fields beyond the {known} known ones are ignored",
    NoteCode.UNBALANCED: "kills or damage given and received do not balance: somebody left, or a line is missing",
    NoteCode.UNIDENTIFIED: "{name} has no GUID: counted in this round, and in no career",
    NoteCode.ALIVE: "{name}'s time alive is no number in the file: it counts as none",
    NoteCode.RATIOS: "most lines' K/D is not that of their weapons: one of the two holds more than this round",
    NoteCode.CLOCK_AHEAD: "the server's clock: the stamp was in the future, so the file's own time is used",
    NoteCode.CLOCK_BEFORE: "the server's clock: the stamp is older than the game, so the file's own time is used",
    NoteCode.CLOCK_SEEN: "the server's clock: neither stamp nor file time can be true; dated by when it was first seen",
    NoteCode.CLOCK_BACK: "the server's clock: by their stamps the two rounds do not follow each other, so the files' "
    "own times are used",
    NoteCode.REPEATED_HOUR: "the clock shows this hour twice: it was the second one, by its other round",
    NoteCode.KILLS_DIFFER: "who killed whom does not add up to {name}'s line: a part of the round is missing from it",
    NoteCode.KILLS_NEWER: "who killed whom is told in a newer way ({extra}) than is known here ({known}): not read",
    NoteCode.IMPOSSIBLE: "{name}'s {figure} cannot be true: the file says {value}",
    NoteCode.IMPOSSIBLE_HEADER: "the {figure} in the file's header cannot be true: it says {value}",
    NoteCode.NO_ENEMIES: "everybody stands on one side, though enemies were hit",
    NoteCode.HEADER_DIFFERS: "the header's {figure} ({value}) contradicts who defended or won: the result may be wrong",
    NoteCode.OLDER: "{words}",
}
RECKONINGS: Mapping[Reckoning, str] = {
    Reckoning.AS_WRITTEN: "as written",
    Reckoning.COUNTED_ANEW: "as written: the game counts this anew in each round",
    Reckoning.NO_FIRST: "as written: there is no round 1 to subtract",
    Reckoning.NOT_SPLIT: "as written: with one GUID twice, nothing can be subtracted",
    Reckoning.JOINED: "as written: there is no such player in round 1",
    Reckoning.RESET: "as written: the counters began again after round 1",
    Reckoning.NOTHING_BEFORE: "as written: nothing in round 1",
    Reckoning.MINUS_FIRST: "minus round 1: the file holds the sum of both rounds",
    Reckoning.SYRINGE: "the syringe's hits: this version of the stats script has no field for revives",
    Reckoning.SYRINGE_MINUS_FIRST: "the syringe's hits (there is no field for revives), minus those of round 1",
    Reckoning.ROUND_LENGTH: "this round's length: the time in the file covers both rounds",
    Reckoning.STOPWATCH: "by the stopwatch rules: told once a match, on the player's last round of it",
    Reckoning.AMBIGUOUS: "one GUID twice: its lines cannot be told apart",
    Reckoning.UNKNOWN: "unknown to this version of the stats script",
    Reckoning.LOST: "its file, or its round 1's, is lost",
}
CORRECTIONS: Mapping[CorrectionCode, str] = {
    CorrectionCode.FIRST_ARRIVED: "its round 1 has arrived",
    CorrectionCode.PAIRED_ANEW: "it was paired anew",
    CorrectionCode.COUNTS_NOW: "it counts now",
    CorrectionCode.COUNTS_NO_MORE: "it does not count any more, {reason}",
    CorrectionCode.OTHER_REASON: "it does not count for another reason, {reason}",
    CorrectionCode.DERIVED_ANEW: "its figures were derived anew",
    CorrectionCode.FINISHED: "the file was not finished",
    CorrectionCode.AROUND: "a round came late, or was derived anew",
    CorrectionCode.TEAMS: "rounds before it came late, or count otherwise, and its teams are called by those",
    CorrectionCode.OLDER: "{reason}",
}
POST_REASONS: Mapping[PostReasonCode, str] = {
    PostReasonCode.UNWANTED: "{words} posts are switched off in /settings",
    PostReasonCode.FEW_PLAYERS: "fewer than {words} players, see /settings",
    PostReasonCode.TOO_OLD: "too old to be news",
    PostReasonCode.SEEN: "an admin saw it",
    PostReasonCode.DELETED: "deleted on Discord",
    PostReasonCode.UNDER_WAY: "its answer may still come",
    PostReasonCode.JUST_EDITED: "edited a moment ago",
    PostReasonCode.SAID: "{words}",
}
FILE_REASONS: Mapping[FileReasonCode, str] = {
    FileReasonCode.NO_SUCH_TIME: "its date or time does not exist",
    FileReasonCode.NO_SUCH_YEAR: "no server's clock shows the year {figure}",
    FileReasonCode.ENDSTATS: "awards (endstats), not a round",
    FileReasonCode.WEAPON_DUMP: "per-weapon dump, not a round",
    FileReasonCode.UNSAFE_NAME: "unsafe name",
    FileReasonCode.NEARLY: "named nearly as a round file is, <date>-<time>-<map>-round-1.txt or -2.txt, and not taken",
    FileReasonCode.CONSOLE: "console report of one client, not a round",
    FileReasonCode.OTHER_NAME: "not a round file by its name",
    FileReasonCode.NOT_REGULAR: "{what}, not a regular file",
    FileReasonCode.TOO_LARGE: "{figure} bytes: larger than {limit}",
    FileReasonCode.IGNORED: "ignored by an admin: {words}",
    FileReasonCode.GONE: "{what}: gone",
    FileReasonCode.SLOW: "{what}: too slow, not whole after {limit} s",
    FileReasonCode.REFUSED: "{what}: {words}",
    FileReasonCode.NEVER_OPENED: "{what}: a name like this is never opened",
    FileReasonCode.NO_FILE: "{what}: no regular file, but a {value}",
    FileReasonCode.NO_FILE_NOW: "{what}: no longer a regular file",
    FileReasonCode.BEYOND_LIMIT: "{what}: {figure} bytes are too large, the limit is {limit}",
    FileReasonCode.OUTGROWN: "{what}: larger than {limit} bytes",
    FileReasonCode.OTHER_SIZE: "{what}: listed with {limit} bytes, read {figure}",
    FileReasonCode.GREW: "{what}: listed with {limit} bytes, read more",
    FileReasonCode.EMPTY: "empty file",
    FileReasonCode.CUT: "incomplete: the last line has no end",
    FileReasonCode.NO_PLAYERS: "no players",
    FileReasonCode.MANY_PLAYERS: "more than {limit} players",
    FileReasonCode.OTHER_WIDTH: "incomplete: {figure} tab fields, the lines above have {limit}",
    FileReasonCode.FEW_FIELDS: "incomplete: {figure} tab fields, at least {limit} are needed",
    FileReasonCode.LONG_LINE: "longer than {limit} bytes",
    FileReasonCode.NO_PLAYER_LINE: "not a player line: GUID\\name\\rounds\\team\\mask, weapon figures, tab fields",
    FileReasonCode.OLD_SCRIPT: "blanks where tabs belong: the older script c0rnp0rn2 wrote it. Install a newer one on "
    "the game server (docs/SERVER.md)",
    FileReasonCode.HEADER_WIDTH: "a header has 8, 9 or 11 fields, this one {figure}",
    FileReasonCode.HEADER_MAP: "the header's map {value!r} is not the file name's {what!r}",
    FileReasonCode.HEADER_ROUND: "the header's round {value!r} is not the file name's {limit}",
    FileReasonCode.HEADER_NUMBER: "{what} {value!r} is not a whole number",
    FileReasonCode.HEADER_CLOCK: "{what} {value!r} is not minutes:seconds",
    FileReasonCode.HEADER_END: "the round's end {value!r} is not in seconds since 1970",
    FileReasonCode.HEADER_WRITER: "the last header field {value!r} is not etstats/VERSION MOD",
    FileReasonCode.NEWER_WRITER: "written by a version of our script that this bot does not know ({value!r}): update "
    "the bot",
    FileReasonCode.KILLS_HEAD: "{value!r} is not KILLS and a version",
    FileReasonCode.KILLS_LINE: "{value!r} is not killer, victim and how often",
    FileReasonCode.KILLS_TWICE: "{what} and {value} for the second time",
    FileReasonCode.KILLS_BEYOND: "how often somebody was killed is {figure}: beyond reason",
    FileReasonCode.WEAPON_MASK: "the weapon mask promises {limit} figures, the line has {figure}",
    FileReasonCode.WEAPON_BEYOND: "weapon {place}'s {what} is {figure}: beyond reason",
    FileReasonCode.FIELD_NOT_A_NUMBER: "tab field {place} ({what}) is {value!r}, not a number",
    FileReasonCode.FIELD_NOT_WHOLE: "tab field {place} ({what}) is {value}, not a whole number",
    FileReasonCode.FIELD_BEYOND: "tab field {place} ({what}) is {figure}: beyond reason",
    FileReasonCode.NEW_FIELD: "tab field {place} is {value!r}, not a number",
    FileReasonCode.NO_ROUND: "it has no round: --reimport brings it back",
    FileReasonCode.OTHER_BYTES: "the server's file is not the one that was imported",
    FileReasonCode.NOT_ASKED: "its bytes are not in the database, and the server was not asked",
    FileReasonCode.NOT_THERE: "its bytes are not in the database, and it is not on the server",
    FileReasonCode.NOWHERE: "it is neither on the server, nor on disk, nor in the database",
    FileReasonCode.NEVER_SEEN: "never seen",
    FileReasonCode.NOT_FAILED: "it is {what}: there is nothing to try again",
    FileReasonCode.NOT_IGNORED: "no admin ignored it",
    FileReasonCode.OLD_DESIGN: "failed in the older design",
    FileReasonCode.SAID: "{words}",
}
GATE_REASONS: Mapping[GateReasonCode, str] = {
    GateReasonCode.SETTLED: "{standing}",
    GateReasonCode.UNFIT: "{reason}",
    GateReasonCode.RESTS: "{reason}; attempt {number} is due later",
    GateReasonCode.OTHER_TIME: "imported; only its time changed: its content is compared",
    GateReasonCode.LONGER: "imported with {number} bytes; now {size}: it may have grown",
    GateReasonCode.DIFFERS: "imported with {number} bytes; now {now}",
    GateReasonCode.OTHER_CONTENT: "its content is another one",
    GateReasonCode.KEPT: "changed on the server: imported with {number} bytes; now {now}",
    GateReasonCode.KEPT_CONTENT: "changed on the server: its content is another one",
    GateReasonCode.UNWRITTEN: "round {number} was made from it; its ledger row is missing",
    GateReasonCode.ON_DISK: "new; whole on disk, no download needed",
    GateReasonCode.NEW: "new; not on disk",
}
TROUBLES: Mapping[TroubleCode, str] = {
    TroubleCode.DATABASE: "the database does not answer: {text}",
    TroubleCode.DATABASE_DOWN: "the database cannot be used: {text}",
    TroubleCode.SERVER_AWAY: "the game server is away: {text}",
    TroubleCode.HISTORY_UNREAD: "what was posted before this start cannot be read, and posts wait for that: {text}",
    **dict.fromkeys(
        (
            TroubleCode.SERVER_REFUSES,
            TroubleCode.LOGIN_REFUSED,
            TroubleCode.HOST_KEY_UNKNOWN,
            TroubleCode.HOST_KEY_CHANGED,
            TroubleCode.OUTCOME_UNKNOWN,
            TroubleCode.POST_REFUSED,
            TroubleCode.POST_UNSURE,
        ),
        "{text}",  # these errors say themselves what an admin has to do
    ),
}


def reason_text(reason: Reason) -> str:
    """`unpaired: its round 1 is not here, …`: why a round does not count, as exports and tools tell it."""
    return ASIDES[reason.code].heading + because(reason)


def because(reason: Reason | None) -> str:
    """The same without its heading, as a card tells it below its own."""
    return "no reason is known" if reason is None else ASIDES[reason.code].because.format(words=reason.words)


def state_text(state: State, reason: Reason | None) -> str:
    """`counted`, or why it is not."""
    return state if reason is None else reason_text(reason)


def left_out_words(left_out: Iterable[tuple[Aside, int]]) -> list[tuple[str, int]]:
    """`("unpaired", 9), ("aborted", 1)`: how many rounds do not count and why in short, the most frequent first."""
    by_word: Counter[str] = Counter()
    for code, rounds in left_out:
        by_word[ASIDES[code].short] += rounds
    return sorted(by_word.items(), key=lambda entry: (-entry[1], entry[0]))


def note_text(note: Note) -> str:
    """What was judged, as a sentence; names in it are not yet safe for Discord."""
    return NOTES[note.code].format(**note._asdict())


def exported_note_text(note: Note) -> str:
    """The same for other programs, in the words that their files have always had."""
    return EXPORTED_NOTES.get(note.code, NOTES[note.code]).format(**note._asdict())


def reckoning_text(how: Reckoning) -> str:
    """How a counted value came about."""
    return RECKONINGS[how]


def post_reason_text(reason: PostReason) -> str:
    """Why a post is where it is; what others said in it is not yet safe for Discord."""
    return POST_REASONS[reason.code].format(words=reason.words)


def correction_text(correction: Correction) -> str:
    """Why a message says something else now."""
    reason = "" if correction.reason is None else reason_text(correction.reason)
    return CORRECTIONS[correction.code].format(reason=reason)


def file_reason_text(reason: FileReason) -> str:
    """Why a file has no round, or not yet: `line 2: not a player line: …`; not yet safe for Discord."""
    sentence = FILE_REASONS[reason.code].format(**reason._asdict())
    return f"line {reason.line}: {sentence}" if reason.line else sentence


def standing_text(standing: FileStanding) -> str:
    """Where a file stands: its state with the reason, and whether the server's file is another one now."""
    reason = standing.reason
    text: str = standing.state if reason is None else f"{standing.state}: {file_reason_text(reason)}"
    now = standing.changed_to
    return text if now is None else f"{text}; the server's file differs now ({version_text(now)})"


def version_text(now: ServerVersion) -> str:
    """`910 bytes, mtime 1772398800, a link`."""
    size, mtime = ("unknown" if told is None else told for told in (now.size, now.mtime))
    return f"{size} bytes, mtime {mtime}" + ("" if now.kind == "file" else f", a {now.kind}")


def gate_reason_text(reason: GateReason) -> str:
    """Why the gate answers as it does."""
    standing, now = reason.standing, reason.now
    return GATE_REASONS[reason.code].format(
        standing="" if standing is None else standing_text(standing),
        reason="" if standing is None or standing.reason is None else file_reason_text(standing.reason),
        number=reason.number,
        now="" if now is None else version_text(now),
        size="" if now is None else now.size,
    )


AWAY = "is that machine on, are SSH_HOST and SSH_PORT right, and does its firewall let this one in?"
"""What to do about a game server that does not answer; one that refuses says it itself."""


def trouble_text(trouble: Trouble) -> str:
    """What is in the way."""
    return TROUBLES[trouble.code].format(text=trouble.text)
