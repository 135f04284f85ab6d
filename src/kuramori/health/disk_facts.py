"""What the forecast stands on: the index, the days' health, the recorder's word; and the warning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.footage import disks, findings, living, settings_file
from kuramori.health.days import day_of
from kuramori.health.facts import recorder_status, whole
from kuramori.health.forecast import CameraLoad, Forecast, forecast
from kuramori.health.models import CameraDay
from kuramori.policy import keeping

if TYPE_CHECKING:
    from kuramori.policy.models import RetentionRule

DAY_MS = 86_400_000
MONTH_DAYS = 31
LEARNT_FROM_DAYS = 7
LEAST_MS = 60_000
SHORT = "space-short"


@dataclass(frozen=True, slots=True)
class DiskFact:
    """One disk as the recorder sees it. `state`: as in recorder.storage.StoreFact, or `unknown`."""

    name: str
    state: str
    free_bytes: int
    total_bytes: int
    footage_bytes: int
    draining: bool
    room_days: int | None
    """Days of all cameras' recording that fit into its free room."""


def disk_facts(loads: list[CameraLoad]) -> list[DiskFact]:
    """The disks in use, in the order in which they are filled."""
    told = (recorder_status() or {}).get("disk", {})
    day_bytes = sum(load.day_bytes for load in loads)
    rows = [(row.name, row.draining_ns is not None) for row in disks.in_use()]
    footage = living.by_store()
    found = []
    for name, draining in [*rows, (disks.OWN, False)]:
        said = told.get(name, {}) if isinstance(told, dict) else {}
        free = whole(said.get("free_bytes")) or 0
        room = max(0, free - reserve_bytes())
        found.append(
            DiskFact(
                name,
                str(said.get("state", "unknown")),
                free,
                whole(said.get("total_bytes")) or 0,
                footage[name],
                draining,
                room // day_bytes if day_bytes else None,
            )
        )
    return found


def loads(now_ns: int) -> list[CameraLoad]:
    """Every camera's part, from its last days and from what was last counted."""
    known, counted = list(Camera.objects.filter(retired_ns=None)), living.now()
    a_day, rules = _day_bytes([one.pk for one in known], now_ns), keeping.current_of_all()
    lies = {
        pk: (row.size_bytes, {int(day): size for day, size in row.dying.items()})
        for pk, row in counted.items()
    }
    found = [
        CameraLoad(one.pk, a_day.get(one.pk, 0), _period_days(rules.get(one.pk)), *lies.get(one.pk, (0, {})))
        for one in known
    ]
    gone = lies.keys() - {one.pk for one in known}
    return found + [CameraLoad(pk, 0, 0, *lies[pk]) for pk in sorted(gone) if lies[pk][0]]


def now_forecast(parts: list[CameraLoad], facts: list[DiskFact]) -> Forecast | None:
    """None while nothing is known: no recorder answers, or no day was measured."""
    usable = [one for one in facts if one.state in ("ok", "reserve", "full") and not one.draining]
    if not usable or not any(load.day_bytes for load in parts):
        return None
    return forecast(parts, sum(max(0, one.free_bytes - reserve_bytes()) for one in usable))


def look() -> None:
    """Stand or clear the finding that warns before cameras stop or footage dies early."""
    parts = loads(clock.now_ns())
    known = now_forecast(parts, disk_facts(parts))
    if known is None:
        return
    if known.warns:
        findings.stand(SHORT, days=known.short_in_days)
    else:
        findings.clear(SHORT)


def sentence(known: Forecast | None) -> str:
    """For the page and the weekly sheet."""
    if known is None:
        return _("Disks: nothing can be foreseen yet.")
    if known.short_in_days is None:
        return _("Disks: every camera's footage can be kept for its whole period.")
    if disks.when_short() == "erase":
        return _(
            "Disks: in %(days)d days there is too little room; then the oldest footage is erased early."
        ) % {"days": known.short_in_days}
    return _("Disks: in %(days)d days there is too little room; then the least important camera stops.") % {
        "days": known.short_in_days
    }


def sentence_now() -> str:
    """The sentence of this moment."""
    parts = loads(clock.now_ns())
    return sentence(now_forecast(parts, disk_facts(parts)))


def reserve_bytes() -> int:
    """What each disk keeps free."""
    return settings_file.reserve_bytes()


def _day_bytes(cameras: list[str], now_ns: int) -> dict[str, int]:
    """Camera → what it would write in a whole day, by its last days."""
    rows = (
        CameraDay.objects.filter(
            camera__in=cameras, day__gte=day_of(now_ns) - timedelta(days=LEARNT_FROM_DAYS)
        )
        .values("camera")
        .annotate(stored=Sum("stored_bytes"), covered=Sum("covered_ms"))
        .order_by()
    )
    return {
        row["camera"]: row["stored"] * DAY_MS // row["covered"] for row in rows if row["covered"] >= LEAST_MS
    }


def _period_days(rule: RetentionRule | None) -> int:
    """Whole days, a month as its longest; more by a deviation."""
    if rule is None:
        return 0
    months = rule.longer_months if rule.deviation_id and rule.longer_months else rule.months
    return (
        rule.days
        if rule.days and not (rule.deviation_id and rule.longer_months)
        else MONTH_DAYS * (months or 1)
    )
