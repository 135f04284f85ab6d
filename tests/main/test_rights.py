"""Recorder and pages as two users, for real: each can do its work and cannot read the other's secrets."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kuramori.main import instance, rights
from kuramori.main.updating import _answers


def _same_python() -> bool:
    """Whether Debian's Python can use the packages of ours."""
    asked = ["/usr/bin/python3", "-c", "import sys; print(*sys.version_info[:2])"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
    return told == [str(part) for part in sys.version_info[:2]]


pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can be two users"),
    pytest.mark.skipif(not _same_python(), reason="Debian's Python is another version"),
]
IDS = rights.Ids(record=64101, pages=64102, group=64100)
SOURCE = Path(__file__).resolve().parents[2] / "src"
PATIENCE_S = 30
PYTHON = "/usr/bin/python3"
"""One that every user may start; ours may lie in root's home."""
SITE = next(path for path in sys.path if path.endswith("site-packages"))


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory that other users can get to, unlike pytest's."""
    made = Path(subprocess.check_output(["mktemp", "-d", "/tmp/kuramori-rights.XXXXXX"], text=True).strip())
    made.chmod(0o755)
    instance.prepare(made / "d")
    rights.apply(made / "d", IDS)
    yield made / "d"
    subprocess.run(["rm", "-rf", str(made)], check=True)


def run_as(user: int, argv: list[str], data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, **as_user(user, data), capture_output=True, text=True, check=False)


def as_user(user: int, data: Path) -> dict[str, Any]:
    more = {"KURAMORI_SHARED": "1", "KURAMORI_DATA": str(data), "PYTHONPATH": f"{SOURCE}:{SITE}"}
    env = os.environ | more | {"PYTHONDONTWRITEBYTECODE": "1"}
    return {"user": user, "group": IDS.group, "extra_groups": [], "umask": 0o027, "env": env, "cwd": "/"}


def reads(user: int, path: Path, data: Path) -> bool:
    return run_as(user, ["dd", f"if={path}", "of=/dev/null", "status=none"], data).returncode == 0


def test_two_users_work_together_and_keep_their_secrets(data: Path) -> None:
    argv = [PYTHON, "-m", "kuramori.recorder", "--data", str(data)]
    recorder = subprocess.Popen(argv, **as_user(IDS.record, data), stderr=subprocess.DEVNULL)
    try:
        until_s = time.monotonic() + PATIENCE_S
        while not _answers(data / "record/record.sock") and time.monotonic() < until_s:
            time.sleep(0.05)
        manage = [PYTHON, "-m", "kuramori.main.command", "manage"]
        migrated = run_as(IDS.pages, [*manage, "migrate", "-v", "0"], data)
        assert migrated.returncode == 0, migrated.stderr
        work = (
            "from kuramori.footage import intake, settings_file, recorder_socket, orders\n"
            "settings_file.write_now(); intake.take_in(); recorder_socket.status()\n"
            "orders.issue('confirm-clock', wall_ns=1, by='x')\n"
        )
        told = run_as(IDS.pages, [*manage, "shell", "-v", "0", "-c", work], data)
        assert told.returncode == 0, told.stderr
        while list((data / "record/orders").iterdir()) and time.monotonic() < until_s:
            time.sleep(0.05)
        assert not list((data / "record/orders").iterdir()), "the recorder takes the pages' orders away"
        journal = next((data / "record/journal").iterdir())
        assert reads(IDS.pages, journal, data)
        for secret in ("record/table/A", "record/slot/A", "record/clock.json"):
            assert (data / secret).exists() and not reads(IDS.pages, data / secret, data), secret
        for secret in ("db.sqlite3", "keys/orders.key", "keys/ledger.key", "keys/pages.secret"):
            assert (data / secret).exists() and not reads(IDS.record, data / secret, data), secret
        for name in ("record/table", "record/slot", "record/journal", "record/orders.pub"):
            moved = run_as(IDS.pages, ["mv", str(data / name), str(data / "record/mine")], data)
            assert moved.returncode != 0, name
        assert run_as(IDS.pages + 1, ["ls", str(data)], data).returncode == 0, "in the group: the list"
        stranger = as_user(IDS.pages + 1, data) | {"group": IDS.group + 1}
        assert subprocess.run(["ls", str(data)], **stranger, capture_output=True).returncode != 0
    finally:
        recorder.terminate()
        recorder.wait(PATIENCE_S)
