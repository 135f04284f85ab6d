"""How verdicts went over time, which guideline was in force since when, and what was filed with the city."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera


class VerdictChange(models.Model):
    """From `at_ns` on, a clause said this of a subject. Written once; the newest row is the present."""

    subject_kind = models.CharField(max_length=8)
    subject_id = models.CharField(max_length=32)
    clause = models.CharField(max_length=8)
    gate = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=48, blank=True)
    at_ns = models.BigIntegerField()
    # Its subject or the clause is no more; nothing is said of it from `at_ns` on.
    over = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["clause", "at_ns"], name="verdict_change_by_time")]

    def __str__(self) -> str:
        return f"{self.clause} {self.subject_kind} {self.subject_id} {self.gate or '-'}"


class GuidelineChoice(models.Model):
    """Which guideline the body follows since when, by its name and version ("tottori-2016")."""

    name = models.CharField(max_length=40)
    since_ns = models.BigIntegerField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class FilingKind(models.TextChoices):
    """What a city may want to be told."""

    INSTALLED = "installed", _("A camera is put up")
    CHANGED = "changed", _("A camera is changed")
    ABOLISHED = "abolished", _("A camera is taken down")
    YEAR = "year", _("The annual report")


class Filing(models.Model):
    """Something filed with the city: what, when, where, under which number. Written once."""

    kind = models.CharField(_("what was filed"), max_length=10, choices=FilingKind.choices)
    camera = models.ForeignKey(
        Camera, on_delete=models.PROTECT, null=True, blank=True, related_name="filings"
    )
    filed_on = models.DateField(_("day"))
    office = models.CharField(_("office"), max_length=120)
    number = models.CharField(_("number given"), max_length=60, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_ns = models.BigIntegerField()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=FilingKind.YEAR, camera__isnull=True)
                | (~models.Q(kind=FilingKind.YEAR) & models.Q(camera__isnull=False)),
                name="filing_is_of_its_camera",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=FilingKind.values), name="filing_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.filed_on}"
