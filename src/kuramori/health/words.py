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
    "disk-full": StateWords(
        _("The disk is full. Footage waits in memory for half a minute, then it is lost."),
        _("Record fewer days, or have a larger disk put in."),
    ),
    "disk-read-only": StateWords(
        _("The disk takes nothing any more (read-only)."), _("Call. The disk may have to be replaced.")
    ),
    "disk-slow": StateWords(
        _("The disk does not answer in time."), _("Call. The disk may have to be replaced.")
    ),
    "disk-gone": StateWords(
        _("A disk for recordings is not there."),
        _("Plug it in again: it is taken up by itself. Else a manager takes it out under Disks."),
    ),
    "disk-failed": StateWords(_("The disk has failed."), _("Call. The disk has to be replaced.")),
    "space-short": StateWords(
        _("The disks will be too small within two weeks."), _("A manager signs in and looks under Disks.")
    ),
    "erased-for-space": StateWords(
        _("Recordings were erased before their day because the disks are too small."),
        _("Have a larger disk put in, or record fewer days."),
    ),
    "clock-provisional": StateWords(
        _("The machine is not sure what time it is."), _("A manager compares the time on the start page.")
    ),
    "clock-sealed": StateWords(
        _("The machine has not been sure of the time for a day; recordings stay closed."),
        _("A manager confirms the time on the start page."),
    ),
    "work-silent": StateWords(
        _("The part of the program that watches, erases and reminds has stopped."),
        _("Switch the machine off and on again. If this page is still red after two minutes, call."),
    ),
    "erasing-fails": StateWords(
        _("Footage whose day has come cannot be erased."), _("Call. The disk may have to be replaced.")
    ),
    "erasure-overdue": StateWords(
        _("Footage is still there although its day has passed."), _("Call. The disk may have to be replaced.")
    ),
    "ledger-broken": StateWords(
        _("The record of acts does not fit together."), _("Call, and change nothing on the machine.")
    ),
    "mask-failed": StateWords(
        _("A part of the picture that must be hidden was not hidden. Recording of that camera has stopped."),
        _("A manager signs in."),
    ),
    "view-moved": StateWords(
        _("A camera no longer shows what was approved."),
        _("See whether it was moved or turned. A manager approves the view anew."),
    ),
    "view-covered": StateWords(
        _("A camera is covered, dirty, dark, out of focus, or its picture stands still."),
        _("Look at its lens. If nothing is before it, switch the camera off and on again."),
    ),
    "camera-clock": StateWords(
        _("The camera's clock is wrong by more than two seconds."),
        _("Set the camera's clock, or have it follow a time server."),
    ),
    "camera-unreadable": StateWords(
        _("A camera's pictures cannot be read. What is recorded of it may be of no use."),
        _("Switch the camera off and on again. If it goes on, tell the person who looks after the camera."),
    ),
    "clock-alone": StateWords(
        _("No time server has set this machine's clock for an hour."),
        _("Have the network looked at. Until then compare the time on the start page."),
    ),
    "channel-broken": StateWords(
        _("Alarms do not arrive by this way."), _("A manager signs in and looks under Alarms.")
    ),
    "no-alarm-channel": StateWords(
        _("Nobody would hear of an alarm: no status screen stands open and nothing else is set up or works."),
        _("Leave this page open on a screen, or set up mail under Alarms."),
    ),
    "unacknowledged": StateWords(
        _("There were alarms that nobody has acknowledged."), _("Sign in and look under Alarms.")
    ),
    "finding": StateWords(
        _("The machine noticed something that has to be looked at."), _("A manager signs in.")
    ),
}


def of(trouble: Trouble) -> StateWords:
    """The words for one trouble."""
    if trouble.code not in TROUBLES and trouble.code.startswith("camera-"):
        return words_for(trouble.code.removeprefix("camera-"))
    return TROUBLES[trouble.code]


CHANNELS = {
    "channel-unreachable": _(
        "The server could not be reached. Check its name, the port and the network. Where Kuramori is"
        " installed as a service, “kuramori install” must be called again after a server was set or"
        " has moved."
    ),
    "channel-certificate": _("The server could not prove who it is (certificate)."),
    "channel-sign-in": _("The server refused user name or password."),
    "channel-recipient": _("The server refused one of the addresses."),
    "channel-refused": _("The server did not take the message."),
}


def of_channel(code: str) -> str:
    """Why a message did not arrive; "" where nothing went wrong."""
    return str(CHANNELS.get(code, CHANNELS["channel-refused"])) if code else ""
