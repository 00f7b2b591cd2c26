"""`RoundReport` → bytes: the parser's inverse, for tests and the demo (FORMAT, "Header", "Player lines"; SCRIPT)."""

from __future__ import annotations

from bot.domain.game.file import columns
from bot.domain.game.file.report import PlayerReport, RoundReport


def write(report: RoundReport, *, newline: str = "\n") -> bytes:
    """The file that says this; `parse(write(report), name) == report`.

    Fields beyond the known columns are written as zeros, a section KILLS of an unknown version without lines.
    """
    players = (_line(player, report.tab_fields) for player in report.players)
    lines = [_header(report), *players, *_section(report), ""]
    return newline.join(lines).encode("utf-8")


def _header(report: RoundReport) -> str:
    fields = [
        report.host,
        report.map,
        report.config,
        str(report.number),
        str(report.defender),
        str(report.winner),
        _clock(report.time_limit),
        _clock(report.next_time_limit),
    ]
    if report.playtime is not None:
        fields.append(str(report.playtime))
    if report.writer is not None:
        fields += [str(report.ended_at), report.writer]
    return "\\".join(fields)


def _section(report: RoundReport) -> list[str]:
    if report.kills_version is None:
        return []
    return [f"KILLS\t{report.kills_version}", *("\t".join(map(str, tally)) for tally in report.tallies or ())]


def _clock(seconds: int) -> str:
    minutes, rest = divmod(abs(seconds), 60)
    return f"{'-' if seconds < 0 else ''}{minutes}:{rest:02d}"


def _line(player: PlayerReport, width: int) -> str:
    bits = sorted(player.weapons)
    mask = sum(1 << bit for bit in bits)
    cells = [str(figure) for bit in bits for figure in player.weapons[bit]]
    head = "\\".join([player.guid, player.name, str(player.rounds), str(player.team), " ".join([str(mask), *cells])])
    known = [_number(value, position) for position, value in enumerate(player.fields)]
    return "\t".join([head + " ", *known, *["0"] * (width - len(known))])


def _number(value: int, position: int) -> str:
    if columns.COLUMNS[position].unit is columns.FieldUnit.WHOLE:
        return str(value)
    whole, tenth = divmod(abs(value), 10)
    return f"{'-' if value < 0 else ''}{whole}.{tenth}"
