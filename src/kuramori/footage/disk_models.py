"""Disks for recordings beside the box's own, and what happens when there is no more room. Instants in ns."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class AddedDisk(models.Model):
    """A disk that is mounted at DATA/store/NAME. Out of use it stays as a row; back again it is a new row."""

    # Folder below DATA/store, and the store's id in the recorder's settings.
    name = models.CharField(max_length=32)
    added_ns = models.BigIntegerField()
    # Since when it takes nothing new (empty: it does), and since when the recorder does not know it any more.
    draining_ns = models.BigIntegerField(null=True)
    removed_ns = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["added_ns", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(removed_ns__isnull=True), name="added_disk_in_use_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class WhenShort(models.Model):
    """What the body wants when the disks are too small; one row. Without it: cameras stop."""

    STOP, ERASE = "stop", "erase"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    choice = models.CharField(max_length=8, default=STOP)
    since_ns = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="when_short_is_one"),
            models.CheckConstraint(condition=Q(choice__in=["stop", "erase"]), name="when_short_is_known"),
        ]

    def __str__(self) -> str:
        return self.choice
