"""Cameras on the plan of their place: where each stands, and the outline of what it overlooks."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.cameras.plan_models import PlanPosition
from kuramori.errors import BadInput
from kuramori.ledger import entries

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from kuramori.cameras.models import Camera
    from kuramori.places.models import Plan

ALL_AROUND_DEG = 360


@dataclass(frozen=True, slots=True)
class Field:
    """Where a camera stands and what it overlooks; units as in `PlanPosition`."""

    x: float
    y: float
    heading_deg: int
    angle_deg: int
    reach: float

    def __post_init__(self) -> None:
        inside = 0 <= self.x <= 1 and 0 <= self.y <= 1 and 0 < self.reach <= 1
        if not (inside and 0 <= self.heading_deg < 360 and 1 <= self.angle_deg <= ALL_AROUND_DEG):
            raise BadInput("plan-outside")


def place(camera: Camera, plan: Plan, field: Field, by: AbstractBaseUser) -> PlanPosition:
    """`camera` stands there from now on. Raises BadInput `plan-of-another` for another site's or an old plan,
    `camera-abolished`."""
    newest = type(plan).objects.filter(site=camera.site_id).order_by("-version").values_list("pk", flat=True)
    if plan.pk != newest.first():
        raise BadInput("plan-of-another")
    if camera.retired_ns is not None:
        raise BadInput("camera-abolished")
    with transaction.atomic():
        row = PlanPosition.objects.create(
            camera=camera,
            plan=plan,
            version=PlanPosition.objects.filter(camera=camera, plan=plan).count() + 1,
            placed_by_id=by.pk,
            placed_ns=clock.now_ns(),
            **asdict(field),
        )
        entries.record(
            "camera-placed",
            actor=entries.actor_of(by),
            obj={"camera": camera.id, "plan": plan.pk},
            detail={
                "field": f"x {field.x:.3f} y {field.y:.3f} {field.heading_deg}° ±{field.angle_deg / 2:g}° "
                f"{field.reach:.3f}",
            },
        )
    return row


def standing(plan: Plan) -> dict[str, PlanPosition]:
    """The newest position of every camera in use on `plan`, by the camera's id; one query."""
    rows = PlanPosition.objects.filter(plan=plan, camera__retired_ns=None).order_by("version")
    return {row.camera_id: row for row in rows}


def outline(field: Field | PlanPosition, width: int, height: int) -> str:
    """The overlooked sector as an SVG path on a drawing of `width` × `height`."""
    x, y, radius = field.x * width, field.y * height, field.reach * width
    if field.angle_deg >= ALL_AROUND_DEG:
        half = f"A{radius:.1f} {radius:.1f} 0 1 1"
        return f"M{x - radius:.1f} {y:.1f}{half} {x + radius:.1f} {y:.1f}{half} {x - radius:.1f} {y:.1f}Z"
    ends = []
    for turned in (-field.angle_deg / 2, field.angle_deg / 2):
        along = math.radians(field.heading_deg + turned)
        ends.append(f"{x + radius * math.sin(along):.1f} {y - radius * math.cos(along):.1f}")
    large = int(field.angle_deg > 180)
    return f"M{x:.1f} {y:.1f}L{ends[0]}A{radius:.1f} {radius:.1f} 0 {large} 1 {ends[1]}Z"
