"""The index of names: what is typed finds the player, however he spelled himself."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.stats.answers import PlayerChoice
from bot.store.questions.people import names as index
from bot.store.questions.people.names import Names, folded
from rigs.builders import a_guid, a_player, an_r1
from rigs.world import World

OTHER = a_player("somebody", team=2, deaths=9)


async def played(world: World, *names: str, day: int = 1) -> None:
    """Each of them in a round of his own, one day after the other; a player is his name's first word."""
    for place, name in enumerate(names):
        player = a_player(name, guid=a_guid(name.split()[0]), kills=9)
        await world.add(an_r1(at=f"2026-03-{day + place:02}-210000", players=[player, OTHER]))


async def found(world: World, text: str, *, own: str | None = None, limit: int = 25) -> list[str]:
    return [one.alias for one in await Names(world.app.db, world.clock).search(text, limit=limit, own=own)]


async def test_a_whole_name_comes_before_beginnings_before_parts(world: World) -> None:
    await played(world, "anna", "annabel", "joanna")
    assert await found(world, "anna") == ["anna", "annabel", "joanna"]


async def test_of_equally_good_ones_the_recent_come_first_and_the_asker_s_own_before_them(world: World) -> None:
    await played(world, "anton", "antje", "antonia")
    assert await found(world, "ant") == ["antonia", "antje", "anton"]
    assert await found(world, "ant", own=a_guid("anton")) == ["anton", "antonia", "antje"]
    assert (await found(world, "", own=a_guid("antje")))[:2] == ["antje", "antonia"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("l33t", "leet"),
        ("=EvIL=", "evil"),
        ("Mu$t@ng", "mustang"),
        ("Müller", "muller"),
        ("1llusion", "illusion"),
        ("s0mb7ero", "sombtero"),
        ("^1x^2Snip3r", "sniper"),
        ("sniper", "5n1p3r"),
    ],
)
async def test_decoration_and_digits_for_letters_do_not_matter(world: World, name: str, typed: str) -> None:
    await world.add(an_r1(players=[a_player(name, kills=1), OTHER]))
    (one,) = await Names(world.app.db, world.clock).search(typed, limit=25)
    assert one.guid == a_guid(name)


@pytest.mark.parametrize("typed", ["aleksandar", "alexandr", "alexnader"])
async def test_close_spellings_are_found_where_nothing_fits(world: World, typed: str) -> None:
    await played(world, "alexander", "bob")
    assert await found(world, typed) == ["alexander"]


@pytest.mark.parametrize("typed", ["%", "_", "'", "\0", "\u202e", "qqqqqq", "x" * 6000, "  ;  "])
async def test_what_fits_nobody_finds_nobody(world: World, typed: str) -> None:
    await played(world, "anna", "ben")
    assert await found(world, typed) == []


async def test_each_player_is_there_once_by_his_best_alias(world: World) -> None:
    await world.add(*[
        an_r1(at=f"2026-03-0{day}-210000", players=[a_player(name, guid="AAAA0000", kills=1), OTHER])
        for day, name in enumerate(["annika", "anna", "xanna", "zoe"], 1)
    ])  # fmt: skip
    (one,) = await Names(world.app.db, world.clock).search("anna", limit=25)
    assert (one.name, one.alias, one.rounds) == ("zoe", "anna", 4)
    assert Names.label(one) == "zoe (as anna) · 4 rounds"


async def test_a_round_is_found_that_was_imported_after_the_index_was_read(world: World) -> None:
    await played(world, "anna")
    names = Names(world.app.db, world.clock)
    assert await names.resolve("ben") is None
    await played(world, "ben", day=2)
    known = await names.resolve("ben")
    assert known is not None
    assert known.guid == a_guid("ben")


