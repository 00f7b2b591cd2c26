"""Rounds, players and weapons are stored as the domain told them."""

from __future__ import annotations

from bot.domain.game.model import STORED
from bot.ingest.outcomes import Imported
from bot.store import rounds
from rigs.builders import a_player, a_round, a_session, an_r1, an_r2
from rigs.world import World

R1 = an_r1()
R2 = an_r2(R1)


async def test_a_round_is_stored_with_its_header(world: World) -> None:
    await world.add(R1)
    [row] = await world.rows("SELECT * FROM rounds")
    report = R1.report
    told = ("filename", "map", "number", "host", "config", "defender", "winner", "time_limit", "next_limit", "state")
    assert [row[name] for name in told] == [
        R1.name, report.map, 1, report.host, report.config, report.defender, report.winner, report.time_limit,
        report.next_time_limit, "counted",
    ]  # fmt: skip
    assert (row["ended_at"], row["sha256"]) == (R1.filed().ended_at, R1.filed().sha256)


async def test_every_figure_of_every_player_is_stored_as_it_was_derived(world: World) -> None:
    await world.add(R1, R2)
    for file, one in ((R1, a_round(R1)), (R2, a_round(R1, R2))):
        stored = await world.rows(
            f"SELECT {', '.join(STORED)} FROM player_rounds JOIN rounds ON rounds.id = round_id"
            f" WHERE filename = '{file.name}' ORDER BY line"
        )
        assert [dict(row) for row in stored] == [player.by_name for player in one.players]


async def test_every_weapon_of_every_player_is_stored(world: World) -> None:
    await world.add(R1)
    stored = await world.rows("SELECT line, weapon, hits, shots, kills, deaths, headshots FROM weapon_rounds")
    told = [
        (line, weapon, *cells)
        for line, cells_of in enumerate(a_round(R1).weapons)
        for weapon, cells in cells_of.items()
    ]
    assert sorted(tuple(row) for row in stored) == sorted(told)


async def test_unknown_is_null_and_not_zero(world: World) -> None:
    await world.add(an_r1(tab_fields=36))
    unknown = await world.rows("SELECT count(*) AS lines FROM player_rounds WHERE time_dead_seconds IS NULL")
    assert unknown[0]["lines"] == await world.count("player_rounds") > 0


async def test_a_round_2_points_to_its_round_1(world: World) -> None:
    first, second = await world.add(R1, R2)
    assert isinstance(first, Imported)
    assert isinstance(second, Imported)
    [row] = await world.rows("SELECT id FROM rounds WHERE first_round_id IS NOT NULL")
    assert row["id"] == second.round_id
    assert (await world.rows("SELECT first_round_id AS id FROM rounds WHERE number = 2"))[0]["id"] == first.round_id


async def test_a_round_told_anew_leaves_nothing_of_what_it_said_before(world: World) -> None:
    await world.add(R2)
    players = [tuple(row) for row in await world.rows("SELECT kills FROM player_rounds")]
    await world.add(R1)
    healed = await world.rows("SELECT kills FROM player_rounds JOIN rounds ON rounds.id = round_id WHERE number = 2")
    assert [tuple(row) for row in healed] != players
    orphans = await world.rows("SELECT 1 FROM weapon_rounds WHERE round_id NOT IN (SELECT id FROM rounds)")
    assert orphans == []
    assert await world.count("rounds") == 2


async def test_a_round_1_that_comes_between_takes_the_round_2_over(world: World) -> None:
    early = an_r1(at="2026-03-01-203000", players=[a_player("anna", kills=1), a_player("ben", team=2, deaths=1)])
    late = an_r1(at="2026-03-01-205500", players=early.report.players)
    second = an_r2(late, at="2026-03-01-211000")
    await world.add(early)
    await world.add(second)
    await world.add(late)
    pairs = await world.rows(
        "SELECT r1.filename AS first FROM rounds JOIN rounds AS r1 ON r1.id = rounds.first_round_id"
    )
    assert [row["first"] for row in pairs] == [late.name]


def test_evidence_comes_back_byte_for_byte() -> None:
    for file in a_session(2):
        assert rounds.unpacked(rounds.packed(file.data)) == file.data


def test_the_same_truth_has_the_same_digest_and_another_one_has_not() -> None:
    assert rounds.digest(a_round(R1)) == rounds.digest(a_round(R1))
    assert rounds.digest(a_round(R2)) != rounds.digest(a_round(R1, R2))


async def test_rounds_are_found_by_their_files(world: World) -> None:
    await world.add(R1)
    found = await rounds.find(world.app.db, world.app.server, [R1.name, R2.name])
    assert list(found) == [R1.name]
    assert (found[R1.name].sha256, found[R1.name].size) == (R1.filed().sha256, len(R1.data))
    assert await rounds.every_name(world.app.db, world.app.server) == [R1.name]
