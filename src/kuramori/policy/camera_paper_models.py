"""Decided for a camera on paper: scope, privacy assessment, how much is seen, change and abolition."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera
from kuramori.paper.register import RegisterRow


class _OfCamera(RegisterRow):
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="+", verbose_name=_("camera"))

    class Meta(RegisterRow.Meta):
        abstract = True


class ScopeDecision(_OfCamera):
    """Whether the guideline is about this camera. Three times yes, and one purpose among several suffices."""

    crime_prevention = models.BooleanField(_("to prevent crime (among other things)"), default=False)
    records = models.BooleanField(_("pictures are recorded"), default=False)
    public_place = models.BooleanField(_("looks where anybody may come in"), default=False)
    vehicle = models.BooleanField(_("in or on a vehicle of public transport"), default=False)
    reason = models.TextField(_("reason, if the guideline is not about it"), max_length=500, blank=True)
    decided_on = models.DateField(_("day"))
    COLUMNS: ClassVar[tuple[str, ...]] = ("camera", "decided_on", "reason")

    class Meta(_OfCamera.Meta):
        abstract = False
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *RegisterRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(crime_prevention=True, records=True, public_place=True)
                | models.Q(crime_prevention=True, records=True, vehicle=True)
                | ~models.Q(reason=""),
                name="out_of_scope_says_why",
            ),
        ]

    @property
    def in_scope(self) -> bool:
        return self.crime_prevention and self.records and (self.public_place or self.vehicle)


class Assessment(_OfCamera):
    """Need against privacy, before the first picture; looked at again every three years and on a change."""

    need = models.TextField(_("why it is needed"), max_length=1000)
    alternatives = models.TextField(_("what else was considered"), max_length=1000)
    affected = models.TextField(_("who is filmed, and whom it could burden"), max_length=1000)
    mitigations = models.TextField(_("how that burden is kept small"), max_length=1000)
    assessed_on = models.DateField(_("day"))
    review_on = models.DateField(_("look at it again by"))
    COLUMNS: ClassVar[tuple[str, ...]] = ("camera", "assessed_on", "review_on")

    class Meta(_OfCamera.Meta):
        abstract = False


class Level(models.TextChoices):
    """How much of a person may be seen, with pixels per metre behind it (IEC 62676-4:2014)."""

    SOMEBODY = "somebody", _("that somebody is there")
    KNOWN = "known", _("somebody one knows is recognised")
    IDENTIFIED = "identified", _("a stranger can be identified")


class Detail(_OfCamera):
    """How much of a person is to be seen at the place that matters, and how much is."""

    level = models.CharField(_("what the purpose needs"), max_length=10, choices=Level.choices)
    width_m = models.DecimalField(
        _("width of the picture at that place, in metres"), max_digits=5, decimal_places=1
    )
    decided_on = models.DateField(_("day"))
    pixels_per_m = models.PositiveIntegerField(_("pixels per metre"), default=0)
    COLUMNS: ClassVar[tuple[str, ...]] = ("camera", "level", "pixels_per_m", "decided_on")

    class Meta(_OfCamera.Meta):
        abstract = False


class ChangeKind(models.TextChoices):
    CHANGED = "changed", _("changed")
    ABOLISHED = "abolished", _("abolished")


class CameraChange(_OfCamera):
    """A camera was changed, or is no more (F02)."""

    kind = models.CharField(_("what happens"), max_length=10, choices=ChangeKind.choices)
    happens_on = models.DateField(_("day"))
    before = models.TextField(_("before"), max_length=500, blank=True)
    after = models.TextField(_("after"), max_length=500, blank=True)
    reason = models.TextField(_("reason"), max_length=500)
    disposal = models.TextField(_("what happens to pictures and media"), max_length=500, blank=True)
    sign_removed = models.BooleanField(_("its sign was taken down or changed"), default=False)
    approved_by = models.CharField(_("who approved it"), max_length=120)
    COLUMNS: ClassVar[tuple[str, ...]] = ("camera", "kind", "happens_on", "reason")

    class Meta(_OfCamera.Meta):
        abstract = False
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *RegisterRow.Meta.constraints,
            models.UniqueConstraint(
                fields=["camera"],
                condition=models.Q(kind="abolished", replaces__isnull=True),
                name="camera_abolished_once",
            ),
        ]
