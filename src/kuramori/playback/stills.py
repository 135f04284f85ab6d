"""One picture on paper: for a case only, written down before it is printed, with who, when and which case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.access import grant_check
from kuramori.access.granted_footage import interval
from kuramori.errors import BadInput, Refusal
from kuramori.ledger import entries
from kuramori.places import bodies

if TYPE_CHECKING:
    from kuramori.access.models import Grant
    from kuramori.people.models import Account

BLOCKED = ("print", "save", "copy")
ONCE_S = 60


def allow(grant: Grant, viewer: Account, at_ns: int) -> dict[str, object]:
    """The lines under the picture, and its number in the ledger. Raises `Refusal`, `BadInput`."""
    now_ns = clock.now_ns()
    grant_check.require_playback(grant, viewer, now_ns)
    if not grant.approval_id:
        raise Refusal("print-needs-a-case", clause="T7")
    start_ns, end_ns = interval(grant)
    if not start_ns - 60 * clock.NS_PER_S <= at_ns < end_ns:
        raise BadInput("bookmark-outside")
    with transaction.atomic(durable=True):
        number = entries.record(
            "still-printed",
            actor=viewer.actor,
            obj={"grant": grant.id, "camera": grant.camera_id, "case": grant.case_text},
            outcome="allowed",
            reason=grant.reason,
            detail={"at": clock.iso(at_ns)},
        )
    zone = bodies.zone()

    def local(ns: int) -> str:
        return clock.utc(ns).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    return {
        "number": number,
        "lines": [
            _("Printed from case %(case)s, number %(number)s") % {"case": grant.case_text, "number": number},
            _("Camera %(number)s %(name)s, picture of %(time)s")
            % {"number": grant.camera.number, "name": grant.camera.name, "time": local(at_ns)},
            _("Printed by %(name)s at %(time)s") % {"name": viewer.full_name, "time": local(now_ns)},
            _("For this case alone. Not to be copied or passed on; destroyed when the case is closed."),
        ],
    }


def blocked(grant: Grant, viewer: Account, what: str) -> None:
    """An attempt that the page stopped; one entry a minute, grant and kind."""
    if what not in BLOCKED:
        raise BadInput("no-such-act")
    if not cache.add(f"blocked:{grant.id}:{what}", True, ONCE_S):
        return
    entries.record_now(
        "picture-kept-back",
        actor=viewer.actor,
        obj={"grant": grant.id, "camera": grant.camera_id, "case": grant.case_text},
        outcome="refused",
        reason=what,
    )
