"""Forms about devices on the network."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class AccountForm(forms.Form):
    """The name and password that a device has now; the recorder makes a new one at once."""

    user = forms.CharField(
        label=_("User name on its label or in its manual"),
        max_length=64,
        initial="admin",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password that it has now"),
        strip=False,
        required=False,
        max_length=128,
        help_text=_("Leave it empty if the camera came without one. It is replaced at once."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class ChannelForm(forms.Form):
    """One picture source of a device, to become one camera."""

    source = forms.CharField(widget=forms.HiddenInput, max_length=120)
    use = forms.BooleanField(label=_("Register this one"), required=False, initial=True)
    name = forms.CharField(
        label=_("Name of the camera"),
        max_length=80,
        help_text=_("Example: Entrance, Car park east"),
    )
    place_text = forms.CharField(
        label=_("Where it hangs"),
        max_length=200,
        help_text=_("Example: Under the eaves, to the right of the front door, 3 m up"),
    )

    def clean(self) -> dict[str, Any]:
        """Of a picture that is not registered nothing is needed."""
        cleaned = super().clean() or {}
        if not cleaned.get("use"):
            for name in ("name", "place_text"):
                self.errors.pop(name, None)
        return cleaned


ChannelFormSet = forms.formset_factory(ChannelForm, extra=0, max_num=64, absolute_max=64)


class OutForm(forms.Form):
    """Why a device is not one of the body's cameras."""

    reason = forms.CharField(
        label=_("Why it is not one of your cameras"),
        max_length=300,
        help_text=_("Example: The doorbell of the flat upstairs"),
    )


class AttestForm(forms.Form):
    """A person's word for one check."""

    words = forms.CharField(
        label=_("What you saw, and where"),
        max_length=300,
        help_text=_("Example: Setup → Storage: no card in it, recording off"),
    )


class SupportForm(forms.Form):
    """Until when the maker mends holes."""

    support_until = forms.DateField(
        label=_("Supported by its maker until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
    )
