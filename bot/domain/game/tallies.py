"""Who killed whom in one round (SCRIPT, "Section KILLS"): this round alone, in round 2 as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from bot.domain.game.differential import Differential, PlayerShare
from bot.domain.game.file.colours import clean
from bot.domain.game.file.report import BOT, RoundReport, Tally
from bot.domain.game.model import UNIDENTIFIED, Note, NoteCode, is_person

_BEGAN_ANEW = (NoteCode.RECONNECTED, NoteCode.RESET)


def by_identity(report: RoundReport, keys: Iterable[str]) -> tuple[Tally, ...] | None:
    """Who killed whom, by the identities of the lines (`keys`, in their order), sorted; None where it is not told.

    Bots share their GUIDs, and so do all who have none: where several lines have one, their kills stand together under
    the GUID of bots, or under `UNKNOWN:`.
    """
    if report.tallies is None:
        return None
    of_guid: dict[str, set[str]] = {}
    for key, player in zip(keys, report.players, strict=True):
        of_guid.setdefault(player.guid, set()).add(key)
    times: Counter[tuple[str, str]] = Counter()
    for tally in report.tallies:
        killer, victim = (_identity(guid, of_guid.get(guid, ())) for guid in (tally.killer, tally.victim))
        times[killer, victim] += tally.times
    return tuple(Tally(killer, victim, number) for (killer, victim), number in sorted(times.items()))


def _identity(guid: str, keys: Collection[str]) -> str:
    if is_person(guid):
        return guid
    if len(keys) == 1:
        return next(iter(keys))
    return guid if guid.startswith(BOT) else f"{UNIDENTIFIED}:"


def contradictions(report: RoundReport, played: Differential) -> list[Note]:
    """Whose kills and deaths of this round are not those that the section adds up to.

    It cannot hold for somebody who reconnected: his line begins anew, the section does not. Where that is noted
    already, it is not said again.
    """
    if report.tallies is None:
        return []
    told = Counter[tuple[str, str]]()
    for killer, victim, times in report.tallies:
        told["kills", killer] += times
        told["deaths", victim] += times
    shares: dict[str, list[PlayerShare]] = {}
    for share in played.shares:
        shares.setdefault(share.player.guid, []).append(share)
    excused = {note.guid for note in played.notes if note.code in _BEGAN_ANEW}
    notes = []
    for guid in sorted(shares.keys() | {guid for _, guid in told}):
        lines = shares.get(guid, [])
        kills, deaths = (sum(figures) for figures in zip((0, 0), *map(_kills_and_deaths, lines), strict=True))
        if (kills, deaths) == (told["kills", guid], told["deaths", guid]) or any(s.key in excused for s in lines):
            continue
        names = ", ".join(clean(share.player.name) for share in lines) or guid
        notes.append(Note(NoteCode.KILLS_DIFFER, lines[0].key if lines else _identity(guid, ()), names))
    return notes


def _kills_and_deaths(share: PlayerShare) -> tuple[int, int]:
    cells = share.cells.values()
    return sum(c.kills for c in cells), sum(c.deaths for c in cells)


def added_up(rounds: Iterable[Sequence[Tally] | None]) -> tuple[Tally, ...] | None:
    """Over several rounds; None where one of them does not tell it: a part is no sum."""
    times: Counter[tuple[str, str]] = Counter()
    for tallies in rounds:
        if tallies is None:
            return None
        for killer, victim, number in tallies:
            times[killer, victim] += number
    return tuple(Tally(killer, victim, number) for (killer, victim), number in sorted(times.items()))


def most_often(tallies: Iterable[Tally], guid: str) -> tuple[Tally | None, Tally | None]:
    """Whom he killed most often, and who killed him most often; of those who are level, the first by identity."""
    ordered = sorted(tallies, key=lambda tally: (-tally.times, tally.killer, tally.victim))
    killed = next((tally for tally in ordered if tally.killer == guid), None)
    return killed, next((tally for tally in ordered if tally.victim == guid), None)
