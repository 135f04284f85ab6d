"""Which gates are closed at an instant. The rooms below ask here and know nothing of clauses.

The ladder, most severe first: no-record (not recorded), sealed (recorded, nobody sees it), no-view (a person
or the whole body), no-export, warn. A verdict carries the instant at which it turns, so a gate closes at that
instant with no job running; and where nobody has judged, everything is closed.

A deviation in force leaves a warning where the gate was: the door is open, and everybody sees by whose word.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db.models import Q

from kuramori.cameras.models import Camera
from kuramori.errors import Refusal, RuleKind
from kuramori.policy import deviations
from kuramori.policy.models import GATES, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from kuramori.people.models import Account
    from kuramori.policy.deviations import InForce

SHUT_TO_EYES = ("no-record", "sealed", "no-view")
SHUT_TO_EXPORT = (*SHUT_TO_EYES, "no-export")
BODY = ("body", "1")


@dataclass(frozen=True, slots=True)
class ClosedGate:
    """One gate that is closed: by which clause, how strong that rule is, and the code that has the words."""

    gate: str
    clause: str
    kind: RuleKind
    code: str
    deviation: int | None = None
    """The number of the deviation that passes it; `gate` is then "warn"."""


def closed(subject_kind: str, subject_id: str, now_ns: int) -> list[ClosedGate]:
    """The gates closed for a camera, site, person or the body at `now_ns`, most severe first.

    A camera stands behind its own gates, its site's and the body's; a camera or body that nobody has judged
    is closed (`unjudged`).
    """
    rows = verdicts(standing_behind(subject_kind, subject_id))
    judged = subject_kind not in ("camera", "body") or _judged(subject_kind, rows)
    return _ordered(rows, now_ns, deviations.all_in_force(now_ns), judged=judged)


def _judged(subject_kind: str, rows: list[Verdict]) -> bool:
    return any(row.subject_kind == subject_kind for row in rows)


def _ordered(rows: list[Verdict], now_ns: int, passed: InForce, *, judged: bool) -> list[ClosedGate]:
    found = [gate for row in rows if (gate := at(row, now_ns, passed))]
    if not judged:
        found.append(ClosedGate("no-record", "P1", "guideline", "unjudged"))
    return sorted(found, key=lambda gate: (severity(gate.gate), gate.clause))


def closed_for_cameras(now_ns: int) -> dict[str, list[ClosedGate]]:
    """`closed` for every camera at once, in four queries, however many cameras there are."""
    passed = deviations.all_in_force(now_ns)
    judged = set(
        Verdict.objects.filter(subject_kind="camera").values_list("subject_id", flat=True).distinct()
    )
    rows: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for row in not_good(now_ns):
        rows[row.subject_kind, row.subject_id].append(row)
    found = {}
    for camera, site in Camera.objects.values_list("pk", "site_id"):
        behind = (("camera", camera), ("site", str(site)), BODY)
        here = [row for subject in behind for row in rows[subject]]
        found[camera] = _ordered(here, now_ns, passed, judged=camera in judged)
    return found


def not_good(now_ns: int) -> QuerySet[Verdict]:
    """The verdicts that close or warn at `now_ns`, or may: a turning instant has come."""
    return Verdict.objects.exclude(Q(turns_at_ns=None) | Q(turns_at_ns__gt=now_ns), gate="")


def require_viewable(
    camera_id: str, account: Account, now_ns: int, case: str = "", *, pc: int | None = None
) -> None:
    """Raise `Refusal` with the most severe reason why `account` may not see this camera's pictures now.

    `case`: for which case, where it is for one; danger passes a gate for its own case alone. `pc`: the number
    of the registered PC they sit at; None is the recorder's own screen.
    """
    _require(SHUT_TO_EYES, camera_id, account, now_ns, case, pc)


def viewable(camera_ids: Collection[str], account: Account, now_ns: int, *, pc: int | None) -> set[str]:
    """Those of the cameras that `require_viewable` would let through; three queries in all."""
    sites = Camera.objects.filter(pk__in=camera_ids).values_list("pk", "site_id")
    asker = _asker(account, pc)
    behind = {camera: [("camera", camera), ("site", str(site)), BODY, *asker] for camera, site in sites}
    rows = verdicts({subject for subjects in behind.values() for subject in subjects})
    passed = deviations.all_in_force(now_ns)
    return {
        camera
        for camera, subjects in behind.items()
        if _refusal(SHUT_TO_EYES, _of(rows, subjects), pc, now_ns, passed) is None
    }


def require_exportable(camera_id: str, account: Account, now_ns: int, case: str = "") -> None:
    """Raise `Refusal` with the most severe reason why nothing of this camera may be handed out now."""
    _require(SHUT_TO_EXPORT, camera_id, account, now_ns, case)


def require_recordable(camera_id: str, now_ns: int) -> None:
    """Raise `Refusal` with the first reason why this camera may not be recorded now."""
    for gate in closed("camera", camera_id, now_ns):
        if gate.gate == "no-record":
            raise Refusal(gate.code, clause=gate.clause, kind=gate.kind, gate=gate.gate)


def _require(
    shut: tuple[str, ...], camera_id: str, account: Account, now_ns: int, case: str, pc: int | None = None
) -> None:
    rows = verdicts([*standing_behind("camera", camera_id), *_asker(account, pc)])
    no = _refusal(shut, rows, pc, now_ns, deviations.all_in_force(now_ns, case))
    if no is not None:
        raise no


def _asker(account: Account, pc: int | None) -> list[tuple[str, str]]:
    """Who sits there, and at which PC: they have verdicts of their own."""
    return [("person", str(account.pk)), *([("pc", str(pc))] if pc is not None else [])]


def _refusal(
    shut: tuple[str, ...], rows: list[Verdict], pc: int | None, now_ns: int, passed: InForce
) -> Refusal | None:
    """The most severe reason against it among the verdicts of one camera and its asker."""
    if pc is not None and not any(row.subject_kind == "pc" for row in rows):
        return Refusal("pc-unknown", clause="T6f", gate="no-view", pc=pc)
    for gate in _ordered(rows, now_ns, passed, judged=_judged("camera", rows)):
        if gate.gate in shut:
            return Refusal(gate.code, clause=gate.clause, kind=gate.kind, gate=gate.gate)
    return None


def severity(gate: str) -> int:
    """Its rung of the ladder: 0 is the most severe."""
    return GATES.index(gate)


def standing_behind(subject_kind: str, subject_id: str) -> list[tuple[str, str]]:
    """Whose verdicts count for a subject: a camera stands behind its site and the body too."""
    if subject_kind != "camera":
        return [(subject_kind, subject_id)]
    site = Camera.objects.filter(pk=subject_id).values_list("site_id", flat=True).first()
    return [("camera", subject_id), ("site", str(site)), BODY]


def verdicts(subjects: Collection[tuple[str, str]]) -> list[Verdict]:
    """The verdicts of these subjects."""
    rows = Verdict.objects.filter(subject_id__in={subject for _, subject in subjects}).order_by()
    return _of(list(rows), subjects)


def _of(rows: list[Verdict], subjects: Collection[tuple[str, str]]) -> list[Verdict]:
    return [row for row in rows if (row.subject_kind, row.subject_id) in subjects]


def at(row: Verdict, now_ns: int, passed: InForce) -> ClosedGate | None:
    """What a verdict closes at `now_ns`: its gate, or after its turning instant the next one.

    `passed` holds the deviations of that instant; one for this very reason and subject leaves a warning.
    """
    turned = row.turns_at_ns is not None and now_ns >= row.turns_at_ns
    gate, code = (row.turns_to_gate, row.turns_to_code) if turned else (row.gate, row.code)
    if not gate:
        return None
    kind = cast("RuleKind", row.kind)
    by = passed.passing(code, row.subject_kind, row.subject_id)
    return ClosedGate("warn" if by else gate, row.clause, kind, code, by.pk if by else None)
