"""The composition root: builds every collaborator once, for the bot and for every tool, and closes them all."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.deliver.dispatcher import Dispatcher
from bot.deliver.publisher import Publisher
from bot.deliver.recap import Recaps
from bot.domain.audit.audit import Survey, Thresholds
from bot.ingest import derivation
from bot.ingest.gate import Gate
from bot.ingest.importer import Importer
from bot.ingest.local import sync_local
from bot.ingest.mirror import Mirror
from bot.ingest.outcomes import Poll
from bot.ingest.poller import Poller
from bot.ingest.repair import Repairs
from bot.ingest.service import PollService, begin
from bot.ingest.source.remote import RemoteSource
from bot.ingest.source.sftp import SftpSource
from bot.lock import instance_lock
from bot.settings import Settings
from bot.store import facts, marks, outbox
from bot.store.database import Database, opened, wal_bug
from bot.store.questions.names import Names
from bot.supervise import keep_running
from bot.watch.health import Health, health
from bot.watch.selfaudit import SelfAudit
from bot.watch.survey import gather

log = logging.getLogger(__name__)

SERVER = "main"
"""The one game server's name in the database; a second one would be a second row."""


def ssh_source(settings: Settings) -> SftpSource:
    """The game server's folder; the settings of `SSH_NEEDS` must be there."""
    assert settings.ssh_host
    assert settings.ssh_user
    assert settings.ssh_key_path
    assert settings.remote_stats_path
    passphrase = settings.ssh_key_passphrase
    return SftpSource(
        host=settings.ssh_host,
        port=settings.ssh_port,
        user=settings.ssh_user,
        key_path=settings.ssh_key_path,
        passphrase=passphrase.get_secret_value() if passphrase else None,
        known_hosts=settings.known_hosts,
        folder=settings.remote_stats_path,
    )


