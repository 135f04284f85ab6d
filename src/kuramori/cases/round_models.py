"""Walk-rounds (F17), the fitter's explanation (F21) and the self-inspection (F26)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera
from kuramori.paper.register import RegisterRow
from kuramori.places.models import Site


class Seen(models.TextChoices):
    GOOD = "good", _("good")
    POOR = "poor", _("not good")
    NONE = "none", _("not looked at")


def _seen(words: object) -> models.CharField:
    return models.CharField(words, max_length=6, choices=Seen.choices)  # type: ignore[arg-type]


class Round(RegisterRow):
    """One walk round a site: what a person saw with their own eyes."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    done_on = models.DateField(_("day"))
    who = models.CharField(_("who went round"), max_length=120)
    recording = _seen(_("recording"))
    clock_error_s = models.IntegerField(_("clock: seconds off"), null=True, blank=True)
    picture = _seen(_("picture and dirt"))
    aim = _seen(_("aim, as approved"))
    mount = _seen(_("mount and cables"))
    sign = _seen(_("signs hang and can be read"))
    locks = _seen(_("locks and keys"))
    storage = _seen(_("recorder and disks"))
    firmware = _seen(_("firmware"))
    passwords = _seen(_("passwords"))
    measures = models.TextField(_("what was found and done"), max_length=2000, blank=True)
    next_on = models.DateField(_("next round"))
    COLUMNS: ClassVar[tuple[str, ...]] = ("done_on", "site", "who", "measures")

    class Meta(RegisterRow.Meta):
        abstract = False


class Explanation(RegisterRow):
    """What whoever sold or set up the camera explained, against the device's real state at that moment."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+", verbose_name=_("camera"))
    done_on = models.DateField(_("day"))
    no_seller = models.BooleanField(_("nobody sold it: whoever set it up explains"), default=False)
    company = models.CharField(_("firm"), max_length=160, blank=True)
    explained_by = models.CharField(_("who explained"), max_length=120)
    received_by = models.CharField(_("who listened"), max_length=120)
    emergency = models.CharField(_("whom to call in an emergency"), max_length=160)
    updates_by = models.CharField(_("who keeps the firmware up to date"), max_length=160)
    disposal = models.CharField(_("how pictures and the device are disposed of"), max_length=300)
    precautions = models.BooleanField(_("handling of personal information was explained"), default=False)
    leak_steps = models.BooleanField(_("what to do in case of a leak was explained"), default=False)
    device_state = models.TextField(_("state of the device, as the program saw it"), blank=True)
    device_address_sha256 = models.CharField(max_length=64, blank=True)
    COLUMNS: ClassVar[tuple[str, ...]] = ("done_on", "camera", "explained_by", "received_by")

    class Meta(RegisterRow.Meta):
        abstract = False


class Judged(models.TextChoices):
    MET = "met", _("met")
    PARTLY = "partly", _("partly met")
    UNMET = "unmet", _("not met")


class Inspection(RegisterRow):
    """One clause looked at by the body itself."""

    clause = models.CharField(_("clause"), max_length=8)
    done_on = models.DateField(_("day"))
    evidence = models.TextField(_("evidence looked at"), max_length=1000)
    judged = models.CharField(_("judgement"), max_length=8, choices=Judged.choices)
    plan = models.TextField(_("what will be improved"), max_length=1000, blank=True)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    who = models.CharField(_("who inspected"), max_length=120)
    COLUMNS: ClassVar[tuple[str, ...]] = ("done_on", "clause", "judged", "plan")

    class Meta(RegisterRow.Meta):
        abstract = False
