"""`kuramori update CHECKOUT`: forward with one command, back again by itself when something fails.

The program that runs is what the pointer (a link) leads to; a version is a checkout with its own `.venv`.
Pages and clock work stop first, the recorder goes on; the database is copied, the pointer set, the
database migrated; the recorder alone is restarted last, so footage is lost only while it ends and starts.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Protocol

from kuramori.errors import BadInput, KuramoriError
from kuramori.main.installing import point

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05
KEPT = "before-update.sqlite3"


class UpdateFailed(KuramoriError):
    """The new version did not come up; the old one runs again."""

    default_code = "update-failed"


class Services(Protocol):
    """Stops and starts our units; systemd's in earnest."""

    def stop(self, *names: str) -> None: ...
    def start(self, *names: str) -> None: ...


class Systemd:
    """By `systemctl`."""

    def stop(self, *names: str) -> None:
        subprocess.run(["systemctl", "stop", *names], check=True)

    def start(self, *names: str) -> None:
        subprocess.run(["systemctl", "start", *names], check=True)


def main(chosen: argparse.Namespace) -> int:
    """Exit code: 0 the new version runs; 1 the old one does."""
    try:
        if os.geteuid() != 0:
            raise BadInput("root-needed")
        gap_s = update(chosen.data.resolve(), chosen.pointer, chosen.code.resolve(), Systemd())
    except (KuramoriError, OSError, subprocess.CalledProcessError) as problem:
        print(f"更新できませんでした。元の版に戻しました / not updated: {problem}", file=sys.stderr)
        return 1
    print(f"更新しました。録画の中断 / updated; recorder away for {gap_s:.1f} s")
    return 0


def update(data: Path, pointer: Path, code: Path, services: Services) -> float:
    """Go to `code`; returns how long the recorder did not answer (seconds).

    Raises BadInput before anything is touched, `UpdateFailed` after everything is as it was.
    """
    old = pointer.resolve(strict=True)
    _usable(code)
    recorder_touched = False
    services.stop("kuramori-work", "kuramori-web")
    try:
        _copy(data / "db.sqlite3", data / KEPT)
        point(pointer, code)
        _migrate(pointer, data)
        recorder_touched = True
        return _restart_recorder(data, services)
    except (KuramoriError, OSError, subprocess.CalledProcessError, sqlite3.Error) as problem:
        point(pointer, old)
        _put_back(data / KEPT, data / "db.sqlite3")
        if recorder_touched:  # otherwise the old one still runs and loses nothing
            services.stop("kuramori-record")
            services.start("kuramori-record")
        raise UpdateFailed(why=str(problem)) from problem
    finally:
        services.start("kuramori-web", "kuramori-work")


def _usable(code: Path) -> None:
    """The new version must be able to start at all: asked before anything stops. Raises BadInput."""
    python = code / ".venv/bin/python"
    if not python.exists():
        raise BadInput("no-python", path=code)
    asked = [str(python), "-c", "import kuramori.recorder.process, kuramori.main.command"]
    if subprocess.run(asked, capture_output=True, check=False, cwd="/").returncode:
        raise BadInput("version-does-not-start", path=code)


def _copy(database: Path, copy: Path) -> None:
    """A consistent copy, with what the write-ahead log still holds."""
    copy.unlink(missing_ok=True)
    copy.touch(mode=0o600)
    with sqlite3.connect(database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    _same_owner(database, copy)


def _put_back(copy: Path, database: Path) -> None:
    """The copied database in its old place; the write-ahead log belongs to the one that goes."""
    if not copy.exists():
        return
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
    copy.replace(database)


def _same_owner(model: Path, path: Path) -> None:
    seen = model.stat()
    os.chown(path, seen.st_uid, seen.st_gid)


def _migrate(pointer: Path, data: Path) -> None:
    """By the new version, as whoever owns the database."""
    seen = (data / "db.sqlite3").stat()
    subprocess.run(
        [str(pointer / ".venv/bin/python"), "-m", "kuramori.main.command"]
        + ["manage", "migrate", "--noinput", "-v", "0"],
        check=True,
        env=os.environ | {"KURAMORI_DATA": str(data), "KURAMORI_SHARED": "1"},
        user=seen.st_uid,
        group=seen.st_gid,
        extra_groups=[],
        umask=0o027,
        cwd="/",
    )


def _restart_recorder(data: Path, services: Services) -> float:
    away_s = time.monotonic()
    services.stop("kuramori-record")
    services.start("kuramori-record")
    until_s = away_s + READY_WITHIN_S
    while not _answers(data / "record/record.sock"):
        if time.monotonic() > until_s:
            raise UpdateFailed("recorder-silent")
        time.sleep(LOOK_EVERY_S)
    return time.monotonic() - away_s


def _answers(path: Path) -> bool:
    """Whether the recorder tells its status: frame = length, type 0, JSON (see the socket's page)."""
    request = json.dumps({"op": "status"}).encode()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            line.connect(str(path))
            line.sendall(len(request).to_bytes(4, "big") + b"\0" + request)
            return b"table" in line.recv(1 << 20)
    except OSError:
        return False
