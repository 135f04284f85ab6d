"""Questions and complaints (F18): what came in, and each step until it is closed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera
from kuramori.paper.kept import Kept
from kuramori.paper.register import RegisterRow


class Channel(models.TextChoices):
    TELEPHONE = "telephone", _("Telephone")
    VISIT = "visit", _("In person")
    LETTER = "letter", _("Letter or fax")
    OTHER = "other", _("Another way")


class Complaint(RegisterRow):
    """A question or complaint as it came in."""

    received_at = models.DateTimeField(_("received"))
    channel = models.CharField(_("how it came"), max_length=12, choices=Channel.choices)
    who = models.CharField(_("who asks (may be unnamed)"), max_length=160, blank=True)
    content = models.TextField(_("what it is about"), max_length=2000)
    camera = models.ForeignKey(
        Camera, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("camera")
    )
    handler = models.CharField(_("who takes care of it"), max_length=120)
    COLUMNS: ClassVar[tuple[str, ...]] = ("received_at", "channel", "content", "camera")

    class Meta(RegisterRow.Meta):
        abstract = False


class ComplaintStepKind(models.TextChoices):
    ACKNOWLEDGED = "acknowledged", _("first reply given")
    REVIEWED = "reviewed", _("range and sign of the camera reviewed")
    MEASURE = "measure", _("measure taken (or why none is needed)")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed")


class ComplaintStep(Kept):
    """What was done about it."""

    row = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what was done"), max_length=12, choices=ComplaintStepKind.choices)
    done_on = models.DateField(_("day"))
    text = models.TextField(_("details"), max_length=2000)

    class Meta(Kept.Meta):
        abstract = False
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Kept.Meta.constraints,
            models.UniqueConstraint(
                fields=["row"], condition=models.Q(kind="closed"), name="complaint_closed_once"
            ),
        ]
