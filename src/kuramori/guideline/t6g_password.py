"""T6g: a camera on a network has a password of its own, and lets strangers do nothing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import DAY_NS, WARNING_NS, owed
from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import CameraFacts, DeviceFacts
from kuramori.web.refusals import RefusalWords

CHECK_EVERY_NS = 31 * DAY_NS
_BY_SEVERITY = ("no-record", "sealed", "warn", "")


def judge(camera: CameraFacts, now_ns: int) -> Finding:
    """Without an examined password nothing is recorded; what is open closes the camera to everybody at once;
    what was not looked at, or not said, closes it after fourteen days."""
    if camera.password_checked_ns is None:
        return Finding("no-record", "password-unchecked")
    return HOLDS if camera.device is None else _device(camera.device, camera.registered_ns, now_ns)


def _device(device: DeviceFacts, registered_ns: int, now_ns: int) -> Finding:
    if device.open:
        return Finding("sealed", "device-open")
    since_ns = device.checked_ns
    check_by_ns = (registered_ns if since_ns is None else since_ns + CHECK_EVERY_NS) + WARNING_NS
    said_by_ns = None if device.unsaid_ns is None else device.unsaid_ns + WARNING_NS
    findings = [
        owed(check_by_ns, now_ns, "device-check", "sealed"),
        owed(said_by_ns, now_ns, "device-unsaid", "sealed"),
        owed(device.support_until_ns, now_ns, "device-support", "sealed"),
    ]
    return min(findings, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[int, int]:
    return _BY_SEVERITY.index(finding.gate), finding.turns_at_ns or 1 << 63


_OPEN = RefusalWords(
    title=_("The camera lets strangers on the network in"),
    why=_("Whoever is on the same network could look, or read the camera's settings."),
    cure=_("See what is open, close it on the camera's own page, and check again."),
    who=_("The manager, with the fitter."),
)
_CHECK = RefusalWords(
    title=_("The camera has not been checked for a month"),
    why=_(
        "Cameras change with new firmware and settings, so what they let strangers do is tried each month."
    ),
    cure=_("Have it checked now. The camera must be switched on and reachable."),
    who=_("The manager."),
)
_UNSAID = RefusalWords(
    title=_("Nobody has said what the camera keeps or sends by itself"),
    why=_("Pictures on a card in the camera, or sent by it elsewhere, would escape locking and erasure."),
    cure=_("Look at the camera's own pages and write down what you saw."),
    who=_("The manager, with the fitter."),
)
_SUPPORT = RefusalWords(
    title=_("The camera's maker no longer mends it"),
    why=_("Holes that are found from now on stay open."),
    cure=_("Replace the camera, or decide on a deviation for a time."),
    who=_("The manager."),
)

CLAUSE = Clause(
    id="T6g",
    title=_("Proper passwords on the network"),
    asks=_(
        "Where a camera is on the internet or uses radio, protect it against leaks, for example with a"
        " proper password."
    ),
    done_by=_(
        "A camera is registered only with a password of its own: an empty one, one that cameras are "
        "shipped with, and a very short one are refused. The recorder makes the passwords itself where the "
        "camera allows it, and keeps them alone, locked. Each month it is tried, gently, what a stranger "
        "could do; a camera that lets strangers in is closed to everybody until that is mended."
    ),
    kind="guideline",
    strength="enforced",
    subject="camera",
    judge=judge,
    reads=("password_checked_ns", "device", "registered_ns"),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("When each password was examined; never the password."),
    forms=("F22",),
    passable=("password-unchecked", "device-support-late", "device-unsaid-late"),
    words={
        "password-unchecked": RefusalWords(
            title=_("The camera's password has not been checked"),
            why=_("A camera with an empty or well-known password lets anybody on the network look."),
            cure=_("Enter the camera's user name and password once more."),
            who=_("The manager, with the fitter."),
        ),
        "device-open": _OPEN,
        "device-check-due": _CHECK,
        "device-check-late": _CHECK,
        "device-unsaid-due": _UNSAID,
        "device-unsaid-late": _UNSAID,
        "device-support-due": _SUPPORT,
        "device-support-late": _SUPPORT,
    },
    cures={
        "password-unchecked": Cure("setup_camera", _("Enter the password")),
        **{
            code: Cure("setup_hardening", _("See what was found"))
            for code in (
                "device-open",
                *("device-check-due", "device-check-late", "device-unsaid-due", "device-unsaid-late"),
                *("device-support-due", "device-support-late"),
            )
        },
    },
)
