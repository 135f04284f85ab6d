"""Packages of a case: what the case says of itself in the manifest, and a package as it is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import translation

from kuramori import clock
from kuramori.cases import steps
from kuramori.cases.bases import BASES, LAW_AS_OF
from kuramori.errors import BadInput
from kuramori.evidence import choosing, copies, redactions
from kuramori.evidence.models import PACKED, Package
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from datetime import date

    from kuramori.cases.case_models import Case
    from kuramori.evidence.models import PackagePart
    from kuramori.people.models import Account


def begin(manager: Account, case: Case, *, receiver: str, return_by: date) -> Package:
    """Begin a package for one receiver. Raises `Refusal` where no copy was allowed."""
    require_role(manager, clock.now_ns(), MANAGER)
    with transaction.atomic():
        package = choosing.begin(manager, case.number, said(case), receiver=receiver, return_by=return_by)
        steps.take(case, "pack", manager, said={"package": package.number, "receiver": package.receiver})
    return package


def said(case: Case) -> dict[str, Any]:
    """What the manifest says of the case: by which right, who asked, who checked, who decided."""
    decided = case.steps.filter(act__in=("grant", "open", "confirm")).select_related("by").last()
    checked = case.steps.filter(act="verify").select_related("by").last()
    with translation.override("ja"):
        return {
            "basis": str(BASES[case.basis].words),
            "basis_code": case.basis,
            "law_as_of": LAW_AS_OF,
            "document": f"{case.document_number} {case.document_date or ''}".strip(),
            "asker": " ".join(filter(None, (case.asker_body, case.asker_post, case.asker_name))),
            "summary": case.summary,
            "need": case.need,
            "checked_by": str(checked.by) if checked else "",
            "decided_by": decided.by.full_name if decided and decided.by else "",
            "decided_at": clock.iso(decided.at_ns) if decided else "",
            "reason": decided.words if decided else "",
            "second_person": decided.second_person if decided else "",
        }


def ready(case: Case) -> list[Package]:
    """The packages that were written to a medium and not yet handed over."""
    out = _out(case)
    packed = Package.objects.filter(case_number=case.number, state=PACKED).order_by("number")
    return [one for one in packed if one.number not in out and copies.written(one)]


def _out(case: Case) -> set[str]:
    return {str(step.said.get("package")) for step in case.steps.filter(act="hand-over")}


def handed(case: Case, number: str) -> dict[str, str]:
    """What the hand-over of a package adds to its step: hashes, form, what was done to it (F11, F12).

    Raises `BadInput` for a package of another case, one that was never written, or one that is out.
    """
    if number in _out(case):
        raise BadInput("package-is-out")
    package = next((one for one in ready(case) if one.number == number), None)
    if package is None:
        raise BadInput("package-not-written")
    written = copies.written(package)
    with translation.override("ja"):
        forms = "、".join(dict.fromkeys(str(copy.get_form_display()) for copy in written))
    parts = list(package.parts.all())
    done = ["切り出し"]
    done += ["静止画"] if any(part.stills_ns for part in parts) else []
    done += ["墨消し"] if any(redactions.newest(part) for part in parts) else []
    return {
        "package": package.number,
        "sha256": " ".join(copy.sha256 for copy in written),
        "manifest_sha256": package.manifest_sha256,
        "format": f"{forms}(AES-256、{_inside(parts)})",
        "edit": "、".join(done) if len(done) > 1 else "切り出しのみ",
        "copies": str(len(written)),
    }


def _inside(parts: list[PackagePart]) -> str:
    covered = [redactions.newest(part) is not None for part in parts]
    kinds = ["録画のまま+見る用MP4"] if not all(covered) else []
    return "、".join([*kinds, *(["墨消ししたMP4"] if any(covered) else [])])
