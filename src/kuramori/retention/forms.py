"""The form for erasing an interval before its date."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.cameras.models import Camera


class EraseEarly(forms.Form):
    """One camera, one interval, one reason, and a tick that one knows it cannot be undone."""

    camera = forms.ModelChoiceField(label=_("Camera"), queryset=Camera.objects.all())
    start = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    end = forms.DateTimeField(
        label=_("To"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_(
            "Footage lies in pieces of at most five minutes. "
            "Every piece that the interval touches is erased; the rest stays until its day."
        ),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=180,
        help_text=_("It stands on the certificate. Write no names."),
    )
    sure = forms.BooleanField(label=_("I know that nobody can bring this footage back."))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("start"), said.get("end")
        if start and end and not start < end:
            self.add_error("end", _("The end must come after the beginning."))
        if end and clock.ns_of(end) > clock.now_ns():
            self.add_error("end", _("Only footage that exists can be erased."))
        return said

    def interval_ns(self) -> tuple[int, int]:
        """Start and end in nanoseconds since 1970 UTC."""
        return clock.ns_of(self.cleaned_data["start"]), clock.ns_of(self.cleaned_data["end"])
