"""Rules of contracts with firms, of what follows them, and of visits (T11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuramori import clock, periods
from kuramori.errors import BadInput
from kuramori.paper.register import Line, Register
from kuramori.people.contract_models import CLAUSES, Contract, ContractStep, ContractStepKind, Visit
from kuramori.places import bodies
from kuramori.places.pcs import require_past

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

RETURNED = ContractStepKind.RETURNED


def newest(contract: Contract) -> Contract:
    """The contract as it stands after corrections."""
    return Contract.objects.standing().get(number=contract.number)


def on_list(contract: Contract, names: Iterable[str]) -> bool:
    """Whether all of them stand on the firm's list of people; spaces do not matter."""
    listed = {_plain(line) for line in contract.people.splitlines()}
    asked = {_plain(name) for name in names} - {""}
    return bool(asked) and asked <= listed


def check_contract(row: Contract, by: AbstractBaseUser) -> None:
    """Its days make a period; a firm under another one is agreed to and stays within that one's days."""
    if row.ends_on < row.begins_on:
        raise BadInput("contract-days")
    row.from_ns, row.until_ns = midnight_ns(row.begins_on), midnight_ns(row.ends_on + timedelta(days=1))
    if row.under is None:
        _require_within_those_under(row)
        return
    row.under_id = row.under.first_pk
    if row.replaces_id is not None and row.under_id == row.first_pk:
        raise BadInput("contract-under-itself")
    if row.consented_on is None:
        raise BadInput("contract-consent")
    require_past(row.consented_on)
    above = newest(row.under)
    if above.under_id is not None and above.under_id == row.first_id:
        raise BadInput("contract-under-itself")
    if not (above.from_ns <= row.from_ns and row.until_ns <= above.until_ns):
        raise BadInput("contract-sub-longer")
    _require_within_those_under(row)


def check_step(step: ContractStep, by: AbstractBaseUser) -> None:
    """All is returned when the contract is over, with a certificate; after that nothing comes."""
    require_past(step.done_on)
    contract = newest(step.row)
    if ContractStep.objects.filter(row_id=step.row_id, kind=RETURNED, done_on__gte=contract.ends_on).exists():
        raise BadInput("contract-closed")
    if step.kind != RETURNED:
        return
    if step.done_on < contract.ends_on:
        raise BadInput("contract-running")
    if not step.certificate.strip():
        raise BadInput("contract-certificate")


def check_visit(row: Visit, by: AbstractBaseUser) -> None:
    """A visit begins under a contract in force; what was not as it should be needs words."""
    if row.left_at < row.came_at:
        raise BadInput("left-before")
    if row.left_at > clock.utc(clock.now_ns()):
        raise BadInput("day-to-come")
    contract = newest(row.contract)
    row.contract_id = contract.first_pk
    if not contract.from_ns <= clock.ns_of(row.came_at) < contract.until_ns:
        raise BadInput("visit-no-contract")
    row.in_time = clock.ns_of(row.left_at) <= contract.until_ns
    row.on_list = on_list(contract, row.names.splitlines())
    if not (row.in_time and row.on_list and row.no_pictures) and not row.remarks.strip():
        raise BadInput("visit-remarks")


def contract_lines(row: Contract, steps: Sequence[ContractStep], now_ns: int) -> list[Line]:
    """What is missing, and how the contract stands."""
    told = [Line(_("not in the contract"), CONTRACTS.label(name), "bad") for name in row.missing]
    returned = any(step.kind == RETURNED and step.done_on >= row.ends_on for step in steps)
    if now_ns < row.from_ns:
        return [*told, Line(_("state"), str(_("not begun")))]
    if returned:
        return [*told, Line(_("state"), str(_("over, all returned or erased")), "good")]
    if now_ns < row.until_ns:
        return [*told, Line(_("state"), str(_("running")), "bad" if told else "good")]
    by = row.ends_on + timedelta(days=periods.WARNING_DAYS)
    late = bodies.local(now_ns).date() > by
    return [*told, Line(_("certificate of return by"), str(by), "bad" if late else "warn")]


def visit_lines(row: Visit, steps: Sequence[Any], now_ns: int) -> list[Line]:
    told = []
    if not row.in_time:
        told.append(Line(_("state"), str(_("stayed longer than the contract")), "bad"))
    if not row.on_list:
        told.append(Line(_("state"), str(_("somebody who is not on the firm's list")), "bad"))
    if not row.no_pictures:
        told.append(Line(_("state"), str(_("pictures were seen")), "bad"))
    return told


def midnight_ns(day: date) -> int:
    """The beginning of `day` where the body is."""
    return clock.ns_of(datetime.combine(day, time(), bodies.zone()))


def _require_within_those_under(row: Contract) -> None:
    """No contract under this one goes beyond its days."""
    if row.replaces_id is None:
        return
    beyond = Q(from_ns__lt=row.from_ns) | Q(until_ns__gt=row.until_ns)
    if Contract.objects.standing().filter(beyond, under_id=row.first_pk).exists():
        raise BadInput("contract-sub-longer")


def _plain(name: str) -> str:
    return "".join(name.split())


WORDS = {
    "contract-days": _("The contract ends before it begins."),
    "contract-consent": _("Write the day on which you agreed to the other firm."),
    "contract-under-itself": _("A contract is not under itself."),
    "contract-sub-longer": _("A firm under another one works only while that one's contract lasts."),
    "contract-closed": _("The contract is over and all was returned. Enter a new contract."),
    "contract-running": _("The contract still runs. If it ended earlier, correct its last day first."),
    "contract-certificate": _("Write the number or date of the firm's certificate, and add its scan."),
    "left-before": _("They left before they came."),
    "visit-no-contract": _("No contract was in force then. Enter or correct the contract first."),
    "visit-remarks": _(
        "They stayed too long, were not on the list, or saw pictures: write why. If pictures were seen "
        "without right, enter an incident too."
    ),
}
STEPS = Register(
    key="contractor-steps",
    form="F19",
    clause="T11",
    title=_("What followed a contract"),
    new_words=_("Enter what happened"),
    model=ContractStep,
    fields=("kind", "done_on", "text", "certificate", "seen_by"),
    enter_roles=("manager",),
    check=check_step,
    words=WORDS,
)
CONTRACTS = Register(
    key="contractors",
    form="F19",
    clause="T11",
    title=_("Firms and contracts"),
    new_words=_("Enter a firm and its contract"),
    about=_(
        "Tick only what the contract says. While a clause is missing nothing can be handed out, and the "
        "firm's people have no access. When the contract ends, so does their access."
    ),
    model=Contract,
    fields=(
        *("firm", "contact", "work", "details", "begins_on", "ends_on", "under", "consented_on"),
        *CLAUSES,
        *("people", "holds"),
    ),
    enter_roles=("manager",),
    check=check_contract,
    lines=contract_lines,
    words=WORDS,
    steps=STEPS,
    order=36,
)
VISITS = Register(
    key="visits",
    form="F19",
    clause="T11",
    title=_("Visits of firms"),
    new_words=_("Enter a visit"),
    about=_("Each time somebody of a firm came. Upkeep never includes seeing pictures."),
    model=Visit,
    fields=(
        *("contract", "came_at", "left_at", "names", "work", "with_whom", "taken"),
        *("no_pictures", "remarks"),
    ),
    program_fields=("on_list", "in_time"),
    check=check_visit,
    lines=visit_lines,
    words=WORDS,
    order=37,
)
REGISTERS = (CONTRACTS, VISITS)
