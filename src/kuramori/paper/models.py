"""Scans: photographs and PDFs of papers and places, as the registers attach them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from kuramori.paper.kept import Kept

JPEG, PDF = "image/jpeg", "application/pdf"


class Scan(Kept):
    """One uploaded picture (made anew by a worker) or PDF (looked through by one). Never changed.

    `kind` says what it is of ("pledge", "complaint" …) and through that who may see it; `subject` is the row
    it belongs to, as that room writes it, or empty where the room points here instead.
    """

    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=64, blank=True)
    media_type = models.CharField(max_length=20)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField(default=1)
    # Which virus scanner with which definitions found nothing; empty where the machine has none.
    virus_checked = models.CharField(max_length=120, blank=True)

    class Meta(Kept.Meta):
        abstract = False
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "subject"], name="scan_of")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Kept.Meta.constraints,
            models.CheckConstraint(condition=models.Q(media_type__in=[JPEG, PDF]), name="scan_known_type"),
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="scan_holds_something"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_pdf(self) -> bool:
        return self.media_type == PDF

    @property
    def light(self) -> dict[str, Any]:
        """What may be said of it without showing it."""
        return {"scan": self.pk, "sha256": self.sha256, "bytes": self.size_bytes, "type": self.media_type}
