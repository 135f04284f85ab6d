"""Reads the rows of the rooms below into facts, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kuramori.access import storehouse_keys
from kuramori.cameras.models import ApprovedRange, Camera
from kuramori.guideline.facts import BodyFacts, CameraFacts, Period, SignFacts, SiteFacts
from kuramori.people import standing
from kuramori.places.models import Body, Sign, Site
from kuramori.policy.models import Purpose, RetentionRule


@dataclass(frozen=True, slots=True)
class AllFacts:
    """Everything the clauses judge, by subject id."""

    body: BodyFacts
    sites: dict[str, SiteFacts]
    cameras: dict[str, CameraFacts]


def read() -> AllFacts:
    """The facts as the database holds them now."""
    return AllFacts(_body(), _sites(), _cameras())


def _body() -> BodyFacts:
    body = Body.objects.first()
    return BodyFacts(
        name=body.name if body else "",
        telephone=body.telephone if body else "",
        storehouse_key=storehouse_keys.exists(),
        managers=_periods("manager"),
        operators=_periods("operator"),
    )


def _periods(role: str) -> tuple[Period, ...]:
    """When somebody held `role`: appointed, pledged and trained."""
    return tuple(Period(one.from_ns, one.until_ns) for one in standing.role_spans(role))


def _sites() -> dict[str, SiteFacts]:
    signs: dict[int, list[SignFacts]] = defaultdict(list)
    rows = Sign.objects.filter(removed_ns=None).values_list("site_id", "declared_at_ns", "photo_at_ns")
    for site, declared_ns, photo_ns in rows:
        signs[site].append(SignFacts(declared_ns, photo_ns))
    return {str(pk): SiteFacts(tuple(signs[pk])) for pk in Site.objects.values_list("pk", flat=True)}


def _cameras() -> dict[str, CameraFacts]:
    # Ordered by version, so that the newest of each camera is what remains.
    purposes = {row.camera_id: row for row in Purpose.objects.order_by("version")}
    rules = {row.camera_id: row for row in RetentionRule.objects.order_by("version")}
    ranges = {row.camera_id: row for row in ApprovedRange.objects.filter(revoked_ns=None).order_by("version")}
    facts = {}
    for camera in Camera.objects.all():
        purpose, rule, approved = purposes.get(camera.pk), rules.get(camera.pk), ranges.get(camera.pk)
        facts[camera.pk] = CameraFacts(
            name=camera.name,
            place=camera.place_text,
            purpose=purpose.text if purpose else "",
            range_approved=approved is not None,
            masked=bool(approved and approved.mask_polygons),
            days=rule.days if rule else None,
            months=rule.months if rule else None,
            password_checked_ns=camera.password_checked_ns,
        )
    return facts
