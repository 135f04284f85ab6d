"""The form that asks to see an interval."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.access import purposes
from kuramori.cameras.models import Camera

if TYPE_CHECKING:
    from collections.abc import Mapping

YEARS = range(2000, 9000)  # within these, adding hours stays within what a calendar can say
LENGTHS = [
    (1, _("1 minute")),
    (2, _("2 minutes")),
    (5, _("5 minutes")),
    (10, _("10 minutes")),
    (30, _("30 minutes")),
    (60, _("60 minutes")),
    (180, _("3 hours")),
    (720, _("12 hours")),
]


class RequestForm(forms.Form):
    """Which camera, from when, how long, what for and why. `interval_ns()` after `is_valid()`."""

    camera = forms.ModelChoiceField(Camera.objects.none(), label=_("Camera"), empty_label=None)
    start = forms.DateTimeField(
        label=_("From when"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        help_text=_("Click on the timeline, or type the time."),
    )
    minutes = forms.TypedChoiceField(label=_("How long"), choices=LENGTHS, coerce=int, initial=2)
    purpose = forms.ChoiceField(label=_("What for"), choices=lambda: list(purposes.PLAYBACK.items()))
    reason = forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("In your own words. It is written into the record.")
    )
    case_text = forms.CharField(
        label=_("Case number"), max_length=80, required=False, help_text=_("If there is one.")
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, timezone: str, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        self.zone = ZoneInfo(timezone)
        self.fields["camera"].queryset = Camera.objects.order_by("number")  # type: ignore[attr-defined]

    def clean_start(self) -> datetime:
        start: datetime = self.cleaned_data["start"]
        if start.year not in YEARS:
            raise forms.ValidationError(_("Choose a time that has already passed."))
        return start

    def interval_ns(self, now_ns: int) -> tuple[int, int]:
        """Start and end in wall nanoseconds; an end in the future is moved to now."""
        typed: datetime = self.cleaned_data["start"]
        start = typed.replace(tzinfo=self.zone)
        end = start + timedelta(minutes=self.cleaned_data["minutes"])
        return clock.ns_of(start), min(clock.ns_of(end), now_ns)
