"""Forms for where alarms go and whom to call."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from kuramori.health.mail import PORTS
from kuramori.health.models import Channel, Contact

MOST_RECIPIENTS = 10


class MailForm(forms.Form):
    """The mail server and who is written to."""

    recipients = forms.CharField(
        label=_("To whom"),
        max_length=800,
        help_text=_("Mail addresses, with commas between them; at most ten."),
    )
    sender = forms.EmailField(label=_("From which address"))
    host = forms.CharField(label=_("Mail server"), max_length=200, help_text=_("Example: smtp.example.jp"))
    security = forms.ChoiceField(
        label=_("Protection on the way"),
        choices=[
            ("starttls", _("STARTTLS (usual)")),
            ("tls", _("TLS from the start")),
            ("none", _("none (only for a server on this network)")),
        ],
    )
    port = forms.IntegerField(label=_("Port"), required=False, min_value=1, max_value=65535)
    user = forms.CharField(label=_("User name at the mail server"), required=False, max_length=200)
    password = forms.CharField(
        label=_("Password at the mail server"),
        required=False,
        strip=False,
        max_length=200,
        help_text=_("Leave empty to keep the one that is stored. It is stored locked."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean_recipients(self) -> list[str]:
        found = [one.strip() for one in self.cleaned_data["recipients"].split(",") if one.strip()]
        for one in found:
            validate_email(one)
        if not 1 <= len(found) <= MOST_RECIPIENTS:
            raise ValidationError(_("Between one and ten addresses."))
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("security") == "none" and not on_this_network(said.get("host", "")):
            self.add_error("security", _("Outside of this network mail goes only with protection."))
        if said.get("security") and not said.get("port"):
            said["port"] = PORTS[said["security"]]
        return said

    def said(self) -> dict[str, Any]:
        """Everything but the password."""
        return {name: value for name, value in self.cleaned_data.items() if name != "password"}

    def secret(self) -> str | None:
        """The typed password; None keeps what is stored. A channel without a user has none."""
        if not self.cleaned_data["user"]:
            return ""
        return self.cleaned_data["password"] or None

    @staticmethod
    def initial_of(row: Channel) -> dict[str, Any]:
        return {**row.said, "recipients": ", ".join(row.said.get("recipients", []))}


class WebhookForm(forms.Form):
    """An address that takes JSON."""

    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https")
    key = forms.CharField(
        label=_("Key for the signature"),
        required=False,
        max_length=200,
        help_text=_(
            "If given, each message carries X-Kuramori-Signature (HMAC-SHA256). Leave empty to keep the one "
            "that is stored."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise ValidationError(_("Leave user name and password out of the address."))
        if parts.scheme != "https" and not (parts.scheme == "http" and on_this_network(parts.hostname or "")):
            raise ValidationError(_("Outside of this network only https."))
        return url

    def said(self) -> dict[str, Any]:
        return {"url": self.cleaned_data["url"]}

    def secret(self) -> str | None:
        return self.cleaned_data["key"] or None

    @staticmethod
    def initial_of(row: Channel) -> dict[str, Any]:
        return dict(row.said)


FORMS: dict[str, type[MailForm] | type[WebhookForm]] = {Channel.MAIL: MailForm, Channel.WEBHOOK: WebhookForm}


class ContactForm(forms.ModelForm):
    """Whom the status screen names for machine and cameras."""

    class Meta:
        model = Contact
        fields = ["name", "telephone"]
        help_texts = {
            "name": _("A firm or a desk. It is shown on the status screen without sign-in."),
        }


def on_this_network(host: str) -> bool:
    """Whether `host` is this machine or a number of a local network; a name proves nothing."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local
