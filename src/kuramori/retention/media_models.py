"""The register of media (記録媒体管理簿): what may hold footage or its keys, and all that was done with it.

A medium's row says what it is and is never changed; each act with it is a row of its own, never changed
either. Where it is now follows from the acts.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.people.models import Account


class Kind(models.TextChoices):
    STORE = "store", _("Disk that holds recordings")
    SLOT = "slot", _("Medium that holds the keys")
    HANDED_OUT = "handed-out", _("Medium for handing footage out")
    OTHER = "other", _("Other medium")


class Act(models.TextChoices):
    REGISTERED = "registered", _("entered in the register")
    STOCK_TAKE = "stock-take", _("stock-take: it is there")
    MISSED = "missed", _("stock-take: it is not there")
    TAKEN_OUT = "taken-out", _("taken out")
    RETURNED = "returned", _("brought back")
    MOVED = "moved", _("kept elsewhere")
    RETIRED = "retired", _("all its recordings made unreadable")
    DESTROYED = "destroyed", _("destroyed")


class Method(models.TextChoices):
    SHREDDED = "shredded", _("shredded")
    CRUSHED = "crushed", _("crushed or drilled through")
    OVERWRITTEN = "overwritten", _("erased by the medium's own command, or overwritten")
    CONTRACTOR = "contractor", _("destroyed by a contractor, with a certificate")


class Medium(models.Model):
    """One medium. The number is ours, written on its label."""

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Maker and type, and the maker's serial number, as printed on the medium.
    make = models.CharField(max_length=120)
    serial = models.CharField(max_length=120)
    # Which of the recorder's stores it is (settings' id), or empty.
    store = models.CharField(max_length=64, blank=True)
    in_use_since = models.DateField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.make}"


class MediumAct(models.Model):
    """Something that was done with a medium."""

    medium = models.ForeignKey(Medium, on_delete=models.PROTECT, related_name="acts")
    act = models.CharField(max_length=12, choices=Act.choices)
    # When it was entered, by whom; `done_on` is the day it happened.
    at_ns = models.BigIntegerField()
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)
    done_on = models.DateField()
    # Where it is from then on; empty when the act does not move it.
    place = models.CharField(max_length=200, blank=True)
    # Who did it with their hands, and who watched or approved; neither needs an account.
    person = models.CharField(max_length=120, blank=True)
    second = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    method = models.CharField(max_length=12, choices=Method.choices, blank=True)
    # The number of a contractor's certificate.
    paper = models.CharField(max_length=120, blank=True)
    # Made anew by a picture worker; only of a destroyed medium.
    photo_jpeg = models.BinaryField(null=True)
    # Hours whose erasure was ordered when the medium was retired, as JSON: orders and (camera, hour start).
    erasing = models.JSONField(null=True)

    class Meta:
        ordering = ["at_ns", "pk"]

    def __str__(self) -> str:
        return f"{self.medium_id} {self.act}"
