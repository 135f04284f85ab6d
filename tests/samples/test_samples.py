"""Today's code reads what every released format left behind."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from kuramori.recorder import journal_reader
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_store import KeyStore
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
ARCHIVES = sorted(HERE.glob("format-*.tar.gz"))


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.name.split(".")[0])
def data(request: Any, tmp_path: Path) -> Path:
    """One stored data directory, unpacked."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path / "data", filter="data")
    return tmp_path / "data"


def opens(data: Path) -> dict[str, str]:
    said = json.loads((data / "opens.json").read_text())
    return {str(key): str(value) for key, value in said.items()}


def test_there_is_a_sample_of_the_first_format() -> None:
    assert "format-2.tar.gz" in [path.name for path in ARCHIVES]


def test_a_picture_opens_with_its_table_slot_and_passphrase(data: Path) -> None:
    said = opens(data)
    table = KeyStore(data / "record").open()
    assert table is not None and table.hours
    key = _storehouse_key(data, said["passphrase"])
    with SegmentFile(data / said["segment"]) as file:
        head = file.header
        secret = table.hours[head.hour].secret
        sealed = unwrap_sealed_key(secret, head.segment, head.wrapped_key)
        context = SealContext(1, head.recorder, head.camera, head.segment, head.start_ns, head.storehouse_key)
        opened = open_segment_key(key, sealed, context)
        assert file.state == "closed" and len(file.key_frames()) == 3
        assert file.read(1, opened) == said["clear"].encode()


def _storehouse_key(data: Path, passphrase: str) -> bytearray:
    """The private key that the manager's passphrase opens in the database, brought forward to today."""
    run(data, "manage", "migrate", "--noinput", "-v", "0")
    asked = (
        "from kuramori.access.key_opening import open_wraps\n"
        "from kuramori.people.models import Account\n"
        f"keys = open_wraps(Account.objects.get(username='manager'), {passphrase!r})\n"
        "print('key', *[bytes(key.private).hex() for key in keys.values()])"
    )
    found = [line.split() for line in run(data, "manage", "shell", "-v", "0", "-c", asked).splitlines()]
    return bytearray.fromhex(next(words[1] for words in found if words[:1] == ["key"]))


def run(data: Path, *words: str) -> str:
    """What a command of today's code prints about the unpacked directory."""
    argv = [sys.executable, "-m", "kuramori.main.command", *words]
    env = os.environ | {"KURAMORI_DATA": str(data), "PYTHONPATH": str(SOURCE)}
    told = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr[-2000:]
    return told.stdout


def test_the_journal_holds_together(data: Path) -> None:
    last_seq, _ = journal_reader.verify(data / "record/journal")
    kinds = [entry["kind"] for entry, _ in journal_reader.read_all(data / "record/journal")]
    assert last_seq == len(kinds) and {"start", "rotation", "segment-closed", "stop"} <= set(kinds)


def test_the_database_goes_forward_and_its_ledger_is_whole(data: Path) -> None:
    run(data, "manage", "migrate", "--noinput", "-v", "0")
    assert "whole" in run(data, "--data", str(data), "verify-ledger")
    with sqlite3.connect(data / "db.sqlite3") as line:
        assert line.execute("SELECT count(*) FROM footage_segment WHERE state='closed'").fetchone() == (1,)
