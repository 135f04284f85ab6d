"""What a password must not be, beyond Django's own checks (length, known lists, likeness to the name)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_DIFFERENT_CHARACTERS = 6


class NotTooPlain:
    """Refuses passwords of very few different characters (aaaaaaaaaaaa, 121212121212)."""

    def validate(self, password: str, user: object = None) -> None:
        if len(set(password)) < FEWEST_DIFFERENT_CHARACTERS:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("Use at least %(count)d different characters.") % {"count": FEWEST_DIFFERENT_CHARACTERS}
