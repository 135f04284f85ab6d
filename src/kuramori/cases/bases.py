"""The closed list of rights by which footage may be wanted (T7), each with the papers it needs.

Every basis names what has to be seen or done before anybody decides. The texts say what the body checks; they
are no legal advice, and `LAW_AS_OF` says for which state of the law they were written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori.cases import states
from kuramori.paper.law import LAW_AS_OF

__all__ = ["BASES", "LAW_AS_OF", "Basis", "Check", "unanswered"]

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to be answered at verification. `kind`: yes (must be ticked), text or day (must be given)."""

    code: str
    label: Words
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Basis:
    """One right. `binding`: the asker may compel it; else the body decides freely whether to agree."""

    code: str
    kind: str
    words: Words
    purpose: str
    checks: tuple[Check, ...] = ()
    binding: bool = False
    outside: bool = True
    witness: bool = True
    note: Words = ""


NUMBER = Check("document_number", _("Document number"))
DAY = Check("document_day", _("Date of the document"), "day")
OFFICE = Check("office", _("Issuing office"))
OFFICER = Check("officer", _("Name and rank of the issuing officer"))
ORIGINAL = Check("original_seen", _("We have seen the original, with its seal"), "yes")
CALLED = Check("called_number", _("Number we called back (from the public list, not from the letter)"))
ANSWERED = Check("called_person", _("Who answered, and when"))
BADGE = Check("identity_seen", _("How the person who came was identified"))
NARROW = Check("relation", _("Why this camera and this time fit the matter"))

INVESTIGATORS = states.INVESTIGATORS
_ALL = (
    Basis(
        "inquiry",
        INVESTIGATORS,
        _("Written inquiry of investigators (voluntary)"),
        "authority",
        (NUMBER, DAY, OFFICE, OFFICER, ORIGINAL, CALLED, ANSWERED, NARROW),
        note=_("You may agree or decline. Without a document number or the original, do not agree."),
    ),
    Basis(
        "warrant",
        INVESTIGATORS,
        _("Warrant of a judge"),
        "authority",
        (DAY, OFFICE, OFFICER, ORIGINAL, BADGE),
        binding=True,
        note=_("It goes as far as the warrant says and no further. Ask a lawyer if in doubt."),
    ),
    Basis(
        "order",
        INVESTIGATORS,
        _("Order to provide electronic records"),
        "authority",
        (NUMBER, DAY, OFFICE, OFFICER, ORIGINAL, BADGE),
        binding=True,
        note=_("Whether this kind of order is in force yet has to be checked. Ask a lawyer."),
    ),
    Basis(
        "bar",
        INVESTIGATORS,
        _("Inquiry of a bar association"),
        "authority",
        (NUMBER, DAY, OFFICE, ORIGINAL, CALLED, ANSWERED,
         Check("from_association",
               _("The bar association itself sent it; a lawyer's own letter is not enough"), "yes")),
        note=_("The association asks, not the single lawyer."),
    ),
    Basis(
        "court",
        INVESTIGATORS,
        _("Request or order of a court"),
        "authority",
        (NUMBER, DAY, OFFICE, ORIGINAL,
         Check("court_kind", _("What the court's paper calls itself"))),
        note=_("Whether it compels depends on the paper. Ask a lawyer if in doubt."),
    ),
    Basis(
        "person",
        states.PERSON_FILMED,
        _("A person asks for footage of themselves"),
        "person-filmed",
        (BADGE,
         Check("described", _("Place, time and clothing by which the person is found")),
         Check("others", _("What is done about other people in the picture"))),
    ),
    Basis(
        "danger",
        states.DANGER,
        _("Life, body or property is in danger"),
        "danger",
        (Check("danger", _("What is in danger")),
         Check("cannot_wait", _("Why it cannot wait"))),
        witness=False,
    ),
    Basis(
        "own",
        states.OWN_INCIDENT,
        _("The body looks into an incident of its own"),
        "incident",
        outside=False,
        witness=False,
    ),
    Basis(
        "keep",
        states.PRESERVATION,
        _("Only keep it: nobody looks at it yet"),
        "authority",
        (OFFICER,),
        witness=False,
        note=_("Keeping is your own decision. Looking at it needs a case of its own."),
    ),
)  # fmt: skip
BASES: dict[str, Basis] = {basis.code: basis for basis in _ALL}


def unanswered(basis: Basis, said: dict[str, str]) -> list[Check]:
    """The checks of `basis` that `said` does not answer: an unticked box and an empty word are no answer."""
    return [check for check in basis.checks if not str(said.get(check.code) or "").strip()]
