"""Looks at what one camera sees, every few seconds, and tells the journal when it is not what was approved.

The reference is the first good look after an approval. Only its sketch is kept, in the journal.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kuramori.cameras.rtsp import annexb
from kuramori.errors import BadInput
from kuramori.pictures import view_sketch
from kuramori.recorder.view_judging import ViewJudge, fit_to_add

if TYPE_CHECKING:
    from kuramori.cameras.rtsp import AccessUnit, VideoTrack
    from kuramori.pictures.view_sketch import Sketch
    from kuramori.pictures.views import View
    from kuramori.recorder.parts import RecorderParts
    from kuramori.recorder.trial_decode import TrialDecode

EVERY_S = 14.0


class ViewWatch:
    """One camera's, over all its connections. On the event loop."""

    def __init__(self, parts: RecorderParts, camera: str, version: int, trial: TrialDecode) -> None:
        """`version` is that of the approval; 0: nobody has approved anything, and nothing is looked at.
        `trial` hears which key frames could be decoded."""
        self.checked_ns: int | None = None
        """When the view was last looked at, wall clock."""
        self._parts = parts
        self._camera = camera
        self._trial = trial
        self._due_s = 0.0
        self._task: asyncio.Task[None] | None = None
        self.approved(version)

    def approved(self, version: int) -> None:
        """This approval counts from now on. What an earlier one found is forgotten."""
        self._version = version
        found = self._parts.journal.things.views.get(self._camera, {})
        mine = found.get("version") == version
        self._references: list[Sketch] = (
            [view_sketch.read(one) for one in found["references"]] if mine else []
        )
        self._judge = ViewJudge((found["fault"] or None) if mine else None)

    @property
    def version(self) -> int:
        return self._version

    @property
    def moved(self) -> bool:
        """It sees something else than was approved."""
        return self._judge.fault == "moved"

    def key_frame(self, video: VideoTrack, au: AccessUnit) -> None:
        """A key frame: looked at if it is time for one, and no other camera's turn."""
        loop = asyncio.get_running_loop()
        busy = self._parts.looking.locked() or (self._task is not None and not self._task.done())
        if not self._version or au.damaged or busy or loop.time() < self._due_s:
            return
        self._due_s = loop.time() + EVERY_S
        self._task = loop.create_task(self.look(annexb(video, bytes(au.data)), au.wall_ns))

    async def look(self, picture: bytes, wall_ns: int) -> None:
        """Look at one key frame (Annex B) that arrived at `wall_ns`. One that cannot be read says nothing of
        the view: that is told elsewhere."""
        version, references = self._version, list(self._references)
        async with self._parts.looking:
            try:
                view = await asyncio.to_thread(self._parts.views.look, picture, references)
            except BadInput:
                self._trial.doubted()
                return
        self._trial.decoded(wall_ns)
        if version == self._version:  # else the approval has changed meanwhile
            self.checked_ns = wall_ns
            self._take(view, references)

    def _take(self, view: View, references: list[Sketch]) -> None:
        about = {"camera": self._camera, "version": self._version}
        if self._judge.take(view, references):
            fault = self._judge.fault
            if fault is None:
                self._parts.journal.append("view-back", **about)
            else:
                self._parts.journal.append("view-changed", **about, fault=fault)
        odd = self._judge.fault is not None or self._judge.seen_odd
        if not odd and fit_to_add(view, references):
            self._references = [*references, view.sketch]
            self._parts.journal.append("view-reference", **about, sketch=view.sketch.told())
