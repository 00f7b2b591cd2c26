from __future__ import annotations

from functools import partial

import pytest

from bot.deliver.render import render
from bot.domain.game.map_names import map_title
from bot.domain.posts import PostKind
from bot.present.card import Card, SelectMenu
from bot.store import outbox, telling
from bot.store.questions.rounds import matches
from rigs.builders import a_player, a_session, an_archive, an_r1, an_r2, of_our_script
from rigs.guild import GuildWorld, text_of, the_answer
from tests.cogs.questions.rounds.test_sessions import children

FIRST = an_r1(map="supply", at="2026-03-01-210000")
SECOND = an_r2(FIRST)
OTHER = an_r1(map="te_escape2", at="2026-03-02-210000")


async def test_the_latest_round_is_shown_to_everybody(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, OTHER)
    result = await world.anna.slash(world.channel, "round")
    message = the_answer(result)
    assert message.embeds[0].title == "Escape 2, round 1: Allies finished in 8:00"
    assert world.deferred()
    assert not message.ephemeral


async def test_a_round_2_shows_the_match(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    title = the_answer(await world.anna.slash(world.channel, "round")).embeds[0].title
    assert title == "axis beat allies on Supply in 8:00"


@pytest.mark.parametrize("typed", ["1", "#1", " 1 ", "#1 supply R1 · 2026-03-01 21:00", "supply", "SUPP", "Supply"])
async def test_a_round_is_found_by_its_number_its_menu_entry_or_its_map(world: GuildWorld, typed: str) -> None:
    await world.play(FIRST)
    await world.play(OTHER)
    shown = text_of(await world.anna.slash(world.channel, "round", round=typed))
    assert shown.endswith("#1")


async def test_what_is_typed_is_no_pattern(world: GuildWorld) -> None:
    await world.play(FIRST)
    shown = text_of(await world.anna.slash(world.channel, "round", round="%x%"))
    assert shown == "I know no round by %x%: pick one from the menu while you type."


@pytest.mark.parametrize("typed", ["Escape 2", "escape2", "te_esc"])
async def test_a_map_is_found_by_what_people_call_it(world: GuildWorld, typed: str) -> None:
    await world.play(FIRST, an_r1(map="te_escape2", at="2026-03-03-210000"), OTHER)
    assert "Escape 2, round 1" in text_of(await world.anna.slash(world.channel, "round", round=typed))
    offered = await world.anna.autocomplete(world.channel, "round", "round", typed)
    assert all("Escape 2" in choice["name"] for choice in offered)
    assert offered


async def test_a_map_means_its_newest_round_even_if_it_has_a_digit(world: GuildWorld) -> None:
    later = an_r1(map="te_escape2", at="2026-03-03-210000")
    await world.play(FIRST, OTHER, later)
    assert text_of(await world.anna.slash(world.channel, "round", round="te_escape2")).endswith("#3")


@pytest.mark.parametrize(
    "typed", ["99", "#99", "999999999999", "9" * 400, "no such map", "'; DROP TABLE rounds; --", "@everyone", "-1", "0"]
)
async def test_an_unknown_round_gets_a_sentence(world: GuildWorld, typed: str) -> None:
    await world.play(FIRST)
    shown = text_of(await world.anna.slash(world.channel, "round", round=typed))
    assert shown.startswith("I know no round by ")
    assert shown.endswith(": pick one from the menu while you type.")
    assert "@everyone" not in shown
    assert world.deferred()


@pytest.mark.parametrize("options", [{}, {"round": "1"}, {"round": "supply"}])
async def test_without_any_data_the_bot_says_so(world: GuildWorld, options: dict[str, str]) -> None:
    result = await world.anna.slash(world.channel, "round", **options)
    assert text_of(result) == "No round has been imported yet."


async def test_a_round_can_be_asked_for_in_a_direct_message(world: GuildWorld) -> None:
    await world.play(FIRST)
    assert text_of(await world.alone.slash("round")).endswith("#1")


async def test_hostile_names_come_through_harmless(world: GuildWorld) -> None:
    players = [a_player("@everyone <@1> ```", team=1, kills=3), a_player("[x](http://x.y)", team=2, deaths=3)]
    first = an_r1(players=players)
    await world.play(first, an_r2(first))
    shown = text_of(await world.anna.slash(world.channel, "round"))
    assert "▲ \\[x\\](http:\\/\\/x.y) set" in shown
    assert shown.count("```") == 4
    blocks = shown.split("```")
    assert "@everyone" in "".join(blocks[1::2])
    assert "@everyone" not in "".join(blocks[::2])


async def test_the_menu_offers_the_newest_rounds_first(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND, OTHER)
    offered = await world.anna.autocomplete(world.channel, "round", "round", "")
    assert [choice["name"] for choice in offered] == [
        "#3 Escape 2 R1 · 2026-03-02 21:00 UTC",
        "#2 Supply R2 · 2026-03-01 21:08 UTC",
        "#1 Supply R1 · 2026-03-01 21:00 UTC",
    ]
    assert [choice["value"] for choice in offered] == ["3", "2", "1"]


async def test_the_menu_says_what_does_not_count(world: GuildWorld) -> None:
    await world.play(an_r1(players=[a_player("alone", kills=1)]))
    offered = await world.anna.autocomplete(world.channel, "round", "round", "")
    assert offered[0]["name"].endswith(" · set aside")


async def test_the_menu_never_holds_more_than_discord_takes(world: GuildWorld) -> None:
    await world.play(*an_archive(60), an_r1(map="m" + "x" * 63, at="2026-03-02-210000"))
    offered = await world.anna.autocomplete(world.channel, "round", "round", "")
    assert len(offered) == 25
    assert all(0 < len(choice["name"]) <= 100 for choice in offered)


@pytest.mark.parametrize(("typed", "found"), [("esc", 1), ("#2", 1), ("2", 1), ("_", 1), ("%", 0), ("'", 0)])
async def test_the_menu_takes_what_is_typed_literally(world: GuildWorld, typed: str, found: int) -> None:
    await world.play(FIRST, OTHER)
    offered = await world.anna.autocomplete(world.channel, "round", "round", typed)
    assert len([choice for choice in offered if not choice["name"].startswith("“")]) == (found or 2)
    assert offered[0]["name"].startswith("“") == (found == 0)


async def test_details_are_shown_to_the_one_who_asks_alone(world: GuildWorld) -> None:
    await world.play(FIRST)
    message = await world.post(Card(title="supply", buttons=(("Players", "round:1:round"),)))
    result = await world.anna.click(message, label="Players")
    answer = the_answer(result)
    assert answer.embeds[0].title == "Supply, round 1: players"
    assert answer.ephemeral
    assert world.deferred()


async def test_the_players_of_a_match_are_told_who_killed_whom_in_both_rounds(world: GuildWorld) -> None:
    kills = {("allies0", "axis1"): 7, ("axis0", "allies0"): 5}
    await world.play(of_our_script(FIRST, kills), of_our_script(SECOND, kills), OTHER)
    shown = {}
    for custom_id in ("round:2:match", "round:2:round", "round:3:round"):
        message = await world.post(Card(title="supply", buttons=(("Players", custom_id),)))
        shown[custom_id] = text_of(await world.anna.click(message, label="Players"))
    assert "both rounds" in shown["round:2:match"]
    assert "allies0 most often: 14 × axis1; by: axis0 10 ×" in shown["round:2:match"]
    assert "allies0 most often: 7 × axis1; by: axis0 5 ×" in shown["round:2:round"]
    assert "most often" not in shown["round:3:round"]


@pytest.mark.parametrize("custom_id", ["round:1:round", "round:1:match"])
async def test_a_button_answers_after_a_restart(world: GuildWorld, custom_id: str) -> None:
    await world.play(FIRST)
    message = await world.post(Card(title="supply", buttons=(("Players", custom_id),)))
    await world.restart()
    assert "round 1: players" in text_of(await world.anna.click(message, label="Players"))


async def test_a_button_of_a_round_that_is_gone_says_so(world: GuildWorld) -> None:
    message = await world.post(Card(title="supply", buttons=(("Players", "round:404:round"),)))
    result = await world.anna.click(message, label="Players")
    assert text_of(result) == "That round is not in this database any more."
    assert the_answer(result).ephemeral


async def test_a_round_1_is_one_line_and_its_details_are_behind_a_button(world: GuildWorld) -> None:
    await world.play(*a_session(1))
    db = world.bot.app.db
    await db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, 1, not_before=0, now=0))
    (item,) = await outbox.due(db, now=1)
    message = await world.post(await render(db, item, rules=world.bot.app.rules))
    answer = await matches.round_answer(db, 1)
    assert answer is not None
    assert message.content.startswith(f"**{map_title(answer.map)}**, round 1: ")
    assert message.content.endswith(" to beat")
    assert not message.embeds
    assert "round 1: players" in text_of(await world.anna.click(message, label="Players"))


