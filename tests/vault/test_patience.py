"""Whoever asks a disk with a deadline gets its answer, its error, or goes on without it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from kuramori.vault.patience import within


def test_the_answer_and_the_error_are_carried_over() -> None:
    assert within(60.0, lambda: 7) == 7
    with pytest.raises(FileNotFoundError):
        within(60.0, Path("/nowhere/at/all").read_bytes)


def test_who_stays_silent_is_left_behind_and_harms_nobody_when_it_ends() -> None:
    gate, ended = threading.Event(), threading.Event()

    def hang() -> None:
        gate.wait()
        ended.set()

    with pytest.raises(TimeoutError):
        within(0.01, hang)
    gate.set()
    assert ended.wait(60.0)
