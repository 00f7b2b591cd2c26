"""Custom ids stay under messages for years: all that were ever posted are understood, and lead to their own round."""

from __future__ import annotations

import dataclasses

import discord
import pytest

from bot.deliver.render import render
from bot.domain.posts import PostKind
from bot.present.card import Card
from bot.store import outbox
from cogs.kit.buttons import UNKNOWN, Answer, Component, Owned
from rigs.builders import an_r1, an_r2
from rigs.guild import GuildWorld, text_of, the_answer
from tools import rebuild
from tools.kit.repairs import RepairOptions

GUID = "0123456789ABCDEF0123456789ABCDEF"
UNDER_POSTS = (
    "round:12:round", "round:12:match", "weapons:12", "explain:round:12", "session:of:12", "digest:4:digest",
    "recap:5:recap", "alert:6:alert", "unsure:7:post", "unsure:7:there", "digest:of:0123456789abcdef",
    "recap:of:0123456789abcdef", "digest:rounds:0123456789abcdef", "alert:of:6:1772406000",
    "unsure:of:7:1772406000:post", "unsure:of:7:1772406000:there", "charts:of:0123456789abcdef",
    "diagnose", "alert:ignore:6:1772406000",
)  # fmt: skip
UNDER_ANSWERS = (
    "m:{me}:12:1", "m:{me}:12:2", "m:{me}:12:total", "sess:{me}:1772406000", "sess:{me}:-5", "sessions:{me}:3",
    "lb:{me}:win_rate:n3:30d supply", "lb:{me}:kd:m0:all", "lbm:{me}:last session", "rec:{me}:round:all",
    "rec:{me}:session:2026-03-01..2026-03-02", "map:{me}:all", f"st:{{me}}:{GUID}:30d", f"explain:{{me}}:{GUID}:all",
    f"ex:{{me}}:{GUID}:shots:1:supply r2", f"exf:{{me}}:{GUID}:all", "w:{me}:4:2:all", "help:{me}", "share:{me}",
    f"link:{{me}}:{GUID}:yes", f"link:{{me}}:{GUID}:no", "repair:restore",
    "who:{me}",
    f"sta:{{me}}:{GUID}:all", "repairdo:restore:{me}:1772406000", "stories:{me}",
    "story:short:0123456789abcdef", "story:details:0123456789abcdef", "part:players:0123456789abcdef:total",
    "part:weapons:0123456789abcdef:1", "repairwhy:ignore_copies:{me}:1772406000",
    "repairfor:ignore_copies:{me}:1772406000", "alert:why:6:1772406000",
    "whom:{me}:stats|0?", "whos:{me}:me", "whof:{me}:stats|0?", "at:{me}:leaderboard|0kd",
)  # fmt: skip
"""One of each of the first kinds; later ones say in their class what was ever sent (`Component.sent`)."""

EARLY = an_r1(map="supply", at="2026-03-01-210000")
LATE = an_r1(map="radar", at="2026-03-02-210000")
LATE_2 = an_r2(LATE)
BUTTONS = {"Players": "round:{}:match", "Weapons": "weapons:{}", "Explain": "explain:round:{}"}
GONE = "That round is not in this database any more."


def ever_sent(world: GuildWorld) -> tuple[str, ...]:
    """One of each kind that was ever sent, since the first version, as anna's."""
    kinds = [kind for kind in world.bot.components.values() if issubclass(kind, Component)]
    later = (custom_id for kind in kinds for custom_id in kind.sent)
    return tuple(custom_id.format(me=world.anna.id) for custom_id in (*UNDER_POSTS, *UNDER_ANSWERS, *later))


def read(world: GuildWorld, custom_id: str) -> list[Component]:
    """Whatever understands an id."""
    kinds = world.bot.components.values()
    return [one for one in (kind.read(custom_id) for kind in kinds) if isinstance(one, Component)]


async def test_every_id_ever_sent_is_understood_by_one_and_spelled_the_same_today(world: GuildWorld) -> None:
    for spelled in ever_sent(world):
        (component,) = read(world, spelled)
        assert str(component) == spelled


async def test_every_kind_of_button_is_in_this_list(world: GuildWorld) -> None:
    """A new one says in its class what is sent (`sent`), or here, and never takes it away."""
    tried = {type(component) for custom_id in ever_sent(world) for component in read(world, custom_id)}
    assert {*world.bot.components.values()} == tried


async def test_a_menu_belongs_to_who_asked_and_others_get_a_copy_or_are_refused(world: GuildWorld) -> None:
    await world.play(EARLY, LATE, LATE_2)
    owned = [custom_id for custom_id in ever_sent(world) if isinstance(read(world, custom_id)[0], Owned)]
    assert len(owned) > 10
    for custom_id in owned:
        component = read(world, custom_id)[0]
        message = await world.post(Card(title="a card", buttons=(("Press", custom_id),)))
        answer = the_answer(await world.trusted.click(message, label="Press"))
        assert answer.ephemeral
        is_refused = text_of(answer).startswith("That menu belongs to whoever asked")
        assert is_refused is (component.answer is not Answer.IN_PLACE or component.for_admins), custom_id
        shown = world.channel.last_message
        assert shown is not None
        assert shown.embeds[0].title == "a card"


