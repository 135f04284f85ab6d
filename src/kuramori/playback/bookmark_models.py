"""Bookmarks (しおり) inside a case: a moment of one camera, and in words what is to be seen there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera


class Bookmark(models.Model):
    """Seen by whoever may look at this camera for this case; never outside it. Taken back, not edited."""

    case_number = models.CharField(max_length=12)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+")
    # The moment, nanoseconds since 1970 UTC.
    at_ns = models.BigIntegerField()
    words = models.CharField(_("what is to be seen"), max_length=120)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_ns = models.BigIntegerField()
    taken_back_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["at_ns"]
        indexes = [models.Index(fields=["case_number", "camera"], name="bookmark_by_case")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(case_number="") & ~Q(words=""), name="bookmark_has_case_and_words"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_number} {self.words}"
