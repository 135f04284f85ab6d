"""Rooms, keys and entries (F14), PCs and devices (F22)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.paper.register import RegisterRow


class Room(RegisterRow):
    """A room where a screen, a recorder or recording media are."""

    name = models.CharField(_("room"), max_length=120)
    holds = models.CharField(_("what is in it"), max_length=300)
    lock = models.CharField(_("how it is locked"), max_length=200)
    allowed = models.CharField(_("who may go in"), max_length=300)
    keys = models.CharField(_("numbers of its keys, and who has them"), max_length=300)
    checked_on = models.DateField(_("lock checked"))

    class Meta(RegisterRow.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name


class KeyAct(models.TextChoices):
    LENT = "lent", _("lent out")
    RETURNED = "returned", _("returned")
    LOST = "lost", _("lost")
    CHANGED = "changed", _("lock changed")


class KeyMove(RegisterRow):
    """A key changed hands."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+", verbose_name=_("room"))
    key = models.CharField(_("number of the key"), max_length=60)
    act = models.CharField(_("what happened"), max_length=10, choices=KeyAct.choices)
    done_on = models.DateField(_("day"))
    person = models.CharField(_("to whom or by whom"), max_length=120)

    class Meta(RegisterRow.Meta):
        abstract = False


class RoomEntry(RegisterRow):
    """Somebody was in a room."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="+", verbose_name=_("room"))
    came_at = models.DateTimeField(_("in"))
    left_at = models.DateTimeField(_("out"))
    name = models.CharField(_("name"), max_length=120)
    why = models.CharField(_("what for"), max_length=200)
    with_whom = models.CharField(_("who went along"), max_length=120, blank=True)
    locked = models.BooleanField(_("locked afterwards"), default=False)
    key = models.CharField(_("number of the key"), max_length=60, blank=True)

    class Meta(RegisterRow.Meta):
        abstract = False


class Pc(RegisterRow):
    """A PC on which pictures are looked at or papers are kept."""

    name = models.CharField(_("name of the PC"), max_length=80)
    place = models.CharField(_("where it stands"), max_length=200)
    system = models.CharField(_("system and version"), max_length=120)
    antivirus = models.CharField(_("virus protection"), max_length=120)
    encrypted = models.BooleanField(_("disk encrypted"), default=False)
    network = models.CharField(_("how it is connected (cable, Wi-Fi and its cipher)"), max_length=160)
    out_of_use = models.BooleanField(_("no longer in use"), default=False)
    COLUMNS: ClassVar[tuple[str, ...]] = ("name", "place", "system", "antivirus", "out_of_use")

    class Meta(RegisterRow.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.name


class PcCheck(RegisterRow):
    """The 60-second check of one PC. `pc` names the first version of its row."""

    pc = models.ForeignKey(Pc, on_delete=models.PROTECT, related_name="+", verbose_name=_("PC"))
    checked_on = models.DateField(_("day"))
    who = models.CharField(_("who checked"), max_length=120)
    protected = models.BooleanField(_("virus protection is on"), default=False)
    definitions_on = models.DateField(_("date of its definitions"))
    updated = models.BooleanField(_("no updates are waiting"), default=False)
    screen_lock = models.BooleanField(_("the screen locks by itself within 10 minutes"), default=False)
    measures = models.TextField(_("what was found and done"), max_length=1000, blank=True)
    COLUMNS: ClassVar[tuple[str, ...]] = ("checked_on", "pc", "definitions_on", "who")

    class Meta(RegisterRow.Meta):
        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["pc", "-number"], name="pc_check_newest")
        ]


class Device(RegisterRow):
    """A recorder, switch, router or anything else between camera and screen."""

    kind = models.CharField(_("kind"), max_length=80)
    make = models.CharField(_("maker and type"), max_length=160)
    serial = models.CharField(_("serial number"), max_length=120, blank=True)
    firmware = models.CharField(_("firmware"), max_length=80, blank=True)
    label = models.CharField(_("JC-STAR or RBSS number"), max_length=80, blank=True)
    supported_until = models.DateField(_("supported until"), null=True, blank=True)
    own_password = models.BooleanField(_("has a password of its own"), default=False)
    services_off = models.BooleanField(_("services that are not needed are off"), default=False)
    place = models.CharField(_("where it stands"), max_length=200)
    COLUMNS: ClassVar[tuple[str, ...]] = ("kind", "make", "place", "supported_until")

    class Meta(RegisterRow.Meta):
        abstract = False