def thresholds(settings: Settings) -> Thresholds:
    """When an audit's findings begin to matter."""
    return Thresholds(
        gap_notice=settings.audit_gap_healthy,
        gap_warning=settings.audit_gap_warning,
        old_days=settings.audit_old_days,
        recent_days=settings.audit_recent_days,
        stuck_minutes=settings.audit_stuck_minutes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Every collaborator; made by `open_app` alone."""

    settings: Settings
    db: Database
    server: int
    mirror: Mirror
    gate: Gate
    names: Names
    importer: Importer
    source: RemoteSource | None
    poller: Poller | None
    polling: PollService | None
    dispatcher: Dispatcher | None
    repairs: Repairs
    selfaudit: SelfAudit | None
    recaps: Recaps | None

    async def sync_local(self) -> Poll:
        """Start-up sync: `local_stats/` into `processed_files`."""
        report = await sync_local(self.db, server=self.server, mirror=self.mirror, importer=self.importer)
        await self.gate.load()
        return report

    async def survey(self, *, deep: bool) -> Survey:
        """The three local sets, for when the server cannot be looked at."""
        limits = thresholds(self.settings)
        return await gather(self.db, server=self.server, mirror=self.mirror, source=None, thresholds=limits, deep=deep)

    async def health(self) -> Health:
        """How every part is."""
        return await health(
            self.db, server=self.server, polling=self.polling, poller=self.poller, dispatcher=self.dispatcher
        )

    def polled(self) -> AbstractAsyncContextManager[None]:
        """The poll loop, running as long as the block lasts."""
        return _running("polling", self.polling.run if self.polling else None)

    def posting(self) -> AbstractAsyncContextManager[None]:
        """The dispatcher, running as long as the block lasts."""
        return _running("posting", self.dispatcher.run if self.dispatcher else None)

    def recapped(self) -> AbstractAsyncContextManager[None]:
        """The recaps of sessions, owed as long as the block lasts."""
        return _running("recaps", self.recaps.run if self.recaps else None)

    def audited(self) -> AbstractAsyncContextManager[None]:
        """The self-audit, running as long as the block lasts."""
        return _running("auditing", self.selfaudit.run if self.selfaudit else None)


@asynccontextmanager
async def _running(name: str, service: Callable[[], Awaitable[None]] | None) -> AsyncIterator[None]:
    if service is None:
        yield
        return
    task = asyncio.create_task(keep_running(name, service), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _nothing(_step: str) -> None:
    """What `reached` does in production."""


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    source: RemoteSource | None = None,
    publisher: Publisher | None = None,
    reached: Callable[[str], None] = _nothing,
    now: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
    program: str = "a tool",
) -> AsyncIterator[App]:
    """Take the instance lock, open the database, and build what the settings and arguments allow.

    Raises `InstanceRunning`, `DatabaseNotOurs`, `StoreError`. `reached` is called with the name of every step that
    matters, so that tests can stop or kill there; `now` is UTC epoch seconds.
    """
    with instance_lock(settings.database_path, program=program):
        async with opened(settings.database_path) as db:
            if bug := wal_bug():
                log.debug("%s", bug)
            server, zone = await db.write(lambda tx: facts.server(tx, SERVER, settings.server_timezone))
            mirror = Mirror(settings.local_stats_dir, reached=reached)
            mirror.prepare()
            importer = Importer(
                db,
                server=server,
                server_name=SERVER,
                zone=ZoneInfo(zone),
                post_max_age=60 * settings.post_max_age_minutes,
                session_gap=60 * settings.session_gap_minutes,
                reached=reached,
                now=now,
            )
            await derivation.bring_up(db, server, importer)
            if zone != settings.server_timezone or await facts.get(db, facts.ZONE_MOVE) is not None:
                await _move_zone(db, server, importer, zone, settings)
            await db.write(lambda tx: marks.bring_up(tx, server, gap=60 * settings.session_gap_minutes))
            await begin(db, server, importer)
            gate = Gate(db, server=server, mirror=mirror, now=now)
            await gate.load()
            posts = None if publisher is None else _dispatcher(settings, db, publisher, reached=reached, now=now)
            poller = polling = selfaudit = None
            if source is not None:
                poller = Poller(
                    source,
                    db=db,
                    server=server,
                    gate=gate,
                    importer=importer,
                    mirror=mirror,
                    full_every=settings.full_listing_seconds,
                    reached=reached,
                    now=now,
                    monotonic=monotonic,
                )
                polling = _polling(settings, db, poller, importer, posts)
                selfaudit = _selfaudit(settings, db, server, mirror, source, polling, posts)
            repairs = Repairs(
                db,
                server=server,
                mirror=mirror,
                importer=importer,
                gate=gate,
                source=source,
                look_again=poller.look_again if poller else lambda: None,
            )
            try:
                yield App(
                    settings=settings,
                    db=db,
                    server=server,
                    mirror=mirror,
                    gate=gate,
                    names=Names(db),
                    importer=importer,
                    source=source,
                    poller=poller,
                    polling=polling,
                    dispatcher=posts,
                    repairs=repairs,
                    selfaudit=selfaudit,
                    recaps=None if posts is None else _recaps(settings, db, posts, now=now),
                )
            finally:
                if source is not None:
                    await source.close()


async def _move_zone(db: Database, server: int, importer: Importer, old: str, settings: Settings) -> None:
    """Re-time every round; until the last one is done a fact says so, since then the stored zone means nothing."""
    await db.write(lambda tx: facts.put(tx, facts.ZONE_MOVE, settings.server_timezone))
    every, _ = await importer.rebuild(settings.zone)
    await db.write(lambda tx: facts.set_timezone(tx, server, settings.server_timezone))
    if every:
        log.warning("SERVER_TIMEZONE is %s now, was %s: %d rounds got new times", settings.server_timezone, old, every)


def _dispatcher(
    settings: Settings,
    db: Database,
    publisher: Publisher,
    *,
    reached: Callable[[str], None],
    now: Callable[[], float],
) -> Dispatcher | None:
    if settings.stats_channel_id is None:
        return None
    return Dispatcher(
        db,
        publisher,
        channel=settings.stats_channel_id,
        admin_channel=settings.admin_channel_id or settings.stats_channel_id,
        server_name=SERVER,
        zone=settings.zone,
        reached=reached,
        now=now,
    )


def _recaps(settings: Settings, db: Database, posts: Dispatcher, *, now: Callable[[], float]) -> Recaps:
    return Recaps(
        db,
        gap=60 * settings.session_gap_minutes,
        max_age=60 * settings.post_max_age_minutes,
        wake=posts.wake,
        now=now,
    )


def _polling(
    settings: Settings, db: Database, poller: Poller, importer: Importer, posts: Dispatcher | None
) -> PollService:
    return PollService(
        poller,
        db=db,
        importer=importer,
        interval=settings.poll_interval_seconds,
        alert=_alert(db),
        news=posts.wake if posts else lambda: None,
    )


def _selfaudit(
    settings: Settings,
    db: Database,
    server: int,
    mirror: Mirror,
    source: RemoteSource,
    polling: PollService,
    posts: Dispatcher | None,
) -> SelfAudit:
    return SelfAudit(
        db,
        server=server,
        mirror=mirror,
        source=source,
        status=polling.status,
        thresholds=thresholds(settings),
        silence=60 * settings.silence_minutes,
        alert=_alert(db),
        posting=lambda: posts.trouble if posts else None,
    )


def _alert(db: Database) -> Callable[[str], Awaitable[None]]:
    return lambda text: db.write(lambda tx: outbox.alert(tx, text, now=int(time.time())))
