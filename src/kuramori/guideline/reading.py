"""Reads the rows of the rooms below into facts, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from kuramori import clock
from kuramori.access import storehouse_keys
from kuramori.cameras import hardening
from kuramori.cameras.models import ApprovedRange, Camera, DeviceAttestation, DeviceCheck
from kuramori.cases import states
from kuramori.cases.models import Case
from kuramori.footage.models import PictureCheck
from kuramori.guideline import person_index
from kuramori.guideline import reading_registers as registers
from kuramori.guideline.facts import (
    BodyFacts,
    CameraFacts,
    DeviceFacts,
    PcFacts,
    Period,
    PersonFacts,
    SignFacts,
    SiteFacts,
)
from kuramori.guideline.profiles import PROFILES, Rules
from kuramori.health import self_check
from kuramori.people import roles, standing
from kuramori.people.duty_models import Pledge
from kuramori.places.models import Body, Sign, Site
from kuramori.policy import filing, regulations
from kuramori.policy.history_models import Filing, FilingKind
from kuramori.policy.models import Purpose, RetentionRule

NEVER = (None, None)
RECORDER = "recorder"
"""The recorder's own number among the PCs."""


@dataclass(frozen=True, slots=True)
class AllFacts:
    """Everything the clauses judge, by subject id."""

    body: BodyFacts
    sites: dict[str, SiteFacts]
    cameras: dict[str, CameraFacts]
    people: dict[str, PersonFacts] = field(default_factory=dict)
    pcs: dict[str, PcFacts] = field(default_factory=dict)


def read() -> AllFacts:
    """The facts as the database holds them now."""
    rules = PROFILES[filing.guideline()].rules
    cameras = list(Camera.objects.filter(retired_ns=None))
    return AllFacts(_body(rules, cameras), _sites(rules, cameras), _cameras(rules), _people(), _pcs(rules))


def _body(rules: Rules, cameras: list[Camera]) -> BodyFacts:
    body = Body.objects.first()
    reported = Filing.objects.filter(kind=FilingKind.YEAR).order_by("filed_on").last()
    return BodyFacts(
        name=body.name if body else "",
        telephone=body.telephone if body else "",
        storehouse_key=storehouse_keys.exists(),
        managers=_periods("manager"),
        operators=_periods("operator"),
        began_ns=min((camera.created_ns for camera in cameras), default=clock.now_ns()),
        returns_by_ns=_returns(),
        own_months_by_ns=registers.own_months_by(),
        regulations_ns=regulations.adopted_ns(),
        answers_by_ns=registers.answers(),
        reports_by_ns=registers.reports(),
        contracts=registers.contracts(clock.now_ns()),
        person_index=bool(person_index.found()),
        reported_ns=registers.begin_ns(reported.filed_on) if reported else None,
        rules=rules,
    )


def _periods(role: str) -> tuple[Period, ...]:
    """When somebody held `role`: appointed, pledged and trained."""
    return tuple(Period(one.from_ns, one.until_ns) for one in standing.role_spans(role))


def _people() -> dict[str, PersonFacts]:
    """Everybody with an appointment in force, and while which their pledges count."""
    pledges: dict[int, list[Period]] = defaultdict(list)
    for account, signed_ns, until_ns in Pledge.objects.values_list("account_id", "signed_ns", "until_ns"):
        pledges[account].append(Period(signed_ns, until_ns))
    appointed = roles.appointed(clock.now_ns()).values_list("account_id", flat=True)
    return {str(pk): PersonFacts(tuple(pledges[pk])) for pk in set(appointed)}


def _returns() -> tuple[int, ...]:
    """The ends of the days by which copies that are still out come back."""
    out = Case.objects.filter(state__in=(states.HANDED, states.RECEIPTED), return_by__isnull=False)
    return tuple(registers.end_ns(day) for day in out.values_list("return_by", flat=True) if day)


def _pcs(rules: Rules) -> dict[str, PcFacts]:
    """Every PC in use, and the recorder with what it found on itself."""
    return {**registers.pc_facts(rules), RECORDER: PcFacts(examines_itself=True, faults=self_check.faults())}


