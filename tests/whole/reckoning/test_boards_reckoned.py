"""Every board against a second reckoning over the raw files (see `tests.whole.reckoning.lines`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bot.domain.game.file.columns import COLUMNS, PER_ROUND
from bot.domain.stats.metrics import METRICS
from bot.domain.stats.scope import Scope
from bot.store.questions.people import standings
from bot.store.questions.scopes import choose
from rigs.builders import a_player, a_session, an_archive, an_r1, an_r2, two_teams
from rigs.world import NIGHT, World, a_rules
from tests.whole.archive import Archive, archives
from tests.whole.reckoning.boards import FIGURES, OF_MATCHES, reckoned
from tests.whole.reckoning.lines import NUMBER, Line, all_lines

SCOPES: list[tuple[Scope, Callable[[Line], bool]]] = [
    (Scope(), lambda line: True),
    (Scope(number=1), lambda line: line.number == 1),
    (Scope(number=2), lambda line: line.number == 2),
    (Scope(role="attack"), lambda line: line.attack is True),
    (Scope(role="defence"), lambda line: line.attack is False),
    (Scope(maps=("supply",)), lambda line: line.map == "supply"),
    (
        Scope(maps=("supply",), number=2, role="attack"),
        lambda line: (line.map, line.number, line.attack) == ("supply", 2, True),
    ),
]


async def agree(world: World, lines: Sequence[Line]) -> None:
    """Every board of every scope is the reckoned one."""
    for scope, meant in SCOPES:
        chosen = await choose(world.app.db, scope, now=NIGHT, rules=a_rules())
        its = [line for line in lines if meant(line)]
        # neither half nor side applies to matches
        whole = [line for line in lines if (not scope.maps or line.map in scope.maps)]
        for board in await standings.boards(world.app.db, chosen, METRICS):
            found = [(one.place, one.guid, one.value, one.rounds) for one in board.places]
            name, is_whole = board.metric.name, board.metric.name in OF_MATCHES
            rounds = chosen.whole.coverage.rounds if is_whole else chosen.coverage.rounds
            wanted = reckoned(whole if is_whole else its, name, rounds=rounds, field=board.metric.top)
            assert [each[:2] + each[3:] for each in found] == [each[:2] + each[3:] for each in wanted], (
                scope,
                board.metric.name,
            )
            assert [each[2] for each in found] == pytest.approx([each[2] for each in wanted], rel=1e-12)


def test_every_figure_is_reckoned() -> None:
    """A plain sum of a tab field by FORMAT's table, any other by a line of its own."""
    by_field = {metric.name for metric in METRICS if metric.top in NUMBER and not (metric.per or metric.peak)}
    assert {metric.name for metric in METRICS} - {*FIGURES} <= by_field
    assert {*FIGURES} <= {metric.name for metric in METRICS}


@pytest.mark.parametrize("files", [a_session(6), a_session(5, seed=7, players=10), an_archive(60, seed=3)])
async def test_every_board_of_whole_sessions_is_what_the_files_say(world: World, files: list[Any]) -> None:
    await world.add(*files)
    pairs = [(first.data, second.data) for first, second in zip(files[::2], files[1::2], strict=True)]
    await agree(world, all_lines(pairs))


@pytest.mark.parametrize("tab_fields", sorted({column.since for column in COLUMNS}))
async def test_every_board_with_rounds_of_an_older_writer_is_what_the_files_say(world: World, tab_fields: int) -> None:
    rich: dict[str, Any] = {column.name: 3 + column.position % 7 for column in PER_ROUND}
    players = [
        *two_teams(),
        a_player("anna", kills=9, deaths=2, **rich),
        a_player("ben", team=2, kills=2, deaths=9, **rich),
    ]
    old = an_r1(players=players, tab_fields=tab_fields)
    old_second = an_r2(old, fresh=["anna"])
    new = an_r1(at="2026-03-02-210000", map="braundorf", players=players)
    held = an_r2(new, winner=1)
    await world.add(old, old_second, new, held)
    await agree(world, all_lines([(old.data, old_second.data), (new.data, held.data)]))


@archives
async def test_every_board_of_an_archive_is_what_the_files_say(world: World, archive: Archive) -> None:
    await world.add(*archive.samples)
    lines = all_lines(archive.matches)
    assert len(lines) == archive.totals["player_rounds"]
    await agree(world, lines)


@archives
async def test_the_totals_through_the_read_side_are_the_expected_ones(world: World, archive: Archive) -> None:
    await world.add(*archive.samples)
    chosen = await choose(world.app.db, Scope(), now=NIGHT, rules=a_rules())
    found = await standings.by_player(world.app.db, chosen, METRICS)
    names = {
        "player_rounds": "rounds", "kills": "kills", "deaths": "deaths", "damage_given": "damage",
        "damage_received": "received", "team_damage_given": "team_damage", "gibs": "gibs", "selfkills": "selfkills",
        "teamkills": "teamkills", "xp": "xp", "kill_assists": "assists", "headshot_kills": "headshot_kills",
        "times_revived": "revived", "useful_kills": "useful", "revives_given": "revives", "time_seconds": "time",
    }  # fmt: skip
    totals = archive.totals
    assert {key: sum(one.values[name] or 0 for one in found.values()) for key, name in names.items()} == {
        key: totals[key] for key in names
    }
    sql = "SELECT sum(alive_seconds) AS alive, sum(hits) AS hits, sum(shots) AS shots, sum(headshots) AS headshots"
    row = await world.app.db.one(f"{chosen.cte} {sql} {chosen.lines}", **chosen.parameters)
    assert row is not None
    assert (row["hits"], row["shots"], row["headshots"]) == (totals["hits"], totals["shots"], totals["headshots"])
    # half a second may be rounded either way
    assert abs(row["alive"] - totals["alive_seconds"]) <= totals["player_rounds"] // 2
