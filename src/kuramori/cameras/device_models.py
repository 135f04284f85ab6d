"""Devices on the network, what was found out about them, and what people said for them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeviceState(models.TextChoices):
    FOUND = "found", _("nobody has decided")
    REGISTERED = "registered", _("registered")
    OUT = "out", _("not one of ours")


class Device(models.Model):
    """A device that answered on the network; it has one camera or, as an encoder, several."""

    id = models.CharField(primary_key=True, max_length=32, editable=False)
    # Its own lasting name (WS-Discovery endpoint), and where it is managed.
    endpoint = models.CharField(max_length=120, unique=True)
    xaddr = models.CharField(_("address"), max_length=500)
    host = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=120, blank=True)
    manufacturer = models.CharField(_("maker"), max_length=120, blank=True)
    model = models.CharField(_("model"), max_length=120, blank=True)
    firmware = models.CharField(_("firmware"), max_length=120, blank=True)
    serial = models.CharField(_("serial number"), max_length=120, blank=True)
    # Until when its maker mends holes, as the maker says.
    support_until = models.DateField(_("supported by its maker until"), null=True, blank=True)
    state = models.CharField(max_length=12, choices=DeviceState.choices, default=DeviceState.FOUND)
    reason = models.CharField(_("why it is not one of ours"), max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_ns = models.BigIntegerField(null=True)
    found_ns = models.BigIntegerField()
    seen_ns = models.BigIntegerField()
    # When the recorder last gave it a password of its making.
    password_set_ns = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["found_ns", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(state="out") | ~models.Q(reason=""), name="device_out_says_why"
            ),
            models.CheckConstraint(
                condition=~models.Q(xaddr__contains="@"), name="device_address_without_credentials"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(one for one in (self.manufacturer or self.name, self.model, self.host) if one)


class DeviceCheck(models.Model):
    """What one run of the probes found on one camera. Never changed; the newest counts."""

    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="checks")
    at_ns = models.BigIntegerField()
    # Name of the check → off, on or unknown.
    findings = models.JSONField()

    class Meta:
        ordering = ["camera", "at_ns"]

    def __str__(self) -> str:
        return f"{self.camera} {self.at_ns}"


class DeviceAttestation(models.Model):
    """A person says for a camera what it does not say itself; runs out."""

    camera = models.ForeignKey("cameras.Camera", on_delete=models.PROTECT, related_name="attestations")
    check_name = models.CharField(max_length=32)
    words = models.CharField(_("how this was seen"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField()

    class Meta:
        ordering = ["camera", "check_name", "at_ns"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(words=""), name="attestation_says_how"),
            models.CheckConstraint(
                condition=models.Q(until_ns__gt=models.F("at_ns")), name="attestation_runs_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera} {self.check_name}"


class SealedCredentials(models.Model):
    """A camera's name and password, sealed to the storehouse key: for a new recorder, after unlocking."""

    camera = models.OneToOneField(
        "cameras.Camera", primary_key=True, on_delete=models.PROTECT, related_name="sealed_credentials"
    )
    # What it is bound to, and the ciphertext (hexadecimal).
    recorder = models.CharField(max_length=32)
    storehouse_key = models.CharField(max_length=16)
    sealed = models.TextField()
    made_ns = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.camera} {self.storehouse_key}"
