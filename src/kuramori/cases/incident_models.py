"""Leaks and other incidents (F20): the nine items of the report, and what was reported when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.paper.kept import Kept
from kuramori.paper.register import RegisterRow


class Trigger(models.TextChoices):
    """Why a report to the commission may be due; "not decided yet" counts as due."""

    UNDECIDED = "undecided", _("not decided yet (counts as due)")
    SPECIAL_CARE = "special-care", _("information needing special care")
    PROPERTY = "property", _("damage to property is to be feared")
    WRONGFUL = "wrongful", _("may have been done with a wrongful purpose")
    MANY = "many", _("more than 1,000 people")
    NONE = "none", _("no report is due (say why under other)")


class Incident(RegisterRow):
    """One incident. Items not known yet stay empty and are filled by a correction."""

    aware_at = models.DateTimeField(_("when somebody first knew of it"))
    aware_who = models.CharField(_("who knew first"), max_length=120)
    happened_at = models.DateTimeField(_("when it happened"), null=True, blank=True)
    trigger = models.CharField(_("why a report is due"), max_length=16, choices=Trigger.choices)
    overview = models.TextField(_("1. what happened"), max_length=2000)
    items = models.TextField(_("2. which information"), max_length=1000, blank=True)
    people_count = models.PositiveIntegerField(_("3. how many people"), null=True, blank=True)
    cause = models.TextField(_("4. cause"), max_length=1000, blank=True)
    secondary = models.TextField(_("5. further damage, or whether it is feared"), max_length=1000, blank=True)
    to_persons = models.TextField(_("6. what is done for the persons"), max_length=1000, blank=True)
    publication = models.TextField(_("7. whether it is made public"), max_length=1000, blank=True)
    prevention = models.TextField(_("8. how it is kept from happening again"), max_length=1000, blank=True)
    other = models.TextField(_("9. other"), max_length=1000, blank=True)
    COLUMNS: ClassVar[tuple[str, ...]] = ("aware_at", "trigger", "overview")

    class Meta(RegisterRow.Meta):
        abstract = False


class IncidentStepKind(models.TextChoices):
    PROMPT = "prompt", _("first report sent")
    FINAL = "final", _("final report sent")
    PERSONS = "persons", _("persons concerned told")
    PRINCIPAL = "principal", _("principal of the contract told")
    MEASURE = "measure", _("measure taken")


class IncidentStep(Kept):
    """Something done about it."""

    row = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what was done"), max_length=12, choices=IncidentStepKind.choices)
    done_on = models.DateField(_("day"))
    text = models.TextField(_("details"), max_length=1000)

    class Meta(Kept.Meta):
        abstract = False
