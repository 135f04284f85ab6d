"""T6e: erased so that nothing brings it back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import HOLDS, Clause, Finding
from kuramori.guideline.facts import BodyFacts


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """The recorder erases by itself, by losing the key of an hour; each erasure leaves a certificate."""
    return HOLDS


CLAUSE = Clause(
    id="T6e",
    title=_("Erased for good"),
    asks=_(
        "When the time of keeping is over, erase pictures so that they cannot be restored, and destroy"
        " recording media before throwing them away."
    ),
    done_by=_(
        "Each hour of each camera has a key of its own. On its day the key is destroyed and checked to"
        " be gone, the file is deleted, and a certificate says how sure that is on this machine. "
        "Destroying discarded media is up to people."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=(),
    evidence=_("A certificate for each erased hour, with how sure that is on this machine."),
    forms=("F16",),
)
