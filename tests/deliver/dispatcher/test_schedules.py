"""Exactly one visible message per round, whatever happens in whatever order (POSTING, "Unknown outcomes").

500 schedules, each made from its number: kills at every step and while a request is under way, connections that
break before and after the message is accepted, hangs, 5xx, messages that appear up to 20 seconds after the failure,
rate limits, refusals, requests that are accepted and end in a rate limit or a refusal all the same, and a Discord that
forgets a nonce after 0 to 600 seconds.

What no protocol with "young: the same nonce at once" can do is left out, and nothing else:

* where a message may appear `late` seconds after the failure, a repetition may overtake it, and both are accepted:
  the nonce must live for `late` + the longest request of that evening;
* where the history may not be read, the nonce must also live until the last repetition that trusts it alone has
  certainly taken effect: `NONCE_HOLDS` longer. And a *no* must be one there: what is accepted does not end in it.

The same with the real client, where one `send` may be many requests: `test_schedules_client.py`.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from pathlib import Path

from bot.deliver.dispatcher import IDLE, NONCE_HOLDS, Dispatcher
from bot.domain.posts import OutboxItem, PostKind, PostState
from bot.errors import PostRefused
from bot.store import outbox
from bot.store.file.database import Database
from rigs.builders import an_r1, an_r2
from rigs.world import NIGHT, ManualClock, a_rules
from tests.deliver.conftest import ADMIN, STATS, a_posting
from tests.deliver.fake_discord import FakeDiscord, Fault, Killed, killed, limited, lost, refused

SCHEDULES = 500
PATIENCE = 75
LATEST = 20
STEPS = ("claimed", "accepted", "recorded", "looked for", "editing", "edited", "removed")
_OWED = """
    SELECT count(*) AS posts, min(CASE WHEN not_before > :now THEN not_before END) AS next FROM outbox
     WHERE state IN ('waiting', 'sending', 'parked', 'removing') OR (state = 'sent' AND sent_revision < revision)"""


class Schedule:
    """One evening on which everything may go wrong; the same number makes the same one."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)
        self.unreadable = number % 5 == 4
        self.late = self.random.choice([0, 0, self.random.randint(1, LATEST)])
        self.send = [self._fault(self._of_a_post) for _ in range(self.random.randint(0, 12))]
        self.find = [self._fault(self._of_a_look) for _ in range(self.random.randint(0, 6))]
        self.edit = [self._fault(self._of_an_edit) for _ in range(self.random.randint(0, 6))]
        self.delete = [self._fault(self._of_an_edit) for _ in range(self.random.randint(0, 6))]
        self.kills = [(self.random.choice(STEPS), self.random.randint(1, 3)) for _ in range(self.random.randint(0, 3))]
        longest = max((fault.takes for fault in self.send if fault), default=0)
        floor = self.late + int(longest) if self.late or self.unreadable else 0
        floor += NONCE_HOLDS if self.unreadable else 0
        self.window = self.random.choice([floor, floor + 1, self.random.randint(floor, 600), 600])
        self.arrivals = [NIGHT, NIGHT + self.random.choice([0, 1, 30, 200]), NIGHT + self.random.choice([0, 200, 900])]

    @property
    def refuses(self) -> bool:
        """Some post is refused."""
        return any(fault is not None and isinstance(fault.raised(), PostRefused) for fault in self.send)

    def _fault(self, make: Callable[[], Fault]) -> Fault | None:
        return make() if self.random.random() < 0.7 else None

    def _of_a_post(self) -> Fault:
        ends = self.random.choice([lost, lost, killed])
        takes = self.random.choice([0, 0, self.random.randint(1, PATIENCE)])
        fate = self.random.choice(["before", "after", "late"])
        late = self.late if fate == "late" else 0
        broken = ends(accept=fate == "after", late=late, takes=takes)
        lies = not self.unreadable and self.random.random() < 0.5
        says_no = [limited(self.random.choice([5, 60, 700]), accept=lies), refused(accept=lies)]
        return self.random.choice([broken] * 4 + says_no)

    def _of_a_look(self) -> Fault:
        return self.random.choice([lost(), lost(takes=PATIENCE), killed(), limited(5), limited(700)])

    def _of_an_edit(self) -> Fault:
        ends = self.random.choice([lost, killed])
        return self.random.choice([ends(), ends(accept=True), limited(600), refused()])


