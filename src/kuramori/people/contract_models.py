"""Firms that work for the body: contract with its clauses, what followed, and each visit (F19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.paper.kept import Kept, KeptRows
from kuramori.paper.register import RegisterRow

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CLAUSES = (
    *("follows_rules", "secrecy", "no_other_use", "asks_before_sub", "names_people"),
    *("may_be_inspected", "tells_accidents", "gives_back"),
)
"""What the contract must ask, by field name: the same as the operating regulations ask."""


class Work(models.TextChoices):
    """What a firm is hired for. Only operating may include seeing pictures."""

    INSTALLING = "installing", _("Installing")
    UPKEEP = "upkeep", _("Upkeep and repair")
    PREMISES = "premises", _("Managing or cleaning the premises")
    OPERATING = "operating", _("Watching and operating the cameras")
    DISPOSAL = "disposal", _("Erasing or destroying media")
    OTHER = "other", _("Something else")


def _asked(words: _StrPromise) -> models.BooleanField:
    return models.BooleanField(words, default=False)


class Contract(RegisterRow):
    """One contract with one firm. In force from `from_ns` until `until_ns`, which follow from its days."""

    firm = models.CharField(_("firm"), max_length=160)
    contact = models.CharField(_("person to call, and telephone"), max_length=160)
    work = models.CharField(_("hired for"), max_length=12, choices=Work.choices)
    details = models.CharField(_("what it does"), max_length=300)
    begins_on = models.DateField(_("contract from"))
    ends_on = models.DateField(_("contract until (last day)"))
    under = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("works under the contract of another firm"),
    )
    consented_on = models.DateField(_("day on which we agreed to that"), null=True, blank=True)
    follows_rules = _asked(_("The contract asks: to follow our regulations"))
    secrecy = _asked(_("The contract asks: secrecy, also after its end"))
    no_other_use = _asked(_("The contract asks: no other use, no copying, nothing taken away"))
    asks_before_sub = _asked(_("The contract asks: no other firm without our consent"))
    names_people = _asked(_("The contract asks: a list of its people, who are instructed"))
    may_be_inspected = _asked(_("The contract asks: we may inspect"))
    tells_accidents = _asked(_("The contract asks: accidents are told at once"))
    gives_back = _asked(_("The contract asks: return or erasure at the end, with a certificate"))
    people = models.TextField(_("its people, one a line"), max_length=2000)
    holds = models.CharField(_("what it is given (keys, papers, media)"), max_length=300, blank=True)
    from_ns = models.BigIntegerField(editable=False)
    until_ns = models.BigIntegerField(editable=False)
    COLUMNS: ClassVar[tuple[str, ...]] = ("firm", "work", "begins_on", "ends_on")

    class Meta(RegisterRow.Meta):
        abstract = False
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *RegisterRow.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(until_ns__gt=models.F("from_ns")), name="contract_ends_after_begin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm} ({self.begins_on} – {self.ends_on})"

    @property
    def missing(self) -> list[str]:
        """The clauses that the contract does not have."""
        return [name for name in CLAUSES if not getattr(self, name)]


class ContractStepKind(models.TextChoices):
    INSTRUCTED = "instructed", _("its people were instructed")
    INSPECTED = "inspected", _("inspected by us")
    ACCIDENT = "accident", _("it told us of an accident")
    RETURNED = "returned", _("all returned or erased (or: it held nothing)")


class ContractStep(Kept):
    """What happened under a contract."""

    row = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what happened under it"), max_length=12, choices=ContractStepKind.choices)
    done_on = models.DateField(_("day"))
    text = models.TextField(_("details"), max_length=2000)
    certificate = models.CharField(_("number or date of the firm's certificate"), max_length=120, blank=True)
    seen_by = models.CharField(_("who of us has seen to it"), max_length=120)

    class Meta(Kept.Meta):
        abstract = False


class Visit(RegisterRow):
    """Somebody of a firm came. `contract` names the first version of its row."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="+", verbose_name=_("firm and contract")
    )
    came_at = models.DateTimeField(_("came"))
    left_at = models.DateTimeField(_("when they left"))
    names = models.TextField(_("who came, one a line"), max_length=600)
    work = models.TextField(_("what was done"), max_length=1000)
    with_whom = models.CharField(_("who of us was there"), max_length=120)
    taken = models.CharField(_("what was taken away, and for how long"), max_length=300, blank=True)
    no_pictures = models.BooleanField(_("they saw no pictures"), default=False)
    remarks = models.TextField(_("remarks"), max_length=1000, blank=True)
    on_list = models.BooleanField(_("all on the firm's list of people"), default=False, editable=False)
    in_time = models.BooleanField(_("all within the contract"), default=False, editable=False)
    COLUMNS: ClassVar[tuple[str, ...]] = ("came_at", "contract", "names", "work")

    class Meta(RegisterRow.Meta):
        abstract = False


def live(now_ns: int) -> KeptRows:
    """Contracts in force at `now_ns` that have every clause, as they stand after corrections."""
    rows: KeptRows = Contract.objects.standing()
    return rows.filter(from_ns__lte=now_ns, until_ns__gt=now_ns, **dict.fromkeys(CLAUSES, True))
