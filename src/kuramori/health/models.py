"""What went wrong and who knows of it, where alarms are sent, and each camera's day. Instants.

Nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Alarm(models.Model):
    """One trouble from its beginning until it is over *and* a person has acknowledged it."""

    # What is wrong, as in health.verdict.Trouble.
    code = models.CharField(max_length=64)
    subject = models.CharField(max_length=120, blank=True)
    # The worst colour it had: yellow or red.
    light = models.CharField(max_length=6)
    since_ns = models.BigIntegerField()
    # How often it began before anybody acknowledged it.
    times = models.PositiveIntegerField(default=1)
    # When it was over; empty while it lasts.
    over_ns = models.BigIntegerField(null=True)
    # When it was last sent out, to whatever channel took it.
    told_ns = models.BigIntegerField(null=True)
    acknowledged_ns = models.BigIntegerField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-since_ns", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "subject"], condition=Q(acknowledged_ns__isnull=True), name="alarm_waits_once"
            ),
            models.CheckConstraint(condition=Q(light__in=["yellow", "red"]), name="alarm_has_a_colour"),
            models.CheckConstraint(
                condition=Q(acknowledged_ns__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_ns__isnull=False, acknowledged_by__isnull=False),
                name="alarm_acknowledged_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.light} {self.code} {self.subject}"


class Channel(models.Model):
    """A way by which alarms leave the machine. Its password lies here only sealed (`health.sealing`)."""

    MAIL, WEBHOOK = "mail", "webhook"

    kind = models.CharField(primary_key=True, max_length=8, choices=[(MAIL, _("mail")), (WEBHOOK, "webhook")])
    # What the channel's form asks for, without the secret.
    said = models.JSONField(default=dict)
    # Password of the mail server, or the key that signs the webhook's content; sealed, hexadecimal.
    secret = models.TextField(blank=True)
    # When something last arrived at the other side, and when it last did not and why.
    worked_ns = models.BigIntegerField(null=True)
    failed_ns = models.BigIntegerField(null=True)
    failed_why = models.CharField(max_length=80, blank=True)
    # When the weekly sheet last went out this way.
    weekly_ns = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.kind


class Beat(models.Model):
    """That something was alive: a status screen, one whose sound is on, the `work` process."""

    name = models.CharField(primary_key=True, max_length=16)
    at_ns = models.BigIntegerField()

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """Whom to call about machine and cameras; one row. Shown without sign-in, as the body wants it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("Who looks after the cameras"), max_length=120)
    telephone = models.CharField(_("Telephone"), max_length=40)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="contact_is_one")]

    def __str__(self) -> str:
        return f"{self.name} {self.telephone}"


class CameraDay(models.Model):
    """The health of one camera on one local day: filled while the day runs, final when it is over."""

    camera = models.CharField(max_length=32)
    day = models.DateField()
    # The part of the day that is over, in which the camera was registered and had to film; what was stored.
    expected_ms = models.BigIntegerField(default=0)
    covered_ms = models.BigIntegerField(default=0)
    # Reason of a gap → milliseconds. What no row explains stands under "unexplained".
    gaps_ms = models.JSONField(default=dict)
    stored_bytes = models.BigIntegerField(default=0)
    lost_packets = models.BigIntegerField(default=0)
    # The largest error of the camera's clock that was seen; empty while nothing measures it.
    clock_error_ms = models.BigIntegerField(null=True)
    # When a mask, the approved view and a decoded picture were last found right.
    mask_checked_ns = models.BigIntegerField(null=True)
    view_checked_ns = models.BigIntegerField(null=True)
    decoded_ns = models.BigIntegerField(null=True)
    # The worst of the day (days.DISKS); and the least free space.
    disk = models.CharField(max_length=12, default="ok")
    disk_free_bytes = models.BigIntegerField(null=True)
    # Whether footage was found that should have been dead.
    erasure_on_time = models.BooleanField(default=True)
    final_ns = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-day", "camera"]
        constraints = [models.UniqueConstraint(fields=["camera", "day"], name="camera_day_once")]

    def __str__(self) -> str:
        return f"{self.camera} {self.day}"


class SelfCheck(models.Model):
    """What the recorder found on itself. A new row when something is otherwise; else the last is kept."""

    # Codes of what is not in order, worst first, and everything that was found.
    faults = models.JSONField(default=list)
    found = models.JSONField(default=dict)
    since_ns = models.BigIntegerField()
    looked_ns = models.BigIntegerField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return ", ".join(self.faults) or "ok"
