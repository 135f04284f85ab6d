"""The shape of a clause: what it asks, in our words, and a pure rule that judges facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from kuramori.errors import RuleKind
from kuramori.guideline.facts import BodyFacts, CameraFacts, PcFacts, PersonFacts, SiteFacts
from kuramori.web.refusals import RefusalWords

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

Gate = Literal["", "no-record", "sealed", "no-view", "no-export", "warn"]
Strength = Literal["enforced", "detected", "attested", "recorded"]
Subject = Literal["body", "site", "camera", "person", "pc"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a clause says about one subject at one instant.

    `gate` is what it closes ("" for nothing), `code` the reason (its words are in `Clause.words`).
    At `turns_at_ns` it becomes `turns_to`, for the reason `turns_code`, if nobody does anything.
    """

    gate: Gate = ""
    code: str = ""
    turns_at_ns: int | None = None
    turns_to: Gate = ""
    turns_code: str = ""


HOLDS = Finding()


# Each takes the facts of its own kind of subject; the registry hands it nothing else.
Judge = (
    Callable[[BodyFacts, int], Finding]
    | Callable[[SiteFacts, int], Finding]
    | Callable[[CameraFacts, int], Finding]
    | Callable[[PersonFacts, int], Finding]
    | Callable[[PcFacts, int], Finding]
)

AT_ONCE = _("At the very second at which it is no longer so.")
AFTER_WARNING = _("After fourteen days of warning, at the very second.")
NEVER = _("Never: no setting can turn it off.")


@dataclass(frozen=True, slots=True)
class Cure:
    """Where a person does what a finding asks: the page's address name and the words on the button.

    `register` names the register on whose pages it is done: `register_new` for a new row (about the camera,
    place or PC in question), `register` for its list.
    """

    url_name: str
    label: Words
    register: str = ""
    about_camera: bool = True
    """Whether the page of a camera's finding is about that camera."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause. `judge` gets the facts of one subject and the instant, and looks at nothing else."""

    id: str
    title: Words
    asks: Words
    done_by: Words
    kind: RuleKind
    strength: Strength
    subject: Subject
    judge: Judge
    reads: tuple[str, ...] = ()
    """The facts it looks at, by name."""
    closes: Gate = ""
    """The most severe gate it can close."""
    turns: Words = NEVER
    evidence: Words = ""
    """What an auditor is shown."""
    forms: tuple[str, ...] = ()
    words: Mapping[str, RefusalWords] = field(default_factory=dict)
    cures: Mapping[str, Cure] = field(default_factory=dict)
    passable: tuple[str, ...] = ()
    """Which of its reasons a deviation may pass; the others nobody may."""
