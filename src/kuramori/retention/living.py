"""Per camera: the oldest hour that still lives, and which dies next."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Min

from kuramori.cameras.models import Camera
from kuramori.footage.models import LIVING, Segment


@dataclass(frozen=True, slots=True)
class Living:
    """One camera's living footage; instants in nanoseconds, None where there is no footage."""

    camera: Camera
    pieces: int
    oldest_ns: int | None
    next_death_ns: int | None


def by_camera() -> list[Living]:
    """One row per camera, also for those that were taken down and still have footage."""
    said = {
        row["camera"]: row
        for row in Segment.objects.filter(state__in=LIVING)
        .values("camera")
        .annotate(pieces=Count("id"), oldest=Min("start_ns"), dies=Min("erase_at_ns"))
        .order_by()
    }
    return [
        Living(
            camera,
            said[camera.id]["pieces"] if camera.id in said else 0,
            said[camera.id]["oldest"] if camera.id in said else None,
            said[camera.id]["dies"] if camera.id in said else None,
        )
        for camera in Camera.objects.order_by("number")
        if camera.retired_ns is None or camera.id in said
    ]
