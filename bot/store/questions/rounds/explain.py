"""The rounds behind a number, with what their files say: parsed again from the stored bytes, a page at a time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence

from bot.domain.game.file.files import NotARound, iso_utc, round_name
from bot.domain.game.file.parser import parse
from bot.domain.game.file.reasons import BadFile
from bot.domain.game.file.report import RoundReport
from bot.domain.game.model import Note, State
from bot.domain.stats.metrics import Metric
from bot.domain.stats.rounds.explanations import (
    RESULT,
    USUAL,
    Explanation,
    OmittedRound,
    Overview,
    Part,
    Reckoning,
    RoundStory,
    Step,
    Sum,
    contribution,
    figure,
    involved,
    part,
)
from bot.errors import StoreError
from bot.store import codes
from bot.store.file.database import Reader, Row
from bot.store.questions.people import standings
from bot.store.questions.scopes import ChosenRounds
from bot.store.rounds import unpacked

PAGE = 6
_STORY = ("kills", "deaths", "damage_given", "time_seconds")
_FILES = """
    SELECT r.id, r.filename, e.content, r1.filename AS first, e1.content AS first_content
      FROM rounds AS r LEFT JOIN evidence AS e ON e.sha256 = r.sha256
      LEFT JOIN rounds AS r1 ON r1.id = r.first_round_id LEFT JOIN evidence AS e1 ON e1.sha256 = r1.sha256
     WHERE r.id IN (SELECT value FROM json_each(:rounds))"""
_NOTES = """
    SELECT round_id, code, guid, parameters FROM round_notes
     WHERE round_id IN (SELECT value FROM json_each(:rounds)) AND guid IN ('', :guid) ORDER BY round_id, position"""
_ROUND = "SELECT id, filename, map, number, ended_at, state, reason, reason_words FROM rounds WHERE id = :round"
_LINES = """
    SELECT guid, name, kills, deaths, damage_given, time_seconds, time_seconds AS on_team FROM player_rounds
     WHERE round_id = :round ORDER BY team, kills DESC, guid"""
_ALL_NOTES = "SELECT code, guid, parameters FROM round_notes WHERE round_id = :round ORDER BY position"


async def overview(db: Reader, chosen: ChosenRounds, *, guid: str) -> Overview:
    """The figures that people ask about first, of one player over a scope."""
    usual = [asked for name in USUAL if (asked := figure(name)) is not None]
    rounds, sums = await _sums(db, chosen, usual, guid=guid)
    names = await standings.current_names(db, [guid])
    return Overview(
        guid=guid,
        name=names[guid],
        sums=sums,
        rounds=rounds,
        left_out=tuple(await _left_out(db, chosen, guid=guid)),
        coverage=chosen.coverage,
    )


async def explain(db: Reader, chosen: ChosenRounds, asked: Metric, *, guid: str, page: int = 0) -> Explanation:
    """A player's figure over a scope, of matches over whole ones; the page is kept within what there is."""
    chosen = chosen.whole if asked.of_matches else chosen
    rounds, (total,) = await _sums(db, chosen, [asked], guid=guid)
    pages = max(1, -(-rounds // PAGE))
    page = min(max(page, 0), pages - 1)
    names = await standings.current_names(db, [guid])
    return Explanation(
        guid=guid,
        name=names[guid],
        sum=total,
        rounds=rounds,
        page=page,
        pages=pages,
        steps=tuple(await _steps(db, chosen, asked, guid=guid, page=page)),
        left_out=tuple(await _left_out(db, chosen, guid=guid)),
        coverage=chosen.coverage,
    )


async def _sums(
    db: Reader, chosen: ChosenRounds, metrics: Sequence[Metric], *, guid: str
) -> tuple[int, tuple[Sum, ...]]:
    """His rounds in the scope, and the figures' sums over them."""
    sql = f"{chosen.cte} SELECT count(*) AS rounds, {standings.columns(metrics)} {chosen.lines_of()}"
    row = await db.one(sql, **chosen.parameters, guid=guid)
    assert row is not None  # an aggregate always has a row
    return row["rounds"], tuple(
        Sum(
            figure=metric,
            value=metric.value(row[f"top{i}"], row[f"per{i}"]),
            top=row[f"top{i}"],
            per=row[f"per{i}"],
            unknown=0 if RESULT in involved(metric) else row["rounds"] - row[f"known{i}"],
        )
        for i, metric in enumerate(metrics)
    )


async def _steps(db: Reader, chosen: ChosenRounds, asked: Metric, *, guid: str, page: int) -> list[Step]:
    columns = involved(asked)
    ids = await db.all(
        f"{chosen.cte} SELECT round_id {chosen.lines_of()}"
        " ORDER BY ended_at DESC, round_id DESC LIMIT :most OFFSET :skip",
        **chosen.parameters, guid=guid, most=PAGE, skip=page * PAGE,
    )  # fmt: skip
    rounds = [int(row["round_id"]) for row in ids]
    own = ("p.time_seconds AS on_team", *(f"p.{name}" for name in columns))
    wanted = ", ".join(("r.id", "r.filename", "r.map", "r.number", "r.ended_at", *own))
    lines = await db.all(
        f"SELECT {wanted} FROM player_rounds AS p JOIN rounds AS r ON r.id = p.round_id"
        " WHERE p.guid = :guid AND p.round_id IN (SELECT value FROM json_each(:rounds))"
        " ORDER BY r.ended_at DESC, r.id DESC",
        guid=guid, rounds=json.dumps(rounds),
    )  # fmt: skip
    files = {row["id"]: row for row in await db.all(_FILES, rounds=json.dumps(rounds))}
    reports = await asyncio.to_thread(_parsed, [*files.values()])
    notes: dict[int, list[Note]] = {}
    for row in await db.all(_NOTES, rounds=json.dumps(rounds), guid=guid):
        notes.setdefault(row["round_id"], []).append(codes.note_of(row))
    return [
        Step(
            round_id=line["id"],
            file=line["filename"],
            first=files[line["id"]]["first"],
            map=line["map"],
            number=line["number"],
            ended_at=line["ended_at"],
            parts=_parts(
                {name: contribution(asked, name, line[name]) for name in columns},
                on_team=line["on_team"],
                key=guid,
                reports=reports.get(line["id"]),
            ),
            notes=tuple(notes.get(line["id"], ())),
        )
        for line in lines
    ]


_Reports = tuple[RoundReport, RoundReport | None]


def _parts(
    line: Mapping[str, int | None], *, on_team: int | None, key: str, reports: _Reports | None
) -> tuple[Part, ...]:
    """`line`: what each column adds to the sum."""
    if reports is None:  # its bytes are lost: the audit says so
        return tuple(Part(column=c, written=None, before=None, counted=v, how=Reckoning.LOST) for c, v in line.items())
    now, first = reports
    return tuple(part(c, v, time=on_team, key=key, report=now, first=first) for c, v in line.items())


def _parsed(rows: Sequence[Row]) -> dict[int, _Reports]:
    """Round id → its report and that of its round 1, where the bytes of all that there are can be read."""
    reports = {}
    for row in rows:
        now = _report(row["filename"], row["content"])
        first = _report(row["first"], row["first_content"]) if row["first"] else None
        if now is not None and (first is not None or row["first"] is None):
            reports[row["id"]] = (now, first)
    return reports


def _report(filename: str, content: bytes | None) -> RoundReport | None:
    name = round_name(filename)
    if content is None or isinstance(name, NotARound):
        return None
    try:
        return parse(unpacked(content), name)
    except (StoreError, BadFile):
        return None


async def _left_out(db: Reader, chosen: ChosenRounds, *, guid: str) -> list[OmittedRound]:
    rows = await db.all(
        "SELECT filename, reason, reason_words FROM rounds WHERE id IN ("
        "SELECT round_id FROM player_rounds INDEXED BY player_figures WHERE guid = :guid AND counted = 0)"
        f" AND {chosen.where_left_out} ORDER BY ended_at DESC, id DESC",
        **chosen.parameters, guid=guid,
    )  # fmt: skip
    return [
        OmittedRound(file=row["filename"], reason=reason)
        for row in rows
        if (reason := codes.reason_of(row["reason"], row["reason_words"])) is not None
    ]


async def story(db: Reader, round_id: int) -> RoundStory | None:
    """What one round's file says, and what became of it; None where there is no such round."""
    row = await db.one(_ROUND, round=round_id)
    if row is None:
        return None
    (files,) = await db.all(_FILES, rounds=json.dumps([round_id]))
    reports = (await asyncio.to_thread(_parsed, [files])).get(round_id)
    lines = await db.all(_LINES, round=round_id)
    return RoundStory(
        round_id=round_id,
        file=row["filename"],
        first=files["first"],
        state=State(row["state"]),
        reason=codes.reason_of(row["reason"], row["reason_words"]),
        header=_header(reports[0]) if reports else (),
        notes=tuple(codes.note_of(note) for note in await db.all(_ALL_NOTES, round=round_id)),
        players=tuple(
            (
                line["name"],
                _parts(
                    {name: line[name] for name in _STORY},
                    on_team=line["on_team"],
                    key=line["guid"],
                    reports=reports,
                ),
            )
            for line in lines
        ),
    )


def _header(report: RoundReport) -> tuple[tuple[str, str], ...]:
    """The header as the file has it: sides 1 Axis, 2 Allies; limits in seconds; the end in UTC, if it says that."""
    played = "not written" if report.playtime is None else f"{report.playtime} ms"
    ours = () if report.ended_at is None else (("end", iso_utc(report.ended_at)), ("written by", str(report.writer)))
    return (
        ("map", report.map),
        ("configuration", report.config or "none"),
        ("round", str(report.number)),
        ("defender", str(report.defender)),
        ("winner", str(report.winner)),
        ("time limit", f"{report.time_limit} s"),
        ("next limit", f"{report.next_time_limit} s"),
        ("time played", played),
        ("fields per player", str(report.tab_fields)),
        *ours,
    )
