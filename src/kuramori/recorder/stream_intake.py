"""What becomes of one connection's pictures: live window at once, fragments, segments under the right
hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.clock import NS_PER_S
from kuramori.recorder import states
from kuramori.recorder.fragmenter import Fragment, Fragmenter
from kuramori.recorder.segment_roll import SegmentRoll

if TYPE_CHECKING:
    import asyncio

    from kuramori.cameras.rtsp import AccessUnit, VideoTrack
    from kuramori.errors import CameraError
    from kuramori.recorder.camera_worker import CameraWorker
    from kuramori.recorder.segment_lane import SegmentLane
    from kuramori.vault.key_table import HourRow

WAIT_NS = 8 * NS_PER_S  # pictures that wait for a durable hour secret
PAUSE_NS = NS_PER_S  # a shorter one within a living connection is the camera's picture rate
BACKLOG_BYTES = 32 * 1024 * 1024  # and those that wait for a slow disk


class StreamIntake:
    """The sink of one RtspClient. After `shut` it takes nothing more."""

    def __init__(self, worker: CameraWorker, lane: SegmentLane) -> None:
        self.ended: CameraError | None = None
        self.segment_ns: int | None = None
        self.last_end_ns: int | None = None
        self.bytes_stored = 0
        self.boundary_ns: int | None = None
        """Where the segment begins that `cut_here` asked for; None until it has begun."""
        self._cutting = False
        self._worker = worker
        self._lane = lane
        self._live = worker.live
        self._fragmenter = Fragmenter()
        self._roll = SegmentRoll()
        self._roll.close(needs_key=True)
        self._video: VideoTrack | None = None
        self._hour: HourRow | None = None
        self._hour_number = -1
        self._waiting: list[Fragment] = []
        self._run = ""
        self._run_ahead_ns = 0
        """How far our wall clock was ahead of the machine's running time when the run began: the same until
        somebody sets the clock, since time servers steer both."""
        self._open = True

    @property
    def taking(self) -> bool:
        """Not shut yet."""
        return self._open

    def opened(self, video: VideoTrack) -> None:
        if self._open:
            self._flush()
            if self._waiting:  # they would be stored under the wrong parameter sets
                self._give_up_waiting()
            self._video = video
            self._live.opened(video)

    def access_unit(self, au: AccessUnit) -> None:
        if self._open and self._worker.admits(au.wall_ns):
            self._live.add(au)
            if au.key and self._video is not None:
                self._worker.key_frame(self._video, au)
            fragment = self._fragmenter.add(au)
            if fragment is not None:
                self._take(fragment)

    def lost(self, packets: int) -> None:
        self._lane.lost_packets += packets

    def sender_report(self, ntp_ns: int, rtp_90k: int) -> None:
        """The camera's own clock: kept apart from footage times; the erasure clock hears of it."""
        self._worker.camera_clock(ntp_ns)

    def closed(self, error: CameraError | None) -> None:
        self.ended = error
        self.shut("camera-lost" if error else "stopped")

    def shut(self, live_reason: str) -> None:
        """Store what is held and take nothing more; viewers' streams end with `live_reason`."""
        if self._open:
            self._flush()
            self._open = False
            self._waiting.clear()
            self._lane.close()
            self._live.closed(live_reason)

    def beat(self) -> None:
        """Store what has come since the last beat: no picture is held for longer, a kill would cost it."""
        if self._open:
            fragment = self._fragmenter.flush()
            if fragment is not None:
                self._take(fragment)
            elif self._waiting:
                self._drain()

    def settings_changed(self) -> None:
        """From the next key frame on, segments are made under the new settings."""
        self._roll.wish()

    def cut_here(self) -> None:
        """The next picture is a key frame: a new segment begins with it."""
        self.boundary_ns, self._cutting = None, True
        self._flush()
        self._roll.wish()

    async def leave_hours(self, hours: frozenset[str]) -> None:
        """Close the segment if it is under one of these; what is held belongs to the dying hour and goes with
        it."""
        if self._hour is not None and self._hour.hour in hours:
            self._fragmenter.drop()
            await self._break(states.NO_KEY_FRAME, self._worker.now_ns())

    def _flush(self) -> None:
        fragment = self._fragmenter.flush()
        if fragment is not None:
            self._take(fragment)

    def _take(self, fragment: Fragment) -> None:
        if self._waiting:
            self._waiting.append(fragment)
            self._drain()
        elif not self._store(fragment):
            self._waiting.append(fragment)

    def _drain(self) -> None:
        while self._waiting and self._store(self._waiting[0]):
            del self._waiting[0]
        if self._waiting and self._waiting[-1].end_ns - self._waiting[0].wall_ns > WAIT_NS:
            self._give_up_waiting()

    def _give_up_waiting(self) -> None:
        since_ns = self._waiting[0].wall_ns
        self._waiting.clear()
        self._break(states.NO_HOUR_KEY, since_ns)

    def _store(self, fragment: Fragment) -> bool:
        """Hand one fragment to the lane; False while there is no durable hour secret for it."""
        if self._roll.unusable(fragment):
            return True
        if fragment.hour != self._hour_number or self._hour is None:
            row = self._worker.hour_for(fragment.wall_ns)
            if row is None:
                return False
            self._hour, self._hour_number = row, fragment.hour
        if self._lane.backlog_bytes > BACKLOG_BYTES:
            self._break(states.DISK_SLOW, fragment.wall_ns)
            return True
        assert self._video is not None
        self._look_for_pause(fragment)
        begins = self._roll.begins(fragment)
        self._lane.write(fragment, self._worker.plan(self._hour, self._video) if begins else None)
        if begins:
            self.segment_ns = fragment.wall_ns
            if self._cutting:
                self.boundary_ns, self._cutting = fragment.wall_ns, False
        self.last_end_ns = fragment.end_ns
        self.bytes_stored += fragment.size_bytes
        return True

    def _look_for_pause(self, fragment: Fragment) -> None:
        """A hole between two dates: our clock was set forward during the run, or the pictures came late."""
        end_ns, new_run = self.last_end_ns, fragment.run != self._run
        hole = end_ns is not None and fragment.wall_ns - end_ns > PAUSE_NS
        if not (hole or new_run):
            return
        ahead_ns = self._worker.now_ns() - self._worker.boot_ns()
        set_forward_ns = ahead_ns - self._run_ahead_ns
        if new_run:
            self._run, self._run_ahead_ns = fragment.run, ahead_ns
        if hole and end_ns is not None:
            self._worker.paused(end_ns, fragment.wall_ns, by_clock=set_forward_ns > PAUSE_NS)

    def _break(self, state: str, since_ns: int) -> asyncio.Future[None]:
        """Stop storing until the next key frame that can be stored, and say why."""
        self._roll.close(needs_key=True)
        self._hour = None
        self._worker.lane_lost(since_ns, state)
        return self._lane.close()
