"""Where a camera stands on the plan of its place, and what it overlooks from there."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from kuramori.places.models import Plan


class PlanPosition(models.Model):
    """A camera on a plan. Moving it is a new version; the newest one stands.

    `x`, `y`: share of the drawing's width and height from its top left corner. `heading_deg`: where it looks,
    clockwise from the top of the drawing. `angle_deg`: how wide it sees; 360 is all around. `reach`: how far,
    as a share of the drawing's width.
    """

    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="plan_positions")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="positions")
    version = models.PositiveIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    heading_deg = models.PositiveSmallIntegerField()
    angle_deg = models.PositiveSmallIntegerField()
    reach = models.FloatField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_ns = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["camera", "plan", "version"], name="plan_position_once"),
            models.CheckConstraint(
                condition=models.Q(x__gte=0, x__lte=1, y__gte=0, y__lte=1, reach__gt=0, reach__lte=1),
                name="plan_position_inside",
            ),
            models.CheckConstraint(
                condition=models.Q(heading_deg__lt=360, angle_deg__gte=1, angle_deg__lte=360),
                name="plan_position_angles",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera} v{self.version}"
