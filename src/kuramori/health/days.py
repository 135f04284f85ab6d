"""The daily health proof: one row for each camera and local day, filled by `work`, final the day after.

Coverage is measured against the index of segments; gap rows say why something is missing, and what no row
explains is said too. Instants are nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.footage.models import Finding, Gap, Segment
from kuramori.health.facts import of_camera, recorder_status, whole
from kuramori.health.models import CameraDay
from kuramori.places import bodies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Span = tuple[int, int]

MS_NS = 1_000_000
FINAL_AFTER_NS = 600 * clock.NS_PER_S
"""The journal takes seconds to arrive, and a segment that crosses midnight some minutes to close."""
LOOK_BACK_DAYS = 7
DISKS = ("ok", "reserve", "full", "slow", "gone", "read-only", "failed")
"""From good to bad."""
UNEXPLAINED = "unexplained"
SCHEDULE = "schedule"
"""Outside the approved hours: a gap row says so, and nothing is missing."""
JOIN_NS = 1_500_000_000


def bounds(day: date, zone: tzinfo | None = None) -> Span:
    """Beginning and end of a day where the body is; `zone` for whoever asks of many."""
    zone = bodies.zone() if zone is None else zone
    start = datetime.combine(day, time.min, zone)
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    return clock.ns_of(start), clock.ns_of(end)


def day_of(at_ns: int) -> date:
    """The local day that an instant lies in."""
    return bodies.local(at_ns).date()


def fill(now_ns: int | None = None) -> int:
    """Bring today's rows up to date and make past ones final; returns how many became final."""
    at_ns = clock.now_ns() if now_ns is None else now_ns
    told, final = recorder_status(), 0
    today, zone = day_of(at_ns), bodies.zone()
    for camera in Camera.objects.filter(retired_ns=None):
        with transaction.atomic():
            row, _new = CameraDay.objects.get_or_create(camera=camera.pk, day=today)
            _measure(row, camera, at_ns)
            _sample(row, told)
            row.save()
        for back in range(1, LOOK_BACK_DAYS + 1):  # days on which the box was off have a row too
            if bounds(today - timedelta(days=back), zone)[1] > camera.created_ns:
                CameraDay.objects.get_or_create(camera=camera.pk, day=today - timedelta(days=back))
    for row in CameraDay.objects.filter(final_ns=None, day__lt=today):
        if at_ns < bounds(row.day, zone)[1] + FINAL_AFTER_NS:
            continue
        with transaction.atomic():
            camera = Camera.objects.get(pk=row.camera)
            _measure(row, camera, at_ns)
            row.final_ns = at_ns
            row.save()
        final += 1
    return final


def _measure(row: CameraDay, camera: Camera, now_ns: int) -> None:
    """Coverage, gaps and amounts of the part of the day that is over."""
    start_ns, end_ns = bounds(row.day)
    since_ns, until_ns = max(start_ns, camera.created_ns), min(end_ns, now_ns)
    if camera.retired_ns is not None:
        until_ns = min(until_ns, camera.retired_ns)
    if until_ns <= since_ns:
        return
    pieces = list(_segments(camera.pk, since_ns, until_ns, now_ns))
    covered = joined(clip((piece[:2] for piece in pieces), since_ns, until_ns), JOIN_NS)
    row.covered_ms = length_ns(covered) // MS_NS
    row.gaps_ms = _gaps(camera.pk, since_ns, until_ns, covered)
    whole_ms = (until_ns - since_ns) // MS_NS
    row.expected_ms = max(row.covered_ms, whole_ms - row.gaps_ms.get(SCHEDULE, 0))
    row.stored_bytes = sum(piece[2] for piece in pieces)
    row.lost_packets = sum(piece[3] for piece in pieces)
    row.erasure_on_time = row.erasure_on_time and not _overdue(camera.pk, since_ns, until_ns)


