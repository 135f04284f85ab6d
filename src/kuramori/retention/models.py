"""The erasure certificate (消去証明): what died, when, how, and how far that can be trusted."""

from __future__ import annotations

from django.db import models

from kuramori import clock
from kuramori.retention.hold_models import Hold, HoldReview
from kuramori.retention.media_models import Medium, MediumAct

__all__ = ["Acknowledged", "Certificate", "ErasedOnDay", "Hold", "HoldReview", "Medium", "MediumAct"]


class Certificate(models.Model):
    """One camera's lost hour. The document's hash is in the ledger.

    The proof is computed when it is shown.
    """

    # The certificate's own number.
    id = models.CharField(primary_key=True, max_length=32)
    # The hour secret that was lost; one certificate each.
    hour = models.CharField(max_length=32, unique=True)
    # The camera, by id, so that a certificate outlives the camera's row.
    camera = models.CharField(max_length=32)
    # The UTC hour, seconds since 1970.
    hour_start_s = models.BigIntegerField()
    # When it was due and when it was done, nanoseconds since 1970 UTC.
    erase_at_ns = models.BigIntegerField()
    erased_at_ns = models.BigIntegerField()
    # Why: expired, or the words of an early erasure.
    reason = models.CharField(max_length=200)
    # Key table number without the hour, whether its read-back succeeded, assurance level.
    epoch = models.BigIntegerField()
    verified = models.BooleanField()
    level = models.PositiveSmallIntegerField()
    # The certificate as canonical JSON text, and its SHA-256 (which the ledger holds).
    document = models.TextField()
    document_sha256 = models.CharField(max_length=64)
    # Index of the ledger entry.
    ledger_index = models.BigIntegerField()
    # Journal line of the rotation; acknowledged to the recorder up to here.
    journal_seq = models.BigIntegerField()
    made_at_ns = models.BigIntegerField()

    class Meta:
        ordering = ["-hour_start_s", "camera"]
        indexes = [
            models.Index(fields=["camera", "hour_start_s"], name="certificate_by_time"),
            models.Index(fields=["-hour_start_s", "camera"], name="certificate_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.hour_start_s}"

    @property
    def hour_start_ns(self) -> int:
        """Start of the hour, nanoseconds since 1970 UTC."""
        return self.hour_start_s * clock.NS_PER_S


class ErasedOnDay(models.Model):
    """How many hours of a camera were certified as erased on one local day: a hundred cameras make 900,000
    certificates a year, which nobody wants counted for a page."""

    day = models.DateField(primary_key=True)
    hours = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.day} {self.hours}"


class Acknowledged(models.Model):
    """Through which journal line the recorder was told that all erased hours are certified."""

    # The recorder's id.
    recorder = models.CharField(primary_key=True, max_length=32)
    # Last acknowledged journal line.
    through_seq = models.BigIntegerField(default=0)
    # The order that said so.
    order_id = models.CharField(max_length=32, blank=True)

    def __str__(self) -> str:
        return f"{self.recorder} {self.through_seq}"
