from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.stats.days import MONTHS
from rigs.builders import a_guid, a_player, a_session, an_r1
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.people.test_boards import controls, last, linked
from tests.present.discord_markup import LINK, MENTION

ANNA, BEN = a_player("anna", kills=9, deaths=3), a_player("ben", team=2, kills=3, deaths=9)
EARLIER = an_r1(at="2026-03-01-210000", players=[a_player("bella", guid=a_guid("anna"), kills=1), BEN])
LATER = an_r1(at="2026-03-02-210000", players=[ANNA, a_player("zoe", team=2, deaths=9)])


async def test_a_player_s_numbers_are_shown_to_everybody(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER)
    result = await world.anna.slash(world.channel, "stats", player="anna")
    message = the_answer(result)
    assert message.embeds[0].title == "anna · all time"
    assert "· 2 rounds, 16 min" in text_of(message)
    assert world.deferred()
    assert not message.ephemeral


async def test_all_stats_stand_behind_a_button_and_lead_back(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER)
    await world.anna.slash(world.channel, "stats", player="anna")
    await world.anna.click(last(world), label="All stats")
    shown = text_of(last(world))
    assert last(world).embeds[0].title == "anna · all time: all stats"
    assert re.search(r"^Rounds +2$", shown, re.MULTILINE)
    assert "Also seen as bella" in shown
    assert the_buttons(world) == ["Overview", "Explain"]
    await world.anna.click(last(world), label="Overview")
    assert last(world).embeds[0].title == "anna · all time"


async def test_without_a_name_it_is_about_who_asks(world: GuildWorld) -> None:
    await world.play(LATER)
    await linked(world, "anna")
    assert the_answer(await world.anna.slash(world.channel, "stats")).embeds[0].title == "anna · all time"


@pytest.mark.parametrize("typed", ["anna", "ANNA", " anna ", "bella", "bel", a_guid("anna"), a_guid("anna").lower()])
async def test_free_text_is_understood(world: GuildWorld, typed: str) -> None:
    await world.play(EARLIER, LATER)
    assert the_answer(await world.anna.slash(world.channel, "stats", player=typed)).embeds[0].title == "anna · all time"


async def test_a_name_that_fits_several_players_is_not_guessed(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player("anton", kills=1), a_player("antje", team=2, deaths=1)]))
    shown = text_of(await world.anna.slash(world.channel, "stats", player="ant"))
    assert shown.startswith("I know no player called ant; did you mean ")
    assert "anton" in shown
    assert "antje" in shown


async def test_an_unknown_player_gets_a_sentence_with_names_that_are_known(world: GuildWorld) -> None:
    await world.play(LATER)
    shown = text_of(await world.anna.slash(world.channel, "stats", player="nobody"))
    assert shown.startswith("I know no player called nobody; lately seen: ")
    assert "zoe" in shown
    assert shown.endswith(" Pick one from the menu while you type.")


@pytest.mark.parametrize(
    "typed", ["@everyone", "<@1>", "[a](http://b.c)", "\u202e", "'; DROP TABLE rounds; --", "%", "_", "x" * 6000, "  "]
)
async def test_hostile_text_comes_back_harmless(world: GuildWorld, typed: str) -> None:
    await world.play(LATER)
    shown = text_of(await world.anna.slash(world.channel, "stats", player=typed))
    assert shown.startswith("I know no player called ")
    assert not MENTION.search(shown)
    assert not LINK.search(shown)
    assert len(shown) < 300


@pytest.mark.parametrize("options", [{}, {"player": "anna"}])
async def test_without_any_data_the_bot_says_so(world: GuildWorld, options: dict[str, str]) -> None:
    result = await world.anna.slash(world.channel, "stats", **options)
    assert text_of(result) == "No round has been imported yet."


async def test_a_player_without_a_round_that_counts_is_not_called_unknown(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player("alone", kills=1)]))
    assert "No round counts in this scope" in text_of(await world.alone.slash("stats", player="alone"))


async def test_rounds_that_do_not_count_are_told_and_left_out(world: GuildWorld) -> None:
    await world.play(LATER, an_r1(at="2026-03-03-210000", players=[ANNA]))
    shown = text_of(await world.anna.slash(world.channel, "stats", player="anna"))
    assert "1 round not counted, see Explain" in shown
    assert "left out: 1 fewer than two humans" in shown


