"""How long pages take after a week with three cameras and after three years with a hundred.

    python -m bench.pages [--quick]

Two boxes of their own, the pages asked in this process, best of several; processor time, so that other work
on the machine does not count. The full index of segments, 92 days
of gaps and certificates, three years of health days, of the record and of the registers; `--quick` thirty
cameras and thirty days.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.results import Result, told

WORDS = {False: (100, 31, 1095), True: (30, 1, 30)}
"""Cameras, days of footage, days of everything else."""
ASKED = 7
PAGES = (
    "/", "/guideline/overview/", "/live/", "/playback/", "/cases/", "/cases/register/", "/grants/",
    "/erasure/", "/holds/", "/media/", "/ledger/", "/health/", "/disks/", "/status/", "/people/",
    "/devices/", "/registers/",
    "/registers/complaints/", "/registers/rounds/", "/registers/assessments/", "/registers/pc-checks/",
    "/deviations/", "/regulations/", "/alarms/", "/clauses/", "/notice/", "/audit/", "/plan/",
)  # fmt: skip


def run(quick: bool) -> list[Result]:
    """Both boxes, page by page; a bar of 1.5 on each."""
    with tempfile.TemporaryDirectory() as name:
        small = _box(Path(name) / "small", 3, 7, 7)
        much = WORDS[quick]
        large = _box(Path(name) / "large", *much)
    rows = [
        Result(
            f"page {path}: {much[0]} cameras × {much[2]} days / 3 × 7",
            large[path] / small[path],
            "×",
            1.5,
        )
        for path in PAGES
    ]
    slowest = max(PAGES, key=lambda path: large[path])
    return [*rows, Result(f"slowest page of the larger box: {slowest}", large[slowest] * 1000, "ms")]


def _box(data: Path, cameras: int, footage_days: int, days: int) -> dict[str, float]:
    words = [
        sys.executable,
        "-m",
        "bench.pages",
        "ask",
        str(data),
        str(cameras),
        str(footage_days),
        str(days),
    ]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    took: dict[str, float] = json.loads(said.splitlines()[-1])
    return took


def ask(data: Path, cameras: int, footage_days: int, days: int) -> None:
    """Fill a box and open its pages; prints JSON: path to best seconds."""
    os.environ.update(KURAMORI_DATA=str(data), DJANGO_SETTINGS_MODULE="kuramori.main.settings")
    from kuramori.main import instance

    instance.prepare(data)
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.ALLOWED_HOSTS = ["localhost"]
    call_command("migrate", verbosity=0)
    from tests.guideline.entering import browser

    from bench import pages_history

    page = browser(pages_history.lived(cameras, footage_days, days))
    took = {}
    for path in PAGES:
        times = []
        for _ in range(ASKED):
            began = time.process_time()
            answer = page.get(path)
            times.append(time.process_time() - began)
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")
        took[path] = min(times)
    print(json.dumps(took))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pages")
    parser.add_argument("--quick", action="store_true")
    return told(run(parser.parse_args().quick))


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        ask(Path(sys.argv[2]), *(int(one) for one in sys.argv[3:6]))
    else:
        raise SystemExit(main())
