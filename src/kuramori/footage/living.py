"""Adds up what lies on the disks, a few cameras at a time, so that no page has to go through the index."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Min, Sum, Value
from django.db.models.functions import Floor, StrIndex, Substr

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.footage.living_models import LivingFootage
from kuramori.footage.models import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY_NS = 86_400 * clock.NS_PER_S
AT_ONCE_S = 0.05
"""A small box is counted whole each time; a large index costs its 0.05 s and one camera's share a turn."""
_BEHIND = len("store/") + 1


def count(for_s: float = AT_ONCE_S) -> int:
    """Count the cameras that were counted longest ago until `for_s` have passed; returns how many."""
    until_s, done = time.monotonic() + for_s, 0
    for camera in _stalest():
        _count(camera, clock.now_ns())
        done += 1
        if time.monotonic() >= until_s:
            break
    return done


def now() -> dict[str, LivingFootage]:
    """Camera → what was last counted. Where nothing was yet, it is counted here."""
    found = {row.camera: row for row in LivingFootage.objects.all()}
    if not found and count():
        found = {row.camera: row for row in LivingFootage.objects.all()}
    return found


def by_store() -> Counter[str]:
    """Disk → bytes of living footage on it."""
    found: Counter[str] = Counter()
    for row in now().values():
        found.update(row.stores)
    return found


def _stalest() -> list[str]:
    counted = dict(LivingFootage.objects.values_list("camera", "counted_ns"))
    every = {*counted, *Camera.objects.values_list("pk", flat=True)}
    return sorted(every, key=lambda camera: counted.get(camera, 0))


def _count(camera: str, now_ns: int) -> None:
    row = LivingFootage(camera=camera, counted_ns=now_ns)
    dying: dict[str, int] = defaultdict(int)
    stores: dict[str, int] = defaultdict(int)
    for part in _parts(camera, now_ns):
        row.pieces += part["pieces"]
        row.size_bytes += part["size"]
        row.oldest_ns = min(row.oldest_ns or part["oldest"], part["oldest"])
        row.dies_ns = min(row.dies_ns or part["dies"], part["dies"])
        dying[str(max(0, int(part["days"])))] += part["size"]
        stores[part["store"]] += part["size"]
    row.dying, row.stores = dict(dying), dict(stores)
    row.save()


def _parts(camera: str, now_ns: int) -> Iterable[Any]:
    """One row for each disk and day of death."""
    behind = Substr(F("path"), _BEHIND)
    left_ns = ExpressionWrapper(F("erase_at_ns") - now_ns, output_field=BigIntegerField())
    return (
        Segment.objects.filter(camera=camera)
        .exclude(state="erased")
        .values(
            store=Substr(behind, 1, StrIndex(behind, Value("/")) - 1),
            days=Floor(left_ns / DAY_NS),
        )
        .annotate(pieces=Count("pk"), size=Sum("size_bytes"), oldest=Min("start_ns"), dies=Min("erase_at_ns"))
        .order_by()
    )
