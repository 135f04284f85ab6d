"""`kuramori backup FILE`: what a new box needs to go on, and nothing that opens footage.

In it: the database (settings, registers, sealed storehouse keys and approved pictures, the record of acts)
and a signed head of that record. Not in it: footage, slot, key table, T; the keys for orders, ledger and
pages; sessions and second factors. docs/design/backup.md argues each.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings

from kuramori import clock
from kuramori.ledger import entries, exporting

FORMAT = "kuramori-backup/1"
DATABASE = "db.sqlite3"
MANIFEST = "manifest.json"
# Rows that would let whoever finds the file in, or that only this box can read.
LEFT_OUT = ("django_session", "mfa_authenticator", "usersessions_usersession")


def main(file: Path) -> int:
    """Write the backup; returns the process's exit code. Never writes over a file."""
    if file.exists():
        print(f"{file} exists already. Choose another name.")
        return 1
    entries.record_now("backup-made", actor="program:backup", obj={"file": file.name})
    size, head = exporting.head()
    copy = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        _copy_database(copy)
        manifest = {
            "format": FORMAT,
            "recorder": settings.INSTANCE.recorder_id,
            "demo": settings.INSTANCE.demo,
            "made_at": clock.iso(clock.now_ns()),
            "ledger": json.loads(head),
            "sha256": {DATABASE: sha256_of(copy)},
        }
        _write(file, manifest, copy)
    finally:
        copy.unlink(missing_ok=True)
    print(f"{file}: {file.stat().st_size} bytes, {size} entries of the record. No footage is in it.")
    return 0


def sha256_of(path: Path) -> str:
    """The file's SHA-256, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_database(copy: Path) -> None:
    """A consistent copy while everything goes on, without what LEFT_OUT names, free pages gone."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    live = f"file:{Path(settings.DATA) / DATABASE}?mode=ro"
    with closing(sqlite3.connect(live, uri=True)) as source, closing(sqlite3.connect(copy)) as out:
        source.backup(out)
        out.execute("PRAGMA journal_mode=DELETE")
        known = {name for (name,) in out.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        for table in known.intersection(LEFT_OUT):
            out.execute(f"DELETE FROM {table}")  # noqa: S608  names of ours
        out.commit()
        out.execute("VACUUM")


def _write(file: Path, manifest: dict[str, Any], copy: Path) -> None:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w+b") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            archive.write(copy, DATABASE)
        out.flush()
        os.fsync(out.fileno())
