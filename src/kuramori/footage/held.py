"""Which segments a hold keeps, and what becomes of their rows when hours die and holds end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Max

from kuramori.footage import dating
from kuramori.footage.models import ErasedHour, HeldSegment, Segment

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCH = 500


def until() -> dict[str, int]:
    """segment → the last end among the holds that stand."""
    standing = HeldSegment.objects.filter(ended_ns=None)
    return dict(standing.values_list("segment").annotate(last=Max("until_ns")).order_by())


def keep(told: Iterable[dict[str, Any]], at_ns: int) -> list[str]:
    """Holds as the journal tells them, each as often as it likes; returns the ids of those that are news."""
    news = []
    for hold in told:
        if HeldSegment.objects.filter(hold=hold["hold"]).exists():
            continue
        rows = [
            HeldSegment(
                hold=hold["hold"],
                segment=segment,
                camera=hold["camera"],
                until_ns=hold["until_ns"],
                held_ns=at_ns,
            )
            for segment in hold["segments"]
        ]
        HeldSegment.objects.bulk_create(rows, batch_size=BATCH)
        news.append(hold["hold"])
    return news


def end(hold: dict[str, Any], at_ns: int) -> None:
    """A hold is over: what lived by it alone is dead."""
    rows = HeldSegment.objects.filter(hold=hold.get("rest", hold["hold"]), ended_ns=None)
    if "rest" in hold:  # a part of what had stayed of its hour: from now on under the id of its end
        rows = rows.filter(segment__in=hold["segments"])
    rows.update(ended_ns=at_ns, hold=hold["hold"])
    held, dead = until(), list(hold["erased"])
    for segment in dead:
        if segment not in held:
            Segment.objects.filter(id=segment).update(state="erased")


def hours_died(hours: list[str]) -> None:
    """Everything of these hours is dead but what is held: that lives until its hold's end."""
    held = until()
    for first in range(0, len(hours), BATCH):
        rows = Segment.objects.filter(hour__in=hours[first : first + BATCH])
        for row in rows.filter(id__in=held) if held else ():
            dating.date(rows.filter(id=row.id), held[row.id])
        rows.exclude(id__in=held).update(state="erased")


def shortened(hold: str, until_ns: int) -> None:
    """What stayed of a partly erased hour dies earlier than was told."""
    rows = HeldSegment.objects.filter(hold=hold, ended_ns=None, until_ns__gt=until_ns)
    segments = list(rows.values_list("segment", flat=True))
    rows.update(until_ns=until_ns)
    last = until()
    for segment in segments:
        Segment.objects.filter(id=segment).update(erase_at_ns=last[segment])


def kept(segment: str) -> bool:
    """Does a hold that stands keep this segment?"""
    return HeldSegment.objects.filter(segment=segment, ended_ns=None).exists()


def dead(segment: Segment) -> bool:
    """Is its hour erased, and no hold keeps it?"""
    return ErasedHour.objects.filter(hour=segment.hour).exists() and not kept(segment.id)
