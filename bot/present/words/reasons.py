"""The sentences of every code that is stored: reword one here, and nothing that is stored or compared changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

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
    Aside.AMBIGUOUS: AsideWords("one GUID twice", "its lines cannot be told apart", "one GUID twice: "),
    Aside.FEW_HUMANS: AsideWords("fewer than two humans", "fewer than two humans played"),
    Aside.MOSTLY_BOTS: AsideWords("mostly bots", "more bots than humans played"),
    Aside.IGNORED: AsideWords("taken out by an admin", "{words}", "ignored by an admin: "),
    Aside.OLDER: AsideWords("set aside by an older version", "{words}"),
}
NOTES: Mapping[NoteCode, str] = {
    NoteCode.JOINED: "{name} is not in round 1: his line counts this round alone",
    NoteCode.RECONNECTED: "{name} reconnected: part of the round is missing from his line",
    NoteCode.RESET: "{name}'s counters began again after round 1: his line counts this round alone",
    NoteCode.WATCHED: "{name} watched this round",
    NoteCode.LEFT: "{name} left his team before the end: side from round 1",
    NoteCode.TIME: "{name}'s time covers both rounds: this round's length is used",
    NoteCode.TWICE: "two lines claim {name}",
    NoteCode.CUMULATIVE: "the figures below are running totals of both rounds",
    NoteCode.NEWER: "{extra} tab fields beyond the {known} known ones are ignored",
    NoteCode.UNBALANCED: "kills or damage given and received do not balance: somebody left, or a line is missing",
    NoteCode.UNIDENTIFIED: "{name} has no GUID: he counts in this round, and in no career",
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
    NoteCode.OLDER: "{words}",
}
RECKONINGS: Mapping[Reckoning, str] = {
    Reckoning.AS_WRITTEN: "as written",
    Reckoning.COUNTED_ANEW: "as written: the game counts this anew in each round",
    Reckoning.NO_FIRST: "as written: there is no round 1 to subtract",
    Reckoning.NOT_SPLIT: "as written: with one GUID twice, nothing can be subtracted",
    Reckoning.JOINED: "as written: he has no line in round 1",
    Reckoning.RESET: "as written: his counters began again after round 1",
    Reckoning.NOTHING_BEFORE: "as written: nothing in round 1",
    Reckoning.MINUS_FIRST: "minus round 1: the file holds the sum of both rounds",
    Reckoning.SYRINGE: "the syringe's hits: this version of the stats script has no field for revives",
    Reckoning.SYRINGE_MINUS_FIRST: "the syringe's hits (there is no field for revives), minus those of round 1",
    Reckoning.ROUND_LENGTH: "this round's length: his time in the file covers both rounds",
    Reckoning.STOPWATCH: "by the stopwatch rules: told once a match, on his last round of it",
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
TROUBLES: Mapping[TroubleCode, str] = {
    TroubleCode.DATABASE: "the database does not answer: {text}",
    TroubleCode.DATABASE_DOWN: "the database cannot be used: {text}",
    TroubleCode.SERVER_AWAY: "the game server is away: {text}",
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


def trouble_text(trouble: Trouble) -> str:
    """What is in the way."""
    return TROUBLES[trouble.code].format(text=trouble.text)
