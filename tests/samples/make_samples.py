"""Makes tests/samples/format-N.tar.gz: a small data directory, as recorder and pages leave it.

`python -m tests.samples.make_samples N`, once for each released format; an archive is never made again,
since its whole worth is that it is old. It holds a segment, key table and slot, journal, database, and
what opens them (`opens.json`: a passphrase that was never used for anything else).
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
KEPT = ("instance.json", "db.sqlite3", "record/table", "record/slot", "record/journal", "keys/ledger.key")


def main(number: str) -> None:
    """Write the archive; refuses to replace one."""
    archive = HERE / f"format-{number}.tar.gz"
    if archive.exists():
        raise SystemExit(f"{archive} exists and stays as it is")
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        os.environ |= {"KURAMORI_DATA": str(data), "DJANGO_SETTINGS_MODULE": "kuramori.main.settings"}
        import django

        django.setup()
        opens = _live_a_little(data)
        (data / "opens.json").write_text(json.dumps(opens))
        with tarfile.open(archive, "x:gz") as out:
            for name in (*KEPT, opens["segment"], "opens.json"):
                out.add(data / name, arcname=name)


def _live_a_little(data: Path) -> dict[str, str]:
    """A body with one camera, one segment, a rotation, all taken in and in the ledger."""
    from django.core.management import call_command
    from django.db import connection

    from kuramori import clock
    from kuramori.footage import intake
    from kuramori.ledger import checkpoints
    from tests.footage import world as rows

    call_command("migrate", verbosity=0)
    now = clock.ManualClock.at("2026-11-23T09:00:00+00:00")
    with clock.use(now):
        world = rows.build()
        recorder = rows.RunningRecorder(data, now)
        _, path = recorder.segment(world.camera, 3)
        now.advance_s(3600)
        recorder.tick()
        intake.take_in()
        checkpoints.make()
        recorder.stop()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA journal_mode=DELETE")
        cursor.execute("VACUUM")
    return {
        "passphrase": world.passphrase,
        "segment": path.relative_to(data).as_posix(),
        "clear": rows.CLEAR.decode(),
    }


if __name__ == "__main__":
    main(sys.argv[1])
