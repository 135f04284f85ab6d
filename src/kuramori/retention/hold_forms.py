"""The form of a hold: what the approval of longer keeping (保管期間延長承認書) asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.recorder.hold_orders import LONGEST_INTERVAL_S, LONGEST_NS


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, help_text=help_text)


class NewHold(forms.Form):
    """One camera, one interval, one case, two dates, and who asks and approves."""

    camera = forms.ModelChoiceField(label=_("Camera"), queryset=Camera.objects.all())
    start = _moment(_("From"))
    end = _moment(
        _("To"), _("Only pieces of footage in this interval are kept; the rest is erased on its day.")
    )
    case_text = forms.CharField(label=_("Case number"), max_length=80)
    basis = forms.CharField(label=_("Basis"), max_length=160, help_text=_("For example: written inquiry."))
    reason = forms.CharField(label=_("Reason"), max_length=400)
    review = _moment(_("Look at it again on"))
    until = _moment(_("Keep until"), _("It is erased on this day, and cannot be kept longer."))
    asked_by = forms.CharField(
        label=_("Who asks from outside"),
        max_length=90,
        required=False,
        help_text=_("Police or a resident, if they ask. Then the manager decides."),
    )
    second_person = forms.CharField(
        label=_("Second person who signed the form"),
        max_length=80,
        required=False,
        help_text=_("Somebody else than you who approved on paper. If empty, another person approves here."),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end, review, until = (said.get(name) for name in ("start", "end", "review", "until"))
        now_ns = clock.now_ns()
        if start and end and not start < end:
            self.add_error("end", _("The end must come after the beginning."))
        elif start and end and (end - start).total_seconds() > LONGEST_INTERVAL_S:
            self.add_error("end", _("At most 24 hours at a time."))
        if end and clock.ns_of(end) > now_ns:
            self.add_error("end", _("Only footage that exists can be kept."))
        if until and not now_ns < clock.ns_of(until) <= now_ns + LONGEST_NS:
            self.add_error("until", _("A day to come, within a year."))
        if review and until and not now_ns < clock.ns_of(review) <= clock.ns_of(until):
            self.add_error("review", _("A day to come, not after the last one."))
        return said

    def fields_of_hold(self) -> dict[str, Any]:
        """As `holds.ask` takes them."""
        said = self.cleaned_data
        times = {"start_ns": "start", "end_ns": "end", "ends_at_ns": "until", "review_at_ns": "review"}
        same = ("camera", "case_text", "basis", "reason", "asked_by", "second_person")
        return {name: clock.ns_of(said[of]) for name, of in times.items()} | {
            name: said[name] for name in same
        }


class EndHold(forms.Form):
    """Why a hold ends before its date."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class Review(forms.Form):
    """A hold was looked at again and is still needed."""

    reason = forms.CharField(label=_("Why it is still needed"), max_length=200)
    next = _moment(_("Look at it again on"), _("Not after the day on which it ends."))
