"""Setting boxes, having them checked by another, and what may be packed of a part: never an unchecked
film."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import rfc8785
from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check, playback_rules
from kuramori.errors import BadInput, Refusal
from kuramori.evidence.models import CHOSEN, Redaction
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.pictures.redaction_boxes import METHODS, checked, fingerprint
from kuramori.places import bodies

if TYPE_CHECKING:
    from kuramori.evidence.models import Package, PackagePart
    from kuramori.people.models import Account

LONGEST_TEXT = 400_000
PERSON = "person"
"""The basis by which somebody asks for footage of themselves (`cases.bases`)."""


def parsed(text: str) -> list[object]:
    """Boxes from a form's text. Raises BadInput `boxes`."""
    try:
        said = json.loads(text or "[]") if len(text) <= LONGEST_TEXT else None
    except (ValueError, RecursionError) as error:
        raise BadInput("boxes") from error
    if not isinstance(said, list):
        raise BadInput("boxes")
    return said


def waiting(case_number: str, account: Account) -> list[Redaction]:
    """The films of a case that were made by somebody else and wait for a check."""
    rows = Redaction.objects.filter(part__package__case_number=case_number, part__package__state=CHOSEN)
    open_rows = rows.filter(checked_by=None).exclude(made_by=account).select_related("part__approval__camera")
    return [row for row in open_rows if row.films and newest(row.part) == row]


def set_boxes(manager: Account, part: PackagePart, said: list[object], method: str) -> Redaction:
    """Take boxes over as they are now; none: the part is not redacted. Raises BadInput, Refusal.

    A check of what was there before is void from here on.
    """
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    if part.package.state != CHOSEN:
        raise BadInput("package-already-packed")
    if method not in METHODS:
        raise BadInput("boxes")
    boxes = checked(said) if said else ()
    grant_check.require_copy(part.approval, now_ns)
    if any(not _inside(part, moment[0]) for box in boxes for moment in (box[0], box[-1])):
        raise BadInput("boxes-outside")
    with transaction.atomic():
        made = Redaction.objects.create(
            part=part,
            boxes=[[list(moment) for moment in box] for box in boxes],
            method=method,
            boxes_sha256=fingerprint(boxes, method) if boxes else "",
            start_ns=part.start_ns,
            end_ns=part.end_ns,
            made_by=manager,
            made_ns=now_ns,
        )
        entries.record(
            "redaction-set",
            actor=manager.actor,
            obj=_names(made),
            detail={"boxes": len(boxes), "boxes_sha256": made.boxes_sha256, "method": method},
        )
    return made


def films_made(row: Redaction, digests: list[str]) -> None:
    """The films of `row` are there."""
    with transaction.atomic():
        Redaction.objects.filter(pk=row.pk, checked_by=None).update(films=digests)
        entries.record("redaction-made", actor=row.made_by.actor, obj=_names(row), detail={"films": digests})
    row.refresh_from_db()


def newest(part: PackagePart) -> Redaction | None:
    """What counts for `part` now; None where nothing was marked, or the marks were taken away."""
    row = part.redactions.select_related("made_by", "checked_by").last()
    return row if row is not None and row.boxes else None


def may_check(account: Account, row: Redaction) -> bool:
    """Whether the page offers it: not yet checked, and made by another or in a body of one."""
    body = bodies.current()
    return row.checked_by is None and (row.made_by_id != account.pk or bool(body and body.one_person))


def check(account: Account, row: Redaction, seen: list[str]) -> None:
    """`account` has looked at the films whose hashes are `seen`, and nobody is to be recognised in them who
    should not be. Raises `Refusal`, in a body of several people also where `account` made it; BadInput."""
    now_ns = clock.now_ns()
    require_role(account, now_ns, MANAGER, OPERATOR)
    own = row.made_by_id == account.pk
    if own:
        _require_alone(row)
    if not row.films or seen != row.films:
        raise BadInput("redaction-not-seen")
    _require_unchanged(row, row.part)
    with transaction.atomic():
        done = Redaction.objects.filter(pk=row.pk, checked_by=None).update(
            checked_by=account, checked_ns=now_ns, checked_sha256=_looked_at(row), self_checked=own
        )
        if not done:
            raise BadInput("redaction-checked-already")
        entries.record(
            "redaction-checked",
            actor=account.actor,
            obj=_names(row),
            outcome="allowed",
            detail={"boxes_sha256": row.boxes_sha256, "films": row.films, "self_approved": own},
        )
    row.refresh_from_db()


def require(package: Package, part: PackagePart) -> Redaction | None:
    """What is packed of `part`: its checked redaction, or None for the footage as recorded.

    Raises `Refusal` for boxes that nobody else has checked, that were changed after the check, and where
    a person asks for footage of themselves and nothing is covered, unless a reason was written down.
    """
    row = newest(part)
    if row is None:
        if package.case.get("basis_code") == PERSON and not part.as_recorded_because.strip():
            raise Refusal("redaction-needed", clause="T6a", package=package.number)
        return None
    if row.checked_by is None:
        raise Refusal("redaction-not-checked", clause="T6a", package=package.number)
    if row.checked_by_id == row.made_by_id:
        _require_alone(row)
    _require_unchanged(row, part)
    if row.checked_sha256 != _looked_at(row):
        raise Refusal("redaction-changed", clause="T6a", package=package.number)
    return row


def require_same(row: Redaction, digests: list[str]) -> None:
    """The films made for packing are the ones that were checked, bit for bit. Raises `Refusal`."""
    if not digests or digests != row.films:
        raise Refusal("redaction-changed", clause="T6a", package=row.part.package_id)


def _require_unchanged(row: Redaction, part: PackagePart) -> None:
    same = (row.start_ns, row.end_ns) == (part.start_ns, part.end_ns)
    boxes = checked(row.boxes)
    newer = Redaction.objects.filter(part=row.part_id, pk__gt=row.pk).exists()
    if not same or newer or fingerprint(boxes, row.method) != row.boxes_sha256:
        raise Refusal("redaction-changed", clause="T6a", package=row.part.package_id)


def _require_alone(row: Redaction) -> None:
    body = bodies.current()
    if body is None or not body.one_person:
        raise Refusal("redaction-own-check", clause="T5", kind="regulations", package=row.part.package_id)
    playback_rules.require_self_approval(row.end_ns - row.start_ns)


def _looked_at(row: Redaction) -> str:
    """Over boxes, method, seconds and films."""
    said = {"boxes": row.boxes_sha256, "method": row.method, "films": row.films,
            "from": str(row.start_ns), "to": str(row.end_ns)}  # fmt: skip
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()


def _inside(part: PackagePart, at_ms: int) -> bool:
    """Within the approval, to the second on either side: the handles of the page stop there."""
    approval = part.approval
    return approval.start_ns - clock.NS_PER_S <= at_ms * 1_000_000 <= approval.end_ns + clock.NS_PER_S


def _names(row: Redaction) -> dict[str, str | int]:
    return {"package": row.part.package_id, "camera": row.part.approval.camera_id, "redaction": row.pk}
