"""Eight cameras on a bad network, once; longer, and with the times judged, in proofs/network_faults.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from proofs.network_faults import FAULTS, prove

from tests.rig.namespace import PREFIX, Namespace, sweep

pytestmark = pytest.mark.process


@pytest.fixture
def _namespaces() -> None:
    try:
        with Namespace():
            pass
    except (RuntimeError, FileNotFoundError) as why:
        pytest.skip(str(why))


def names() -> str:
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout


def test_each_fault_has_its_row_and_no_other_camera_notices(
    _namespaces: None, _gst: None, clips: Path, tmp_path: Path
) -> None:
    outcomes = prove(tmp_path, clips, FAULTS, 11.0, times=False)
    assert {one.fault.name: one.faults for one in outcomes} == {fault.name: [] for fault in FAULTS}
    assert [bool(one.rows) for one in outcomes] == [bool(fault.first) for fault in FAULTS]


def test_the_namespace_of_a_killed_run_is_removed_with_what_runs_in_it(_namespaces: None) -> None:
    script = (
        "import os, subprocess; from tests.rig.namespace import Namespace\n"
        "net = Namespace().__enter__()\n"
        "quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}\n"
        "subprocess.Popen(['ip', 'netns', 'exec', net.name, 'sleep', '300'], **quiet)\n"
        "print(net.name, flush=True); os.kill(os.getpid(), 9)"
    )
    left = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    name = left.stdout.strip()
    assert name.startswith(PREFIX) and name in names()
    with Namespace() as ours:
        assert name not in names() and ours.name in names()
        sweep()
        assert ours.name in names(), "of a run that lives nothing is taken away"
    assert f"{PREFIX}{os.getpid()}-" not in names()
