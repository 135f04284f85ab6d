"""What the recorder found on itself, in a person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuramori import clock
from kuramori.health import self_check
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kuramori.health.models import SelfCheck


@require_GET
def self_check_page(request: HttpRequest) -> HttpResponse:
    """/health/self-check/: updates, disk, open doors and clock, each with what was found."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    last = self_check.newest()
    lines = _lines(last) if last else []
    return render(request, "health/self_check.html", {"last": last, "lines": lines})


def _lines(last: SelfCheck) -> list[tuple[str, str, bool]]:
    """What was looked at, what was found, whether that is in order."""
    found, ports = last.found, last.found.get("open_ports")
    waiting = found.get("updates_waiting")
    unknown = _("could not be found out")
    updates = unknown if waiting is None else _("%(number)d security updates wait") % {"number": waiting}
    if not found.get("asked_for_updates"):
        updates = _("the machine has not asked for updates for two weeks")
    disk = {True: _("encrypted"), False: _("not encrypted"), None: unknown}[found.get("disk_encrypted")]
    sure = {True: _("sure of the time"), False: _("not sure of the time"), None: unknown}
    doors = unknown if ports is None else ", ".join(map(str, ports)) or _("none")
    said = (
        (_("Clock"), sure[found.get("clock_trusted")], "recorder-clock"),
        (_("Doors open to the network (TCP ports)"), doors, "recorder-ports"),
        (_("Updates"), updates, "recorder-updates"),
        (_("Disk"), disk, "recorder-disk"),
    )
    return [(label, words, code not in last.faults) for label, words, code in said]
