"""What the clauses judge: plain values, read once from the rows of the rooms below.

All instants are nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuramori.guideline.profiles import TOTTORI, Rules


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when an appointment is in force; `until_ns` None: no end is set."""

    from_ns: int
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """One contractor: whether its contract has every clause, and since its end whether all was returned."""

    from_ns: int
    until_ns: int
    clauses_whole: bool = False
    returned_ns: int | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person with an appointment in force: while which the pledge and the training count."""

    pledges: tuple[Period, ...] = ()
    trainings: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class PcFacts:
    """One PC on which pictures are looked at, or the recorder itself, which `faults` it found."""

    checked_ns: int | None = None
    """The newest check of a person; None: nobody has."""
    good: bool = False
    """That check found virus protection, updates and screen lock as they should be."""
    examines_itself: bool = False
    faults: tuple[str, ...] = ()
    rules: Rules = TOTTORI.rules


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """The installing body and its people."""

    name: str = ""
    telephone: str = ""
    storehouse_key: bool = False
    managers: tuple[Period, ...] = ()
    operators: tuple[Period, ...] = ()
    began_ns: int = 0
    """When the first camera was registered: what nobody has done yet is owed from then on."""
    regulations_ns: int | None = None
    """When the regulations in force were adopted."""
    returns_by_ns: tuple[int, ...] = ()
    """By when recipients must have returned or erased what they still hold."""
    own_months_by_ns: tuple[int, ...] = ()
    """By when months of own approvals (a one-person body) must be signed by a reader outside."""
    answers_by_ns: tuple[int, ...] = ()
    """By when open questions and complaints must have their next answer."""
    reports_by_ns: tuple[int, ...] = ()
    """By when leaks must have their next report to the authority."""
    contracts: tuple[ContractFacts, ...] = ()
    person_index: bool = True
    """A table or a library by which people could be searched for."""
    reported_ns: int | None = None
    """When the last annual report was sent."""
    rules: Rules = TOTTORI.rules


@dataclass(frozen=True, slots=True)
class SignFacts:
    """One sign that hangs: when that was declared, and when it was photographed."""

    declared_ns: int
    photo_ns: int | None = None


@dataclass(frozen=True, slots=True)
class InstalledFacts:
    """One camera that hangs: since when this very device, and when that was explained and signed."""

    since_ns: int
    explained_ns: int | None = None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """One site and the signs declared there and not taken down."""

    signs: tuple[SignFacts, ...] = ()
    began_ns: int = 0
    installed: tuple[InstalledFacts, ...] = ()
    """Every camera in use here."""
    round_ns: int | None = None
    """The last walk-round."""
    round_again_ns: int | None = None
    """By when that round itself asked for the next one."""
    room_check_ns: int | None = None
    """The last look at locks and keys of the place where the recorder stands."""
    rules: Rules = TOTTORI.rules


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What is known of how a camera behaves on the network."""

    open: bool = False
    """The newest check found something that must not be."""
    checked_ns: int | None = None
    unsaid_ns: int | None = None
    """Since when, or from when on, a person's word is missing for what the camera does not say."""
    support_until_ns: int | None = None
    """When its maker stops mending holes."""


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """One camera and what was decided for it."""

    name: str = ""
    place: str = ""
    purpose: str = ""
    range_approved: bool = False
    masked: bool = False
    mask_failed: bool = False
    """The mask in force was found missing in this camera's pictures."""
    left: bool = False
    """It can be moved, and was found pointing elsewhere than approved."""
    view_moved: bool = False
    """Its pictures show something else than what was approved."""
    days: int | None = None
    months: int | None = None
    password_checked_ns: int | None = None
    device: DeviceFacts | None = None
    """None while it was not read."""
    registered_ns: int = 0
    privacy_ns: int | None = None
    """The newest assessment of what it means for people's privacy."""
    privacy_again_ns: int | None = None
    """By when that assessment itself asked for the next one."""
    changed_ns: int | None = None
    """When what it films, why or how was last changed."""
    filed_ns: int | None = None
    """When it was filed with the city."""
    longer_by_deviation: bool = False
    rules: Rules = TOTTORI.rules
