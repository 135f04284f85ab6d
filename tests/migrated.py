"""One migrated, empty database for every box of the tests: migrating takes seconds, copying does not.

It is kept in the temporary directory under the hash of all migrations, so that a changed one makes a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
DATABASE = "db.sqlite3"


def put_into(data: Path) -> None:
    """Lay an empty, migrated database into the data directory `data`, as `manage migrate` would make it."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(_made_once(), data / DATABASE)
    (data / DATABASE).chmod(0o600)


def _made_once() -> Path:
    shelf = Path(tempfile.gettempdir()) / f"kuramori-empty-database-{os.getuid()}-{_version()}"
    shelf.mkdir(mode=0o700, exist_ok=True)
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shelf / DATABASE).exists():
            with tempfile.TemporaryDirectory() as fresh:
                _migrate(Path(fresh))
                shutil.copyfile(Path(fresh) / DATABASE, shelf / "half-made")
            (shelf / "half-made").rename(shelf / DATABASE)
    return shelf / DATABASE


def _migrate(data: Path) -> None:
    argv = [sys.executable, "-m", "kuramori.main.command", "manage", "migrate", "--noinput", "-v", "0"]
    subprocess.run(argv, env=os.environ | {"KURAMORI_DATA": str(data)}, cwd=REPOSITORY, check=True)


def _version() -> str:
    found = hashlib.sha256((REPOSITORY / "requirements/run.txt").read_bytes())
    for file in sorted((REPOSITORY / "src/kuramori").glob("*/migrations/*.py")):
        found.update(str(file.relative_to(REPOSITORY)).encode() + file.read_bytes())
    return found.hexdigest()[:16]
