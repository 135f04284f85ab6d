"""What was decided for each camera, and the verdicts that the rooms below obey."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera
from kuramori.policy.deviation_models import LONGER_MONTHS, Deviation
from kuramori.policy.history_models import Filing, GuidelineChoice, VerdictChange
from kuramori.policy.regulation_models import PlannedChange, Regulations

GATES = ("no-record", "sealed", "no-view", "no-export", "warn")
__all__ = [
    "GATES",
    "SUBJECT_KINDS",
    "Deviation",
    "Filing",
    "GuidelineChoice",
    "PlannedChange",
    "Purpose",
    "Regulations",
    "RetentionRule",
    "Verdict",
    "VerdictChange",
]
SUBJECT_KINDS = ("body", "camera", "site", "person", "pc")


class Purpose(models.Model):
    """Why a camera films. A change is a new version; old footage keeps the purpose it was taken for."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="purposes")
    version = models.PositiveIntegerField()
    text = models.CharField(_("purpose"), max_length=200)
    code = models.CharField(max_length=32)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at_ns = models.BigIntegerField()

    class Meta:
        ordering = ["camera", "version"]
        constraints = [
            models.UniqueConstraint(fields=["camera", "version"], name="purpose_version_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="purpose_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class RetentionRule(models.Model):
    """How long a camera's footage is kept: a number of days, or one calendar month. Versioned.

    A deviation may lengthen it to two or three months while it is in force; then the ordinary period counts
    again by itself.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="retention_rules")
    version = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField(_("days kept"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    longer_months = models.PositiveSmallIntegerField(null=True, blank=True)
    deviation = models.ForeignKey(
        Deviation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("why so long"), max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at_ns = models.BigIntegerField()

    class Meta:
        ordering = ["camera", "version"]
        constraints = [
            models.UniqueConstraint(fields=["camera", "version"], name="retention_version_once"),
            # 31 days are cut at the calendar month when the footage is dated, so no rule can exceed it.
            models.CheckConstraint(
                # The null tests matter: to SQL a comparison with nothing is not false, and passes.
                condition=models.Q(days__isnull=False, days__gte=1, days__lte=31, months__isnull=True)
                | models.Q(days__isnull=True, months__isnull=False, months=1),
                name="retention_at_most_one_month",
            ),
            models.CheckConstraint(
                condition=models.Q(longer_months__isnull=True, deviation__isnull=True)
                | models.Q(
                    longer_months__in=LONGER_MONTHS, longer_months__isnull=False, deviation__isnull=False
                ),
                name="retention_longer_only_by_deviation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera} v{self.version}"


class Verdict(models.Model):
    """What one clause says about one subject now, and the instant at which that would change by itself.

    `gate` is closed from `from_ns` on while this row stands (empty: nothing is closed). At `turns_at_ns` it
    becomes `turns_to_gate` without any job running: whoever asks, asks with the time in hand.
    """

    subject_kind = models.CharField(max_length=8, choices=[(k, k) for k in SUBJECT_KINDS])
    subject_id = models.CharField(max_length=32)
    clause = models.CharField(max_length=8)
    kind = models.CharField(max_length=12)
    gate = models.CharField(max_length=10, blank=True)
    holds = models.BooleanField()
    code = models.CharField(max_length=48, blank=True)
    judged_at_ns = models.BigIntegerField()
    from_ns = models.BigIntegerField()
    turns_at_ns = models.BigIntegerField(null=True, blank=True)
    turns_to_gate = models.CharField(max_length=10, blank=True)
    turns_to_code = models.CharField(max_length=48, blank=True)

    class Meta:
        ordering = ["subject_kind", "subject_id", "clause"]
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "clause"], name="verdict_once"),
            models.CheckConstraint(condition=models.Q(gate__in=["", *GATES]), name="verdict_known_gate"),
            models.CheckConstraint(
                condition=models.Q(turns_to_gate__in=["", *GATES]), name="verdict_known_next_gate"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} {self.subject_kind} {self.subject_id}: {self.gate or '-'} {self.code}"
