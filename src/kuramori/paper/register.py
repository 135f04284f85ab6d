"""What a register is: a model of kept rows, its form, who may read and enter, and rules of its own.

Rooms declare registers here from AppConfig.ready(); `register_views` gives each the same pages: the list, one
row with its versions, steps and scans, a new row, a correction, and both on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.paper.kept import Kept

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


class RegisterRow(Kept):
    """A row of a register. All versions of one row share its number and name the first of them."""

    number = models.PositiveIntegerField(_("number"))
    first = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    # What shows on a list, by field name.
    COLUMNS: ClassVar[tuple[str, ...]] = ()

    class Meta(Kept.Meta):
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Kept.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(replaces__isnull=True),
                name="%(app_label)s_%(class)s_number_once",
            ),
        ]

    @property
    def first_pk(self) -> int:
        """The row's identity through all corrections: the first version's key."""
        return int(self.first_id or self.pk)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Line:
    """Something computed for a row, such as a deadline. `state`: "" or good, warn, bad."""

    label: Words
    words: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """One register. `key` is its address, `form` its number among the forms, `clause` what asks for it."""

    key: str
    form: str
    clause: str
    title: Words
    new_words: Words
    model: type[Any]
    fields: tuple[str, ...]
    # Fields that the program itself fills in `check`; shown, never asked.
    program_fields: tuple[str, ...] = ()
    order: int = 50
    about: Words = ""
    read_roles: tuple[str, ...] = ("manager", "operator")
    enter_roles: tuple[str, ...] = ("manager", "operator")
    # Refuses a row by BadInput before it is kept; puts in what the program itself knows.
    check: Callable[[Any, Any], None] = lambda row, by: None
    # What follows from a kept row, inside the same transaction.
    after: Callable[[Any, Any], None] = lambda row, by: None
    # Computed lines of (row, its steps, now_ns); pure.
    lines: Callable[[Any, Sequence[Any], int], list[Line]] = lambda row, steps, now_ns: []
    words: Mapping[str, Words] = field(default_factory=dict)
    # A register whose rows are steps of this one's rows; its model points here by a field `row`.
    steps: Register | None = None
    # Rows that cannot be corrected, only followed by others (a check of today is not changed tomorrow).
    correctable: bool = True
    # Daily work: at a registered console its own key is second factor enough.
    at_console: bool = False

    def label(self, name: str) -> str:
        return str(self.model._meta.get_field(name).verbose_name)

    def standing(self) -> Any:
        """The rows that stand, newest first, with what each names, in one query."""
        named = [
            field.name
            for field in self.model._meta.fields
            if field.many_to_one and field.related_model is not self.model
        ]
        return self.model.objects.standing().select_related(*named).order_by("-number")


_registers: dict[str, Register] = {}


def register(one: Register) -> None:
    """Add a register; its scans are of the kind "reg-<key>" and seen by its readers."""
    from kuramori.ledger import words
    from kuramori.paper import scans

    _registers[one.key] = one
    scans.register_kind(f"reg-{one.key}", one.title, roles=one.read_roles)
    words.register(
        {f"{one.key}-entered": one.new_words, f"{one.key}-corrected": _("Corrected a row of a register")}
    )
    if one.steps:
        words.register({f"{one.steps.key}-entered": one.steps.new_words})


def known() -> list[Register]:
    return sorted(_registers.values(), key=lambda one: (one.order, one.key))


def get(key: str) -> Register | None:
    return _registers.get(key)


def enter(one: Register, row: Any, by: AbstractBaseUser, *, replaces: Any = None) -> Any:
    """Keep a new row, or a correction of `replaces`. Raises BadInput from the register's own rule,
    `row-replaced` for a row that was corrected already, `correction-missing` without a reason."""
    with transaction.atomic():
        row.entered_ns, row.entered_by_id = clock.now_ns(), by.pk
        if replaces is not None:
            if not one.correctable or type(replaces).objects.filter(replaces=replaces).exists():
                raise BadInput("row-replaced")
            if not row.correction.strip():
                raise BadInput("correction-missing")
            row.replaces, row.first_id, row.number = replaces, replaces.first_pk, replaces.number
        elif isinstance(row, RegisterRow):
            last = one.model.objects.order_by("-number").values_list("number", flat=True).first()
            row.number = (last or 0) + 1
        one.check(row, by)
        row.save()
        entries.record(
            f"{one.key}-corrected" if replaces is not None else f"{one.key}-entered",
            actor=entries.actor_of(by),
            obj={"register": one.key, "row": _number_of(row), "version": row.pk},
            reason=row.correction,
            detail={"from_paper": row.from_paper},
        )
        one.after(row, by)
    return row


def _number_of(row: Any) -> int:
    """A step goes by the number of the row it belongs to."""
    return int(row.number if isinstance(row, RegisterRow) else row.row.number)


def versions(row: RegisterRow) -> list[Any]:
    """All versions of `row`, newest first."""
    model = type(row)
    both = models.Q(pk=row.first_pk) | models.Q(first_id=row.first_pk)
    return list(model.objects.filter(both).select_related("entered_by").order_by("-pk"))


def steps_of(one: Register, rows: Sequence[RegisterRow]) -> dict[int, list[Any]]:
    """The steps of many rows by the rows' identity, oldest first, in one query."""
    found: dict[int, list[Any]] = {row.first_pk: [] for row in rows}
    if one.steps is not None:
        steps = (
            one.steps.model.objects.filter(row_id__in=list(found)).select_related("entered_by").order_by("pk")
        )
        for step in steps:
            found[step.row_id].append(step)
    return found


def shown(row: Any, name: str) -> str:
    """A field's value in words, as a page or paper shows it."""
    field_of = row._meta.get_field(name)
    value = getattr(row, field_of.name)
    if value in (None, ""):
        return "—"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if field_of.choices:
        return str(getattr(row, f"get_{name}_display")())
    return str(value)
