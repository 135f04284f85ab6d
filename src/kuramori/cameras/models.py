"""The camera as a registered device, and the range a person approved for it."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.address import has_credentials
from kuramori.cameras.device_models import Device as Device
from kuramori.cameras.device_models import DeviceAttestation as DeviceAttestation
from kuramori.cameras.device_models import DeviceCheck as DeviceCheck
from kuramori.cameras.device_models import SealedCredentials as SealedCredentials
from kuramori.cameras.picture_models import ApprovedPicture as ApprovedPicture
from kuramori.cameras.plan_models import PlanPosition as PlanPosition
from kuramori.places.models import Site


def new_camera_id() -> str:
    """16 random bytes as 32 lowercase hexadecimal digits."""
    return secrets.token_hex(16)


class Camera(models.Model):
    """One camera. Its user name and password are not here: only the recorder's key table holds them."""

    id = models.CharField(primary_key=True, max_length=32, default=new_camera_id, editable=False)
    number = models.PositiveIntegerField(_("number"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    place_text = models.CharField(_("where it hangs"), max_length=200, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cameras")
    url = models.CharField(_("address"), max_length=500)
    # Of an RTSPS camera: SHA-256 of the certificate that was accepted at enrolment; another one is refused.
    certificate_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    # The device that it is, or one channel of (an encoder has several); empty where it has no ONVIF.
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="cameras"
    )
    source = models.CharField(max_length=120, blank=True, default="", editable=False)
    # Of one that can be moved: the stream by which it is asked where it points (ONVIF's profile).
    ptz_profile = models.CharField(max_length=120, blank=True, default="", editable=False)
    priority = models.PositiveSmallIntegerField(default=1)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    # When its password was last held against the list of known ones and the camera accepted it.
    password_checked_ns = models.BigIntegerField(null=True, blank=True)
    created_ns = models.BigIntegerField()
    retired_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(url__contains="@"), name="camera_url_without_credentials"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def clean(self) -> None:
        if has_credentials(self.url):
            raise ValidationError({"url": _("Write the user name and password in their own boxes.")})


class ApprovedRange(models.Model):
    """What a camera may see, as a person drew and approved it. A new drawing is a new version.

    `polygon` and each of `mask_polygons` are lists of [x, y], 0..1 from the picture's top left corner.
    `hours` are the lines of `cameras.hours`; none: always.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="ranges")
    version = models.PositiveIntegerField()
    polygon = models.JSONField()
    mask_polygons = models.JSONField(default=list)
    hours = models.JSONField(default=list)
    # Of a camera that can be moved: what the approved place is called, and where it is (`cameras.position`);
    # none where it does not tell.
    preset = models.CharField(max_length=120, blank=True, default="")
    position = models.JSONField(null=True)
    # When it was first found elsewhere: this approval is over then, whatever the camera does next.
    left_ns = models.BigIntegerField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at_ns = models.BigIntegerField()
    revoked_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["camera", "version"]
        constraints = [models.UniqueConstraint(fields=["camera", "version"], name="range_version_once")]

    def __str__(self) -> str:
        return f"{self.camera} v{self.version}"
