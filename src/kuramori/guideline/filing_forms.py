"""Forms: which guideline is followed, and what was filed with the city."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.models import Camera
from kuramori.guideline.profiles import PROFILES
from kuramori.policy.history_models import FilingKind


class ChooseGuideline(forms.Form):
    """One of the guidelines this version knows."""

    name = forms.ChoiceField(
        label=_("Guideline"),
        choices=[(one.name, one.title) for one in PROFILES.values()],
        help_text=_("A stricter one may stop recording until what it asks for is there."),
    )


class NewFiling(forms.Form):
    """What was filed, when, where and under which number."""

    kind = forms.ChoiceField(label=_("What was filed"), choices=FilingKind.choices)
    camera = forms.ModelChoiceField(label=_("Camera"), queryset=Camera.objects.all(), required=False)
    filed_on = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )
    office = forms.CharField(label=_("Office"), max_length=120)
    number = forms.CharField(label=_("Number given"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if (said.get("kind") == FilingKind.YEAR) != (said.get("camera") is None):
            self.add_error("camera", _("Choose the camera, except for the annual report."))
        return said
