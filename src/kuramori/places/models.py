"""The installing body, its sites, and the signs that tell people a camera is there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori import periods
from kuramori.places.plan_models import Plan
from kuramori.places.room_models import Device, KeyMove, Pc, PcCheck, Room, RoomEntry

__all__ = ["Body", "Device", "KeyMove", "Pc", "PcCheck", "Plan", "Room", "RoomEntry", "Sign", "Site"]


class Body(models.Model):
    """設置者: the shop, association or office that answers for the cameras. There is exactly one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("name of the installing body"), max_length=120)
    representative = models.CharField(_("representative"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=200)
    telephone = models.CharField(_("telephone"), max_length=40)
    one_person = models.BooleanField(_("one-person body"), default=False)
    timezone = models.CharField(max_length=64, default="Asia/Tokyo")
    notice_url = models.URLField(_("address of the public notice"), blank=True)
    idle_minutes = models.PositiveSmallIntegerField(
        _("minutes until an untouched page is covered"), default=periods.IDLE_MINUTES
    )
    created_ns = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="body_is_one"),
            models.CheckConstraint(
                condition=models.Q(idle_minutes__gte=1, idle_minutes__lte=periods.IDLE_MOST_MINUTES),
                name="body_covers_untouched_pages",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """One place where cameras hang: a shop front, a park, a car park."""

    name = models.CharField(_("name of the place"), max_length=120)
    address = models.CharField(_("address"), max_length=200)
    created_ns = models.BigIntegerField()

    def __str__(self) -> str:
        return self.name


class Sign(models.Model):
    """One sign hung at a site. Declared first (recording may start), photographed later (viewing may start).

    A sign is never edited: taking it down writes `removed_ns`, a new one is a new row. The photo shows the
    sign, not the camera's picture; it is stored re-encoded, without what the telephone wrote beside it.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="signs")
    wording_version = models.PositiveIntegerField()
    place_text = models.CharField(_("where the sign hangs"), max_length=200)
    declared_at_ns = models.BigIntegerField()
    hung_on = models.DateField(_("day it was put up"))
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    photo_jpeg = models.BinaryField(null=True, blank=True)
    photo_at_ns = models.BigIntegerField(null=True, blank=True)
    removed_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(photo_jpeg__isnull=True, photo_at_ns__isnull=True)
                | models.Q(photo_jpeg__isnull=False, photo_at_ns__isnull=False),
                name="sign_photo_has_its_instant",
            )
        ]

    def __str__(self) -> str:
        return f"{self.site}: {self.place_text}"