class Run:
    """One schedule, run until nothing is left to do."""

    def __init__(self, db: Database, keys: dict[int, str], schedule: Schedule) -> None:
        self.db = db
        self.keys = keys
        self.rounds = [*keys]
        self.schedule = schedule
        self.clock = ManualClock()
        self.discord = FakeDiscord(self.clock, nonce_window=schedule.window)
        self.discord.faults["send"].extend(schedule.send)
        self.discord.faults["find"].extend(schedule.find)
        self.discord.faults["edit"].extend(schedule.edit)
        self.discord.faults["delete"].extend(schedule.delete)
        if schedule.unreadable:
            self.discord.unreadable.add(STATS)
        self.kills = dict(schedule.kills)
        self.waiting = list(zip(schedule.arrivals, (PostKind.ROUND, PostKind.MATCH, PostKind.ROUND), keys, strict=True))
        self.dispatcher = self._start()

    async def until_rest(self) -> None:
        """Step after step, and a new process after each kill; bounded."""
        for _ in range(2_000):
            await self._arrive()
            try:
                done = await self.dispatcher.step()
            except Killed:
                self.clock.pass_by(self.schedule.random.choice([1, 5, 40, 100, 700]))
                self.dispatcher = self._start()
                continue
            if done:
                self.clock.pass_by(IDLE)
                continue
            owed = await self.db.one(_OWED, now=int(self.clock.now()))
            assert owed is not None
            if not owed["posts"] and not self.waiting:
                self.clock.pass_by(2 * LATEST)
                return
            soon = [at for at in (owed["next"], *(at for at, *_ in self.waiting[:1])) if at is not None]
            self.clock.time = max(self.clock.time + IDLE, min(soon, default=0))
        raise AssertionError("it does not come to rest")

    async def post_of(self, round_id: int) -> OutboxItem:
        """Where a round's post stands."""
        item = await outbox.of_round(self.db, round_id)
        assert item is not None
        return item

    def count(self, round_id: int) -> int:
        """How many messages of a round can be seen."""
        return sum(f":{self.keys[round_id]}:" in message.custom_ids[0] for message in self.discord.visible(STATS))

    def _start(self) -> Dispatcher:
        return Dispatcher(
            self.db,
            self.discord,
            channel=STATS,
            admin_channel=ADMIN,
            server_name="main",
            rules=a_rules(),
            clock=self.clock,
            reached=self._reached,
        )

    def _reached(self, step: str) -> None:
        if step in self.kills:
            self.kills[step] -= 1
            if self.kills[step] == 0:
                raise Killed

    async def _arrive(self) -> None:
        while self.waiting and self.waiting[0][0] <= self.clock.time:
            at, kind, round_id = self.waiting.pop(0)
            await self.db.write(lambda tx: outbox.enqueue(tx, kind, round_id, not_before=at, now=at))  # noqa: B023


async def test_every_round_has_exactly_one_visible_message_on_500_sessions(tmp_path: Path) -> None:
    first, later = an_r1(), an_r1(map="radar", at="2026-03-01-213000")
    async with a_posting(tmp_path) as posting:
        db = posting.world.app.db
        files = [first, an_r2(first), later]
        await posting.play(*files)
        keys = {item.round_id or 0: item.round_key or "" for item in [await posting.post_of(file) for file in files]}
        for number in range(SCHEDULES):
            await db.write(lambda tx: tx.execute("DELETE FROM outbox"))
            try:
                await _holds(Run(db, keys, Schedule(number)))
            except BaseException as failure:
                failure.add_note(f"in schedule {number}")
                raise


async def _holds(run: Run) -> None:
    await run.until_rest()
    await _admins_are_asked_once(run)
    posts = [await run.post_of(number) for number in run.rounds]
    seen = {message.id: message for message in run.discord.visible(STATS)}
    first, match, _ = posts
    for post in posts:
        is_replaced = post is first and match.state is PostState.SENT and post.state is not PostState.DROPPED
        assert run.count(post.round_id or 0) == (0 if is_replaced else 1)
        if is_replaced:
            assert post.state is PostState.REPLACED
            continue
        assert post.state is PostState.SENT or (run.schedule.unreadable and post.state is PostState.DROPPED)
        assert post.state is PostState.DROPPED or post.marker in seen[post.message_id or 0].custom_ids
    if not run.schedule.unreadable and not run.schedule.refuses:  # a refused post holds up nobody
        assert [m.id for m in seen.values()] == [post.message_id for post in posts if post.state is PostState.SENT]


async def _admins_are_asked_once(run: Run) -> None:
    """Until an admin says more, an unsure post is there at most once; he says what he sees."""
    unsure = [number for number in run.rounds if (await run.post_of(number)).state is PostState.UNSURE]
    assert run.schedule.unreadable or not unsure
    assert all(run.count(number) <= 1 for number in run.rounds)
    for number in unsure:
        item = await run.post_of(number)
        asked = [m for m in run.discord.visible(ADMIN) if f"unsure:of:{item.id}:{item.created_at}:post" in m.custom_ids]
        assert len(asked) == 1
        there = run.count(number) == 1
        assert await run.db.write(lambda tx: outbox.decide(tx, item.id, is_there=there))  # noqa: B023
    if unsure:
        run.discord.faults = {"send": deque(), "edit": deque(), "find": deque(), "delete": deque()}
        run.kills.clear()
        await run.until_rest()
