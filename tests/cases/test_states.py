"""The machines of cases, without a database."""

from __future__ import annotations

import pytest

from kuramori.cases import states
from kuramori.cases.bases import BASES, unanswered
from kuramori.errors import Refusal


@pytest.mark.parametrize("kind", sorted(states.MACHINES))
def test_every_case_can_end_and_none_goes_on_after_its_end(kind: str) -> None:
    seen, open_states = set(), {states.RECEIVED}
    while open_states:
        state = open_states.pop()
        seen.add(state)
        open_states |= {states.after(kind, state, act) for act in states.possible(kind, state)} - seen
    assert states.CLOSED in seen
    assert states.possible(kind, states.CLOSED) == set()
    for state in seen - {states.CLOSED}:
        assert states.possible(kind, state), f"{state} leads nowhere"


@pytest.mark.parametrize("kind", [states.INVESTIGATORS, states.PERSON_FILMED])
def test_nobody_decides_yes_before_the_papers_are_checked(kind: str) -> None:
    with pytest.raises(Refusal, match="case-step-impossible"):
        states.after(kind, states.RECEIVED, "grant")
    assert states.after(kind, states.VERIFIED, "grant") == states.GRANTED


@pytest.mark.parametrize("kind", sorted(states.MACHINES))
def test_what_was_handed_over_is_closed_only_when_it_came_back(kind: str) -> None:
    for state in (states.HANDED, states.RECEIPTED):
        with pytest.raises(Refusal):
            states.after(kind, state, "close")


def test_keeping_never_leads_to_looking() -> None:
    assert all(state not in (states.GRANTED, states.EMERGENCY) for state in
               states.MACHINES[states.PRESERVATION].values())  # fmt: skip


def test_an_inquiry_needs_number_original_and_call_back() -> None:
    basis = BASES["inquiry"]
    said = {check.code: "x" for check in basis.checks}
    assert unanswered(basis, said) == []
    for code in ("document_number", "officer", "original_seen", "called_number", "called_person"):
        assert [check.code for check in unanswered(basis, said | {code: " "})] == [code]


def test_every_basis_has_a_machine_and_a_purpose_of_the_closed_list() -> None:
    from kuramori.access import purposes

    for basis in BASES.values():
        assert basis.kind in states.MACHINES
        assert basis.purpose in purposes.PLAYBACK
