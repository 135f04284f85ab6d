"""T11: whoever works for the body does so under a contract that asks the same."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.ageing import WARNING_NS, owed
from kuramori.guideline.clause import AT_ONCE, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts, ContractFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """A running contract without its clauses closes handing out; after its end all must be returned."""
    for one in body.contracts:
        if one.from_ns <= now_ns < one.until_ns and not one.clauses_whole:
            return Finding("no-export", "contract-clauses")
    starts_ns = min(
        (
            one.from_ns
            for one in body.contracts
            if now_ns < one.from_ns < one.until_ns and not one.clauses_whole
        ),
        default=None,
    )
    ends_ns = min(
        (one.until_ns + WARNING_NS for one in body.contracts if _owes(one, now_ns)),
        default=None,
    )
    finding = owed(ends_ns, now_ns, "contract-return", "no-export")
    if finding.gate == "no-export" or starts_ns is None or (ends_ns is not None and ends_ns <= starts_ns):
        return finding
    return Finding(finding.gate, finding.code, starts_ns, "no-export", "contract-clauses")


def _owes(one: ContractFacts, now_ns: int) -> bool:
    """Whether a firm has not returned what it holds or will hold."""
    return one.returned_ns is None or one.returned_ns > now_ns


CLAUSE = Clause(
    id="T11",
    title=_("Contractors"),
    asks=_(
        "Where installing, upkeep or guarding is left to a firm, make following the regulations a "
        "condition of the contract."
    ),
    done_by=_(
        "A firm is entered with its contract, a list of clauses, its people and its visits. Its access "
        "ends with the contract by itself, and upkeep never includes seeing pictures. What it held is "
        "returned or erased, in writing."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=("contracts",),
    closes="no-export",
    turns=AT_ONCE,
    evidence=_("Contracts with their list of clauses, visits and certificates of return."),
    forms=("F19",),
    words={
        "contract-clauses": RefusalWords(
            title=_("A contract lacks clauses"),
            why=_("A firm works here under a contract that does not ask it to follow the regulations."),
            cure=_("Complete the list of clauses."),
            who=_("The manager."),
        ),
        "contract-return-due": RefusalWords(
            title=_("A contract ends"),
            why=_("When it is over, what the firm holds is returned or erased."),
            cure=_("Get the certificate of return and enter it."),
            who=_("The manager."),
        ),
        "contract-return-late": RefusalWords(
            title=_("A firm has not returned what it holds"),
            why=_("Its contract has been over for two weeks."),
            cure=_("Get the certificate of return and enter it."),
            who=_("The manager."),
        ),
    },
    cures={
        "contract-clauses": Cure("register", _("Go to the contractors"), "contractors"),
        "contract-return-due": Cure("register", _("Go to the contractors"), "contractors"),
        "contract-return-late": Cure("register", _("Go to the contractors"), "contractors"),
    },
    passable=(
        "contract-clauses",
        "contract-return-late",
    ),
)
