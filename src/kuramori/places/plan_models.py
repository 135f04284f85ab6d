"""The plan of a place: a drawing or map on which its cameras stand."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Plan(models.Model):
    """One drawing of a site, made anew from an upload. Another drawing is another version."""

    site = models.ForeignKey("places.Site", on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    jpeg = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_ns = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "version"], name="plan_version_once"),
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="plan_has_a_size"),
        ]

    def __str__(self) -> str:
        return f"{self.site} v{self.version}"
