"""Forms of this room. They check form; whether an act is allowed is said by the rules."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.access.models import KeyHolder
from kuramori.cameras.models import Camera
from kuramori.people.models import Account

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kuramori.vault.holder_token import TokenSeen

EMERGENCY_MINUTES = [(10, _("10 minutes")), (30, _("30 minutes")), (60, _("60 minutes")), (120, _("2 hours"))]


def digits(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    """A field for 24 digits that is never shown again and never remembered."""
    attrs = {"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(
        label=label,
        max_length=80,
        strip=True,
        required=required,
        widget=forms.PasswordInput(attrs=attrs, render_value=False),
        help_text=help_text,
    )


class Unlock(forms.Form):
    """The passphrase that opens the storehouse: 24 digits in groups of four."""

    passphrase = digits(
        _("Passphrase (24 digits)"),
        _("From your slip, or from the recovery sheet in the safe. Spaces and hyphens do not matter."),
    )
    second = digits(
        _("Second key-holder's passphrase"), _("Typed by that person, or from the recovery sheet.")
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, two_together: bool = False, tokens: bool = False
    ) -> None:
        """`tokens`: somebody holds the key by a security token."""
        super().__init__(data)
        if tokens:
            self.fields["passphrase"].label = _("Passphrase (24 digits), or the PIN of your security token")
            self.fields["second"].label = _("Second key-holder's passphrase or PIN")
        if not two_together:
            del self.fields["second"]


class NewHolder(forms.Form):
    """Who shall hold a key."""

    account = forms.ModelChoiceField(Account.objects.none(), label=_("Person"), empty_label=None)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        held = KeyHolder.objects.filter(ended_ns=None, account__isnull=False).values("account")
        people = Account.objects.filter(is_active=True).exclude(pk__in=held)
        self.fields["account"].queryset = people.order_by("full_name")  # type: ignore[attr-defined]


class NewToken(forms.Form):
    """Whose key shall lie in which of the tokens that are plugged in."""

    account = forms.ModelChoiceField(Account.objects.none(), label=_("Person"), empty_label=None)
    token = forms.ChoiceField(label=_("Security token that is plugged in"))
    pin = digits(
        _("PIN of the token"), _("Typed by that person. After a few wrong ones a token locks itself.")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, seen: Iterable[TokenSeen]) -> None:
        super().__init__(data)
        people = Account.objects.filter(is_active=True).order_by("full_name")
        self.fields["account"].queryset = people  # type: ignore[attr-defined]
        self.fields["token"].choices = [  # type: ignore[attr-defined]
            (one.serial, f"{one.label} ({one.maker} {one.serial})") for one in seen
        ]


class Envelope(forms.Form):
    """What the emergency envelope is opened for. `interval_ns()` after `is_valid()`."""

    cameras = forms.ModelMultipleChoiceField(
        Camera.objects.none(), label=_("Cameras"), widget=forms.CheckboxSelectMultiple
    )
    start = forms.DateTimeField(
        label=_("Footage from when"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )
    minutes = forms.TypedChoiceField(label=_("How long"), choices=EMERGENCY_MINUTES, coerce=int, initial=60)
    reason = forms.CharField(label=_("What has happened"), max_length=400)
    case_text = forms.CharField(
        label=_("Case number"), max_length=80, help_text=_("Or the date and a word for what happened.")
    )
    passphrase = digits(_("Passphrase in the envelope (24 digits)"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, timezone: str) -> None:
        super().__init__(data)
        self.zone = ZoneInfo(timezone)
        self.fields["cameras"].queryset = Camera.objects.order_by("number")  # type: ignore[attr-defined]

    def interval_ns(self, now_ns: int) -> tuple[int, int]:
        """Start and end in wall nanoseconds; an end in the future is moved to now."""
        typed: datetime = self.cleaned_data["start"]
        start_ns = int(typed.replace(tzinfo=self.zone).timestamp()) * clock.NS_PER_S
        return start_ns, min(start_ns + self.cleaned_data["minutes"] * 60 * clock.NS_PER_S, now_ns)
