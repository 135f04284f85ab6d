"""Footage as rows of the index, without files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.footage.models import Segment
from tests.footage import lines

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import World


def footage(world: World, now: ManualClock, minutes: int = 60, **changed: Any) -> tuple[int, int]:
    """Footage of the last `minutes`, a row for at most an hour each; returns its interval."""
    start_ns = now.wall_ns()
    for number in range(-(-minutes // 60)):
        began_ns = now.wall_ns()
        fields = lines.opened(f"{number + 11}" * 16, began_ns, camera=world.camera.id, **changed)
        now.advance_s(min(60, minutes - number * 60) * 60)
        Segment.objects.create(
            id=fields.pop("segment"), end_ns=now.wall_ns(), state="closed", sha256="ab" * 32, **fields
        )
    return start_ns, now.wall_ns()
