"""The work loop: a step that fails is tried again and holds up no other."""

from __future__ import annotations

import pytest

from kuramori.main.work import Step, steps

pytestmark = pytest.mark.django_db


def test_a_failing_step_neither_ends_the_loop_nor_gives_up() -> None:
    tried: list[int] = []

    def fails() -> None:
        tried.append(1)
        raise ValueError("broken on purpose")

    step = Step(fails, "broken", 0)
    step.run_if_due(1e12)
    step.run_if_due(1e12)
    assert len(tried) == 2


def test_a_step_waits_its_time() -> None:
    done: list[int] = []
    step = Step(lambda: done.append(1), "counted", 3600)
    step.run_if_due(0.0)
    step.run_if_due(step.due_at_s - 1)
    assert len(done) == 1
    step.run_if_due(step.due_at_s)
    assert len(done) == 2


def test_every_step_runs_on_an_empty_box() -> None:
    for step in steps():
        step.run()
