"""What the recorder last found out about a camera's pictures: are they masked, and of the approved view?"""

from __future__ import annotations

from django.db import models


class PictureCheck(models.Model):
    """One camera, by id. A cache of the journal's newest word."""

    # cameras.Camera.id
    camera = models.CharField(primary_key=True, max_length=32)
    # Under which mask, and up to when everything recorded is known to be masked.
    mask_version = models.PositiveIntegerField(default=0)
    mask_good_until_ns = models.BigIntegerField(null=True)
    # The mask that was found missing in the pictures; 0: none was.
    mask_failed_version = models.PositiveIntegerField(default=0)
    mask_failed_ns = models.BigIntegerField(null=True)
    # The approval under which something is wrong with the view, what, and since when; "": nothing is.
    view_version = models.PositiveIntegerField(default=0)
    view_fault = models.CharField(max_length=16, blank=True, default="")
    view_fault_ns = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.camera} mask {self.mask_version}"
