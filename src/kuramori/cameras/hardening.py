"""What a camera must be like on the network, as a pure rule: what is open, and what nobody has said yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori.clock import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

OFF, ON, UNKNOWN = "off", "on", "unknown"
DAY_NS = 24 * 3600 * NS_PER_S
CHECK_EVERY_NS = 30 * DAY_NS
ATTESTED_FOR_NS = 365 * DAY_NS


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at. `attestable`: where the camera does not say, a person may.

    `excused`: also where it is on, a person may say why that harms nothing.
    """

    name: str
    asks: str | _StrPromise
    cure: str | _StrPromise
    attestable: bool = False
    excused: bool = False


_SWITCH_OFF = _("Switch it off on the camera's own page, then check again.")
CHECKS = (
    Check(
        "anonymous-rtsp",
        _("Pictures without a password"),
        _("Require a password for RTSP on the camera's own page."),
    ),
    Check(
        "anonymous-onvif",
        _("Its settings without a password"),
        _("Require a password for ONVIF on the camera's own page."),
    ),
    Check(
        "factory-password",
        _("The password that it came with"),
        _("Have the recorder give it a new password; if that does not help, replace the camera."),
    ),
    Check("telnet", _("Telnet"), _SWITCH_OFF),
    Check("ftp", _("FTP server"), _SWITCH_OFF),
    Check("upnp", _("UPnP"), _SWITCH_OFF),
    Check(
        "plain-http",
        _("Its own pages without encryption (HTTP)"),
        _("Switch HTTP off, or say how the cameras' network is kept apart from others."),
        attestable=True,
        excused=True,
    ),
    Check(
        "movement",
        _("Turning away unnoticed"),
        _("Switch patrol, tracking and everybody else's control off on the camera's own page."),
        attestable=True,
    ),
    Check("card-recording", _("Recording on a card in the camera"), _SWITCH_OFF, attestable=True),
    Check("file-upload", _("Sending pictures by FTP or to a file server"), _SWITCH_OFF, attestable=True),
    Check("mail-upload", _("Sending pictures by mail"), _SWITCH_OFF, attestable=True),
    Check("cloud", _("The maker's cloud (P2P)"), _SWITCH_OFF, attestable=True),
)
BY_NAME = {check.name: check for check in CHECKS}


@dataclass(frozen=True, slots=True)
class Standing:
    """One check of one camera as it stands: `state` is good, open, unsaid, attested or unchecked."""

    check: Check
    state: str
    until_ns: int | None = None


def standing(findings: Mapping[str, str], said: Mapping[str, int], now_ns: int) -> list[Standing]:
    """Every check. `said`: name → until when a person's word for it counts."""
    return [_one(check, findings, said.get(check.name, 0), now_ns) for check in CHECKS]


def _one(check: Check, findings: Mapping[str, str], until_ns: int, now_ns: int) -> Standing:
    found = findings.get(check.name)
    if found == OFF:
        return Standing(check, "good")
    if found == ON and not check.excused:
        return Standing(check, "open")
    if check.attestable and until_ns > now_ns:
        return Standing(check, "attested", until_ns)
    if found is None:
        return Standing(check, "unchecked")
    return Standing(check, "unsaid", until_ns or None)


def is_open(findings: Mapping[str, str]) -> bool:
    """Whether something was found that must not be."""
    return any(row.state == "open" for row in standing(findings, {}, 0))


def owed_from_ns(findings: Mapping[str, str], said: Mapping[str, int], registered_ns: int) -> int | None:
    """Since when (or from when on) a person's word is missing, None where none is needed: counted from the
    registration, or from the end of the last word."""
    needed = [
        check
        for check in CHECKS
        if findings.get(check.name, OFF) == UNKNOWN or (check.excused and findings.get(check.name) == ON)
    ]
    return min((max(said.get(check.name, 0), registered_ns) for check in needed), default=None)