@pytest.mark.parametrize(
    "custom_id",
    ["round:twelve:round", "round:12", "weapons:", "weapons:12345678901234", "lb::::", "nonsense", "x" * 100,
     "\N{SKULL}", "m:1:12:3", "explain:round:", "help", "help:me", "sess:1:99999999999999999999999", "card:7:details"],
)  # fmt: skip
async def test_what_no_version_ever_sent_gets_a_sentence(
    world: GuildWorld, caplog: pytest.LogCaptureFixture, custom_id: str
) -> None:
    message = await world.post(Card(title="odd", buttons=(("Press", custom_id),)))
    result = await world.anna.click(message, label="Press")
    assert text_of(result) == UNKNOWN
    assert the_answer(result).ephemeral
    assert not any(record.exc_info for record in caplog.records)


async def test_a_menu_s_id_on_a_button_gets_a_sentence(world: GuildWorld) -> None:
    message = await world.post(Card(title="odd", buttons=(("Press", f"help:{world.anna.id}"),)))
    assert UNKNOWN in [followup.content for followup in (await world.anna.click(message, label="Press")).followups]


@pytest.mark.parametrize("named", ["0123456789abcdef", "404"])
async def test_a_round_that_is_not_here_gets_a_sentence(
    world: GuildWorld, caplog: pytest.LogCaptureFixture, named: str
) -> None:
    await world.play(EARLY)
    buttons = tuple((label, custom_id.format(named)) for label, custom_id in BUTTONS.items())
    message = await world.post(Card(title="a post", buttons=buttons))
    for label in BUTTONS:
        assert text_of(await world.anna.click(message, label=label)) == GONE
    assert not any(record.exc_info for record in caplog.records)


async def test_two_members_who_press_the_same_button_get_an_answer_each(world: GuildWorld) -> None:
    await world.play(EARLY)
    message = the_answer(await world.anna.slash(world.channel, "round"))
    for member in (world.anna, world.admin, world.anna):
        result = await member.click(message, label="Players")
        assert "Supply, round 1: players" in text_of(result)
        assert the_answer(result).ephemeral


def old(card: Card, row: int) -> Card:
    """The card of a post as it was made before rounds had keys."""
    return dataclasses.replace(card, buttons=tuple((label, text.format(row)) for label, text in BUTTONS.items()))


async def a_post(world: GuildWorld, row: int, *, at: int = 1) -> Card:
    """What the post of a round says today."""
    db = world.bot.app.db
    await db.write(lambda tx: outbox.enqueue(tx, PostKind.MATCH, row, not_before=at, now=at))
    item = await outbox.of_round(db, row)
    assert item is not None
    return await render(db, item, rules=world.bot.app.rules)


async def answers(world: GuildWorld, message: discord.Message) -> list[str]:
    """What its buttons show, and the menu on it."""
    shown = [text_of(await world.anna.click(message, label=label)) for label in BUTTONS]
    return [*shown, text_of(await world.anna.context_menu(world.channel, "Explain", message))]


async def rebuilt(world: GuildWorld, monkeypatch: pytest.MonkeyPatch, *, hours: int = 2) -> GuildWorld:
    """The same server with a bot on a database that was made anew, hours later, from the same files."""
    path = world.settings.database_path.with_name("anew.db")
    monkeypatch.setenv("DATABASE_PATH", str(path))
    monkeypatch.setenv("LOCAL_STATS_DIR", str(world.settings.local_stats_dir))
    assert (
        await rebuild._from_folder(world.settings.local_stats_dir, None, RepairOptions(None, yes=True, dry_run=False))
        == 0
    )
    anew = dataclasses.replace(world, settings=world.settings.model_copy(update={"database_path": path}))
    await anew.restart()
    sql = "UPDATE rounds SET imported_at = imported_at + ?"
    await anew.bot.app.db.write(lambda tx: tx.execute(sql, (3600 * hours,)))
    return anew


async def ids(world: GuildWorld) -> dict[str, int]:
    """Map and number → row."""
    found = await world.bot.app.db.all("SELECT id, map || ' ' || number AS name FROM rounds")
    return {row["name"]: int(row["id"]) for row in found}


async def a_shuffled_world(world: GuildWorld) -> dict[str, int]:
    """The rounds were imported in another order than a rebuild takes them."""
    for file in (LATE, EARLY, LATE_2):
        await world.play(file)
    return await ids(world)


