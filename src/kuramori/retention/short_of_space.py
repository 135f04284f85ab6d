"""When the disks are too small and the body has chosen so: the oldest footage dies early, and it is said.

Never what is held for a case (it has keys of its own), never the last day. `work` orders it before the
recorder comes to its reserve; where `work` is silent, the recorder stops cameras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Sum

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.errors import KuramoriError
from kuramori.footage import disks, findings, orders, recorder_socket, settings_file
from kuramori.footage.models import LIVING, HeldSegment, Order, Segment, WhenShort

if TYPE_CHECKING:
    from collections.abc import Sequence

FINDING = "erased-for-space"
REASON = "no room on the disks"
BEGIN, GOAL = 1.5, 2.0
"""In reserves of free space: below the first, room is made up to the second."""
YOUNGEST_NS = 86_400 * clock.NS_PER_S
STANDS_NS = 7 * 86_400 * clock.NS_PER_S
ANSWER_S = 2.0


@dataclass(frozen=True, slots=True)
class OldHour:
    """One hour of one camera; a greater `priority` number is less important."""

    camera: str
    hour_start_s: int
    size_bytes: int
    priority: int


def chosen(hours: Sequence[OldHour], need_bytes: int, now_ns: int) -> list[OldHour]:
    """Oldest first, of the same age the least important camera's; none of the last day."""
    picked: list[OldHour] = []
    for hour in sorted(hours, key=lambda one: (one.hour_start_s, -one.priority, one.camera)):
        end_ns = (hour.hour_start_s + clock.HOUR_S) * clock.NS_PER_S
        if need_bytes <= 0 or end_ns > now_ns - YOUNGEST_NS:
            break
        picked.append(hour)
        need_bytes -= hour.size_bytes
    return picked


def look() -> int:
    """Order what must die now; returns how many hours."""
    now_ns = clock.now_ns()
    _clear_old(now_ns)
    if disks.when_short() != WhenShort.ERASE or _still_at_it():
        return 0
    need_bytes, reserve = 0, settings_file.reserve_bytes()
    free = _free_bytes()
    if free is not None and free < BEGIN * reserve:
        need_bytes = int(GOAL * reserve) - free
    dying = chosen(_hours(), need_bytes, now_ns)
    for hour in dying:
        orders.issue(
            "erase",
            camera=hour.camera,
            from_s=hour.hour_start_s,
            until_s=hour.hour_start_s + clock.HOUR_S,
            reason=REASON,
        )
    if dying:
        findings.stand(FINDING, hours=len(dying), first_s=dying[0].hour_start_s)
    return len(dying)


def _free_bytes() -> int | None:
    """The most that any disk in use has free; None when nobody says."""
    try:
        told = recorder_socket.status(ANSWER_S).get("disk", {})
    except KuramoriError:
        return None
    draining = {row.name for row in disks.in_use() if row.draining_ns is not None}
    free = [
        int(said.get("free_bytes", 0))
        for name, said in told.items()
        if name not in draining and said.get("state") in ("ok", "reserve", "full")
    ]
    return max(free, default=None)


def _hours() -> list[OldHour]:
    held = HeldSegment.objects.filter(ended_ns=None).values("segment")
    priorities = dict(Camera.objects.values_list("pk", "priority"))
    rows = (
        Segment.objects.filter(state__in=LIVING)
        .exclude(id__in=held)
        .values("camera", "hour_start_s")
        .annotate(size=Sum("size_bytes"))
    )
    return [
        OldHour(row["camera"], row["hour_start_s"], row["size"], priorities.get(row["camera"], 0))
        for row in rows
    ]


def _still_at_it() -> bool:
    """Orders of the last look that the recorder has not answered: their room is not free yet."""
    return Order.objects.filter(kind="erase", reason=REASON, state="issued").exists()


def _clear_old(now_ns: int) -> None:
    for finding in findings.standing():
        if finding.code == FINDING and now_ns - finding.found_ns > STANDS_NS:
            findings.clear(FINDING)
