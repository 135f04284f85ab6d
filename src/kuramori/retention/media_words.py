"""What wrong input about media is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from kuramori.errors import BadInput

WORDS = {
    "medium-known": _("A medium with this serial number is in the register already."),
    "medium-gone": _("This medium was destroyed. Nothing can be entered any more."),
    "medium-is-out": _("This medium is out. Enter first that it was brought back."),
    "medium-not-out": _("This medium is not out."),
    "medium-unregistered": _("Enter the disk in the register of media first."),
    "same-person": _("Two different people are needed."),
    "paper-missing": _("Enter the number of the contractor's certificate."),
    "photo-missing": _("A photo of the destroyed medium is needed."),
    "not-retired": _(
        "Its recordings may still be readable. Make them unreadable first, and wait until it is confirmed."
    ),
    "day-to-come": _("This day has not come yet."),
    "no-such-store": _("The recorder has no such store."),
    "store-holds-footage": _(
        "Footage on this disk is kept for a case. Say that those holds end too, or wait until they are over."
    ),
    "reason-missing": _("Write the reason."),
    "picture-unreadable": _("This cannot be read as a picture. Use a JPEG, PNG or WebP file."),
    "picture-too-large": _("This picture is too large. At most 15 MB."),
    "picture-timeout": _("Reading this picture took too long. Try another one."),
    "worker-not-confined": _("This machine cannot read pictures safely. Tell whoever looks after it."),
}


def plain(error: BadInput) -> str:
    """One sentence for a person; never the input itself."""
    return str(WORDS.get(error.code, _("This could not be accepted.")))
