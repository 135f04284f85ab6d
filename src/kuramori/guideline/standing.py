"""What is missing now, in a person's words: why, by which clause, and the one button that cures it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from kuramori.cameras.models import Camera
from kuramori.guideline.registry import CLAUSES, all_words, cure_for
from kuramori.places.models import Site
from kuramori.policy import deviations, gates
from kuramori.policy.models import Verdict
from kuramori.web.refusals import UNKNOWN, RefusalWords


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing. `href` is "" where no page cures it; `about` names the camera or place."""

    clause: str
    gate: str
    code: str
    about: str
    words: RefusalWords
    href: str
    label: str
    turns_at_ns: int | None
    deviation: int | None = None
    """The number of the deviation by which the door is open all the same."""


def missing(now_ns: int) -> list[Missing]:
    """Everything that is missing at `now_ns`, most severe first, then by clause."""
    names, passed = _names(), deviations.all_in_force(now_ns)
    found = []
    for row in Verdict.objects.all():
        gate = gates.at(row, now_ns, passed)
        subject = (row.subject_kind, row.subject_id)
        if gate is None or (row.subject_kind == "camera" and subject not in names):
            continue
        href, label = _cure(row, gate.code)
        found.append(
            Missing(
                clause=row.clause,
                gate=gate.gate,
                code=gate.code,
                about=names.get(subject, ""),
                words=all_words().get(gate.code, UNKNOWN),
                href=href,
                label=label,
                turns_at_ns=row.turns_at_ns if row.turns_at_ns and row.turns_at_ns > now_ns else None,
                deviation=gate.deviation,
            )
        )
    order = list(CLAUSES)
    return sorted(found, key=lambda one: (gates.severity(one.gate), order.index(one.clause), one.about))


def _names() -> dict[tuple[str, str], str]:
    """What subjects are called; retired cameras are not spoken of any more."""
    cameras = {("camera", row.pk): str(row) for row in Camera.objects.filter(retired_ns=None)}
    sites = {("site", str(row.pk)): row.name for row in Site.objects.all()}
    return {**cameras, **(sites if len(sites) > 1 else {})}


def _cure(row: Verdict, code: str) -> tuple[str, str]:
    cure = cure_for(row.clause, code)
    if cure is None:
        return "", ""
    try:
        if row.subject_kind == "camera":
            return reverse(cure.url_name, args=[row.subject_id]), str(cure.label)
        return reverse(cure.url_name), str(cure.label)
    except NoReverseMatch:
        return "", ""
