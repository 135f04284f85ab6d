"""What is missing now, in a person's words: why, by which clause, and the one button that cures it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from kuramori.cameras.models import Camera
from kuramori.guideline.clause import Cure
from kuramori.guideline.registry import CLAUSES, all_words, cure_for
from kuramori.places import pcs
from kuramori.places.models import Site
from kuramori.policy import deviations, gates
from kuramori.policy.models import Verdict
from kuramori.web.refusals import UNKNOWN, RefusalWords

if TYPE_CHECKING:
    from collections.abc import Iterable

Names = dict[tuple[str, str], str]
FEW = 5
"""Of whom the same thing is missing, by name on one page; the clause's own page names all."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing. `href` is "" where no page cures it; `about` names the camera or place."""

    clause: str
    gate: str
    code: str
    about: str
    words: RefusalWords
    href: str
    label: str
    turns_at_ns: int | None
    deviation: int | None = None
    """The number of the deviation by which the door is open all the same."""


@dataclass(frozen=True, slots=True)
class Together:
    """One thing that is missing of several cameras or places: said once. `rest`: how many more there are."""

    said: Missing
    shown: tuple[Missing, ...]
    rest: int


def missing(now_ns: int, named: Names | None = None) -> list[Missing]:
    """Everything that is missing at `now_ns`, most severe first, then by clause. `named`: what `names` says,
    for whoever has asked already."""
    named, passed = names() if named is None else named, deviations.all_in_force(now_ns)
    found = []
    for row in gates.not_good(now_ns):
        gate = gates.at(row, now_ns, passed)
        subject = (row.subject_kind, row.subject_id)
        if gate is None or (row.subject_kind == "camera" and subject not in named):
            continue
        href, label = cure_of(row, gate.code)
        found.append(
            Missing(
                clause=row.clause,
                gate=gate.gate,
                code=gate.code,
                about=named.get(subject, ""),
                words=all_words().get(gate.code, UNKNOWN),
                href=href,
                label=label,
                turns_at_ns=row.turns_at_ns if row.turns_at_ns and row.turns_at_ns > now_ns else None,
                deviation=gate.deviation,
            )
        )
    order = list(CLAUSES)
    place = {name: number for number, name in enumerate(named.values())}
    return sorted(
        found,
        key=lambda one: (gates.severity(one.gate), order.index(one.clause), place.get(one.about, -1)),
    )


def together(found: Iterable[Missing]) -> list[Together]:
    """The same things, each with the first few of whom it is missing, in the same order."""
    alike: dict[tuple[str, str, str, int | None], list[Missing]] = {}
    for one in found:
        alike.setdefault((one.gate, one.clause, one.code, one.deviation), []).append(one)
    return [Together(some[0], tuple(some[:FEW]), max(0, len(some) - FEW)) for some in alike.values()]


def names() -> Names:
    """What subjects are called, in their order; retired cameras are not spoken of any more."""
    standing = Camera.objects.filter(retired_ns=None).order_by("number").only("number", "name")
    cameras = {("camera", row.pk): str(row) for row in standing}
    sites = {("site", str(row.pk)): row.name for row in Site.objects.all()}
    machines = {("pc", str(pc.number)): pc.name for pc, _check in pcs.in_use()}
    return {**cameras, **(sites if len(sites) > 1 else {}), **machines}


def cure_of(row: Verdict, code: str) -> tuple[str, str]:
    """Where `code` is cured for the subject of `row`, and the words on the button; "" for nowhere."""
    cure = cure_for(row.clause, code)
    if cure is None:
        return "", ""
    if cure.register:
        return _in_register(cure, row), str(cure.label)
    about = [row.subject_id] if row.subject_kind == "camera" and cure.about_camera else []
    return _address(cure.url_name, *about), str(cure.label)


@lru_cache(maxsize=4096)
def _address(name: str, *about: str) -> str:
    """Addresses are asked for hundreds of times on a page that judges a hundred cameras."""
    return reverse(name, args=about)


def _in_register(cure: Cure, row: Verdict) -> str:
    """The page of a register; a new row begins with the camera, place or PC in question."""
    address = _address(cure.url_name, cure.register)
    if cure.url_name != "register_new" or row.subject_kind not in ("camera", "site", "pc"):
        return address
    subject = pcs.key_of(row.subject_id) if row.subject_kind == "pc" else row.subject_id
    return f"{address}?{urlencode({row.subject_kind: subject})}"