def _sites(rules: Rules, cameras: list[Camera]) -> dict[str, SiteFacts]:
    signs: dict[int, list[SignFacts]] = defaultdict(list)
    rows = Sign.objects.filter(removed_ns=None).values_list("site_id", "declared_at_ns", "photo_at_ns")
    for site, declared_ns, photo_ns in rows:
        signs[site].append(SignFacts(declared_ns, photo_ns))
    hung: dict[int, list[int]] = defaultdict(list)
    sites = list(Site.objects.values_list("pk", flat=True))
    rounds, locks = registers.rounds(), registers.looks_at_locks(sites)
    installed = registers.installed(cameras)
    for camera in cameras:
        hung[camera.site_id].append(camera.created_ns)
    return {
        str(pk): SiteFacts(
            signs=tuple(signs[pk]),
            began_ns=min(hung[pk], default=clock.now_ns()),
            installed=tuple(installed[pk]),
            round_ns=rounds.get(pk, NEVER)[0],
            round_again_ns=rounds.get(pk, NEVER)[1],
            room_check_ns=locks[pk],
            rules=rules,
        )
        for pk in sites
    }


def _cameras(rules: Rules) -> dict[str, CameraFacts]:
    # Ordered by version, so that the newest of each camera is what remains.
    purposes = {row.camera_id: row for row in Purpose.objects.order_by("version")}
    kept = {
        row.camera_id: row for row in RetentionRule.objects.select_related("deviation").order_by("version")
    }
    ranges = {row.camera_id: row for row in ApprovedRange.objects.filter(revoked_ns=None).order_by("version")}
    said = Filing.objects.filter(kind=FilingKind.INSTALLED).values_list("camera_id", "filed_on")
    filed = {camera: registers.begin_ns(day) for camera, day in said}
    assessed = registers.assessments()
    failed_masks = dict(PictureCheck.objects.values_list("camera", "mask_failed_version"))
    moved_views = dict(PictureCheck.objects.filter(view_fault="moved").values_list("camera", "view_version"))
    facts = {}
    devices = _devices()
    for camera in Camera.objects.all():
        purpose, rule, approved = purposes.get(camera.pk), kept.get(camera.pk), ranges.get(camera.pk)
        facts[camera.pk] = CameraFacts(
            name=camera.name,
            place=camera.place_text,
            purpose=purpose.text if purpose else "",
            range_approved=approved is not None,
            masked=bool(approved and approved.mask_polygons),
            mask_failed=bool(
                approved and approved.mask_polygons and failed_masks.get(camera.pk) == approved.version
            ),
            left=bool(approved and approved.left_ns is not None),
            view_moved=bool(approved and moved_views.get(camera.pk) == approved.version),
            days=rule.days if rule else None,
            months=rule.months if rule else None,
            password_checked_ns=camera.password_checked_ns,
            device=devices[camera.pk],
            registered_ns=camera.created_ns,
            privacy_ns=assessed.get(camera.pk, NEVER)[0],
            privacy_again_ns=assessed.get(camera.pk, NEVER)[1],
            changed_ns=_changed_ns(purpose, approved),
            filed_ns=filed.get(camera.pk),
            longer_by_deviation=bool(rule and rule.deviation and rule.deviation.in_force(clock.now_ns())),
            rules=rules,
        )
    return facts


def _devices() -> dict[str, DeviceFacts]:
    """How each camera behaves on the network, by its newest check and by what people say for it."""
    checks = {row.camera_id: row for row in DeviceCheck.objects.order_by("at_ns")}
    said: dict[str, dict[str, int]] = defaultdict(dict)
    for camera, name, until_ns in DeviceAttestation.objects.order_by("at_ns").values_list(
        "camera_id", "check_name", "until_ns"
    ):
        said[camera][name] = until_ns
    facts = {}
    rows = Camera.objects.values_list("pk", "created_ns", "device__support_until")
    for camera, registered_ns, support_until in rows:
        check = checks.get(camera)
        found = check.findings if check else {}
        facts[camera] = DeviceFacts(
            open=hardening.is_open(found),
            checked_ns=check.at_ns if check else None,
            unsaid_ns=hardening.owed_from_ns(found, said[camera], registered_ns),
            support_until_ns=registers.end_ns(support_until) if support_until else None,
        )
    return facts


def _changed_ns(purpose: Purpose | None, approved: ApprovedRange | None) -> int | None:
    """When purpose or range were last decided anew; the first decision of each is no change."""
    changes = [purpose.decided_at_ns] if purpose and purpose.version > 1 else []
    if approved and approved.version > 1:
        changes.append(approved.approved_at_ns)
    return max(changes, default=None)
