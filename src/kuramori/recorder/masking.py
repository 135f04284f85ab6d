"""A masked connection: its feed and its guard together, and what the journal is told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.recorder.mask_feed import MaskFeed
from kuramori.recorder.mask_guard import UNMASKED, MaskGuard

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.recorder.parts import RecorderParts
    from kuramori.recorder.settings_rows import Mask
    from kuramori.recorder.stream_intake import StreamIntake


class Masking:
    """`feed` is the sink for the camera's client. `broke(failed)` is called when nothing more may be recorded
    over this connection; `failed`: the check, not only the worker."""

    def __init__(
        self,
        parts: RecorderParts,
        camera: str,
        mask: Mask,
        intake: StreamIntake,
        broke: Callable[[bool], None],
    ) -> None:
        self.broken = False
        self.checked_ns: int | None = None
        """When the mask was last seen in the pictures."""
        self._parts = parts
        self._camera = camera
        self._mask = mask
        self._broke = broke
        self.guard = MaskGuard(mask, intake, self._checked, self._failed)
        self.feed = MaskFeed(mask, intake, self.guard, self._worker_broke)

    def _checked(self, until_ns: int) -> None:
        self.checked_ns = self._parts.clock.wall_ns()
        self._parts.journal.append(
            "mask-checked", camera=self._camera, version=self._mask.version, until_ns=until_ns
        )

    def _failed(self, since_ns: int | None, why: str) -> None:
        """Into the journal first: from there it is known that this footage must go, whatever happens next."""
        self._parts.journal.append(
            "mask-failed",
            camera=self._camera,
            version=self._mask.version,
            sha256=self._mask.sha256,
            since_ns=since_ns,
            until_ns=self._parts.clock.wall_ns(),
            why=why,
            latched=why == UNMASKED,
        )
        self.broken = True
        self.feed.end()
        self._broke(True)

    def _worker_broke(self) -> None:
        self.broken = True
        self._broke(False)
