"""The state machines of cases: pure data and one function. One machine for each kind of case.

    received -> verified -> granted -> packed -> handed -> receipted -> returned -> closed
                         -> refused -> closed

Danger opens first and is confirmed after; preservation only keeps. What a machine does not list is refused.
"""

from __future__ import annotations

from kuramori.errors import Refusal

RECEIVED, VERIFIED, GRANTED, REFUSED = "received", "verified", "granted", "refused"
EMERGENCY, KEPT, PACKED, HANDED, RECEIPTED, RETURNED, CLOSED = (
    "emergency", "kept", "packed", "handed", "receipted", "returned", "closed",
)  # fmt: skip
STATES = {
    RECEIVED, VERIFIED, GRANTED, REFUSED, EMERGENCY, KEPT, PACKED, HANDED, RECEIPTED, RETURNED, CLOSED,
}  # fmt: skip

INVESTIGATORS, PERSON_FILMED, DANGER = "investigators", "person-filmed", "danger"
OWN_INCIDENT, PRESERVATION = "own-incident", "preservation"

Machine = dict[tuple[str, str], str]

_AFTER_YES: Machine = {
    (GRANTED, "pack"): PACKED,
    (PACKED, "pack"): PACKED,
    (HANDED, "pack"): HANDED,
    (RECEIPTED, "pack"): RECEIPTED,
    (PACKED, "hand-over"): HANDED,
    (PACKED, "revoke"): REFUSED,
    (PACKED, "close"): CLOSED,
    (HANDED, "hand-over"): HANDED,
    (HANDED, "receipt"): RECEIPTED,
    (RECEIPTED, "hand-over"): HANDED,
    (RECEIPTED, "return"): RETURNED,
    (GRANTED, "revoke"): REFUSED,
    (GRANTED, "close"): CLOSED,
    (RETURNED, "close"): CLOSED,
    (REFUSED, "close"): CLOSED,
}
_PAPERS_FIRST: Machine = {
    (RECEIVED, "verify"): VERIFIED,
    (RECEIVED, "refuse"): REFUSED,
    (VERIFIED, "grant"): GRANTED,
    (VERIFIED, "refuse"): REFUSED,
    **_AFTER_YES,
}
MACHINES: dict[str, Machine] = {
    INVESTIGATORS: _PAPERS_FIRST,
    PERSON_FILMED: _PAPERS_FIRST,
    OWN_INCIDENT: {(RECEIVED, "grant"): GRANTED, (RECEIVED, "refuse"): REFUSED, **_AFTER_YES},
    DANGER: {
        (RECEIVED, "open"): EMERGENCY,
        (RECEIVED, "refuse"): REFUSED,
        (EMERGENCY, "confirm"): GRANTED,
        (EMERGENCY, "disapprove"): REFUSED,
        **_AFTER_YES,
    },
    PRESERVATION: {
        (RECEIVED, "keep"): KEPT,
        (RECEIVED, "refuse"): REFUSED,
        (KEPT, "close"): CLOSED,
        (REFUSED, "close"): CLOSED,
    },
}
ACTS = {act for machine in MACHINES.values() for _state, act in machine}


def after(kind: str, state: str, act: str) -> str:
    """The state that `act` leads to. Raises `Refusal` where the machine of `kind` does not know it."""
    following = MACHINES[kind].get((state, act))
    if following is None:
        raise Refusal("case-step-impossible", clause="T7", kind="regulations", act=act, state=state)
    return following


def possible(kind: str, state: str) -> set[str]:
    """The acts that may follow."""
    return {act for (before, act) in MACHINES[kind] if before == state}
