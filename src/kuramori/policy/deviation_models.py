"""Deviations (逸脱): the one way past a gate. Asked with a reason, approved by another, over by itself."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuramori.people.models import Account

LONGER_MONTHS = (2, 3)
LONGEST_NS = 366 * 24 * 3600 * 1_000_000_000
"""The schema's outer bound; the year itself is counted by the calendar where a deviation is asked for."""
RETENTION = "retention-longer"


class Deviation(models.Model):
    """One gate's reason (`code`), passed for one subject, from its approval until `ends_ns`.

    Nothing is edited away: a renewed one is a new row, an ended one keeps its row.
    """

    code = models.CharField(_("what is done otherwise"), max_length=48)
    clause = models.CharField(max_length=8)
    subject_kind = models.CharField(max_length=8, choices=[(k, k) for k in ("body", "site", "camera")])
    subject_id = models.CharField(max_length=32)
    reason = models.CharField(_("reason"), max_length=400)
    # Danger: it passes its gate for this one case alone; empty: for everybody.
    case_number = models.CharField(max_length=12, blank=True)
    # Only where footage is kept longer than a month: how many months.
    longer_months = models.PositiveSmallIntegerField(_("months kept"), null=True, blank=True)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at_ns = models.BigIntegerField()
    approved_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at_ns = models.BigIntegerField(null=True, blank=True)
    # 自己承認: only a body that declared itself one-person.
    self_approved = models.BooleanField(default=False)
    ends_ns = models.BigIntegerField()
    ended_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at_ns = models.BigIntegerField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(code=""), name="deviation_says_why"),
            models.CheckConstraint(
                condition=Q(ends_ns__gt=F("asked_at_ns")) & Q(ends_ns__lte=F("asked_at_ns") + LONGEST_NS),
                name="deviation_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at_ns__isnull=True)
                | Q(approved_by__isnull=False, approved_at_ns__isnull=False, approved_at_ns__lt=F("ends_ns")),
                name="deviation_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(self_approved=True) | Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="deviation_not_approved_by_its_asker",
            ),
            models.CheckConstraint(
                condition=Q(code=RETENTION, subject_kind="camera", longer_months__in=LONGER_MONTHS)
                | (~Q(code=RETENTION) & Q(longer_months__isnull=True)),
                name="deviation_months_where_they_belong",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.code} {self.subject_kind} {self.subject_id}"

    def in_force(self, now_ns: int) -> bool:
        """Whether it passes its gate at `now_ns` (nanoseconds since 1970 UTC)."""
        return self.approved_at_ns is not None and self.approved_at_ns <= now_ns < self.over_at_ns

    @property
    def over_at_ns(self) -> int:
        """When it is over: its end, or earlier where somebody ended it."""
        return self.ends_ns if self.ended_at_ns is None else min(self.ends_ns, self.ended_at_ns)
