"""Hours that should be dead and are not: a finding until they are."""

from __future__ import annotations

from django.db.models import Min, Q

from kuramori import clock
from kuramori.footage import findings
from kuramori.footage.models import LIVING, ErasedHour, Finding, HeldSegment, Segment

# The recorder rotates each hour and retries each minute; the journal takes seconds to arrive.
GRACE_NS = 15 * 60 * clock.NS_PER_S
CODE = "erasure-overdue"


def look() -> int:
    """Compare the index with the time; returns how many cameras have overdue footage now."""
    late_ns = clock.now_ns() - GRACE_NS
    kept = HeldSegment.objects.filter(ended_ns=None).values("segment")
    late = dict(
        # A provisional date counts from the last trusted time: it may be past for footage of today.
        Segment.objects.filter(state__in=LIVING, erase_at_ns__lt=late_ns, provisional=False)
        .exclude(Q(hour__in=ErasedHour.objects.values("hour")) & ~Q(id__in=kept))
        .values_list("camera")
        .annotate(oldest=Min("erase_at_ns"))
    )
    for camera, due_ns in late.items():
        findings.stand(CODE, camera, due=clock.iso(due_ns))
    for finding in Finding.objects.filter(code=CODE, cleared_ns=None).exclude(subject__in=late):
        findings.clear(CODE, finding.subject)
    return len(late)
