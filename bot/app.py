"""The composition root: builds every collaborator once, for the bot and for every tool, and closes them all.

The settings become one value of rules, and the time one clock; both are handed down from here. What is always there
stands in the `App` itself; what needs the game server, and what needs a channel to post into, are two parts that are
there whole or not at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.clock import Clock, SystemClock
from bot.deliver.publisher import Publisher
from bot.deliver.recap import Recaps
from bot.domain.audit.audit import Survey
from bot.domain.concerns import ConcernCode, ToldConcern
from bot.domain.rules import Rules
from bot.errors import PublishError, StoreError
from bot.ingest import derivation
from bot.ingest.gate import Gate
from bot.ingest.importer import Importer
from bot.ingest.local import sync_local
from bot.ingest.mirror import Mirror
from bot.ingest.outcomes import Poll, no_sign
from bot.ingest.poller import Poller
from bot.ingest.repair import Repairs
from bot.ingest.service import PollService, begin
from bot.ingest.source.remote import RemoteSource
from bot.ingest.source.sftp import SftpSource
from bot.lock import instance_lock
from bot.settings import Settings
from bot.store import facts, marks
from bot.store.file import soundness
from bot.store.file.database import Database, Reader, wal_bug
from bot.store.questions.people.names import Names
from bot.supervise import Heartbeats, Service, ServiceName
from bot.watch.alerts import Alerts
from bot.watch.backups import Backups
from bot.watch.guard import Guard, state_of
from bot.watch.health import Health, health
from bot.watch.opening import naming_the_way_back, opened_with_care, tell_of_damage
from bot.watch.selfaudit import SelfAudit
from bot.watch.survey import gather
from bot.watch.turns import Turns

if TYPE_CHECKING:
    from bot.deliver.dispatcher import Dispatcher

log = logging.getLogger(__name__)

SERVER = "main"
"""The one game server's name in the database; a second one would be a second row."""
CLOCK = SystemClock()
PATIENCE = {
    ServiceName.WATCHING: 900,
    ServiceName.POSTING: 900,
    ServiceName.RECAPS: 900,
    ServiceName.AUDITING: 2 * 86400,
    ServiceName.BACKUPS: 2 * 86400,
}
"""Seconds that a service may be without success; polling: SILENCE_MINUTES."""