async def test_a_hostile_name_can_be_looked_up_and_is_harmless(world: GuildWorld) -> None:
    evil = "**<@1>** http://a.b ```"
    await world.play(an_r1(players=[a_player(evil, kills=1), BEN]))
    (choice,) = await world.anna.autocomplete(world.channel, "stats", "player", "**")
    shown = text_of(await world.anna.slash(world.channel, "stats", player=choice["value"]))
    shown = re.sub(r"<t:\d+:\w>", "", shown)  # the bot's own timestamps
    assert "K/D" in shown
    assert not MENTION.search(shown)
    assert not LINK.search(shown)


async def offered(world: GuildWorld, text: str) -> list[str]:
    return [choice["name"] for choice in await world.anna.autocomplete(world.channel, "stats", "player", text)]


async def test_the_menu_offers_recent_players_first_with_all_their_rounds(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER)
    assert (await offered(world, ""))[-1] == "ben · 1 round"
    assert "anna · 2 rounds" in (await offered(world, ""))[:2]


async def test_the_menu_finds_every_alias_and_tells_whose_it_is(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER)
    assert await offered(world, "bel") == ["anna (as bella) · 2 rounds"]
    (choice,) = await world.anna.autocomplete(world.channel, "stats", "player", "BELLA")
    assert choice["value"] == a_guid("anna")


async def test_the_menu_finds_the_beginning_of_a_guid(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER)
    assert await offered(world, a_guid("ben")[:5].lower()) == ["ben · 1 round"]


async def test_the_menu_puts_whole_names_before_beginnings_before_parts(world: GuildWorld) -> None:
    names = ["joanna", "annabel", "anna"]
    rounds = [
        an_r1(at=f"2026-03-0{9 - number}-210000", players=[a_player(name, kills=1), a_player("x", team=2, deaths=1)])
        for number, name in enumerate(names)
    ]
    await world.play(*rounds)
    assert [line.split(" ·")[0] for line in await offered(world, "anna")] == ["anna", "annabel", "joanna"]


async def test_the_menu_never_offers_a_bot(world: GuildWorld) -> None:
    bots = [a_player(f"bot {number}", guid="OMNIBOT0", team=1 + number % 2) for number in range(2)]
    await world.play(an_r1(players=[ANNA, BEN, a_player("zoe"), *bots]))
    assert await offered(world, "") != []
    for text in ("", "omni", "bot", "OMNIBOT0"):
        assert not any("bot" in line for line in await offered(world, text) if not line.startswith("“"))


async def test_the_menu_never_holds_more_than_discord_takes(world: GuildWorld) -> None:
    crowd = [a_player(f"{'漢' * 40}{number:02}\u202e\x07", team=1 + number % 2) for number in range(64)]
    await world.play(an_r1(players=crowd), *a_session(1, players=12))
    choices = await world.anna.autocomplete(world.channel, "stats", "player", "")
    assert len(choices) == 25
    for choice in choices:
        assert 0 < len(choice["name"]) <= 100
        assert choice["name"].endswith((" round", " rounds"))
        assert 0 < len(choice["value"]) <= 100
        assert not any(unicodedata.category(c) in ("Cc", "Cf") for c in choice["name"])


@pytest.mark.parametrize("typed", ["%", "_", "'", "x" * 6000, "\0", "\u202e"])
async def test_the_menu_takes_what_is_typed_literally(world: GuildWorld, typed: str) -> None:
    await world.play(LATER)
    said, *everybody = await offered(world, typed)
    assert said.startswith("“")
    assert len(everybody) == 2


def the_buttons(world: GuildWorld) -> list[str]:
    return [button["label"] for button in controls(last(world), 2)]


async def test_a_scope_is_kept_to_and_told(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER, an_r1(at="2026-03-04-210000", map="radar", players=[ANNA, BEN]))
    shown = text_of(await world.anna.slash(world.channel, "stats", player="anna", when="radar"))
    assert "Kills **9**" in shown
    assert "anna · all time, Radar" in shown
    assert "1 of 1 round · newest" in shown
    assert the_buttons(world) == ["All time", "30 days", "Last session", "All stats", "Explain"]


async def test_who_played_nothing_of_a_scope_is_shown_with_his_names_all_the_same(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER, an_r1(at="2026-03-04-210000", map="radar", players=[BEN, a_player("zoe")]))
    shown = text_of(await world.anna.slash(world.channel, "stats", player="anna", when="radar"))
    assert "**anna has played no round of this scope that counts.**" in shown
    assert "Also seen as bella" in shown


