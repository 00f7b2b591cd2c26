"""Discord in memory and in virtual time: what it keeps, what it forgets, and everything that it does to a request."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from bot.deliver.publisher import Lack
from bot.errors import OutcomeUnknown, PostGone, PostLater, PostRefused
from bot.present.card import Card
from rigs.world import ManualClock

T = TypeVar("T")
Verb = Literal["send", "edit", "find", "delete"]


class Killed(BaseException):
    """The process ends here."""


class Fault(NamedTuple):
    """What happens to one request.

    `takes`: seconds until the bot knows; `accept`: it takes effect at once, `late`: so many seconds after the failure.
    """

    raised: Callable[[], BaseException]
    accept: bool = False
    late: float = 0.0
    takes: float = 0.0


def lost(*, accept: bool = False, late: float = 0.0, takes: float = 0.0) -> Fault:
    """The connection breaks or the server fails, and nobody knows."""
    return Fault(lambda: OutcomeUnknown("the connection broke"), accept, late, takes)


def killed(*, accept: bool = False, late: float = 0.0, takes: float = 0.0) -> Fault:
    """The bot is killed while it waits for the answer."""
    return Fault(Killed, accept, late, takes)


def refused(*, hopeless: bool = False, accept: bool = False) -> Fault:
    """A 4xx; with `accept` to the repetition of a request that was accepted, of which nobody told."""
    return Fault(lambda: PostRefused("403: missing permissions", hopeless=hopeless), accept)


def limited(seconds: float, *, accept: bool = False) -> Fault:
    """A rate limit, or no connection at all; `accept` as of a refusal."""
    return Fault(lambda: PostLater(seconds), accept)


def gone() -> Fault:
    """404, code 10008."""
    return Fault(lambda: PostGone("unknown message"))


class Asked(NamedTuple):
    """A request that came; `since` of a search."""

    verb: Verb
    at: float
    channel: int
    nonce: str = ""
    since: int = 0


@dataclass(kw_only=True)
class Message:
    """One message and all that it ever said, oldest first."""

    id: int
    channel: int
    nonce: str
    at: float
    cards: list[Card]
    edits: list[float] = field(default_factory=list)
    deleted: bool = False

    @property
    def card(self) -> Card:
        """What is seen."""
        return self.cards[-1]

    @property
    def custom_ids(self) -> list[str]:
        """Its buttons."""
        return [custom_id for _, custom_id in self.card.buttons]

    @property
    def markers(self) -> set[str]:
        """By these it is found: its buttons, and the options of its menus; an empty id makes no button."""
        return {*self.custom_ids, *(value for menu in self.card.menus for _, value in menu.options)} - {""}


class FakeDiscord:
    """A `Publisher` that is Discord itself; `nonce_window` in seconds, `unreadable`: channels without history."""

    def __init__(self, clock: ManualClock, *, nonce_window: float = 300.0) -> None:
        self.clock = clock
        self.nonce_window = nonce_window
        self.messages: list[Message] = []
        self.asked: list[Asked] = []
        self.unreadable: set[int] = set()
        self.lacking: dict[int, Lack] = {}
        """Channel → what the bot lacks there."""
        self.is_told = True
        """The gateway has told of the guild."""
        self.ahead = 0.0
        """Seconds that its clock is ahead of the bot's, which may be set back besides."""
        verbs: tuple[Verb, ...] = ("send", "edit", "find", "delete")
        self.faults: dict[Verb, deque[Fault | None]] = {verb: deque() for verb in verbs}
        self.always: dict[Verb, Fault] = {}
        self._late: list[tuple[float, Callable[[float], object]]] = []

    def visible(self, channel: int) -> list[Message]:
        """What a person sees, oldest first."""
        self._land()
        return [message for message in self.messages if message.channel == channel and not message.deleted]

    def requests(self, *verbs: Verb) -> list[Asked]:
        """What was asked, of these kinds."""
        return [asked for asked in self.asked if asked.verb in verbs]

    async def send(self, card: Card, *, channel: int, nonce: str) -> int:
        return self._request(
            Asked("send", self.now(), channel, nonce), lambda at: self._create(card, channel, nonce, at)
        )

    async def edit(self, card: Card, *, channel: int, message: int) -> None:
        self._request(Asked("edit", self.now(), channel), lambda at: self._change(card, message, at))

    async def delete(self, *, channel: int, message: int) -> None:
        self._request(Asked("delete", self.now(), channel), lambda _: self._take(message))

    async def find(self, markers: Collection[str], *, channel: int, since: int) -> dict[str, int]:
        return self._request(
            Asked("find", self.now(), channel, since=since), lambda _: self._look(markers, channel, since)
        )

    def now(self) -> float:
        return self.clock.monotonic() + self.ahead

    def lacks(self, channel: int) -> Lack | None:
        return self.lacking.get(channel, Lack("stats")) if self.is_told else None

    def link(self, *, channel: int, message: int) -> str:
        return f"message {message}"

    def _request(self, asked: Asked, effect: Callable[[float], T]) -> T:
        self._land()
        self.asked.append(asked)
        script = self.faults[asked.verb]
        fault = script.popleft() if script else self.always.get(asked.verb)
        if fault is None:
            return effect(self.now())
        if fault.accept:
            effect(self.now())
        self.clock.pass_by(fault.takes)
        if fault.late:
            self._late.append((self.now() + fault.late, effect))
        raise fault.raised()

    def _land(self) -> None:
        """What was under way takes effect now."""
        due = sorted((late for late in self._late if late[0] <= self.now()), key=lambda late: late[0])
        self._late = [late for late in self._late if late[0] > self.now()]
        for at, effect in due:
            try:
                effect(at)
            except PostGone:
                continue

    def _create(self, card: Card, channel: int, nonce: str, at: float) -> int:
        for message in reversed(self.messages):
            if message.nonce == nonce and at - message.at <= self.nonce_window:
                if message.deleted:
                    raise PostGone("unknown message")
                return message.id
        made = Message(id=1000 + len(self.messages), channel=channel, nonce=nonce, at=at, cards=[card])
        self.messages.append(made)
        return made.id

    def _change(self, card: Card, message_id: int, at: float) -> None:
        message = next(one for one in self.messages if one.id == message_id)
        if message.deleted:
            raise PostGone("unknown message")
        message.cards.append(card)
        message.edits.append(at)

    def _take(self, message_id: int) -> None:
        message = next(one for one in self.messages if one.id == message_id)
        if message.deleted:
            raise PostGone("unknown message")
        message.deleted = True

    def _look(self, markers: Collection[str], channel: int, since: int) -> dict[str, int]:
        if channel in self.unreadable:
            raise PostRefused("403: missing access")
        seen = [message for message in self.visible(channel) if message.at >= since]
        return {marker: message.id for message in seen[::-1] for marker in {*markers} & message.markers}