async def test_the_menu_of_a_digest_shows_any_of_its_rounds(world: GuildWorld) -> None:
    await world.play(*a_session(13), OTHER)
    db = world.bot.app.db
    for number in range(1, 28):
        kind = PostKind.ROUND if number % 2 else PostKind.MATCH
        await db.write(partial(outbox.enqueue, kind=kind, round_id=number, not_before=0, now=0))
    assert await db.write(lambda tx: telling.gather(tx, more_than=5, late=1 << 40, now=1))
    (item,) = await outbox.due(db, now=1)
    card = await render(db, item, rules=world.bot.app.rules)
    message = await world.post(card)
    assert [(menu.placeholder, len(menu.options)) for menu in card.menus] == [
        ("Show a round: #1 to #25", 25),
        ("Show a round: #26 to #27", 2),
    ]
    label, value = card.menus[1].options[-1]
    assert label == "#27 Escape 2, round 1"
    await world.restart()
    result = await world.anna.select(message, custom_id=card.menus[1].custom_id, values=[value])
    assert text_of(result).endswith("#27")
    assert the_answer(result).ephemeral
    assert world.deferred()


async def test_a_round_of_a_digest_that_is_gone_says_so(world: GuildWorld) -> None:
    options = (("#404", "told:0123456789abcdef"), ("something else", "7"))
    menu = SelectMenu(custom_id="digest:rounds:0123456789abcdef", placeholder="Show a round", options=options)
    message = await world.post(Card(title="Meanwhile", menus=(menu,)))
    for _, value in options:
        result = await world.anna.select(message, values=[value])
        assert text_of(result) == "That round is not in this database any more."


