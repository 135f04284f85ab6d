"""What a process with this environment gives back is nowhere in its memory; in another process it is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kuramori.main.forgetful_memory import FORGETFUL
from tests.rig.process_memory import hits

GIVES_BACK = """
import sys
def small_and_large(turned):
    small = bytes(byte ^ 255 for byte in turned)
    return small, small + bytes(30000)
small_and_large(bytes.fromhex(sys.argv[1]))
print("gone", flush=True)
sys.stdin.read()
"""
"""Told the needle with every bit turned, so that it has it nowhere but in what it gives back."""


def found(environment: dict[str, str]) -> int:
    clean = {name: value for name, value in os.environ.items() if name not in FORGETFUL}
    needle = os.urandom(48)
    argv = [sys.executable, "-c", GIVES_BACK, bytes(byte ^ 255 for byte in needle).hex()]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, env=clean | environment, stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None and other.stdout.readline() == b"gone\n"
        # Its first bytes are where the allocator notes what is free.
        return hits(other.pid, [needle[16:]])[0]


@pytest.mark.parametrize(("environment", "there"), [({}, True), (FORGETFUL, False)])
def test_what_was_given_back(environment: dict[str, str], there: bool) -> None:
    assert bool(found(environment)) is there
