"""Alarms: raised from troubles, over with them, and waiting until a person has acknowledged them.

An alarm that comes back before anybody acknowledged it is the same one again, so a loose plug makes one row
and one message an hour, not a thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from kuramori import clock
from kuramori.health.models import Alarm
from kuramori.ledger import entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.health.verdict import Trouble
    from kuramori.people.models import Account

WORK = "program:work"
SETTLE_NS = 10 * clock.NS_PER_S
"""A trouble must last so long: a camera that connects anew in three seconds is no alarm."""
SETTLE_LONG_NS = 600 * clock.NS_PER_S
SLOW = frozenset({"no-alarm-channel"})
# Said on the screen; nobody is woken for it.
QUIET = frozenset({"camera-starting", "no-camera", "unacknowledged"})

_first_seen: dict[tuple[str, str], int] = {}


def follow(found: Iterable[Trouble], now_ns: int) -> None:
    """Raise alarms for troubles that have settled; end those whose trouble is over."""
    loud = {(one.code, one.subject): one for one in found if one.code not in QUIET}
    for key in [key for key in _first_seen if key not in loud]:
        del _first_seen[key]
    settled = {
        key: one
        for key, one in loud.items()
        if now_ns - _first_seen.setdefault(key, now_ns) >= _settle_ns(one)
    }
    waiting = {(row.code, row.subject): row for row in Alarm.objects.filter(acknowledged_ns=None)}
    lasting = set(Alarm.objects.filter(over_ns=None).values_list("code", "subject"))
    for key, trouble in settled.items():
        if key not in lasting:
            _raise(trouble, waiting.get(key), _first_seen[key])
        elif trouble.light == "red":
            Alarm.objects.filter(code=key[0], subject=key[1], over_ns=None, light="yellow").update(
                light="red"
            )
    for code, subject in lasting - set(loud):
        _end(code, subject, now_ns)


def acknowledge(alarm: Alarm, by: Account) -> bool:
    """A person has seen it; it is not repeated any more. False when somebody was faster."""
    with transaction.atomic():
        waiting = Alarm.objects.filter(pk=alarm.pk, acknowledged_ns=None)
        if not waiting.update(acknowledged_ns=clock.now_ns(), acknowledged_by=by):
            return False
        entries.record("alarm-acknowledged", actor=entries.actor_of(by), obj=_obj(alarm))
    return True


def waiting() -> list[Alarm]:
    """The alarms nobody has acknowledged, red and lasting ones first."""
    rows = Alarm.objects.filter(acknowledged_ns=None)
    return sorted(rows, key=lambda row: (row.light != "red", row.over_ns is not None, -row.since_ns))


def recent(now_ns: int, days: int = 90) -> list[Alarm]:
    """Alarms that stand or were raised in the last `days`, newest first."""
    since_ns = now_ns - days * 86_400 * clock.NS_PER_S
    return list(
        Alarm.objects.filter(Q(since_ns__gte=since_ns) | Q(over_ns=None) | Q(acknowledged_ns=None))
        .select_related("acknowledged_by")
        .order_by("-since_ns")
    )


def _settle_ns(trouble: Trouble) -> int:
    return SETTLE_LONG_NS if trouble.code in SLOW else SETTLE_NS


def _raise(trouble: Trouble, again: Alarm | None, since_ns: int) -> None:
    with transaction.atomic():
        if again is not None:
            again.over_ns, again.times = None, again.times + 1
            again.light = "red" if "red" in (again.light, trouble.light) else "yellow"
            again.save(update_fields=["over_ns", "times", "light"])
            row = again
        else:
            row = Alarm.objects.create(
                code=trouble.code, subject=trouble.subject, light=trouble.light, since_ns=since_ns
            )
        entries.record(
            "alarm",
            actor=WORK,
            obj=_obj(row),
            outcome="failed",
            detail={"light": row.light, "times": row.times},
        )


def _end(code: str, subject: str, now_ns: int) -> None:
    with transaction.atomic():
        for row in Alarm.objects.filter(code=code, subject=subject, over_ns=None):
            row.over_ns = now_ns
            row.save(update_fields=["over_ns"])
            entries.record("alarm-over", actor=WORK, obj=_obj(row))


def _obj(alarm: Alarm) -> dict[str, object]:
    return {"alarm": alarm.pk, "code": alarm.code, "subject": alarm.subject}
