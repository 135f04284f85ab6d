"""The recording process: everything wired together, started in the right order, ended cleanly.

Start: what waits in the orders spool is read first, the newest key table opened, rotated, and only then is
anything recorded. From then on a tick each second looks at clock, settings, orders and the key table.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from kuramori.clock import Clock, SystemClock
from kuramori.errors import BadInput, CannotErase, DiskFailed, StorehouseError
from kuramori.recorder import service_notice, settings_file, slot_told, store_watch
from kuramori.recorder.crew import CameraCrew
from kuramori.recorder.crew_roster import CrewRoster
from kuramori.recorder.data_lock import DataLock
from kuramori.recorder.erasure_guard import ErasureGuard
from kuramori.recorder.journal import Journal
from kuramori.recorder.key_keeper import COPY, KeyKeeper
from kuramori.recorder.operations import Operations
from kuramori.recorder.order_desk import OrderDesk
from kuramori.recorder.parts import RecorderParts
from kuramori.recorder.set_aside_tables import adopt_set_aside, destroy_set_aside
from kuramori.recorder.socket_server import SocketServer
from kuramori.recorder.storage import USUAL
from kuramori.recorder.time_witnesses import SystemWitnesses, TimeWitnesses
from kuramori.vault.configured_store import key_store

if TYPE_CHECKING:
    from kuramori.recorder.parts import Worker
    from kuramori.recorder.settings_rows import RecorderSettings

log = structlog.get_logger()
TICK_S = 1.0
ASIDE_NS = 32 * 24 * 3600 * 1_000_000_000
"""How long a key table that does not open is kept: longer than any footage in it may live."""
SOCKET = "record.sock"


class Recorder:
    """Life: `start`, `run` until `ask_to_stop`, `stop`. Needs DATA/instance.json and
    DATA/record/orders.pub."""

    def __init__(
        self, data: Path, clock: Clock | None = None, witnesses: TimeWitnesses | None = None
    ) -> None:
        """`clock` and `witnesses` are for tests and demonstrations; the command uses the machine's.

        Raises AlreadyRunning when another recorder has the directory, BadInput when it is no data directory.
        """
        self._record = data / "record"
        self._record.mkdir(mode=0o700, parents=True, exist_ok=True)
        identity = _identity(data)
        self._lock = DataLock(self._record / "lock")
        self._lock.take()  # before the journal is opened: opening repairs its end
        self.demo = bool(identity["demo"])
        clock = clock or SystemClock()
        witnesses = witnesses or SystemWitnesses(self._record / "rtc.json", clock.boot_id())
        journal = Journal(self._record / "journal", clock)
        self.guard = ErasureGuard(self._record / "clock.json", clock, witnesses, journal)
        taken = self._record / "orders.taken"
        desk = OrderDesk(self._record / "orders", self._record / "orders.pub", taken, journal)
        self._settings_seen = settings_file.fingerprint(self._record / "settings.json")
        settings, self._settings_why = self._load_settings(data, identity["recorder_id"])
        stores = _stores(data, settings, identity["recorder_id"])
        self._store = key_store(self._record, [root / COPY for root in stores])
        keeper = KeyKeeper(self._store, journal, self.guard, desk, stores, identity["recorder_id"])
        keeper.settings = settings
        run = secrets.token_hex(16)
        self.parts = RecorderParts(data, identity["recorder_id"], run, clock, journal, keeper, witnesses)
        self.parts.settings = settings
        self.parts.sealed_everywhere = lambda: self.guard.view().confidence == "sealed"
        self.crew = CameraCrew(self.parts)
        self.roster = CrewRoster(self.crew, self.parts)
        self._socket = SocketServer(self._record / SOCKET, Operations(self).table())
        self._stop = asyncio.Event()
        self._stopped_by = ""
        self._looking = asyncio.Lock()

    async def start(self) -> None:
        """Everything up to recording. Raises StorehouseError for a newer program's table."""
        clock, journal = self.parts.clock, self.parts.journal
        before = journal.found
        settings = self.parts.settings
        journal.append(
            "start",
            boot=clock.boot_id(),
            version=_version(),
            run=self.parts.run,
            previous_boot=journal.things.boot,
            previous_end_ns=before.last_at_ns or None,
        )
        slot_told.tell(journal, self._record)
        self._tell_settings(settings)
        self.guard.tick()
        self._open_table()
        self.parts.keeper.leave_hours = self.roster.leave_hours
        tried = adopt_set_aside(self._store.aside, self.parts.keeper, self.guard.view())
        await self._rotate("start")
        if not self.parts.keeper.failing:
            destroy_set_aside(self._store.aside, tried, journal)
        await self.crew.start()
        await self.roster.follow(self.parts.settings)
        await asyncio.to_thread(journal.sync)
        await self._socket.start()
        log.info("recording", cameras=len(settings.cameras) if settings else 0)

    async def run(self) -> None:
        """Tick until asked to stop. While the journal's disk refuses, what it must tell first waits.

        Footage goes on to other disks, else into memory (`segment_lane`). Raises DiskFailed `journal-lost`.
        """
        while not self._stop.is_set():
            try:
                await self.look_around()
            except OSError as problem:  # a full disk: tried again at the next tick
                log.error("tick-failed", errno=problem.errno, file=problem.filename)
            except DiskFailed as problem:
                if problem.code != "journal-failed":
                    raise
                log.error("journal-waits", why=str(problem))
            service_notice.tell("WATCHDOG=1")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._stop.wait()

    def ask_to_stop(self, by: str = "") -> None:
        """From a signal handler on the loop. `by`: who asks, for the journal."""
        self._stopped_by = self._stopped_by or by
        self._stop.set()

    async def stop(self) -> None:
        """Close what is open, say so in the journal, let go of the directory. At most about two seconds."""
        await self._socket.stop()
        await self.roster.stop()
        await self.crew.stop()
        await asyncio.to_thread(self.parts.views.close)
        self.guard.save()
        self.parts.journal.append("stop", by=self._stopped_by)
        try:
            await asyncio.to_thread(self.parts.journal.close)
        except DiskFailed as problem:  # the next start finds how far it came
            log.error("journal-not-closed", why=str(problem))
        self._lock.release()

    async def look_around(self) -> None:
        """One tick: time, settings, orders, key table. Also when somebody files something and wakes us."""
        async with self._looking:
            view = self.guard.tick()
            self._look_at_stores()
            journal = self.parts.journal
            if journal.failing and not await asyncio.to_thread(journal.mend):
                return
            await self._look_at_settings()
            why = self.parts.keeper.due(view)
            if why is not None:
                await self._rotate(why)
            if journal.waiting:
                await asyncio.to_thread(journal.sync)

    async def renew_worker(self, camera: str) -> None:
        """The camera's credentials have changed: connect anew."""
        await self.roster.renew(camera)

    def worker(self, camera: str) -> Worker | None:
        return self.roster.worker(camera)

    def status(self) -> dict[str, Any]:
        """What the status screen is told; no pictures, no secrets."""
        view, settings = self.guard.view(), self.parts.settings
        return {
            "clock": {
                "state": view.confidence,
                "reason": self.guard.reason,
                "erasure_now_ns": view.now_ns,
                "alone_s": self.guard.alone_s,
                "error_ns": self.parts.witnesses.error_ns(),
            },
            "cameras": {camera: asdict(row) for camera, row in self.roster.statuses().items()},
            "storehouse_key": settings.storehouse.key if settings and settings.storehouse else None,
            "serial": settings.serial if settings else None,
            "settings_why": self._settings_why,
            "table": self.parts.keeper.status(),
            "disk": self.crew.disks(),
        }

    async def _look_at_settings(self) -> None:
        seen = settings_file.fingerprint(self._record / "settings.json")
        if seen == self._settings_seen:
            return
        self._settings_seen = seen
        settings, why = await asyncio.to_thread(self._load_settings, self.parts.data, self.parts.recorder)
        if (settings, why) == (self.parts.settings, self._settings_why):
            return
        self.parts.settings = self.parts.keeper.settings = settings
        self._settings_why = why
        self._tell_settings(settings)
        await self.roster.follow(settings)

    def _look_at_stores(self) -> None:
        """Erasing and copying the key table go to the disks that answer; one that comes back is swept."""
        keeper, answering = self.parts.keeper, self.crew.storage.answering()
        if keeper.stores != answering:
            keeper.use_stores(answering, set(answering) - set(keeper.stores))

    def _load_settings(self, data: Path, recorder: str) -> tuple[RecorderSettings | None, str]:
        path, last_good = self._record / "settings.json", self._record / "settings.last-good.json"
        return settings_file.load(path, last_good, demo=self.demo, recorder=recorder)

    def _tell_settings(self, settings: RecorderSettings | None) -> None:
        self.parts.journal.append(
            "settings",
            serial=settings.serial if settings else None,
            accepted=not self._settings_why,
            why=self._settings_why,
        )

    def _open_table(self) -> None:
        """The newest table that opens; one that does not is set aside unharmed, and a new one begun."""
        try:
            self.parts.keeper.open()
        except StorehouseError as problem:
            if problem.code != "key-table-unreadable":
                raise
            until_ns = max(self.parts.clock.wall_ns(), self.guard.view().now_ns) + ASIDE_NS
            name = self._store.set_aside(until_ns)
            self.parts.journal.append_durable("table-set-aside", name=name, until_ns=until_ns)
            log.error("key-table-unreadable", set_aside=name)

    async def _rotate(self, why: str) -> None:
        try:
            await self.parts.keeper.rotate(why)
        except CannotErase as problem:
            log.error("rotation-failed", why=problem.code)
        except DiskFailed as problem:
            if problem.code == "journal-failed":
                raise
            log.error("rotation-failed", why=problem.code)


def _identity(data: Path) -> dict[str, Any]:
    """Who this data directory is. Raises BadInput when nobody has made it yet."""
    try:
        known = json.loads((data / "instance.json").read_bytes())
        return {"recorder_id": str(known["recorder_id"]), "demo": known["demo"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInput("no-instance") from None


def _stores(data: Path, settings: RecorderSettings | None, recorder: str) -> list[Path]:
    """Roots of the stores that are there and answer; the usual one always, so that erasing finds files
    without settings."""
    rows = settings.stores if settings else ()
    there = [
        data / row.path
        for row in rows
        if not row.marked or store_watch.here(data / row.path, (recorder, row.id))
    ]
    return list(dict.fromkeys([data / USUAL, *there]))


def _version() -> str:
    try:
        return version("kuramori")
    except PackageNotFoundError:
        return "unpackaged"
