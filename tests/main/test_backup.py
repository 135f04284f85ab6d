"""Backup and restore as a person runs them: the papers come along, no picture opens, the record says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kuramori.ledger import verify_ledger
from kuramori.vault.key_store import KeyStore
from kuramori.vault.segment_reader import SegmentFile
from tests.browser.box import free_port
from tests.main.test_supervisor import DEMONSTRATION_S, Running, soon

pytestmark = pytest.mark.process


def kuramori(*words: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "kuramori.main.command", *words]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=120)


def asked(data: Path, code: str) -> str:
    env = os.environ | {"KURAMORI_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kuramori.main.settings"}
    argv = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=True).stdout.strip()


class Demo(Running):
    """A box with a camera that really records."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data, self.port = data, free_port()
        self.log = data.with_suffix(".log")
        argv = [sys.executable, "-m", "kuramori.main.command", "--data", str(data)]
        argv += ["--port", str(self.port), "up", *words]
        self.process = subprocess.Popen(argv, stdout=self.log.open("wb"), stderr=subprocess.STDOUT)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)


def test_a_backup_makes_a_new_recorder_on_which_nothing_old_opens(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "papers.kura-backup"
    box = Demo(old, "--demo")
    try:
        soon(lambda: list((old / "store").rglob("*.kura")), "nothing was recorded", DEMONSTRATION_S)
        soon(lambda: asked(old, "from kuramori.footage.models import Segment as S; print(S.objects.count())")
             != "0", "the index stayed empty", DEMONSTRATION_S)  # fmt: skip
        made = kuramori("--data", str(old), "backup", str(file))  # while everything runs
        assert made.returncode == 0, made.stdout + made.stderr
        assert kuramori("--data", str(old), "backup", str(file)).returncode == 1  # never over a file
    finally:
        box.end()

    assert file.stat().st_mode & 0o077 == 0 and not list(tmp_path.glob("*.part"))
    with zipfile.ZipFile(file) as archive:
        assert set(archive.namelist()) == {"manifest.json", "db.sqlite3"}
        held = b"".join(archive.read(name) for name in archive.namelist())
    secrets_ = [(old / "keys" / name).read_bytes() for name in ("ledger.key", "orders.key", "pages.secret")]
    table = KeyStore(old / "record").open()
    assert table is not None
    hours = [bytes(row.secret) for row in table.hours.values()]
    for secret in [*secrets_, *hours]:
        assert secret not in held and secret.hex().encode() not in held
    assert hours

    assert kuramori("restore", str(file), "--data", str(old)).returncode == 1  # not over a recorder
    restored = kuramori("restore", str(file), "--data", str(new))
    assert restored.returncode == 0, restored.stdout + restored.stderr
    was, now = (json.loads((one / "instance.json").read_text()) for one in (old, new))
    assert was["recorder_id"] != now["recorder_id"] and now["demo"]
    assert asked(new, "from kuramori.footage.models import *; print(Segment.objects.count(),"
                 " Gap.objects.filter(reason='not-here').exists())") == "0 True"  # fmt: skip

    _check_the_record(new, was["recorder_id"], tmp_path)
    _check_nothing_opens(old, new)

    again = Demo(new)
    try:
        soon(again.answers, f"the restored box does not answer: {again.said()}")
        soon(lambda: (new / "record" / "table" / "A").exists(), "no new key table")
    finally:
        again.end()
    _check_nothing_opens(old, new)


def _check_the_record(new: Path, former: str, tmp_path: Path) -> None:
    """The verifier says restored, not intact; the former record is whole beside it."""
    export = tmp_path / "export.jsonl"
    said = kuramori("--data", str(new), "verify-ledger", "--export", str(export))
    assert said.returncode == 0 and "RESTORED" in said.stdout and "whole" not in said.stdout
    before = new / "ledger" / f"before-{former}.jsonl"
    program = [sys.executable, verify_ledger.__file__]
    alone = subprocess.run([*program, str(export)], capture_output=True, text=True, check=False)
    assert alone.returncode == 3 and "RESTORED" in alone.stdout and "WHOLE" not in alone.stdout
    earlier = subprocess.run([*program, str(before)], capture_output=True, text=True, check=False)
    assert earlier.returncode == 0 and "WHOLE" in earlier.stdout
    lines = before.read_text().splitlines()
    tree = verify_ledger.Tree()
    for line in lines[1:]:
        tree.add(verify_ledger.leaf_of(json.loads(line)))
    first = json.loads(json.loads(export.read_text().splitlines()[1])["text"])
    assert first["act"] == "ledger-restored"
    assert first["object"] == {
        "origin": f"kuramori/{former}",
        "root": tree.head().hex(),
        "size": len(lines) - 1,
    }


def _check_nothing_opens(old: Path, new: Path) -> None:
    """The attack: all of the old box's files carried over, and the new box's whole key table."""
    table = KeyStore(new / "record").open() if (new / "record" / "table").exists() else None
    hours = set(table.hours) if table else set()
    for path in (old / "store").rglob("*.kura"):
        with SegmentFile.open(path) as file:
            assert file.header.hour not in hours


def test_a_damaged_backup_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    file, new = tmp_path / "broken", tmp_path / "new"
    manifest = {"format": "kuramori-backup/1", "recorder": "0" * 32, "demo": False, "made_at": "x",
                "ledger": {}, "sha256": {"db.sqlite3": "0" * 64}}  # fmt: skip
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("db.sqlite3", b"other bytes")
    said = kuramori("restore", str(file), "--data", str(new))
    assert said.returncode == 1 and "backup-damaged" in said.stdout
    assert [one.name for one in new.iterdir()] == ["lock"]
    shutil.rmtree(new)
    file.write_bytes(b"no zip at all")
    assert kuramori("restore", str(file), "--data", str(new)).returncode == 1