def _segments(camera: str, since_ns: int, until_ns: int, now_ns: int) -> Iterable[tuple[int, int, int, int]]:
    """Start, end, the share of its bytes that lies in the stretch, lost packets (counted where it began)."""
    rows = Segment.objects.touching(camera, since_ns, until_ns)
    for start_ns, end_ns, state, size, lost in rows.order_by("start_ns").values_list(
        "start_ns", "end_ns", "state", "size_bytes", "lost_packets"
    ):
        ended_ns = end_ns if end_ns is not None else (now_ns if state == "open" else start_ns)
        if ended_ns <= since_ns:
            continue
        inside = min(ended_ns, until_ns) - max(start_ns, since_ns)
        share = inside / max(1, ended_ns - start_ns)
        yield start_ns, ended_ns, round(size * share), lost if start_ns >= since_ns else 0


def _gaps(camera: str, since_ns: int, until_ns: int, covered: list[Span]) -> dict[str, int]:
    rows = Gap.objects.filter(camera=camera, since_ns__lt=until_ns).exclude(until_ns__lte=since_ns)
    spans: dict[str, list[Span]] = defaultdict(list)
    for gap in rows.order_by("since_ns"):
        spans[gap.reason].append((gap.since_ns, until_ns if gap.until_ns is None else gap.until_ns))
    known = list(covered)
    told = {}
    for reason, stretches in spans.items():
        mine = joined(clip(stretches, since_ns, until_ns), 0)
        told[reason] = length_ns(mine) // MS_NS
        known += mine
    missing_ms = (until_ns - since_ns - length_ns(joined(sorted(known), JOIN_NS))) // MS_NS
    return {**told, UNEXPLAINED: missing_ms} if missing_ms > JOIN_NS // MS_NS else told


def _overdue(camera: str, since_ns: int, until_ns: int) -> bool:
    rows = Finding.objects.filter(code="erasure-overdue", subject=camera, found_ns__lt=until_ns)
    return rows.exclude(cleared_ns__lte=since_ns).exists()


def _sample(row: CameraDay, told: Mapping[str, Any] | None) -> None:
    """What only this moment knows: the camera's clock, its checks, the disk."""
    said = of_camera(told, row.camera)
    error_ms = whole(said.get("clock_error_ms"))
    if error_ms is not None and abs(error_ms) >= abs(row.clock_error_ms or 0):
        row.clock_error_ms = error_ms
    for name in ("mask_checked_ns", "view_checked_ns", "decoded_ns"):
        if at_ns := whole(said.get(name)):
            setattr(row, name, at_ns)
    disks = [disk for disk in (told or {}).get("disk", {}).values() if isinstance(disk, dict)]
    for disk in disks:
        state = str(disk.get("state", "ok"))
        if state in DISKS and DISKS.index(state) > DISKS.index(row.disk):
            row.disk = state
    free = [int(disk["free_bytes"]) for disk in disks if whole(disk.get("free_bytes")) is not None]
    if free:
        row.disk_free_bytes = min(free + ([] if row.disk_free_bytes is None else [row.disk_free_bytes]))


def clip(stretches: Iterable[Span], since_ns: int, until_ns: int) -> list[Span]:
    """The stretches cut to `since_ns`–`until_ns`, empty ones left out, sorted."""
    cut = ((max(start, since_ns), min(end, until_ns)) for start, end in stretches)
    return sorted((start, end) for start, end in cut if end > start)


def joined(stretches: Iterable[Span], within_ns: int) -> list[Span]:
    """Sorted stretches, made one where at most `within_ns` lies between them."""
    result: list[Span] = []
    for start, end in stretches:
        if result and start - result[-1][1] <= within_ns:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def length_ns(stretches: Iterable[Span]) -> int:
    """How long they are together."""
    return sum(end - start for start, end in stretches)


def percent(row: CameraDay) -> float | None:
    """Coverage in per cent, rounded down to a hundredth: 100 means every second."""
    return row.covered_ms * 10_000 // row.expected_ms / 100 if row.expected_ms else None


def bitrate_kbps(row: CameraDay) -> int | None:
    """Stored bits a second while it was recorded, in kbit/s."""
    return row.stored_bytes * 8 // row.covered_ms if row.covered_ms else None
