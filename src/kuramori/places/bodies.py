"""The installing body: written once by set-up, changed by its manager, each change in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from kuramori import clock, periods
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.places.models import Body, Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

BEFORE_SET_UP = "Asia/Tokyo"
FIELDS = ("name", "address", "telephone", "one_person", "notice_url")


def current() -> Body | None:
    """The one installing body; None before set-up's first question is answered."""
    return Body.objects.first()


def timezone() -> str:
    """The name of the time zone where the body is."""
    body = current()
    return body.timezone if body else BEFORE_SET_UP


def zone() -> ZoneInfo:
    """The time zone where the body is."""
    return ZoneInfo(timezone())


def local(at_ns: int) -> datetime:
    """An instant on the body's clocks."""
    return clock.utc(at_ns).astimezone(zone())


def idle_minutes() -> int:
    """After how many minutes without a touch a page is covered."""
    return Body.objects.values_list("idle_minutes", flat=True).first() or periods.IDLE_MINUTES


def set_idle_minutes(minutes: int, actor: str) -> None:
    """Change it; counts from the next touch. Raises BadInput `idle-minutes`."""
    if not 1 <= minutes <= periods.IDLE_MOST_MINUTES:
        raise BadInput("idle-minutes")
    with transaction.atomic():
        body = Body.objects.select_for_update().get()
        before, body.idle_minutes = body.idle_minutes, minutes
        body.save(update_fields=["idle_minutes"])
        entries.record("idle-minutes-set", actor=actor, detail={"minutes": minutes, "before": before})


def write(values: Mapping[str, object], actor: str) -> Body:
    """Write name, address, telephone, one_person and notice_url. The first time also makes its first site."""
    with transaction.atomic():
        body = Body.objects.first() or Body(id=1, created_ns=clock.now_ns())
        before = body.name
        for field in FIELDS:
            if field in values:
                setattr(body, field, values[field])
        body.save()
        if not Site.objects.exists():
            Site.objects.create(name=body.name, address=body.address, created_ns=clock.now_ns())
        # The site of a body with one site carries its name, until somebody names the site itself.
        Site.objects.filter(name=before).update(name=body.name, address=body.address)
        entries.record(
            "body-written",
            actor=actor,
            detail={"name": body.name, "one_person": body.one_person, "telephone": body.telephone},
        )
    return body


def first_site() -> Site | None:
    """The site that set-up works on."""
    return Site.objects.order_by("pk").first()
