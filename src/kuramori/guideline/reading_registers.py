"""What the registers say, as facts. A fixed number of queries, and none that grows with what is closed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from kuramori.cases import complaints, incidents, own_months
from kuramori.cases.complaint_models import Complaint, ComplaintStep, ComplaintStepKind
from kuramori.cases.incident_models import Incident, IncidentStep, IncidentStepKind, Trigger
from kuramori.cases.round_models import Explanation, Round, Seen
from kuramori.cases.rounds import address_sha256
from kuramori.guideline.facts import ContractFacts, InstalledFacts, PcFacts
from kuramori.local_time import begin_ns as begin_ns
from kuramori.people.contract_models import Contract, ContractStep, ContractStepKind
from kuramori.places import pcs
from kuramori.places.room_models import Room
from kuramori.policy.camera_paper_models import Assessment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.cameras.models import Camera
    from kuramori.guideline.profiles import Rules


def end_ns(day: date) -> int:
    """The first instant after `day` where the body is."""
    return begin_ns(day + timedelta(days=1))


def done_ns(day: date, entered_ns: int) -> int:
    """When something dated `day` and entered later was done at the latest."""
    return min(entered_ns, end_ns(day) - 1)


def assessments() -> dict[str, tuple[int, int]]:
    """Of each camera: when it was last assessed, and from when on that asks for a new look."""
    rows = Assessment.objects.standing().order_by("assessed_on", "number")
    said = rows.values_list("camera_id", "assessed_on", "entered_ns", "review_on")
    return {camera: (done_ns(day, entered), end_ns(review)) for camera, day, entered, review in said}


def rounds() -> dict[int, tuple[int, int]]:
    """Of each site: the day of its last walk-round, and from when on that asks for the next."""
    rows = Round.objects.standing().order_by("done_on", "number")
    return {
        site: (begin_ns(day), end_ns(again))
        for site, day, again in rows.values_list("site_id", "done_on", "next_on")
    }


def looks_at_locks(sites: Iterable[int]) -> dict[int, int | None]:
    """Of each site: the last look at locks and keys, on a round or, room by room, in the rooms' register."""
    rows = Round.objects.standing().exclude(locks=Seen.NONE).order_by("done_on")
    found = {site: begin_ns(day) for site, day in rows.values_list("site_id", "done_on")}
    rooms = [begin_ns(day) for day in Room.objects.standing().values_list("checked_on", flat=True)]
    every_room = [min(rooms)] if rooms else []  # the room not looked at for longest counts
    return {
        site: max([*every_room, *([found[site]] if site in found else [])], default=None) for site in sites
    }


def installed(cameras: Iterable[Camera]) -> dict[int, list[InstalledFacts]]:
    """Of each site: its cameras, each with the explanation of this very device.

    A camera that was entered with another address or picture since is another device, from that instant on.
    """
    newest: dict[str, Any] = {
        row.camera_id: row for row in Explanation.objects.standing().order_by("done_on", "number")
    }
    found: dict[int, list[InstalledFacts]] = defaultdict(list)
    for camera in cameras:
        row = newest.get(camera.pk)
        if row is not None and row.device_address_sha256 != address_sha256(camera):
            entered_ns = max(camera.created_ns, camera.password_checked_ns or 0)
            found[camera.site_id].append(InstalledFacts(entered_ns))
        else:
            explained_ns = done_ns(row.done_on, row.entered_ns) if row is not None else None
            found[camera.site_id].append(InstalledFacts(camera.created_ns, explained_ns))
    return found


def answers() -> tuple[int, ...]:
    """By when each open question or complaint must have its next answer."""
    rows = _open(Complaint, ComplaintStep, ComplaintStepKind.CLOSED)
    steps = _steps(ComplaintStep, rows)
    found = []
    for row in rows:
        done = steps[row.first_pk]
        received = complaints.local_day(row.received_at)
        one = complaints.standing(received, row.camera_id is not None, done, received)
        kinds = {step.kind for step in done}
        if ComplaintStepKind.ANSWERED in kinds:
            continue
        replied = ComplaintStepKind.ACKNOWLEDGED in kinds
        found.append(end_ns(one.answer_by if replied else min(one.reply_by, one.answer_by)))
    return tuple(sorted(found))


def reports() -> tuple[int, ...]:
    """By when each leak must have its next report."""
    rows = [
        row for row in _open(Incident, IncidentStep, IncidentStepKind.FINAL) if row.trigger != Trigger.NONE
    ]
    steps = _steps(IncidentStep, rows)
    found = []
    for row in rows:
        aware = complaints.local_day(row.aware_at)
        days = incidents.clockwork(aware, row.trigger, steps[row.first_pk], aware)
        if days is not None:
            sent = {step.kind for step in steps[row.first_pk]}
            by = days.final_by if IncidentStepKind.PROMPT in sent else min(days.prompt_by, days.final_by)
            found.append(end_ns(by))
    return tuple(sorted(found))


def own_months_by() -> tuple[int, ...]:
    """By when each month of own approvals must have been signed by somebody outside."""
    return tuple(end_ns(last) for last in own_months.unsigned().values())


def contracts(now_ns: int) -> tuple[ContractFacts, ...]:
    """Every contract that is not over or whose firm has not given everything back since its last day."""
    given_back = ContractStep.objects.filter(
        row_id=OuterRef("identity"), kind=ContractStepKind.RETURNED, done_on__gte=OuterRef("ends_on")
    ).order_by("done_on", "pk")
    rows = (
        Contract.objects.standing()
        .annotate(identity=Coalesce(F("first_id"), F("id")))
        .annotate(day=Subquery(given_back.values("done_on")[:1]))
        .annotate(entered=Subquery(given_back.values("entered_ns")[:1]))
        .exclude(until_ns__lte=now_ns, day__isnull=False)
    )
    return tuple(
        ContractFacts(
            from_ns=row.from_ns,
            until_ns=row.until_ns,
            clauses_whole=not row.missing,
            returned_ns=None if row.day is None else done_ns(row.day, row.entered),
        )
        for row in rows
    )


def pc_facts(rules: Rules) -> dict[str, PcFacts]:
    """Every PC in use, by its number."""
    return {
        str(pc.number): PcFacts(
            checked_ns=begin_ns(check.checked_on) if check else None,
            good=check is not None and pcs.good(check),
            rules=rules,
        )
        for pc, check in pcs.in_use()
    }


def _open(model: Any, steps: Any, closing: str) -> list[Any]:
    """Rows that stand and have no closing step; steps belong to the first version of a row."""
    rows = model.objects.standing().annotate(identity=Coalesce(F("first_id"), F("id")))
    return list(rows.exclude(Exists(steps.objects.filter(row_id=OuterRef("identity"), kind=closing))))


def _steps(model: Any, rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for step in model.objects.filter(row_id__in=[row.first_pk for row in rows]):
        found[step.row_id].append(step)
    return found
