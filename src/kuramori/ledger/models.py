"""The ledger's rows: what happened, the tree over it, and the signed heads that left the box."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Outcome(models.TextChoices):
    """How an act ended."""

    DONE = "done"
    ALLOWED = "allowed"
    REFUSED = "refused"
    FAILED = "failed"


class Entry(models.Model):
    """One act in words. Its leaf hash lives in `Node`, so that text and salt can go when personal data must.

    `act`, `actor`, `outcome`, `at_ns` repeat what `text` says, for the page's filters; only `text` is hashed.
    """

    seq = models.BigIntegerField(primary_key=True)
    """Counts from 0 without gaps; the leaf's index in the tree."""
    at_ns = models.BigIntegerField()
    act = models.CharField(max_length=60)
    actor = models.CharField(max_length=60)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    salt = models.BinaryField(max_length=16)
    text = models.TextField()
    """The entry as canonical JSON (RFC 8785), exactly the bytes that were hashed."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["act", "seq"], name="entry_act"),
            models.Index(fields=["actor", "seq"], name="entry_actor"),
            models.Index(fields=["outcome", "seq"], name="entry_outcome"),
            models.Index(fields=["at_ns", "seq"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.act}"


class Node(models.Model):
    """The hash of one complete subtree. Never changed, never removed."""

    position = models.BigIntegerField(primary_key=True)
    """`merkle.position` of (level, index)."""
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.position)


class Checkpoint(models.Model):
    """A signed head of the tree (C2SP tlog-checkpoint as a signed note)."""

    size = models.BigIntegerField(primary_key=True)
    at_ns = models.BigIntegerField()
    note = models.TextField()

    def __str__(self) -> str:
        return f"{self.size}"


class CheckpointLeft(models.Model):
    """A checkpoint that is outside the box: by which way, and since when."""

    size = models.BigIntegerField()
    note = models.TextField()
    way = models.CharField(max_length=12)
    """paper, mail, time-stamp or package."""
    at_ns = models.BigIntegerField()
    answer = models.BinaryField(blank=True, default=b"")
    """What the other side gave back (an RFC 3161 answer, DER)."""

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at_ns"], name="checkpoint_left_at")]

    def __str__(self) -> str:
        return f"{self.size} {self.way}"
