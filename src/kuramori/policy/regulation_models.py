"""Versions of the body's operating regulations, and changes that wait for the next one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera


class Regulations(models.Model):
    """One adopted version: the settings it was printed from, and the paper itself. Written once.

    `terms` are those settings; `sha256` is the SHA-256 of their canonical JSON (RFC 8785), which stands on
    each page of the paper. They are equal to the running ones, or the difference is a finding.
    """

    version = models.PositiveIntegerField(unique=True)
    terms = models.JSONField()
    sha256 = models.CharField(max_length=64)
    approved_by = models.CharField(_("adopted by"), max_length=120)
    adopted_on = models.DateField(_("day of adoption"))
    changes = models.JSONField(default=list)
    pdf = models.BinaryField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_ns = models.BigIntegerField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=models.Q(version__gte=1), name="regulations_version_counts"),
            models.CheckConstraint(
                condition=~models.Q(approved_by=""), name="regulations_adopted_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version} {self.adopted_on}"


class PlannedChange(models.Model):
    """A change that the adopted regulations do not allow: it waits for the version that does.

    Exactly one of `days` and `purpose_text` is said. `settled_ns`: it was adopted, or given up.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="planned_changes")
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    purpose_code = models.CharField(max_length=32, blank=True)
    purpose_text = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_ns = models.BigIntegerField()
    settled_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__isnull=False, days__gte=1, days__lte=31, purpose_text="")
                | (models.Q(days__isnull=True) & ~models.Q(purpose_text="")),
                name="planned_change_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.camera}: {self.days or self.purpose_text}"
