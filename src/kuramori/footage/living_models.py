"""What lies on the disks, camera by camera, as last counted."""

from __future__ import annotations

from django.db import models


class LivingFootage(models.Model):
    """One camera, by id. A cache of the index, which is too long to be added up for every page."""

    # cameras.Camera.id
    camera = models.CharField(primary_key=True, max_length=32)
    # Segments that live, and their bytes.
    pieces = models.PositiveIntegerField(default=0)
    size_bytes = models.BigIntegerField(default=0)
    # First frame of the oldest, and the next day of death; empty where nothing lives.
    oldest_ns = models.BigIntegerField(null=True)
    dies_ns = models.BigIntegerField(null=True)
    # Bytes by the whole days from the counting to their death, and bytes by disk.
    dying = models.JSONField(default=dict)
    stores = models.JSONField(default=dict)
    counted_ns = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.camera} {self.pieces}"
