"""The picture on which a range was approved, as it is kept: small, masked, and sealed."""

from __future__ import annotations

from django.db import models


class ApprovedPicture(models.Model):
    """Of the approval in force; one a camera. `sealed` opens with the storehouse's private key only
    (`vault.picture_seal`)."""

    camera = models.OneToOneField(
        "cameras.Camera", primary_key=True, on_delete=models.PROTECT, related_name="approved_picture"
    )
    # What it is bound to besides: the version of the range, and the storehouse key.
    version = models.PositiveIntegerField()
    storehouse_key = models.CharField(max_length=16)
    sealed = models.BinaryField()
    made_ns = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.camera} v{self.version}"
