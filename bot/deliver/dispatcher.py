"""Makes the posts that are owed: at least once to Discord, never twice in sight (POSTING, "Unknown outcomes").

A post is claimed in the database before the request leaves, and marked as sent afterwards. Whatever breaks in
between leaves it *sending*: outcome unknown. Then the channel is read for the post's own button, and only if it is
not there the same nonce is sent again, which Discord drops if the message exists after all. The same look comes before
every further attempt, whatever error ended the last one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import assert_never

from bot.clock import Clock
from bot.deliver.diary import Diary, of_round
from bot.deliver.permissions import Missing, sentence
from bot.deliver.publisher import Publisher
from bot.deliver.recall import Recall
from bot.deliver.render import render
from bot.domain.concerns import Concern, ConcernCode, ToldConcern
from bot.domain.posts import TOO_LATE, OutboxItem, PostKind, PostReasonCode, PostState, PostStep, Preferences, nonce
from bot.domain.rules import Rules
from bot.domain.trouble import Trouble, TroubleCode
from bot.errors import OutcomeUnknown, PostGone, PostLater, PostRefused, StoreError
from bot.present.audit.alerts import alert_card
from bot.present.card import Card
from bot.store import alerts, outbox, preferences, telling
from bot.store.file.database import Database, Tx

log = logging.getLogger(__name__)

NONCE_HOLDS = 90
"""Seconds for which a nonce surely makes a repetition harmless."""
IN_FLIGHT = 30
"""Seconds until a request whose answer was lost has certainly been dealt with."""
BEFORE_ATTEMPT = 300
"""Seconds before the first attempt, in Discord's own time, from which the channel is read."""
LONGEST_WAIT = 600
"""Seconds that a post may still wait after a start: nobody knows what the clock showed when its pause began."""
REFUSED_PAUSE = 600
"""Seconds between two requests for a post that Discord refuses, at least."""
OLD_MESSAGE, OLD_EDIT_PAUSE = 3600, 600
"""A message older than this many seconds is edited at most once in so many seconds (Discord's 30046)."""
BACKLOG, BACKLOG_AGE = 5, 900
"""More posts than this of rounds that ended so many seconds ago come as one digest."""
IDLE = 2.0


