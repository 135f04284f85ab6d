"""What the states of a hold are called, and why one was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori.web.refusals import RefusalWords

if TYPE_CHECKING:
    from kuramori.errors import BadInput

STATES = {
    "waiting": _("waits for approval, not kept yet"),
    "ordered": _("ordered, not confirmed yet"),
    "held": _("kept"),
    "refused": _("not possible: the footage is gone already"),
    "ended": _("over"),
}
REFUSALS = {
    "protection-used-up": RefusalWords(
        title=_("This footage was protected for as long as that is possible"),
        why=_("A request's arrival protects footage only for a short time. After that somebody decides."),
        cure=_("Keep the footage for a case: with a basis, a reason, an approval and an end."),
        who=_("The manager."),
    ),
}
WRONG = {
    "reason-missing": _("Write the reason."),
    "hold-dates": _("A day to come, not after the last one."),
}


def plain(error: BadInput) -> str:
    """One sentence for a person."""
    return str(WRONG.get(error.code, _("This could not be accepted.")))
