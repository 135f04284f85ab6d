"""`kuramori restore FILE --data NEW`: a new recorder that knows the papers of the old one, and no footage.

The new box gets an identity and keys of its own. No hour secret comes with a backup, so nothing recorded
before opens here: that is the purpose, and the printed words say so.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from kuramori.errors import BadInput, KuramoriError
from kuramori.main import instance, lock

FORMAT = "kuramori-backup/1"
MEMBERS = {"manifest.json", "db.sqlite3"}


def main(file: Path, data: Path) -> int:
    """Restore into the empty directory `data`; returns the process's exit code."""
    try:
        held = lock.take(data)
    except KuramoriError as error:
        print(f"{data}: {error}")
        return 1
    try:
        return _restore(file, data)
    except (BadInput, zipfile.BadZipFile, FileNotFoundError, KeyError, ValueError) as wrong:
        print(f"Not restored: {wrong!r}")
        return 1
    finally:
        os.close(held)


def _restore(file: Path, data: Path) -> int:
    if any(one.name != "lock" for one in data.iterdir()):
        raise BadInput("directory-not-empty", directory=str(data))
    with zipfile.ZipFile(file) as archive:
        manifest = read_manifest(archive)
        _take_out(archive, manifest, data)
    instance.prepare(data, demo=bool(manifest["demo"]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from kuramori.main import backup, restore_rows

    for line in restore_rows.begin_anew(manifest, backup.sha256_of(file)):
        print(line)
    return 0


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The backup's manifest. Raises `BadInput` for anything that is not a backup of this format."""
    if set(archive.namelist()) != MEMBERS:
        raise BadInput("not-a-backup")
    manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    if manifest.get("format") != FORMAT:
        raise BadInput("unknown-backup-format", format=str(manifest.get("format")))
    return manifest


def _take_out(archive: zipfile.ZipFile, manifest: dict[str, Any], data: Path) -> None:
    """The database under its name only once its hash fits: a damaged backup leaves nothing behind."""
    handle, name = tempfile.mkstemp(dir=data)
    hashed = hashlib.sha256()
    with archive.open("db.sqlite3") as source, os.fdopen(handle, "wb") as out:
        while piece := source.read(1 << 20):
            hashed.update(piece)
            out.write(piece)
    if hashed.hexdigest() != manifest["sha256"]["db.sqlite3"]:
        Path(name).unlink()
        raise BadInput("backup-damaged")
    Path(name).rename(data / "db.sqlite3")
