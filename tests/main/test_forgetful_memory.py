"""What a process with this environment gives back is nowhere in its memory; in another process it is."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kuramori.main.forgetful_memory import FORGETFUL

SEARCH = """
import os
from pathlib import Path
def secrets():
    halves = os.urandom(24), os.urandom(24)
    small, large = b"".join(halves), b"".join(halves) + bytes(30000)
    return bytes(byte ^ 255 for byte in small)
turned = secrets()
found = 0
with open("/proc/self/mem", "rb", 0) as memory:
    for line in Path("/proc/self/maps").read_text().splitlines():
        edges, rights = line.split()[:2]
        if rights.startswith("rw"):
            start, end = (int(edge, 16) for edge in edges.split("-"))
            memory.seek(start)
            data = memory.read(end - start)
            at = -1
            looked = bytes(byte ^ 255 for byte in turned[:16])
            while (at := data.find(looked, at + 1)) >= 0:
                found += data[at + 16:at + 48] == bytes(byte ^ 255 for byte in turned[16:])
            del data
print(found)
"""


def found(environment: dict[str, str]) -> int:
    clean = {name: value for name, value in os.environ.items() if name not in FORGETFUL}
    argv = [sys.executable, "-c", SEARCH]
    done = subprocess.run(argv, env=clean | environment, check=True, stdout=subprocess.PIPE)
    return int(done.stdout)


@pytest.mark.parametrize(("environment", "there"), [({}, True), (FORGETFUL, False)])
def test_what_was_given_back(environment: dict[str, str], there: bool) -> None:
    assert bool(found(environment)) is there