class Dispatcher:
    """Works off the outbox, one post at a time, in the order of the rounds."""

    def __init__(
        self,
        db: Database,
        publisher: Publisher,
        *,
        channel: int,
        admin_channel: int,
        server_name: str,
        rules: Rules,
        clock: Clock,
        reached: Callable[[str], None],
    ) -> None:
        self._db = db
        self._publisher = publisher
        self._channel = self._stats_channel = channel
        self._admin_channel = admin_channel
        self._server_name = server_name
        self._rules = rules
        self._clock = clock
        self._reached = reached
        self._wake = asyncio.Event()
        self._recall = Recall(db, publisher, rules=rules, clock=clock)
        self._missing = Missing(db, publisher, clock=clock)
        self._last_step: tuple[float, float] | None = None
        """The time of day and the monotonic time then."""
        self._diary = Diary(db)

    @property
    def trouble(self) -> Trouble | None:
        """Why posts do not get through; None when all is well."""
        return self._diary.trouble

    def wake(self) -> None:
        """Something new may be owed."""
        self._wake.set()

    async def run(self, beat: Callable[[], None]) -> None:
        """Never returns; `beat` is told whenever nothing hides what is to be done, be there something or not."""
        while True:
            self._wake.clear()
            try:
                await self.step()
                if not self._diary.is_unread:
                    beat()
            except StoreError as error:
                self._diary.say(TroubleCode.DATABASE, str(error))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._wake.wait()

    async def step(self) -> int:
        """Do whatever can be done now; the number of rows worked on."""
        await self._mind_the_clock()
        wanted = await preferences.load(self._db)
        self._stats_channel = wanted.channel or self._channel
        await self._missing.tell((self._stats_channel, self._admin_channel))
        held = await self._look_for_forgotten()  # channels to which the way is broken: their order is kept
        if self._stats_channel not in held and await self._gather():
            held |= await self._look_for_forgotten()
        done = 0
        for item in await outbox.due(self._db, now=self._now()):
            channel = self._channel_of(item)
            if channel in held:
                continue
            if item.not_before > self._now() or not await self._deliver(item, wanted):
                held.add(channel)
                continue
            done += 1
        await self._diary.settle()
        return done

    async def _mind_the_clock(self) -> None:
        """A clock that is set back makes no post wait longer."""
        now, steady = self._clock.now(), self._clock.monotonic()
        before, self._last_step = self._last_step, (now, steady)
        if before is None:
            await self._write(lambda tx: outbox.wait_at_most(tx, latest=int(now) + LONGEST_WAIT))
        elif now < before[0]:
            by = round(before[0] + steady - before[1] - now)
            log.warning("the clock of this machine was set back by %d s", by)
            await self._write(lambda tx: outbox.hasten(tx, by=by, now=int(now)))

    async def _look_for_forgotten(self) -> set[int]:
        """Posts that were never tried, of what happened before this start; the channels that cannot be read now."""
        owed = await outbox.never_tried(self._db, before=self._recall.before)
        unread = await self._recall.look(owed, channel_of=self._goes_to, record=self._recalled)
        self._diary.read(unread)
        if owed:
            self._reached("recalled")
        return set(unread)

    async def _recalled(self, item: OutboxItem, message: int, channel: int) -> None:
        await self._record(item, message, 0, channel=channel)

    async def _gather(self) -> bool:
        """After an outage: one digest instead of a flood; False where there is none to make."""
        late = self._now() - BACKLOG_AGE
        return await self._db.write(lambda tx: telling.gather(tx, more_than=BACKLOG, late=late, now=self._now()))

    async def _deliver(self, item: OutboxItem, wanted: Preferences) -> bool:
        """One row; False where going on in its channel would only fail the same way."""
        try:
            goes_on = await self._step(item, wanted)
        except OutcomeUnknown as error:
            await self._unknown(item, str(error))
            return _lets_pass(item)
        except PostLater as error:
            await self._later(item, error.seconds, str(error))
            return False
        except PostRefused as error:
            await self._refused(item, str(error))
        except PostGone:
            await self._write(lambda tx: outbox.move(tx, item, PostState.DELETED, reason=PostReasonCode.DELETED))
        except StoreError:
            raise
        except Exception:
            log.exception("post %d failed by a bug, and is tried again in 10 minutes", item.id)
            await self._put_off(item, PostState.PARKED, self._now() + REFUSED_PAUSE, "a bug: see the log")
        else:
            if goes_on:
                self._diary.is_well()
            return goes_on
        return True

    async def _step(self, item: OutboxItem, wanted: Preferences) -> bool:
        """The row's next step; False where those behind it have to wait."""
        match item.next_step:
            case PostStep.SEND if self._recall.is_due(item):
                return False  # imported in this very step: the next one looks for it
            case PostStep.SEND:
                await self._first(item, wanted)
            case PostStep.LOOK:
                return await self._find_out(item)
            case PostStep.EDIT:
                await self._edit(item)
            case PostStep.REMOVE:
                await self._remove(item)
            case PostStep.NOTHING:
                pass
            case _:
                assert_never(item.next_step)
        return True

    async def _first(self, item: OutboxItem, wanted: Preferences) -> None:
        """A post that was never tried may be unwanted, or no news any more."""
        late = not item.attempts and self._now() - item.created_at > TOO_LATE
        reason = PostReasonCode.TOO_OLD if late else await outbox.unwanted(self._db, item, wanted)
        if reason is None or item.attempts:
            await self._send(item, channel=self._goes_to(item))
        else:
            await self._write(lambda tx: outbox.move(tx, item, PostState.DROPPED, reason=reason))

    async def _remove(self, item: OutboxItem) -> None:
        """The match's message is there, and its id is stored: that of its round 1 goes; doing it twice is harmless."""
        assert item.channel_id is not None
        assert item.message_id is not None
        with contextlib.suppress(PostGone):
            await self._publisher.delete(channel=item.channel_id, message=item.message_id)
        self._reached("removed")
        await self._write(lambda tx: outbox.move(tx, item, PostState.REPLACED, reason=None))
        await self._diary.removed(item)

    async def _send(self, item: OutboxItem, *, channel: int) -> None:
        if not item.unanswered and item.kind is PostKind.ROUND and await telling.is_told(self._db, item.round_id):
            await self._write(lambda tx: outbox.move(tx, item, PostState.REPLACED, reason=None))
            return
        card = await render(self._db, item, rules=self._rules)
        key = item.nonce or await self._nonce(item, channel)
        await self._write(lambda tx: outbox.claim(tx, item, channel=channel, nonce=key, now=self._discord_now()))
        self._reached("claimed")
        message = await self._publisher.send(card, channel=channel, nonce=key)
        self._reached("accepted")
        await self._record(item, message, item.revision)

    def _channel_of(self, item: OutboxItem) -> int:
        """Where it is or may be, else where it goes now."""
        if item.channel_id is not None and (item.message_id is not None or item.first_attempt_at is not None):
            return item.channel_id
        return self._goes_to(item)

    def _goes_to(self, item: OutboxItem) -> int:
        return self._admin_channel if item.kind.traits.is_for_admins else self._stats_channel

    async def sample(self, card: Card) -> str:
        """Post a card that no round owes, now; the link to it. Raises what the publisher raises."""
        channel = (await preferences.load(self._db)).channel or self._channel
        message = await self._publisher.send(card, channel=channel, nonce=nonce("sample", self._clock.now()))
        return self._link(channel, message)

    async def tell(self, concerns: Sequence[ToldConcern]) -> None:
        """Tell the admins at once, since the database cannot hold an alert. Raises what the publisher raises."""
        key = nonce("straight", concerns, self._clock.now())
        await self._publisher.send(alert_card(concerns), channel=self._admin_channel, nonce=key)

    async def _nonce(self, item: OutboxItem, channel: int) -> str:
        if item.round_id is None and item.round_key is not None:
            return nonce(self._server_name, item.kind, item.round_key, channel)
        if item.round_id is None:
            return nonce(self._server_name, item.kind, item.id, item.created_at, channel)
        return nonce(self._server_name, await outbox.file_of(self._db, item), item.kind, channel, 1)

    async def _find_out(self, item: OutboxItem) -> bool:
        """Sent or not? Look before repeating; an old attempt is never repeated unseen."""
        assert item.channel_id is not None
        assert item.attempt_at is not None
        first, looked_at = item.first_attempt_at or item.attempt_at, self._discord_now()
        may_be_under_way = item.unanswered and abs(looked_at - item.attempt_at) < IN_FLIGHT
        if may_be_under_way and not self._nonce_holds(first):
            return await self._wait_for_answer(item)
        message, refusal = None, None
        try:
            since = min(first, looked_at) - BEFORE_ATTEMPT
            messages = await self._publisher.find(item.markers, channel=item.channel_id, since=since)
            message = next(iter(messages.values()), None)
        except PostRefused as error:
            if error.hopeless:
                raise
            refusal = str(error)
        self._reached("looked for")
        if message is not None:
            await self._record(item, message, 0)
            return True
        is_safe = item.unanswered and self._nonce_holds(first)  # asked again: the look took its time
        if may_be_under_way and not is_safe:
            return await self._wait_for_answer(item)
        if refusal is not None and item.unanswered and not is_safe:
            await self._unsure(item, refusal)
            return True
        if refusal is None and not is_safe:
            await self._write(lambda tx: outbox.not_there(tx, item))
        channel = item.channel_id if is_safe else self._goes_to(item)
        await self._send(item if is_safe else item._replace(unanswered=0), channel=channel)
        return True

    def _nonce_holds(self, first_attempt: int) -> bool:
        """A message of that attempt and one of now would be one; an attempt of the future is of a wrong clock."""
        return abs(self._discord_now() - first_attempt) < NONCE_HOLDS

    async def _wait_for_answer(self, item: OutboxItem) -> bool:
        assert item.attempt_at is not None
        at = self._now() + item.attempt_at + IN_FLIGHT - self._discord_now()
        await self._write(lambda tx: outbox.postpone(tx, item, not_before=at, reason=PostReasonCode.UNDER_WAY))
        return _lets_pass(item)

    async def _record(self, item: OutboxItem, message: int, revision: int, *, channel: int | None = None) -> None:
        def work(tx: Tx) -> None:
            outbox.sent(tx, item, message=message, revision=revision, now=self._now(), channel=channel)

        await self._write(work)
        await self._diary.posted(item, message)
        self._reached("recorded")
        self.wake()  # the message of a match's round 1 can go now

    async def _edit(self, item: OutboxItem) -> None:
        assert item.channel_id is not None
        assert item.message_id is not None
        now, edited = self._now(), item.edited_at or 0
        if now - item.created_at > OLD_MESSAGE and 0 <= now - edited < OLD_EDIT_PAUSE:
            at = edited + OLD_EDIT_PAUSE
            await self._write(lambda tx: outbox.postpone(tx, item, not_before=at, reason=PostReasonCode.JUST_EDITED))
            return
        card = await render(self._db, item, rules=self._rules)
        await self._write(lambda tx: outbox.editing(tx, item, now=self._now()))
        self._reached("editing")
        await self._publisher.edit(card, channel=item.channel_id, message=item.message_id)
        self._reached("edited")
        await self._write(lambda tx: outbox.edited(tx, item, revision=item.revision, now=self._now()))
        await self._diary.edited(item)

    async def _unknown(self, item: OutboxItem, reason: str) -> None:
        """It may have got through: the row stays as it is, and is looked at again soon."""
        at = self._now() + min(2 ** min(item.attempts, 5), IN_FLIGHT)
        await self._write(lambda tx: outbox.postpone(tx, item, not_before=at, reason=reason))
        self._diary.say(TroubleCode.OUTCOME_UNKNOWN, reason)

    async def _later(self, item: OutboxItem, seconds: float, reason: str) -> None:
        at = self._now() + round(seconds) + 1
        await self._put_off(item, PostState.WAITING, at, reason, unanswered=item.unanswered)

    async def _refused(self, item: OutboxItem, reason: str) -> None:
        """Parked, with one alert until all that is parked gets through."""
        if lacking := sentence(self._publisher.lacks(self._channel_of(item))):
            reason = f"{reason}; {lacking}"
        body = f"I cannot make the {item.kind} post{of_round(item)}, and try every 10 minutes: {reason}"
        known = (PostState.SENT, PostState.REMOVING, PostState.PARKED)
        is_new = not item.kind.traits.is_for_admins and item.state not in known
        at = self._now() + REFUSED_PAUSE
        await self._put_off(
            item, PostState.PARKED, at, reason, unanswered=item.unanswered, alert=body if is_new else None
        )
        self._diary.refused(item, reason)

    async def _put_off(
        self,
        item: OutboxItem,
        state: PostState,
        at: int,
        reason: str,
        *,
        unanswered: int | None = None,
        alert: str | None = None,
    ) -> None:
        """Not now; what is to be edited stays sent. `unanswered`: as before this attempt, which was answered."""

        def work(tx: Tx) -> None:
            if alert is not None and not outbox.is_any_parked(tx):
                alerts.owe(tx, [Concern(ConcernCode.PARKED, "", alert)], now=self._now())
            after = item.state if item.state in (PostState.SENT, PostState.REMOVING) else state
            outbox.move(tx, item, after, reason=reason, not_before=at, unanswered=unanswered)

        await self._write(work)

    async def _unsure(self, item: OutboxItem, reason: str) -> None:
        body = (
            f"A post ({item.kind}{of_round(item)}) may have been made or not, and I may not read the "
            f"channel to find out: {reason}. Look there, and tell me."
        )

        def work(tx: Tx) -> None:
            outbox.move(tx, item, PostState.UNSURE, reason=reason)
            if not item.kind.traits.is_for_admins:
                alerts.owe(tx, [Concern(ConcernCode.UNSURE, str(item.id), body)], now=self._now(), about=item.id)

        await self._write(work)
        self._diary.say(TroubleCode.POST_UNSURE, body)

    def _link(self, channel: int, message: int) -> str:
        return self._publisher.link(channel=channel, message=message)

    def _now(self) -> int:
        return int(self._clock.now())

    def _discord_now(self) -> int:
        """By this attempts are dated, as the messages that they make are."""
        return int(self._publisher.now())

    async def _write(self, work: Callable[[Tx], object]) -> None:
        await self._db.write(work)


def _lets_pass(item: OutboxItem) -> bool:
    """It was tried so often that those behind it need not wait for it any more."""
    return item.attempts >= outbox.HOLDS