async def test_accuracy_is_that_of_pistols_and_sub_machine_guns_alone(world: GuildWorld) -> None:
    mp40, grenade = (50, 200, 3, 0, 5), (30, 10, 1, 0, 0)
    await world.play(
        an_r1(players=[a_player("anna", weapons={4: mp40, 11: grenade}), a_player("ben", team=2, deaths=4)])
    )
    message = await world.post(Card(title="supply", buttons=(("Players", "round:1:round"),)))
    shown = text_of(await world.anna.click(message, label="Players"))
    assert "anna        4.00   25   5     80" in shown


async def test_what_is_under_a_match_is_about_both_rounds_and_leads_to_each(world: GuildWorld) -> None:
    await world.play(FIRST, SECOND)
    post = await world.post(Card(title="a match", buttons=(("Players", "round:2:match"), ("Weapons", "weapons:2"))))
    for label in ("Players", "Weapons"):
        answer = the_answer(await world.anna.click(post, label=label))
        assert f"Supply, both rounds: {label.lower()}" in text_of(answer)
        assert "#1 · " in text_of(answer), "a match has one number"
        buttons = [child for child in children(answer) if child.get("label")]
        assert [button["label"] for button in buttons] == ["Round 1", "Round 2", "Total"]
        assert [button.get("disabled", False) for button in buttons] == [False, False, True]