async def test_the_buttons_change_the_scope_in_place_after_a_restart_for_the_asker_alone(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER)
    await world.anna.slash(world.channel, "stats", player="anna")
    assert the_buttons(world) == ["30 days", "Last session", "All stats", "Explain"]
    await world.restart()
    copy = the_answer(await world.admin.click(last(world), label="Last session"))
    assert copy.ephemeral
    assert "belongs to" not in text_of(copy)
    await world.anna.click(last(world), label="Last session")
    assert "the last session" in text_of(last(world))
    assert the_buttons(world) == ["All time", "30 days", "All stats", "Explain"]
    empty = (await world.anna.click(last(world), label="30 days")).followups[-1]
    assert empty.ephemeral
    assert "No round counts in this scope" in empty.content
    assert len(world.channel.history()) == 1


async def test_a_guid_that_would_break_a_button_is_none(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player("odd", guid="A:B", kills=1), BEN]))
    assert "I know no player called odd" in text_of(await world.anna.slash(world.channel, "stats", player="odd"))


async def test_form_shows_the_months_in_which_somebody_played(world: GuildWorld) -> None:
    now = datetime.now(UTC)
    stamps = [f"{now - timedelta(days=days):%Y-%m-%d-%H%M%S}" for days in (400, 75, 36, 1)]
    lines = [a_player("anna", damage_given=damage, deaths=1) for damage in (100, 1000, 1000, 1500)]
    await world.play(*[an_r1(at=at, players=[line, BEN]) for at, line in zip(stamps, lines, strict=True)])
    shown = text_of(await world.anna.slash(world.channel, "form", player="anna"))
    this, before = (f"{MONTHS[int(at[5:7]) - 1]}" for at in (stamps[3], stamps[2]))
    assert f"**By month**: {this} is **50% above** {before}, by DPM." in shown
    assert re.findall(r"^(\d{4}-\d\d) ", shown, re.MULTILINE) == [at[:7] for at in stamps[:0:-1]]


async def test_form_is_the_last_ten_rounds_against_his_own_mean(world: GuildWorld) -> None:
    lines = [a_player("anna", kills=day, deaths=1, damage_given=100 * day) for day in range(1, 13)]
    await world.play(*[an_r1(at=f"2026-03-{day:02}-210000", players=[one, BEN]) for day, one in enumerate(lines, 1)])
    message = the_answer(await world.anna.slash(world.channel, "form", player="anna"))
    shown = text_of(message)
    assert message.embeds[0].title == "Form of anna"
    assert "The last 10 rounds are **15% above** the usual 81 DPM." in shown
    rows = re.findall(r"^Supply R1 +\d+ +([+-]\d+) +(\d+) +1 +\S+$", shown, re.MULTILINE)
    assert [int(kills) for _, kills in rows] == [*range(12, 2, -1)]
    assert rows[0][0] == "+69"
    assert "The mean over 12 rounds: DPM 81.2, K 6.5" in shown
    assert "The newest round: 12 kills, 6 above the usual on Supply" in shown
    assert len(message.attachments) == 1


async def test_find_tells_every_name_and_guid_with_first_and_last_day(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER)
    message = the_answer(await world.anna.slash(world.channel, "find", player="bel"))
    shown = text_of(message)
    assert message.ephemeral
    assert f"anna · `{a_guid('anna')}`" in shown
    assert re.search(r"^bella: <t:\d+:d> to <t:\d+:d>, 1 round$", shown, re.MULTILINE)
    assert "ben" not in [line.split(" ")[0] for line in shown.split("\n")]


async def test_find_shows_five_and_says_how_many_there_are(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player(f"anna{place}", team=1 + place % 2) for place in range(12)]))
    shown = text_of(await world.anna.slash(world.channel, "find", player="anna"))
    assert "The best 5 of 12" in shown


async def test_find_takes_a_close_spelling_and_says_where_there_is_none(world: GuildWorld) -> None:
    await world.play(EARLIER, LATER, an_r1(at="2026-03-05-210000", players=[a_player("alexander"), BEN]))
    assert "alexander" in text_of(await world.anna.slash(world.channel, "find", player="alexnader"))
    shown = text_of(await world.anna.slash(world.channel, "find", player="<@1> qqqqqq"))
    assert shown.startswith("Nobody called anything like ")
    assert not MENTION.search(shown)
