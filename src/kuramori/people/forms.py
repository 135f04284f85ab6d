"""Forms about people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.people import contract_models, periods
from kuramori.people.contract_models import Contract
from kuramori.people.contractors import on_list
from kuramori.people.models import Account

ROLES = (
    ("operator", _("Operator")),
    ("deputy", _("Deputy of the manager")),
)


class Appoint(forms.Form):
    """Whom the manager appoints, to what, and until when."""

    full_name = forms.CharField(label=_("Full name"), max_length=120)
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in: letters and digits, such as sato."),
        validators=Account._meta.get_field("username").validators,
    )
    post = forms.CharField(
        label=_("Post"), max_length=60, required=False, help_text=_("Example: treasurer of the association")
    )
    work = forms.ChoiceField(label=_("Appointed as"), choices=ROLES, initial="operator")
    scope_text = forms.CharField(
        label=_("What the work covers"),
        max_length=200,
        required=False,
        help_text=_("Example: watching live on weekdays"),
    )
    contract = forms.ModelChoiceField(
        label=_("Works for a firm"),
        required=False,
        queryset=Contract.objects.none(),
        empty_label=_("no firm: one of us"),
        help_text=_("The appointment ends with the firm's contract at the latest."),
    )
    until = forms.DateField(
        label=_("Until (the last day of the appointment)"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("At most 13 months; it can be renewed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = self._last_day().isoformat()
        if "contract" not in self.fields:
            return
        firms = contract_models.live(clock.now_ns()).filter(work=contract_models.Work.OPERATING)
        if firms:
            cast("forms.ModelChoiceField", self.fields["contract"]).queryset = firms
        else:
            del self.fields["contract"]

    def clean_username(self) -> str:
        username = Account.normalize_username(self.cleaned_data["username"])
        if Account.objects.filter(username=username).exists():
            raise forms.ValidationError(_("This user name is taken."))
        return username

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self._today():
            raise forms.ValidationError(_("This day has passed."))
        if until > self._last_day():
            raise forms.ValidationError(_("At most 13 months from today."))
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        firm = cleaned.get("contract")
        if firm is not None and self.deputy():
            self.add_error("contract", _("A firm's people operate the cameras; they do not manage them."))
        elif firm is not None and not on_list(firm, [cleaned.get("full_name", "")]):
            self.add_error("contract", _("This name is not on the firm's list of people in its contract."))
        return cleaned

    def ends_ns(self) -> int:
        """The instant at which the chosen last day is over, where the body is."""
        after = datetime.combine(
            self.cleaned_data["until"] + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE)
        )
        return clock.ns_of(after)

    def role(self) -> str:
        return "manager" if self.deputy() else "operator"

    def deputy(self) -> bool:
        return bool(self.cleaned_data.get("work") == "deputy")

    @staticmethod
    def _today() -> date:
        return local_day(clock.now_ns())

    @staticmethod
    def _last_day() -> date:
        """The last whole day of the longest appointment."""
        return local_day(periods.longest_appointment_ns(clock.now_ns())) - timedelta(days=1)


class Successor(Appoint):
    """Who takes an office over; what it is follows from whom they succeed."""

    work = None  # type: ignore[assignment]
    scope_text = None  # type: ignore[assignment]
    contract = None  # type: ignore[assignment]


def local_day(at_ns: int) -> date:
    """The day on which an instant falls, where the body is."""
    return clock.utc(at_ns).astimezone(ZoneInfo(settings.TIME_ZONE)).date()


class EndAppointment(forms.Form):
    """Why an appointment ends."""

    why = forms.CharField(label=_("Why it ends"), max_length=200, help_text=_("Example: moved away"))


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
