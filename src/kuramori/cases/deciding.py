"""The decisions of a case: papers checked, yes with its limits, no with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.access import approving, playback_rules
from kuramori.access.models import Approval
from kuramori.cases import steps
from kuramori.cases.bases import BASES, unanswered
from kuramori.cases.case_models import Case, Scope
from kuramori.errors import BadInput, Refusal
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.places.models import Body
from kuramori.policy import emergency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.people.models import Account

EMERGENCY_DAYS = 1
EMERGENCY_LONGEST_S = 2 * 3600
CONFIRM_WITHIN_NS = 3 * 24 * 3600 * clock.NS_PER_S


@dataclass(frozen=True, slots=True)
class Cut:
    """What a decision leaves of one scope: never wider than asked, to the second."""

    scope: Scope
    start_ns: int
    end_ns: int
    shown_from_ns: int | None = None


def verify(by: Account, case: Case, answers: dict[str, str]) -> None:
    """The papers of the basis were checked. Raises `Refusal` `papers-missing` while one is unanswered."""
    require_role(by, clock.now_ns(), MANAGER, OPERATOR)
    missing = unanswered(BASES[case.basis], answers)
    if missing:
        raise Refusal("papers-missing", clause="T7", kind="regulations",
                      missing=", ".join(check.code for check in missing))  # fmt: skip
    with transaction.atomic():
        steps.take(case, "verify", by, said=answers)


def grant(
    manager: Account,
    case: Case,
    cuts: Sequence[Cut],
    *,
    words: str,
    second_person: str = "",
    viewings: int = 3,
    may_copy: bool = False,
    act: str = "grant",
    days: int = approving.LASTS_DAYS,
) -> list[Approval]:
    """Say yes to `cuts` and nothing else. Raises `Refusal`, `BadInput`; then nothing was decided."""
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    basis = BASES[case.basis]
    if not cuts:
        raise BadInput("no-camera-named")
    if not words.strip():
        raise Refusal("reason-missing", clause="T7")
    _require_short_own(manager, case, cuts, second_person)
    with transaction.atomic():
        steps.take(case, act, manager, words=words, second_person=second_person,
                   said=_limits(cuts, viewings, may_copy))  # fmt: skip
        return [
            _approve(
                manager,
                case,
                cut,
                purpose_code=basis.purpose,
                reason=words,
                second_person=second_person,
                viewings=viewings,
                may_copy=may_copy,
                witness=basis.witness,
                days=days,
            )
            for cut in cuts
        ]


def refuse(manager: Account, case: Case, words: str, *, act: str = "refuse", ground: str = "") -> None:
    """Say no, with a reason; what a yes had allowed ends. Written and printed as fully as a yes."""
    require_role(manager, clock.now_ns(), MANAGER)
    if not words.strip():
        raise Refusal("reason-missing", clause="T7")
    with transaction.atomic():
        steps.take(case, act, manager, words=words, said={"ground": ground} if ground else {})
        for approval in Approval.objects.filter(case_number=case.number, withdrawn_ns=None):
            approving.take_back(approval, manager)
        for step in case.steps.filter(act="verify"):
            emergency.end(manager, step.said.get("deviations", []), words)


def open_emergency(
    by: Account, case: Case, cuts: Sequence[Cut], words: str, answers: dict[str, str]
) -> list[Approval]:
    """Danger: the manager opens at most two hours at once, for 24 hours; somebody approves afterwards."""
    length_s = sum(cut.end_ns - cut.start_ns for cut in cuts) // clock.NS_PER_S
    if length_s > EMERGENCY_LONGEST_S:
        raise Refusal(
            "emergency-too-long", clause="T7", kind="regulations", hours=EMERGENCY_LONGEST_S // 3600
        )
    missing = unanswered(BASES[case.basis], answers)
    if missing:
        raise Refusal("papers-missing", clause="T7", kind="regulations",
                      missing=", ".join(check.code for check in missing))  # fmt: skip
    with transaction.atomic():
        approvals = grant(by, case, cuts, words=words, act="open", days=EMERGENCY_DAYS, viewings=10)
        passed = [
            deviation.pk
            for camera in sorted({cut.scope.camera_id for cut in cuts})
            for deviation in emergency.pass_gates(by, camera, case.number, f"{case.number} {words}"[:400])
        ]
        steps.note(case, "verify", by, said=answers | {"deviations": passed})
    return approvals


def confirm(manager: Account, case: Case, words: str, second_person: str = "") -> None:
    """Somebody else than who opened approves afterwards: another manager, or who signed the printed form."""
    require_role(manager, clock.now_ns(), MANAGER)
    opened = case.steps.filter(act="open").last()
    second = second_person.strip()
    if second in (manager.full_name, manager.username):
        raise Refusal("own-request", clause="T5", kind="regulations")
    if opened is not None and opened.by_id == manager.pk and not second:
        raise Refusal("own-request", clause="T5", kind="regulations")
    if not words.strip():
        raise Refusal("reason-missing", clause="T7")
    with transaction.atomic():
        steps.take(case, "confirm", manager, words=words, second_person=second)


def keep(manager: Account, case: Case, words: str) -> None:
    """Only keep it. The hold of the intake stays until its date; looking needs a case of its own."""
    require_role(manager, clock.now_ns(), MANAGER)
    with transaction.atomic():
        steps.take(case, "keep", manager, words=words)


def _approve(manager: Account, case: Case, cut: Cut, **limits: Any) -> Approval:
    scope = Scope.objects.select_for_update().get(pk=cut.scope.pk)
    if (
        scope.case_id != case.pk
        or not scope.asked_start_ns <= cut.start_ns < cut.end_ns <= scope.asked_end_ns
    ):
        raise Refusal("wider-than-asked", clause="T7")
    scope.start_ns, scope.end_ns, scope.shown_from_ns = cut.start_ns, cut.end_ns, cut.shown_from_ns
    scope.save(update_fields=["start_ns", "end_ns", "shown_from_ns"])
    return approving.approve(
        manager, scope.camera, cut.start_ns, cut.end_ns,
        case_number=case.number, asked_by=case.own_asker, **limits,
    )  # fmt: skip


def _require_short_own(manager: Account, case: Case, cuts: Sequence[Cut], second_person: str) -> None:
    """Own approval counts the whole case: many short scopes are not a way around the hour."""
    if case.own_asker_id != manager.pk or second_person.strip():
        return
    playback_rules.require_self_approval(sum(cut.end_ns - cut.start_ns for cut in cuts))


def _limits(cuts: Sequence[Cut], viewings: int, may_copy: bool) -> dict[str, Any]:
    return {
        "allowed": [f"{cut.scope.camera} {clock.iso(cut.start_ns)}/{clock.iso(cut.end_ns)}" for cut in cuts],
        "viewings": viewings,
        "copy": may_copy,
    }


def self_approves(account: Account, case: Case) -> bool:
    """Whether `account` would approve their own request by deciding without a second person."""
    body = Body.objects.first()
    return case.own_asker_id == account.pk and bool(body and body.one_person)
