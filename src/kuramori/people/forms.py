"""Forms about people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.people.models import Account

LONGEST = timedelta(days=396)
"""13 months: an office changes hands at a general assembly, whose day moves."""


class AppointOperator(forms.Form):
    """Whom the manager appoints, and until when."""

    full_name = forms.CharField(label=_("Full name"), max_length=120)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in: letters and digits, such as sato."),
        validators=Account._meta.get_field("username").validators,
    )
    until = forms.DateField(
        label=_("Until (the last day of the appointment)"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("At most 13 months; it can be renewed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = (self._today() + timedelta(days=365)).isoformat()

    def clean_username(self) -> str:
        username = Account.normalize_username(self.cleaned_data["username"])
        if Account.objects.filter(username=username).exists():
            raise forms.ValidationError(_("This user name is taken."))
        return username

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self._today():
            raise forms.ValidationError(_("This day has passed."))
        if until > self._today() + LONGEST:
            raise forms.ValidationError(_("At most 13 months from today."))
        return until

    def ends_ns(self) -> int:
        """The instant at which the chosen last day is over, where the body is."""
        after = datetime.combine(
            self.cleaned_data["until"] + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE)
        )
        return clock.ns_of(after)

    @staticmethod
    def _today() -> date:
        return clock.utc(clock.now_ns()).astimezone(ZoneInfo(settings.TIME_ZONE)).date()


class Accept(forms.Form):
    """The invited person accepts the appointment and chooses a password."""

    accepted = forms.BooleanField(label=_("I accept this appointment."))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A short sentence is good."),
    )
    repeated = forms.CharField(
        label=_("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.account)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned["password"] != cleaned.get("repeated"):
            self.add_error("repeated", _("The two passwords differ."))
        return cleaned