def ssh_source(settings: Settings) -> SftpSource:
    """The game server's folder; the settings of `SSH_NEEDS` must be there."""
    assert settings.ssh_host
    assert settings.ssh_user
    assert settings.remote_stats_path
    passphrase, password = settings.ssh_key_passphrase, settings.ssh_password
    return SftpSource(
        host=settings.ssh_host,
        port=settings.ssh_port,
        user=settings.ssh_user,
        key_path=settings.ssh_key_path,
        passphrase=passphrase.get_secret_value() if passphrase else None,
        password=password.get_secret_value() if password else None,
        known_hosts=settings.known_hosts,
        folder=settings.remote_stats_path,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSource:
    """What is there where the game server's folder can be looked at."""

    source: RemoteSource
    poller: Poller
    polling: PollService
    selfaudit: SelfAudit
    alerts: Alerts
    backups: Backups

    @property
    def services(self) -> tuple[Service, ...]:
        """What goes on by itself."""
        return (
            Service(ServiceName.POLLING, self.polling.run),
            Service(ServiceName.AUDITING, self.selfaudit.run),
            Service(ServiceName.WATCHING, self.alerts.run),
            Service(ServiceName.BACKUPS, self.backups.run),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What is there where posts can be made."""

    dispatcher: Dispatcher
    recaps: Recaps

    @property
    def services(self) -> tuple[Service, ...]:
        """What goes on by itself, once Discord is there."""
        return (
            Service(ServiceName.POSTING, self.dispatcher.run, needs_discord=True),
            Service(ServiceName.RECAPS, self.recaps.run, needs_discord=True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """What is always there, and the two parts that may be; made by `open_app` alone."""

    settings: Settings
    rules: Rules
    clock: Clock
    reached: Callable[[str], None]
    work: Database
    """For files, posts and the watch: they wait for nobody's question."""
    db: Database
    """For what people ask: their questions wait for each other alone."""
    menus: Reader
    """For what is offered while somebody types."""
    server: int
    mirror: Mirror
    gate: Gate
    importer: Importer
    guard: Guard
    names: Names
    heartbeats: Heartbeats
    noticed: dict[ConcernCode, str | None]
    """What the client noticed, for the one verdict; None where it looked and all was well."""
    checked: dict[str, str | None]
    """What the checks of the start found wrong, by their names; None where all is well."""
    live: LiveSource | None = None
    posting: Posting | None = None

    @property
    def services(self) -> tuple[Service, ...]:
        """Everything that goes on by itself."""
        return (*(self.live.services if self.live else ()), *(self.posting.services if self.posting else ()))

    @property
    def repairs(self) -> Repairs:
        """What mends the files; without a live source only from what is here."""
        return Repairs(
            self.db,
            server=self.server,
            mirror=self.mirror,
            importer=self.importer,
            gate=self.gate,
            clock=self.clock,
            source=self.live.source if self.live else None,
            look_again=self.live.poller.look_again if self.live else lambda: None,
        )

    async def is_damaged(self) -> bool:
        """The database is known to be damaged, or a quick look shows it now."""
        damage = self.work.damage
        if not damage.faults:
            with contextlib.suppress(StoreError):
                damage.faults = tuple(await asyncio.to_thread(soundness.check, self.settings.database_path, full=False))
        return bool(damage.faults)

    def wake(self) -> None:
        """Something new may be owed: look at once."""
        if self.posting is not None:
            self.posting.dispatcher.wake()

    async def sync_local(self) -> Poll:
        """Start-up sync: `local_stats/` into `processed_files`."""
        report = await sync_local(
            self.db, server=self.server, mirror=self.mirror, importer=self.importer, clock=self.clock
        )
        await self.gate.load()
        return report

    async def survey(self, *, deep: bool) -> Survey:
        """The three local sets, for when the server cannot be looked at."""
        return await gather(
            self.db,
            server=self.server,
            mirror=self.mirror,
            source=None,
            thresholds=self.rules.thresholds,
            now=int(self.clock.now()),
            deep=deep,
            database=await state_of(self.settings.database_path, self.settings.backups, self.db),
        )

    async def health(self) -> Health:
        """How every part is."""
        return await _health(self, self.live.polling if self.live else None)


async def _health(app: App, polling: PollService | None) -> Health:
    return await health(
        app.work,
        server=app.server,
        now=int(app.clock.now()),
        polling=polling,
        posting_trouble=app.posting.dispatcher.trouble if app.posting else None,
        heartbeats=app.heartbeats,
        noticed=app.noticed,
        damage=await app.guard.alarm(),
        checked=app.checked,
        recent=app.rules.thresholds.recent_days * 86400,
    )


def _nothing(_step: str) -> None:
    """What `reached` does in production."""


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    source: RemoteSource | None = None,
    publisher: Publisher | None = None,
    reached: Callable[[str], None] = _nothing,
    alive: Callable[[], None] = no_sign,
    clock: Clock = CLOCK,
    program: str = "a tool",
) -> AsyncIterator[App]:
    """Take the instance lock, open the database, and build what the settings and arguments allow.

    Raises `InstanceRunning`, `DatabaseNotOurs`, `StoreError`. `reached` is called with the name of every step that
    matters, so that tests can stop or kill there; `alive` by the poll loop as it goes on. `source` is closed then.
    """
    with instance_lock(settings.database_path, program=program):
        path, folder = settings.database_path, settings.backups
        async with (
            opened_with_care(path, folder, clock=clock, reached=reached) as db,
            db.apart() as questions,
            db.apart() as menus,
        ):
            async with naming_the_way_back(path, folder):
                app = await _river(settings, db, clock=clock, reached=reached)
            await tell_of_damage(db, folder)
            app = replace(app, db=questions, menus=menus, names=Names(menus, clock))
            if publisher is not None and settings.stats_channel_id is not None:
                app = replace(app, posting=_posting(app, publisher, channel=settings.stats_channel_id))
            if source is not None:
                app = replace(app, live=_live(app, source, alive))
            try:
                yield app
            finally:
                if source is not None:
                    await source.close()


async def _river(settings: Settings, db: Database, *, clock: Clock, reached: Callable[[str], None]) -> App:
    """What is always there, on a database that is up to date with the rules."""
    if bug := wal_bug():
        log.debug("%s", bug)
    rules = settings.rules
    server, zone = await db.write(lambda tx: facts.server(tx, SERVER, settings.server_timezone))
    mirror = Mirror(settings.local_stats_dir, reached=reached)
    mirror.prepare()
    stored_rules = replace(rules, zone=ZoneInfo(zone))
    importer = Importer(db, server=server, server_name=SERVER, rules=stored_rules, clock=clock, reached=reached)
    await derivation.bring_up(db, server, importer)
    if zone != settings.server_timezone or await facts.get(db, facts.ZONE_MOVE) is not None:
        await _move_zone(db, server, importer, zone, settings.server_timezone)
        await Recaps(db, rules=rules, clock=clock, wake=lambda: None).waive()
    await db.write(lambda tx: marks.bring_up(tx, server, gap=rules.session_gap))
    await begin(db, server, importer)
    gate = Gate(db, server=server, mirror=mirror, clock=clock)
    await gate.load()
    return App(
        settings=settings,
        rules=rules,
        clock=clock,
        reached=reached,
        work=db,
        db=db,
        menus=db,
        server=server,
        mirror=mirror,
        gate=gate,
        importer=importer,
        guard=Guard(db, folder=settings.backups, server=server, importer=importer, clock=clock),
        names=Names(db, clock),
        heartbeats=Heartbeats(clock, {**PATIENCE, ServiceName.POLLING: rules.silence}),
        noticed={},
        checked={},
    )


async def _move_zone(db: Database, server: int, importer: Importer, old: str, new: str) -> None:
    """Re-time every round; until the last one is done a fact says so, since then the stored zone means nothing."""
    await db.write(lambda tx: facts.put(tx, facts.ZONE_MOVE, new))
    every = await importer.move(ZoneInfo(new))
    await db.write(lambda tx: facts.set_timezone(tx, server, new))
    if every:
        log.warning("SERVER_TIMEZONE is %s now, was %s: %d rounds got new times", new, old, every)


def _posting(app: App, publisher: Publisher, *, channel: int) -> Posting:
    from bot.deliver.dispatcher import Dispatcher  # it draws and speaks Discord: a tool without posts loads neither

    dispatcher = Dispatcher(
        app.work,
        publisher,
        channel=channel,
        admin_channel=app.settings.admin_channel_id or channel,
        server_name=SERVER,
        rules=app.rules,
        clock=app.clock,
        reached=app.reached,
    )
    return Posting(
        dispatcher=dispatcher, recaps=Recaps(app.work, rules=app.rules, clock=app.clock, wake=dispatcher.wake)
    )


async def _tell_straight(app: App, concerns: Sequence[ToldConcern]) -> None:
    if app.posting is None:
        raise StoreError("there is no channel to tell the admins in")
    try:
        await app.posting.dispatcher.tell(concerns)
    except PublishError as error:
        raise StoreError(f"the admins could not be told: {error}") from error


def _live(app: App, source: RemoteSource, alive: Callable[[], None]) -> LiveSource:
    """Built last: it wakes the posting, and asks how that is."""
    alerts = Alerts(
        app.work,
        clock=app.clock,
        look=lambda: _health(app, polling),
        straight=lambda concerns: _tell_straight(app, concerns),
    )
    poller = Poller(
        source,
        db=app.work,
        server=app.server,
        gate=app.gate,
        importer=app.importer,
        mirror=app.mirror,
        clock=app.clock,
        full_every=app.settings.full_listing_seconds,
        reached=app.reached,
        alive=alive,
    )
    polling = PollService(
        poller,
        db=app.work,
        importer=app.importer,
        clock=app.clock,
        interval=app.settings.poll_interval_seconds,
        alert=alerts.tell,
        news=app.wake,
        alive=alive,
    )
    turns = Turns()
    selfaudit = SelfAudit(
        app.work,
        server=app.server,
        mirror=app.mirror,
        source=source,
        status=polling.status,
        rules=app.rules,
        clock=app.clock,
        alerts=alerts,
        guard=app.guard,
        turns=turns,
    )
    copies = Backups(app.work, folder=app.settings.backups, clock=app.clock, reached=app.reached, turns=turns)
    return LiveSource(source=source, poller=poller, polling=polling, selfaudit=selfaudit, alerts=alerts, backups=copies)
