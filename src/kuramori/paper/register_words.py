"""What wrong input in a register is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori.paper import scans

if TYPE_CHECKING:
    from kuramori.errors import BadInput
    from kuramori.paper.register import Register

WORDS = {
    "row-replaced": _("This row was corrected already. Correct the newest one."),
    "correction-missing": _("Write why it is corrected."),
    "day-to-come": _("This day has not come yet."),
    "same-person": _("Two different people are needed."),
}


def plain(one: Register, error: BadInput) -> str:
    """One sentence for a person."""
    return str(one.words.get(error.code) or WORDS.get(error.code) or scans.plain(error))
