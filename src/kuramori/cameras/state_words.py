"""What a camera's state, or the reason of a gap, is called on the pages, and what helps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class StateWords:
    """`name` says what is, `cure` what helps; `cure` is empty where nothing is to be done."""

    name: str | _StrPromise
    cure: str | _StrPromise = ""


_CABLE = _("Check the camera's power and network cable.")
_PASSWORD = _("Enter the camera's user name and password again.")
_FITTER = _("Tell the person who looks after the camera.")

WORDS = {
    "starting": StateWords(
        _("Connecting"), _("If it goes on for a minute, check the camera's power and network cable.")
    ),
    "recording": StateWords(_("Recording (locked)")),
    "waiting-gate": StateWords(
        _("Waiting for something that is missing"), _("The start page says what is missing.")
    ),
    "gate": StateWords(_("A rule did not allow recording"), _("The start page says what is missing.")),
    "masked": StateWords(_("Has a mask that the recorder cannot read"), _FITTER),
    "mask-failed": StateWords(
        _("Stopped: a mask was missing in the picture, or could not be checked"),
        _("A manager approves the masks anew."),
    ),
    "mask-worker": StateWords(
        _("The masks could not be painted in"), _("It tries again by itself; if it goes on, call for help.")
    ),
    "mask-changed": StateWords(
        _("The masks were changed"),
        _("It goes on within seconds under the new masks; if not, call for help."),
    ),
    "schedule": StateWords(_("Outside the hours in which it may film")),
    "unreachable": StateWords(_("Cannot be reached"), _CABLE),
    "refused": StateWords(_("Refuses the password"), _PASSWORD),
    "certificate-changed": StateWords(
        _("Shows another certificate than the one registered: perhaps it is another device"),
        _("Find out why; then the manager registers the camera's connection again."),
    ),
    "certificate-unknown": StateWords(
        _("Its certificate is not registered"), _("The manager registers the camera's connection again.")
    ),
    "not-found": StateWords(_("Knows no such stream"), _("Check the camera's address.")),
    "no-video": StateWords(_("Sends no video"), _FITTER),
    "unsupported-codec": StateWords(
        _("Sends a video format that is not supported"), _("Set the camera to H.264 or H.265.")
    ),
    "no-key-frame": StateWords(_("Sends no complete picture"), _FITTER),
    "stalled": StateWords(_("Sends no more pictures"), _CABLE),
    "closed-by-camera": StateWords(_("Ended the connection"), _CABLE),
    "protocol": StateWords(_("Answers in a way that is not understood"), _FITTER),
    "disk-reserve": StateWords(
        _("The disk is almost full"), _("Ask for a larger disk or record fewer days.")
    ),
    "disk-full": StateWords(_("The disk is full"), _("Ask for a larger disk or record fewer days.")),
    "disk-read-only": StateWords(
        _("The disk takes nothing any more (read-only)"), _("Have the disk looked at; it may be failing.")
    ),
    "disk-slow": StateWords(
        _("The disk did not answer in time"), _("Have the disk looked at; it may be failing.")
    ),
    "disk-gone": StateWords(_("The disk is not there"), _("Plug the disk in again; it goes on by itself.")),
    "disk-failed": StateWords(_("The disk has failed"), _("Have the disk replaced at once.")),
    "no-hour-key": StateWords(
        _("The key for this hour is not ready"), _("It goes on by itself; if not, call for help.")
    ),
    "recorder-stopped": StateWords(_("The recorder was stopped")),
    "recorder-died": StateWords(_("The recorder broke off and began again by itself")),
    "clock": StateWords(_("The recorder's clock was set forward")),
    "not-here": StateWords(_("Recorded by a former machine; the footage is not here")),
    "box-off": StateWords(_("The recorder's machine was switched off")),
    "unknown": StateWords(_("Not known"), _FITTER),
}


def words_for(code: str) -> StateWords:
    """The words for a camera state or gap reason of the recorder."""
    return WORDS.get(code, WORDS["unknown"])