async def test_a_menu_is_served_from_memory_and_the_index_is_read_behind_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await played(world, "anna")
    names = Names(world.app.db, world.clock)
    await names.search("", limit=25)
    await played(world, "ben", day=2)
    assert [one.name for one in await names.search("be", limit=25)] == []  # nobody asks twice in so short a time
    monkeypatch.setattr(index, "FRESH", 0.0)
    await names.search("be", limit=25)
    assert await names.maps() == ["supply"]
    assert names._refresh is not None
    await names._refresh
    assert [one.name for one in await names.search("be", limit=25)] == ["ben"]


async def test_nothing_is_read_again_while_nothing_was_written(world: World) -> None:
    await played(world, "anna")
    names = Names(world.app.db, world.clock)
    await names.resolve("anna")
    before = names._choices
    await names.resolve("nobody")
    assert names._choices is before
    await world.app.db.write(
        lambda tx: tx.execute("INSERT INTO links (member_id, guid, linked_by, linked_at) VALUES (1, 'A', 'b', 2)")
    )
    await names.resolve("nobody")
    assert names._choices is before  # no round is new


async def test_a_guid_is_a_name_too_and_comes_before_those_who_call_themselves_like_it(world: World) -> None:
    anna = a_guid("anna")
    await played(world, "anna")
    await world.add(an_r1(at="2026-03-02-210000", players=[a_player(anna, guid="00000000", kills=1), OTHER]))
    names = Names(world.app.db, world.clock)
    known = await names.resolve(anna.lower())
    assert known is not None
    assert known.guid == anna
    assert "anna" in [one.name for one in await names.search(anna[:4], limit=25)]


async def test_a_beginning_of_several_names_is_not_guessed(world: World) -> None:
    await played(world, "anton", "antje")
    names = Names(world.app.db, world.clock)
    assert await names.resolve("ant") is None
    assert await names.resolve("") is None
    one = await names.resolve("anto")
    assert one is not None
    assert one.name == "anton"


async def test_one_or_two_letters_are_no_name_even_where_only_one_begins_like_it(world: World) -> None:
    await played(world, "anton", "jo")
    names = Names(world.app.db, world.clock)
    assert await names.resolve("a") is None
    assert await names.resolve("an") is None
    assert (await names.resolve("ant")) == (await names.resolve("anton"))
    whole = await names.resolve("jo")
    assert whole is not None
    assert whole.name == "jo"


async def test_bots_are_nobody(world: World) -> None:
    bots = [a_player(f"bot {number}", guid="OMNIBOT0", team=1 + number % 2) for number in range(2)]
    await world.add(an_r1(players=[a_player("anna", kills=1), OTHER, *bots]))
    for text in ("", "bot", "omnibot"):
        assert not {name for name in await found(world, text) if "bot" in name}


async def test_without_a_round_nobody_is_found(world: World) -> None:
    assert await found(world, "") == []
    assert await found(world, "anna") == []
    assert await Names(world.app.db, world.clock).resolve("anna") is None


class Crowd(Names):
    """An index without a database: six hundred players who wore five thousand names."""

    def __init__(self, choices: list[PlayerChoice]) -> None:
        self._choices = choices
        self._spelled = [folded(one.alias) for one in choices]

    async def _current(self, *, wait: bool) -> None:
        """What is there is there."""


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return Crowd([
        PlayerChoice(
            guid=f"{place % 600:08X}",
            name=f"player{place % 600}",
            alias=f"{'aeiou'[place % 5]}lias^{place} of =[{place % 600}]=",
            rounds=7,
            last_seen=1,
        )
        for place in range(5000)
    ])  # fmt: skip


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=80), st.text("alis =[]0123456789@$", max_size=20)), limit=st.integers(1, 25))
async def test_whatever_is_typed_at_most_so_many_are_found_and_nobody_twice(
    crowd: Crowd, text: str, limit: int
) -> None:
    some = await crowd.search(text, limit=limit, own="00000001")
    guids = [one.guid for one in some]
    assert len(guids) == len({*guids}) <= limit
    assert await crowd.resolve(text) is None or text.strip()


@given(st.text(max_size=60))
def test_folding_a_name_twice_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)
