"""`kuramori demo-erase` as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kuramori.main.demo_camera.camera import PYTHON_WITH_GSTREAMER

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.process
def test_an_hour_dies_and_everything_that_is_left_opens_nothing() -> None:
    if not Path(PYTHON_WITH_GSTREAMER).exists():
        pytest.skip("no Debian Python")
    told = subprocess.run(
        [sys.executable, "-m", "kuramori.main.demo_erase"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-3000:]
    assert "fits\n" in told.stdout, "the same tries succeed before the day: the attack is a real one"
    assert " 1 fits" in told.stdout
    assert ", 0 fit" in told.stdout
    assert ", 0 hits" in told.stdout
    assert "kuramori-erasure-certificate" in told.stdout
    assert "×" not in told.stdout
