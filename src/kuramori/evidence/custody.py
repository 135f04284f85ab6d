"""What a manifest says beside its files: the cameras, the gaps, the clock, and who held the footage when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q

from kuramori.evidence import manifest
from kuramori.evidence.models import PackagePart
from kuramori.footage.models import Gap, RecorderFact
from kuramori.ledger.models import Entry
from kuramori.places import bodies

if TYPE_CHECKING:
    from kuramori.evidence.models import Package

ACTS = ("case-received", "case-verify", "case-grant", "case-open", "case-confirm", "footage-approved",
        "packing-granted", "package-begun")  # fmt: skip


def of(package: Package) -> list[dict[str, Any]]:
    """The acts of the record by which this footage came here, oldest first, with their numbers there."""
    rows = Entry.objects.filter(act__in=ACTS, text__contains=f'"{package.case_number}"').order_by("seq")
    return [
        {
            "at": manifest.moment(row.at_ns, bodies.timezone()),
            "act": row.act,
            "by": row.actor,
            "entry": row.seq,
        }
        for row in rows
    ]


def recorder() -> dict[str, Any]:
    """Which recorder, and what is known of its clock. `clock` is the recorder's own last word about it."""
    body = bodies.current()
    fact = RecorderFact.objects.filter(name="clock").first()
    return {
        "recorder": settings.INSTANCE.recorder_id,
        "demonstration": settings.DEMO,
        "body": body.name if body else "",
        "timezone": bodies.timezone(),
        "clock": {"said_at": manifest.moment(fact.at_ns, bodies.timezone()), **fact.value} if fact else None,
    }


def asked(part: PackagePart) -> dict[str, Any]:
    """Camera, what was approved, what was chosen of it."""
    camera, approval, here = part.approval.camera, part.approval, bodies.timezone()
    return {
        "camera": {"number": camera.number, "name": camera.name, "id": camera.id, "site": str(camera.site)},
        "approved": {
            "id": approval.id,
            "from": manifest.moment(approval.start_ns, here),
            "to": manifest.moment(approval.end_ns, here),
        },
        "chosen": {"from": manifest.moment(part.start_ns, here), "to": manifest.moment(part.end_ns, here)},
    }


def gaps(part: PackagePart) -> list[dict[str, Any]]:
    """Every stretch of the chosen interval for which the recorder wrote down why nothing was stored."""
    rows = Gap.objects.filter(
        Q(until_ns__isnull=True) | Q(until_ns__gt=part.start_ns),
        camera=part.approval.camera_id,
        since_ns__lt=part.end_ns,
    ).order_by("since_ns")
    return [
        {
            "from": manifest.moment(row.since_ns, bodies.timezone()),
            "to": manifest.moment(row.until_ns, bodies.timezone()) if row.until_ns else None,
            "reason": row.reason,
        }
        for row in rows
    ]