async def test_after_a_rebuild_buttons_of_today_answer_for_their_own_round(
    world: GuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await a_shuffled_world(world)
    cards = {name: await a_post(world, row) for name, row in before.items()}
    posts = {name: await world.post(card) for name, card in cards.items()}
    anew = await rebuilt(world, monkeypatch)
    after = await ids(anew)
    assert after != before, "or this test would show nothing"
    for name, message in posts.items():
        for shown in await answers(anew, message):  # a match has one number, that of its round 1
            assert f"#{after[name.replace('2', '1')]}" in shown, (name, shown)


async def test_after_a_rebuild_a_match_s_tabs_stay_with_their_match(
    world: GuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await a_shuffled_world(world)
    message = the_answer(await world.anna.slash(world.channel, "match", match=str(before["radar 1"])))
    anew = await rebuilt(world, monkeypatch)
    await anew.anna.click(message, label="Round 2")
    shown = anew.channel.last_message
    assert shown is not None
    assert "Radar, round 2: " in text_of(shown)
    assert f"#{(await ids(anew))['radar 2']}" in text_of(shown)


async def test_after_a_rebuild_an_old_post_answers_for_the_round_that_it_tells_of(
    world: GuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await a_shuffled_world(world)
    posts = {name: await world.post(old(await a_post(world, row), row)) for name, row in before.items()}
    anew = await rebuilt(world, monkeypatch)
    after = await ids(anew)
    for name, message in posts.items():
        for shown in await answers(anew, message):  # a match has one number, that of its round 1
            assert f"#{after[name.replace('2', '1')]}" in shown, (name, shown)


async def test_after_a_rebuild_an_old_post_that_tells_of_no_round_says_so_and_shows_no_other(
    world: GuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await a_shuffled_world(world)
    line = await world.post(old(Card(short="radar, round 1: see the match"), before["radar 1"]))
    anew = await rebuilt(world, monkeypatch)
    assert await answers(anew, line) == [GONE] * 4


async def test_an_old_id_is_answered_for_the_round_of_its_message(world: GuildWorld) -> None:
    """The row of the outbox knows better than the button: it holds the message, and whose post it is."""
    before = await a_shuffled_world(world)
    await a_post(world, before["supply 1"])
    message = await world.post(old(Card(short="a line"), before["radar 1"]))
    item = await outbox.of_round(world.bot.app.db, before["supply 1"])
    assert item is not None
    db = world.bot.app.db
    await db.write(lambda tx: outbox.claim(tx, item, channel=world.channel.id, nonce="n", now=1))
    await db.write(lambda tx: outbox.sent(tx, item, message=message.id, revision=1, now=1))
    for shown in await answers(world, message):
        assert f"#{before['supply 1']}" in shown


async def test_an_old_session_button_of_a_recap_leads_to_its_session_after_a_rebuild(
    world: GuildWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_shuffled_world(world)
    ended = int(await world.bot.app.db.value("SELECT max(ended_at) FROM rounds"))
    recap = Card(title="Session is over", at=ended, buttons=(("Session", "recap:5:recap"),))
    digest = Card(title="Meanwhile", at=ended, buttons=(("Session", "digest:5:digest"),))
    anew = await rebuilt(world, monkeypatch)
    for card in (recap, digest):
        shown = text_of(await anew.anna.click(await anew.post(card), label="Session"))
        assert shown.startswith("axis won the evening 1–0\nMonday 2 March (UTC), ")


async def test_an_old_decision_never_falls_on_the_post_of_another_database(world: GuildWorld) -> None:
    await world.play(EARLY)
    db = world.bot.app.db
    later = int(world.bot.app.clock.now()) + 7200
    await db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, 1, not_before=later, now=later))
    await db.write(lambda tx: tx.execute("UPDATE outbox SET state = 'unsure'"))
    for custom_id in ("unsure:1:post", f"unsure:of:1:{later - 1}:post"):
        message = await world.post(Card(title="Attention", buttons=(("Post it", custom_id),)))
        assert text_of(await world.admin.click(message, label="Post it")) == "That was decided already."
    assert await db.value("SELECT state FROM outbox") == "unsure"


@pytest.mark.parametrize("custom_id", ["unsure:1:post", "unsure:of:1:1:post"])
async def test_a_decision_falls_on_the_post_that_was_asked_about(world: GuildWorld, custom_id: str) -> None:
    await world.play(EARLY)
    db = world.bot.app.db
    await db.write(lambda tx: outbox.enqueue(tx, PostKind.ROUND, 1, not_before=1, now=1))
    await db.write(lambda tx: tx.execute("UPDATE outbox SET state = 'unsure'"))
    message = await world.post(Card(title="Attention", buttons=(("Post it", custom_id),)))
    assert text_of(await world.admin.click(message, label="Post it")) == "Noted."


async def test_what_is_answered_is_said_to_nobody_by_name(world: GuildWorld) -> None:
    await world.play(EARLY)
    message = the_answer(await world.anna.slash(world.channel, "round"))
    for label in ("Players", "Weapons", "Explain", "Session", "Match"):
        await world.anna.click(message, label=label)
    said = [entry.json for entry in world.env.http_requests if entry.json and "embeds" in entry.json]
    assert len(said) > 5
    assert all(body["allowed_mentions"]["parse"] == [] for body in said)
