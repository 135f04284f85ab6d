"""One camera: connected while nothing forbids it, connected again when it breaks, every missing second
explained.

The worker is the outer part: it decides, waits and restarts. A connection is an RtspClient with a
StreamIntake, both of which live once and retry nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from kuramori.cameras import hours
from kuramori.cameras.rtsp import Credentials, RtspClient
from kuramori.cameras.rtsp.pace import Heard
from kuramori.cameras.rtsp.watchdog import PATIENCE_S
from kuramori.clock import NS_PER_S
from kuramori.recorder import states
from kuramori.recorder.camera_clock import CameraClock
from kuramori.recorder.gaps import Gaps
from kuramori.recorder.live import LiveWindow
from kuramori.recorder.masking import Masking
from kuramori.recorder.parts import WorkerStatus
from kuramori.recorder.running_segment import SegmentPlan
from kuramori.recorder.settings_reading import on_this_machine
from kuramori.recorder.stream_intake import StreamIntake
from kuramori.recorder.trial_decode import TrialDecode
from kuramori.recorder.view_watch import ViewWatch

if TYPE_CHECKING:
    from kuramori.cameras.rtsp import AccessUnit, StreamSink, VideoTrack
    from kuramori.recorder.parts import RecorderParts
    from kuramori.recorder.settings_rows import CameraSettings, Mask
    from kuramori.recorder.storage import Storage
    from kuramori.vault.key_table import HourRow

log = structlog.get_logger()
BACKOFF_FIRST_S = 0.25
BACKOFF_MAX_S = 5.0
LOOK_AGAIN_S = 1.0
LOOK_AGAIN_NS = NS_PER_S
STOP_S = 1.0
KEY_PATIENCE_MAX_S = 120.0


class CameraWorker:
    """Everything on the event loop. Life: `run` until `stop`; `tick` at each beat, from the crew."""

    def __init__(self, parts: RecorderParts, camera: CameraSettings, storage: Storage) -> None:
        self.camera = camera
        self.live = LiveWindow(self._choose_pace)
        self._parts = parts
        self._storage = storage
        self._lane = storage.lane(camera.id, self)
        self._gaps = Gaps(camera.id, parts.journal)
        self._state = ""
        self._detail = ""
        self._since_ns = 0
        self._segment: str | None = None
        self._bytes_before = 0
        self._backoff_s = BACKOFF_FIRST_S
        self._key_patience_s = PATIENCE_S
        self._camera_clock = CameraClock()
        self.trial = TrialDecode(parts.decoding)
        self.view = ViewWatch(parts, camera.id, camera.range_version, self.trial)
        self._mask_checked_ns: int | None = None
        self._intake: StreamIntake | None = None
        self._masking: Masking | None = None
        self._mask_of_now: Mask | None = None
        self._left_for: str | None = None
        self._client: RtspClient | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._stopping = False
        self._admitted_until_ns = 0
        self._made_under: tuple[int, int, str] | None = None
        self._wake = asyncio.Event()
        self._begin()

    def now_ns(self) -> int:
        return self._parts.clock.wall_ns()

    def boot_ns(self) -> int:
        return self._parts.clock.boot_ns()

    async def run(self) -> None:
        """Until `stop`, or cancelled."""
        while not self._stopping:
            state = self._forbidden(self.now_ns())
            if state is not None:
                self._not_recording(state, self.now_ns())
                await self._pause(LOOK_AGAIN_S)
                continue
            await self._connect()
            if not self._stopping and self._forbidden(self.now_ns()) is None:
                await self._pause(self._backoff_s)
                self._backoff_s = min(self._backoff_s * 2, BACKOFF_MAX_S)

    async def stop(self) -> None:
        """Close the running segment and the gap; at most a second."""
        self._stopping = True
        self._wake.set()
        now_ns = self.now_ns()
        intake = self._intake
        if intake is not None:
            intake.shut("stopped")
            self._leave()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._lane.close()
                if self._leaving is not None:
                    await self._leaving
                if self._masking is not None:
                    await self._masking.guard.settled()
        self._note_covered(intake)
        self._gaps.close(now_ns)

    def apply(self, camera: CameraSettings) -> None:
        """Obey these settings from now on. Address or credentials changed: make a new worker instead."""
        self.camera = camera
        self._admitted_until_ns = 0
        if self.view.version != camera.range_version:
            self.view.approved(camera.range_version)
        if self._intake is not None and self._mask_of_now != camera.mask:
            self._leave_for(states.MASK_CHANGED, "changed")
        elif self._intake is not None and self._made_under != self._rules():
            self._intake.settings_changed()
        self.tick(self.now_ns())
        self._wake.set()

    def tick(self, now_ns: int) -> None:
        """Look at the gates, and store what has come."""
        if self._intake is not None and self.admits(now_ns):
            self._intake.beat()
            if self._masking is not None:
                self._masking.feed.tick()
            self._choose_pace()

    def admits(self, now_ns: int) -> bool:
        """Whether a picture may be taken at this instant. The first time it may not, everything ends here."""
        return now_ns < self._admitted_until_ns or self._look(now_ns)

    def _look(self, now_ns: int) -> bool:
        """Look at every gate; until the next one turns, and for a second at most, that holds."""
        if self.live.viewers and not self._viewable(now_ns):
            self.live.end_all("sealed")
        state = self._forbidden(now_ns)
        if state is None:
            self._admitted_until_ns = min(self._turns(now_ns), now_ns + LOOK_AGAIN_NS)
            return True
        self._admitted_until_ns = 0
        if self._intake is not None:
            self._intake.shut("gate" if state == states.WAITING_GATE else state)
            self._not_recording(state, now_ns)
            self._leave()
        return False

    async def leave_hours(self, hours: frozenset[str]) -> None:
        """These hour secrets are about to die: nothing more is written under them when this returns."""
        if self._intake is not None:
            await self._intake.leave_hours(hours)

    def status(self) -> WorkerStatus:
        stored = self._intake.bytes_stored if self._intake is not None else 0
        return WorkerStatus(
            state=self._state,
            since_ns=self._since_ns,
            detail=self._detail,
            segment=self._segment if self._state == states.RECORDING else None,
            bytes_written=self._bytes_before + stored,
            lost_packets=self._lane.lost_packets,
            viewers=len(self.live.viewers),
            clock_error_ms=self._camera_clock.error_ms(self.now_ns()),
            mask_checked_ns=self._mask_seen_ns(),
            view_checked_ns=self.view.checked_ns,
            decoded_ns=self.trial.decoded_ns,
            unreadable=self.trial.unreadable,
        )

    def key_frame(self, video: VideoTrack, au: AccessUnit) -> None:
        """From the intake: a key frame, to be decoded on trial and looked at now and then."""
        self.trial.key_frame(video, au)
        self.view.key_frame(video, au)

    def _mask_seen_ns(self) -> int | None:
        checked_ns = self._masking.checked_ns if self._masking is not None else None
        self._mask_checked_ns = checked_ns or self._mask_checked_ns
        return self._mask_checked_ns

    def hour_for(self, wall_ns: int) -> HourRow | None:
        return self._parts.keeper.hour_for(self.camera.id, wall_ns)

    def plan(self, hour: HourRow, video: VideoTrack) -> SegmentPlan:
        """What a segment that begins now is made under."""
        settings = self._parts.settings
        assert settings is not None and settings.storehouse is not None  # else nothing is admitted
        self._made_under = self._rules()
        return SegmentPlan(
            recorder=self._parts.recorder,
            camera=self.camera.id,
            hour=hour,
            purpose_version=self.camera.purpose_version,
            policy_version=self.camera.policy_version,
            storehouse=settings.storehouse,
            video=video,
            mask=self._mask_of_now,
            machine_error_ns=self._parts.witnesses.error_ns(),
        )

    def _rules(self) -> tuple[int, int, str]:
        """What a segment's header says of the settings: when it changes, the next segment begins."""
        settings = self._parts.settings
        storehouse = settings.storehouse.key if settings and settings.storehouse else ""
        return self.camera.purpose_version, self.camera.policy_version, storehouse

    def segment_durable(self, segment: str, start_ns: int) -> None:
        """From the lane: footage is on the disk from `start_ns` on."""
        if self._intake is not None and self._intake.taking:
            self._segment = segment
            self._gaps.began(start_ns)
            self._backoff_s = BACKOFF_FIRST_S
            self._set_state(states.RECORDING, "")

    def camera_clock(self, ntp_ns: int) -> None:
        """The camera's clock shows `ntp_ns` now: one opinion about ours, unless it may be the very same
        clock."""
        self._camera_clock.report(ntp_ns, self.now_ns())
        if not on_this_machine(self.camera.url):
            self._parts.witnesses.camera(self.camera.id, ntp_ns, self.now_ns())

    def paused(self, since_ns: int, until_ns: int, *, by_clock: bool) -> None:
        """The connection lived, and yet nothing is dated between these two: the camera paused, or our clock
        was set forward. What an open row already explains gets no other."""
        self._gaps.passed(since_ns, until_ns, states.CLOCK if by_clock else states.STALLED)

    def lane_lost(self, since_ns: int, reason: str) -> None:
        """Nothing could be stored from `since_ns` on."""
        if self._intake is not None:
            self._not_recording(reason, since_ns)

    def attach(self) -> StreamIntake:
        """A fresh intake for one connection, now the worker's own."""
        self._intake = StreamIntake(self, self._lane)
        self._mask_of_now, self._masking, self._left_for = self.camera.mask, None, None
        return self._intake

    def _sink(self, intake: StreamIntake) -> StreamSink:
        """Where a connection's pictures go: of a masked camera never straight into the intake."""
        if self._mask_of_now is None:
            return intake
        self._masking = Masking(self._parts, self.camera.id, self._mask_of_now, intake, self._mask_broke)
        return self._masking.feed

    def _mask_broke(self, failed: bool) -> None:
        """Nothing more over this connection; `failed`: something may be visible that must not be."""
        state = states.MASK_FAILED if failed else states.MASK_WORKER
        self._leave_for(state, "gate" if failed else "camera-lost")

    def _leave_for(self, state: str, live_reason: str) -> None:
        """End the connection for a reason of our own."""
        self._left_for = state
        if self._intake is not None:
            self._intake.shut(live_reason)
            self._not_recording(state, self.now_ns())
            self._leave()

    async def drained(self) -> None:
        """Everything handed over so far has been written."""
        await self._lane.drained()

    async def _connect(self) -> None:
        """One connection, from first to last packet."""
        found = self._parts.keeper.credentials(self.camera.id)
        credentials = Credentials(found["user"], found["password"]) if found else None
        intake = self.attach()
        client = self._client = RtspClient(
            self.camera.url,
            credentials,
            self._sink(intake),
            self._parts.clock,
            pinned=self.camera.certificate,
            key_frame_patience_s=self._key_patience_s,
        )
        try:
            await client.run()
        finally:
            intake.shut("camera-lost")
            if self._masking is not None:
                self._masking.feed.end()
                self._mask_seen_ns()
            self._intake = self._client = None
            self._bytes_before += intake.bytes_stored
            self._note_covered(intake)
        if self._stopping or self._forbidden(self.now_ns()) is not None:
            return
        state = intake.ended.code if intake.ended is not None else states.CLOSED_BY_CAMERA
        if self._left_for is not None:
            state = self._left_for
        elif state not in states.OF_THE_CAMERA:
            state = "protocol"
        if state == states.NO_KEY_FRAME and intake.segment_ns is None:
            # perhaps its groups are longer than we waited: the next connection waits twice as long
            self._key_patience_s = min(2 * self._key_patience_s, KEY_PATIENCE_MAX_S)
        self._not_recording(state, intake.last_end_ns or self.now_ns())

    def _choose_pace(self) -> None:
        """Until its first pictures are on their way to the disk the camera is heard at once: by them the
        whole run is dated. Then once a beat, or as often as a viewer notices."""
        if self._client is not None and self._intake is not None and self._intake.segment_ns is not None:
            self._client.listen(Heard.SHORT_BEAT if self.live.viewers else Heard.BEAT)

    def _begin(self) -> None:
        """Take up the gap that an earlier run left open, or open one: nothing is stored yet."""
        now_ns = self.now_ns()
        for row in self._parts.journal.things.gaps.values():
            if row["camera"] == self.camera.id:
                self._gaps.resume(row["gap"], row["since_ns"], row["reason"])
                break
        else:
            self._gaps.open(self._covered_ns() or now_ns, states.STARTING)
        self._set_state(states.STARTING, "")

    def _covered_ns(self) -> int:
        return self._storage.covered_until_ns.get(self.camera.id, 0)

    def _note_covered(self, intake: StreamIntake | None) -> None:
        """What this connection stored ends the gap before it, whatever comes after."""
        if intake is not None and intake.segment_ns is not None and intake.last_end_ns is not None:
            self._gaps.began(intake.segment_ns)
            self._storage.covered_until_ns[self.camera.id] = intake.last_end_ns

    def _forbidden(self, now_ns: int) -> str | None:
        """The state that keeps this camera from being recorded now, or None."""
        settings = self._parts.settings
        if settings is None or settings.storehouse is None:
            return states.WAITING_GATE
        if (forbidden := self._mask_forbids()) is not None:
            return forbidden
        if self.camera.gate_now("no-record", now_ns) is not None:
            return states.WAITING_GATE
        if not hours.allows(self.camera.hours, settings.zone, now_ns):
            return states.SCHEDULE
        if self._storage.must_stop(self.camera.id):
            return states.DISK_RESERVE
        return None

    def _mask_forbids(self) -> str | None:
        """No mask where there must be one; or it was missing in the pictures, or those are not erased yet."""
        mask, things = self.camera.mask, self._parts.journal.things
        if self.camera.masked and mask is None:
            return states.MASKED
        failed = mask is not None and things.failed_masks.get(self.camera.id) == mask.version
        return states.MASK_FAILED if failed or self.camera.id in things.doubts else None

    def _viewable(self, now_ns: int) -> bool:
        closed = self.camera.gate_now("sealed", now_ns) or self.camera.gate_now("no-record", now_ns)
        return closed is None and not self.view.moved and not self._parts.sealed_everywhere()

    def _not_recording(self, state: str, since_ns: int) -> None:
        self._segment = None
        self._note_covered(self._intake)
        if self._intake is not None and self._intake.last_end_ns is not None:
            since_ns = min(since_ns, self._intake.last_end_ns)
        self._gaps.open(since_ns, states.gap_reason(state))
        self._set_state(state, self._why(state))

    def _why(self, state: str) -> str:
        """The rule of the closed gate; nothing else is ever told in a detail, so no credential can be."""
        gate = self.camera.gate_now("no-record", self.now_ns()) if state == states.WAITING_GATE else None
        return gate.rule if gate is not None else ""

    def _set_state(self, state: str, detail: str) -> None:
        if (state, detail) == (self._state, self._detail):
            return
        self._state, self._detail, self._since_ns = state, detail, self.now_ns()
        self._parts.journal.append("camera-state", camera=self.camera.id, state=state, detail=detail)

    def _leave(self) -> None:
        """Hang up, in the background."""
        if self._client is not None and (self._leaving is None or self._leaving.done()):
            self._leaving = asyncio.get_running_loop().create_task(self._client.stop())

    async def _pause(self, seconds: float) -> None:
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    def _turns(self, now_ns: int) -> int:
        """The next instant after `now_ns` at which a gate turns or the hours begin or end, or in a second."""
        settings = self._parts.settings
        gates = [ns for gate in self.camera.gates for ns in (gate.from_ns, gate.until_ns)]
        if settings is not None and self.camera.hours:
            gates.append(hours.turns_at(self.camera.hours, settings.zone, now_ns))
        return min((ns for ns in gates if ns and ns > now_ns), default=now_ns + LOOK_AGAIN_NS)
