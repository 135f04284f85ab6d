"""墨消し: what was marked on one part of a package, and who looked at the film that came of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuramori.pictures.redaction_boxes import FILL, METHODS, PIXELATE


class Redaction(models.Model):
    """Boxes as they were set once. Other boxes are another row, and the newest row of a part counts."""

    WAYS = [(FILL, _("filled")), (PIXELATE, _("coarse blocks"))]

    part = models.ForeignKey("evidence.PackagePart", on_delete=models.CASCADE, related_name="redactions")
    # As `pictures.redaction_boxes` has them; empty: the boxes were taken away.
    boxes = models.JSONField(default=list, blank=True)
    method = models.CharField(max_length=8, choices=WAYS, default=FILL)
    boxes_sha256 = models.CharField(max_length=64, blank=True)
    # The seconds for which the film was made.
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_ns = models.BigIntegerField()
    # SHA-256 of each film; empty until they were made. The films themselves are in memory only.
    films = models.JSONField(default=list, blank=True)
    # The second person, and the hash over everything that they looked at.
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_ns = models.BigIntegerField(null=True, blank=True)
    checked_sha256 = models.CharField(max_length=64, blank=True)
    # 自己確認, in a body declared one-person.
    self_checked = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(method__in=METHODS), name="redaction_method_known"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_ns__isnull=True, checked_sha256="")
                | (Q(checked_by__isnull=False, checked_ns__isnull=False) & ~Q(checked_sha256="")),
                name="redaction_check_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")) | Q(self_checked=True),
                name="nobody_checks_their_own_redaction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.pk}"
