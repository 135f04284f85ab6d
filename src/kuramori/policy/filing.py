"""Which guideline is followed, and what was filed with the city. Each is an act in the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock, local_time
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.policy.history_models import Filing, GuidelineChoice

if TYPE_CHECKING:
    from datetime import date

    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

FIRST = "tottori-2016"


def guideline() -> str:
    """The name of the guideline that is followed now."""
    return GuidelineChoice.objects.order_by("-pk").values_list("name", flat=True).first() or FIRST


def choose(name: str, by: Account) -> None:
    """Follow another guideline from now on; nothing happens where it is followed already."""
    require_role(by, clock.now_ns(), MANAGER)
    with transaction.atomic():
        if name == guideline():
            return
        before = guideline()
        GuidelineChoice.objects.create(name=name, since_ns=clock.now_ns(), decided_by=by)
        entries.record("guideline-chosen", actor=by.actor, obj={"guideline": name}, detail={"before": before})


def enter(kind: str, camera: Camera | None, filed_on: date, office: str, number: str, by: Account) -> Filing:
    """Something was filed. Raises BadInput `filing-in-future`, Refusal."""
    require_role(by, clock.now_ns(), MANAGER)
    if filed_on > local_time.today():
        raise BadInput("filing-in-future")
    with transaction.atomic():
        made = Filing.objects.create(
            kind=kind,
            camera=camera,
            filed_on=filed_on,
            office=office.strip(),
            number=number.strip(),
            entered_by=by,
            entered_ns=clock.now_ns(),
        )
        entries.record(
            "filing-entered",
            actor=by.actor,
            obj={"camera": camera.pk} if camera else {},
            detail={"kind": kind, "filed_on": filed_on.isoformat(), "office": office, "number": number},
        )
    return made
