"""What the page of the disks says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from kuramori.errors import KuramoriError

STATES = {
    "ok": _("in order"),
    "reserve": _("almost full"),
    "full": _("full"),
    "read-only": _("takes nothing any more (read-only)"),
    "slow": _("does not answer in time"),
    "gone": _("is not there"),
    "failed": _("has failed"),
    "unknown": _("the recorder says nothing of it"),
}
PROBLEMS = {
    "disk-not-mounted": _("No disk is mounted there any more."),
    "disk-of-another": _("This disk belongs to another recorder. Use an empty one."),
    "disk-not-writable": _(
        "The recorder cannot write to this disk. Whoever looks after the machine makes it writable first."
    ),
    "disk-not-empty": _(
        "Recordings still lie on this disk. Wait until their day, or make them unreadable under Media."
    ),
    "disk-changed-meanwhile": _("This disk has been changed meanwhile. Look at the page again."),
    "recorder-unreachable": _("The recorder does not answer."),
}


def state(code: str) -> str:
    """How a disk is."""
    return str(STATES.get(code, STATES["unknown"]))


def plain(error: KuramoriError) -> str:
    """One sentence for a person."""
    return str(PROBLEMS.get(error.code, _("This could not be accepted.")))
