"""The register of looking and handing out (画像閲覧・提供 記録簿, F10), read from what the program wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.access.models import Viewing
from kuramori.cases.case_models import CaseStep

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Row:
    """One look or one copy: who operated, when, what of which camera, who was there, by which case."""

    case_number: str
    kind: str
    operator: str
    began_ns: int
    ended_ns: int | None
    reason: str
    camera: str
    start_ns: int | None
    end_ns: int | None
    others: str
    console: str


def of_case(case_number: str) -> list[Row]:
    """The rows of one case, newest first."""
    return _rows(case_number)


def all_rows() -> list[Row]:
    """The whole register, newest first."""
    return _rows(None)


def _rows(case_number: str | None) -> list[Row]:
    viewings = Viewing.objects.select_related("grant__account", "grant__camera").prefetch_related("onlookers")
    handed = CaseStep.objects.filter(act="hand-over").select_related("case", "by")
    if case_number is not None:
        viewings = viewings.filter(grant__case_text=case_number)
        handed = handed.filter(case__number=case_number)
    rows = [*map(_look, viewings), *map(_copy, handed)]
    return sorted(rows, key=lambda row: row.began_ns, reverse=True)


def _look(viewing: Viewing) -> Row:
    grant = viewing.grant
    ends = [grant.expires_at_ns, viewing.ended_ns, grant.withdrawn_ns]
    return Row(
        case_number=grant.case_text,
        kind="look",
        operator=grant.account.full_name,
        began_ns=viewing.began_ns,
        ended_ns=min(end for end in ends if end is not None),
        reason=grant.reason,
        camera=str(grant.camera),
        start_ns=grant.start_ns,
        end_ns=grant.end_ns,
        others=_named(
            f"{one.office} {one.name}({one.get_role_display()}、{one.paper})"
            for one in viewing.onlookers.all()
        ),  # fmt: skip
        console=viewing.console[:8],
    )


def _copy(step: CaseStep) -> Row:
    return Row(
        case_number=step.case.number,
        kind="copy",
        operator=step.by.full_name if step.by else "",
        began_ns=step.at_ns,
        ended_ns=None,
        reason=step.case.need,
        camera="、".join(str(scope.camera) for scope in step.case.scopes.select_related("camera")),
        start_ns=None,
        end_ns=None,
        others=_named((str(step.said.get("receiver", "")), str(step.said.get("medium", "")))),
        console="",
    )


def _named(parts: Iterable[str]) -> str:
    return "、".join(part.strip() for part in parts if part.strip())
