"""Forms of this room. They check form; whether an act is allowed is said by the rules."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class Unlock(forms.Form):
    """The passphrase that opens the storehouse: 24 digits in groups of four."""

    passphrase = forms.CharField(
        label=_("Passphrase (24 digits)"),
        max_length=80,
        strip=True,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}, render_value=False
        ),
        help_text=_(
            "From your slip, or from the recovery sheet in the safe. Spaces and hyphens do not matter."
        ),
    )
