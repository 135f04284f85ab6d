"""T6c: what is recorded lies in a locked storehouse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.guideline.clause import AT_ONCE, HOLDS, Clause, Cure, Finding
from kuramori.guideline.facts import BodyFacts
from kuramori.web.refusals import RefusalWords


def judge(body: BodyFacts, now_ns: int) -> Finding:
    """Without a key nothing could be locked, so nothing is recorded."""
    return HOLDS if body.storehouse_key else Finding("no-record", "storehouse-key-missing")


CLAUSE = Clause(
    id="T6c",
    title=_("Recordings under lock and key"),
    asks=_(
        "Keep recording media locked in a storehouse, and see to it that pictures cannot be carried or"
        " sent away."
    ),
    done_by=_(
        "Pictures are locked from the first byte, so a stolen disk or a stolen machine shows nothing. "
        "The recorder can put pictures in but cannot take them out. The key is with people."
    ),
    kind="guideline",
    strength="enforced",
    subject="body",
    judge=judge,
    reads=("storehouse_key",),
    closes="no-record",
    turns=AT_ONCE,
    evidence=_("The key numbers in the head of every recorded file, and the register of media."),
    forms=("F13",),
    words={
        "storehouse-key-missing": RefusalWords(
            title=_("The storehouse has no key yet"),
            why=_("Pictures are locked from the first byte. Without a key they cannot be."),
            cure=_("Make the storehouse's key and print the recovery sheet."),
            who=_("The manager."),
        )
    },
    cures={"storehouse-key-missing": Cure("setup_key", _("Make the key"))},
)
