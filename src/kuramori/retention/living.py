"""Per camera: the oldest hour that still lives, and which dies next."""

from __future__ import annotations

from dataclasses import dataclass

from kuramori.cameras.models import Camera
from kuramori.footage import living


@dataclass(frozen=True, slots=True)
class Living:
    """One camera's living footage, as counted; instants in nanoseconds, None where there is no footage."""

    camera: Camera
    oldest_ns: int | None
    next_death_ns: int | None
    counted_ns: int | None


def by_camera() -> list[Living]:
    """One row per camera, also for those that were taken down and still have footage."""
    said = living.now()
    return [
        Living(camera, row.oldest_ns, row.dies_ns, row.counted_ns)
        if (row := said.get(camera.id))
        else Living(camera, None, None, None)
        for camera in Camera.objects.order_by("number")
        if camera.retired_ns is None or (camera.id in said and said[camera.id].pieces)
    ]
