"""Whether the mask is really in the pictures: looked at before the first one is stored, and once a minute.

The first key frame is checked before anything is handed on. From then on one whole group of pictures a
minute, chosen by chance, is decoded by a fresh worker that has nothing to do with the one that masked it. A
new segment begins where a checked group ends, so that what was recorded since the last good check can be
erased alone.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp import annexb
from kuramori.errors import BadInput
from kuramori.pictures import asking

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.cameras.rtsp import AccessUnit, VideoTrack
    from kuramori.recorder.settings_rows import Mask
    from kuramori.recorder.stream_intake import StreamIntake

EVERY_S = 60.0
HELD_BYTES = 16 * 1024 * 1024
GROUP_BYTES = 8 * 1024 * 1024
OFF_BY = 8
"""How far a painted sample may be from its value after encoding; measured: at most 4."""
TRIES = 2
PATIENCE_S = 15.0
WORKER = "kuramori.pictures.worker"

UNMASKED, UNCHECKED = "unmasked", "unchecked"


async def shows_nothing(mask: Mask, pictures: bytes, count: int) -> bool:
    """Whether `count` pictures (Annex B) show nothing under the mask. Raises BadInput when a worker could not
    say so twice."""
    job: dict[str, object] = {
        "kind": "mask-check",
        "outlines": [[list(point) for point in one] for one in mask.outlines],
    }
    for left in reversed(range(TRIES)):
        try:
            said, _ = await asyncio.to_thread(asking.exchange, WORKER, job, pictures, PATIENCE_S)
            if "error" in said:
                raise BadInput(str(said["error"])[:48])
        except BadInput:
            if not left:
                raise
            continue
        off_by = said.get("off_by")
        return said.get("pictures") == count and type(off_by) is int and off_by <= OFF_BY
    raise AssertionError("unreachable")


class MaskGuard:
    """Stands between one connection's mask worker and its intake. `failed(since_ns, why)` is called at most
    once: from `since_ns` on nothing is known to be masked."""

    def __init__(
        self,
        mask: Mask,
        intake: StreamIntake,
        checked: Callable[[int], None],
        failed: Callable[[int | None, str], None],
    ) -> None:
        """`checked(until_ns)`: everything before is known to be masked."""
        self._mask = mask
        self._intake = intake
        self._checked = checked
        self._failed = failed
        self._video: VideoTrack | None = None
        self._held: list[AccessUnit] = []
        self._held_bytes = 0
        self._group: list[AccessUnit] = []
        self._group_bytes = 0
        self._collecting = False
        self._passing = False
        self._good_ns: int | None = None
        self._cut_waits = False
        self._over = False
        self._finished = False
        self._unchecked = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._due_s = self._loop.time() + EVERY_S

    def take(self, video: VideoTrack, au: AccessUnit) -> None:
        """The next masked picture."""
        if self._over:
            return
        if au.changed or self._video is None:
            self._new_stream(video)
        if au.key:
            self._group_begins()
        self._group.append(au)
        self._group_bytes += len(au.data)
        self._unchecked += 1
        if self._group_bytes > GROUP_BYTES:
            self._fail(UNCHECKED)
        elif self._passing:
            self._pass_on(video, au)
        else:
            self._hold(au)

    def tick(self) -> None:
        """A good check counts from where the segment after it begins, once it has begun."""
        if self._cut_waits and self._intake.boundary_ns is not None and not self._tasks:
            self._cut_waits = False
            self._good(self._intake.boundary_ns)

    def finish(self) -> None:
        """No more pictures: what came last is checked too."""
        self._finished = True
        self._held.clear()
        if self._passing and self._unchecked and self._group and not self._over:
            self._begin_check(list(self._group), self._all_good)

    async def settled(self) -> None:
        """Every check that was begun has ended."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    def _new_stream(self, video: VideoTrack) -> None:
        """The encoder began anew: before anything of it is handed on, its first picture is checked."""
        self._video = video
        self._passing = False
        self._collecting = False
        self._held.clear()
        self._held_bytes = 0
        self._group = []

    def _group_begins(self) -> None:
        if self._collecting and self._passing:
            self._collecting = False
            self._due_s = self._loop.time() + EVERY_S
            self._intake.cut_here()
            self._begin_check(list(self._group), self._group_good)
        elif self._passing and self._loop.time() >= self._due_s - secrets.randbelow(10):
            self._collecting = True  # not always the same one: who owns the other worker cannot know which
        self._group, self._group_bytes = [], 0

    def _hold(self, au: AccessUnit) -> None:
        if not self._held and not au.key:
            return
        self._held.append(au)
        self._held_bytes += len(au.data)
        if len(self._held) == 1:
            self._begin_check([au], self._first_good)
        if self._held_bytes > HELD_BYTES:
            self._fail(UNCHECKED)

    def _pass_on(self, video: VideoTrack, au: AccessUnit) -> None:
        if au.changed:
            self._intake.opened(video)
        self._intake.access_unit(au)

    def _begin_check(self, units: list[AccessUnit], good: Callable[[list[AccessUnit]], None]) -> None:
        task = self._loop.create_task(self._check(units, good))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _check(self, units: list[AccessUnit], good: Callable[[list[AccessUnit]], None]) -> None:
        assert self._video is not None
        parts = [annexb(self._video, bytes(units[0].data))]
        parts += [annexb_of(bytes(unit.data)) for unit in units[1:]]
        try:
            clean = await shows_nothing(self._mask, b"".join(parts), len(units))
        except BadInput:
            self._fail(UNCHECKED)
            return
        if not clean:
            self._fail(UNMASKED)
        elif not self._over:
            good(units)

    def _first_good(self, units: list[AccessUnit]) -> None:
        if self._finished or not self._held or self._held[0] is not units[0]:
            return
        assert self._video is not None
        if self._good_ns is None:
            self._good(units[0].wall_ns)
        self._passing = True
        held, self._held, self._held_bytes = self._held, [], 0
        self._intake.opened(self._video)
        for at, au in enumerate(held):
            au.changed = at == 0
            self._intake.access_unit(au)

    def _group_good(self, units: list[AccessUnit]) -> None:
        self._cut_waits = True
        self._unchecked = len(self._group)

    def _all_good(self, units: list[AccessUnit]) -> None:
        self._good(units[-1].wall_ns)

    def _good(self, until_ns: int) -> None:
        self._good_ns = until_ns
        self._checked(until_ns)

    def _fail(self, why: str) -> None:
        if not self._over:
            self._over = True
            self._held.clear()
            self._failed(self._good_ns, why)


def annexb_of(data: bytes) -> bytes:
    """One access unit as a byte stream, without parameter sets."""
    parts, at = [], 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        parts += [b"\0\0\0\1", data[at + 4 : at + 4 + length]]
        at += 4 + length
    return b"".join(parts)
