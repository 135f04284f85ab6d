"""What the status page says about each trouble, and what a person can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori.cameras.state_words import StateWords, words_for

if TYPE_CHECKING:
    from kuramori.health.verdict import Trouble

TROUBLES = {
    "recorder-silent": StateWords(
        _("The recorder does not answer. Nothing is being recorded."),
        _("Switch the machine off and on again. If this page is still red after two minutes, call."),
    ),
    "no-camera": StateWords(_("No camera is set up yet."), _("Go through the set-up to its end.")),
    "disk-reserve": StateWords(
        _("The disk is almost full."), _("Record fewer days, or have a larger disk put in.")
    ),
    "disk-failed": StateWords(_("The disk has failed."), _("Call. The disk has to be replaced.")),
    "clock-provisional": StateWords(
        _("The machine is not sure what time it is."), _("A manager compares the time on the start page.")
    ),
    "clock-sealed": StateWords(
        _("The machine has not been sure of the time for a day; recordings stay closed."),
        _("A manager confirms the time on the start page."),
    ),
    "finding": StateWords(
        _("The machine noticed something that has to be looked at."), _("A manager signs in.")
    ),
}


def of(trouble: Trouble) -> StateWords:
    """The words for one trouble."""
    if trouble.code.startswith("camera-"):
        return words_for(trouble.code.removeprefix("camera-"))
    return TROUBLES[trouble.code]
