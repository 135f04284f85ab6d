"""What wrong input is called on the set-up pages, and what helps."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuramori.errors import BadInput

NO_PASSWORD = gettext_lazy(
    "The camera has no password. Give it one on the camera's own page first, then enter it here."
)

COMPARING = {
    "compare-locked": gettext_lazy(
        "This camera was moved. Open the storehouse, look at both pictures side by side, then approve."
    ),
    "compare-unseen": gettext_lazy("Wait until both pictures are shown, compare them, then approve."),
    "compare-place": gettext_lazy("Compare with the plan or at the place itself, and tick that you did."),
}


def of(error: BadInput) -> str:
    """One sentence for a person; never the input itself."""
    words = {
        "address-scheme": _("The address must begin with rtsp://."),
        "address-credentials": _(
            "Leave user name and password out of the address. They have their own boxes."
        ),
        "address-host": _("This is not an address. Example: rtsp://192.168.1.20/stream1"),
        "address-port": _("The port in the address must be a number up to 65535."),
        "address-not-loopback": _("The demonstration takes only the demonstration camera of this machine."),
        "device-reason": _("Write why this device is not one of your cameras."),
        "device-registered": _("This device is registered. Abolish its cameras first."),
        "attestation-words": _("Write what you saw, and where."),
        "attestation-not-asked": _("The program looks at this itself."),
        "no-channel": _("Choose at least one picture, and give it a name and a place."),
        "password-blank": NO_PASSWORD,
        "password-known": _(
            "This password is one that strangers try first. Change it on the camera's own page, then enter "
            "the new one here."
        ),
        "password-short": _("This password is too short or too plain. Use at least 8 characters."),
        "picture-unreadable": _("This cannot be read as a picture. Use a JPEG, PNG or WebP file."),
        "picture-too-large": _("This picture is too large. At most 15 MB."),
        "picture-timeout": _("Reading this picture took too long. Try another one."),
        "worker-not-confined": _("This machine cannot read pictures safely. Tell whoever looks after it."),
        "purpose-empty": _("Write what the camera is for."),
        "retention-out-of-range": _("Choose 1 to 31 days."),
        "range-needs-area": _("Draw an area with at least three corners."),
        "mask-needs-area": _("A mask needs at least three corners. Draw it or remove it."),
        "place-moved": _("The camera has turned since the test picture was taken. Take another one."),
        "place-elsewhere": _("The camera is not at that place now. Turn it there first, or choose another."),
        "polygon": _("The drawing could not be read. Draw it again."),
        "sign-place": _("Write where the sign hangs."),
        "sign-in-future": _("Declare the sign on the day it hangs, not before."),
        "faces-missing": _("The fonts for printing are missing on this machine."),
    }
    return str(words.get(error.code) or COMPARING.get(error.code, _("This could not be accepted.")))
