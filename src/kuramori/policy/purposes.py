"""The purposes a body chooses from, and what it decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.policy import regulations
from kuramori.policy.models import Purpose

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ready:
    """A purpose to choose: Japanese as printed on the sign, its English line, and its name on the page."""

    code: str
    text: str
    text_en: str
    label: str | _StrPromise


READY = (
    Ready("crime-prevention", "犯罪の防止", "Crime prevention", _("Preventing crime")),
    Ready(
        "crime-accident",
        "犯罪および事故の防止",
        "Prevention of crime and accidents",
        _("Preventing crime and accidents"),
    ),
    Ready(
        "crime-dumping",
        "犯罪および不法投棄の防止",
        "Prevention of crime and illegal dumping",
        _("Preventing crime and illegal dumping"),
    ),
    Ready(
        "crime-fire",
        "犯罪の防止および火災の早期発見",
        "Prevention of crime, early notice of fire",
        _("Preventing crime and noticing fire early"),
    ),
)


def ready(code: str) -> Ready | None:
    return next((purpose for purpose in READY if purpose.code == code), None)


def english_line(code: str, text: str) -> str:
    """The English line under a purpose on the sign; empty where the body wrote a purpose of its own."""
    chosen = ready(code)
    return chosen.text_en if chosen and chosen.text == text else ""


def decide(camera: Camera, text: str, code: str, by: Account) -> Purpose:
    """Write a new version of what `camera` is for.

    Raises BadInput `purpose-empty`, and Refusal `regulations-other-purpose` where the adopted regulations
    have this camera for another one.
    """
    if not text.strip():
        raise BadInput("purpose-empty")
    regulations.require_purpose(camera.pk, text.strip())
    with transaction.atomic():
        version = Purpose.objects.filter(camera=camera).count() + 1
        purpose = Purpose.objects.create(
            camera=camera,
            version=version,
            text=text.strip(),
            code=code,
            decided_by=by,
            decided_at_ns=clock.now_ns(),
        )
        entries.record(
            "purpose-decided",
            actor=by.actor,
            obj={"camera": camera.id},
            detail={"version": version, "text": purpose.text, "code": code},
        )
    return purpose


def current(camera: Camera) -> Purpose | None:
    """The purpose in force, which is the newest."""
    return Purpose.objects.filter(camera=camera).order_by("-version").first()


def current_of_all() -> dict[str, Purpose]:
    """Camera's id → the purpose in force, in one query."""
    return {one.camera_id: one for one in Purpose.objects.order_by("version")}
