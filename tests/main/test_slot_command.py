"""`kuramori slot`: says the truth, refuses while recording, and the recorder lives with what it made."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.main import instance, slot_words
from kuramori.vault import assurance
from tests.vault.conftest import device, softhsm, tpm
from tests.vault.slot_rig import PIN, SOFTHSM, Tpm, new_token

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["device", "softhsm", "tpm"]

SOURCE = Path(__file__).resolve().parents[2] / "src"
PATIENCE_S = 30.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    instance.prepare(tmp_path / "data")
    return tmp_path / "data"


def slot(data: Path, *words: str | Path) -> tuple[int, str]:
    line = [sys.executable, "-m", "kuramori.main.command", "--data", str(data), "slot", *map(str, words)]
    done = subprocess.run(
        line, env={**os.environ, "PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def recording(data: Path) -> Iterator[None]:
    with _recording(data):
        yield


class _recording:
    def __init__(self, data: Path) -> None:
        self._data = data

    def __enter__(self) -> None:
        words = [sys.executable, "-m", "kuramori.recorder", "--data", str(self._data)]
        self._process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(SOURCE)})
        until = time.monotonic() + PATIENCE_S
        while not (self._data / "record/record.sock").exists():
            assert time.monotonic() < until
            assert self._process.poll() is None
            time.sleep(0.02)

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(PATIENCE_S) == 0


def test_a_directory_without_data_is_not_touched(tmp_path: Path) -> None:
    assert slot(tmp_path, "init")[0] == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.process
def test_the_status_is_the_same_while_recording_and_after(data: Path) -> None:
    with _recording(data):
        code, running = slot(data, "status")
    assert code == 0
    assert "保証水準 / assurance level: 1" in running
    code, stopped = slot(data, "status")
    assert (code, stopped) == (0, running)


@pytest.mark.process
def test_nothing_is_moved_while_recording(data: Path, recording: None) -> None:
    code, said = slot(data, "move", "--file", data.parent / "usb")
    assert code == 1
    assert "stop it first" in said
    assert not (data.parent / "usb").exists()


@pytest.mark.process
def test_the_recorder_lives_with_a_partition_and_a_tpm(data: Path, device: Path, tpm: Tpm) -> None:
    code, said = slot(data, "init", "--raw", device, "--tpm", tpm.tcti)
    assert code == 0
    assert "tpm-in-software" in said  # swtpm is not praised
    assert tpm.directory.as_posix() in said
    for _ in range(2):
        with _recording(data):
            code, said = slot(data, "status")
            assert code == 0
            assert "tpm-in-software" in said
    assert not (data / "record/set-aside").exists()
    assert not (data / "record/slot").exists()
    code, said = slot(data, "move")
    assert code == 0
    with _recording(data):
        assert "tpm-in-software" not in slot(data, "status")[1]


def test_a_token_is_asked_for_by_label(data: Path, softhsm: None) -> None:
    place = new_token("command", data.parent)
    pin_file = data.parent / "pin"
    pin_file.write_text(PIN)
    assert "token-without-pin" in slot(data, "init", "--token", place.token)[1]
    options = ["--token", place.token, "--module", SOFTHSM, "--pin-file", pin_file]
    code, said = slot(data, "init", *options)
    assert (code, "token-in-software" in said) == (0, True)
    assert "slot-exists" in slot(data, "init", *options)[1]
    assert PIN not in (data / "record/slot.json").read_text()
    pin_file.write_text("000000")
    assert slot(data, "status")[0] == 1


def test_a_device_in_other_use_is_refused_until_somebody_says_it_may_be_lost(
    data: Path, device: Path
) -> None:
    device.write_bytes(b"a file system, perhaps" * 1000)
    code, said = slot(data, "init", "--raw", device)
    assert (code, "slot-holds-data" in said) == (1, True)
    assert device.read_bytes().startswith(b"a file system")
    assert not (data / "record/slot.json").exists()
    assert slot(data, "init", "--raw", device, "--overwrite")[0] == 0


def test_every_code_the_vault_says_has_words() -> None:
    sources = {path.name: path.read_text() for path in (SOURCE / "kuramori/vault").glob("*.py")}
    doubts = set(re.findall(r'f?"([a-z]+(?:-[a-z]+)+)', sources["assurance.py"]))
    doubts -= {"data-journal", "device-tree"}
    findings = {*assurance.LOWERING, "slot-copy-not-written", "token-part-away", "table-copy-failed"}
    assert (doubts | findings) - slot_words.REASONS.keys() == set()
    refusals = {
        code
        for name in ("configured_store.py", "raw_slot.py", "slot_config.py")
        for code in re.findall(r'BadInput\(\s*"([a-z-]+)"', sources[name])
    }
    assert refusals
    assert refusals - slot_words.PROBLEMS.keys() == set()
