"""Each rule of the guideline, one finding of it at a time, is made deaf; a test over pages must notice.

    python -m proofs.inverted_rules [--only T13] [--write docs/proofs.md]

Which tests can notice is listened to first; then each is asked, the shortest first. The tests of the rules
themselves (`test_clauses.py`) are left out: what is run goes through pages or acts to a gate.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from proofs.inverting import HEARD, UNHEARD
from proofs.tables import markdown, write_table

WHERE = ("guideline", "stories", "people", "cameras", "cases", "access", "desk", "policy", "places", "audit")
LEFT_OUT = ("tests/guideline/test_clauses.py", "tests/guideline/test_table.py")
HEAD = ("clause", "finding", "noticed by")
LONGEST_S = 1800
BATCH = 40


def findings() -> list[tuple[str, str]]:
    """Every clause with every code that it can say."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
    django.setup()
    from kuramori.guideline.registry import CLAUSES

    return [(name, code) for name, clause in CLAUSES.items() for code in clause.words]


def _pytest(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "proofs.inverting", "--no-header", *words]
    env = {**os.environ, **environment}
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=LONGEST_S)


def heard() -> dict[str, dict[str, float]]:
    """`clause:code` → the tests in which it is found, with seconds: only these could miss it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "heard.json"
        where = [*(f"tests/{one}" for one in WHERE), *(f"--ignore={one}" for one in LEFT_OUT)]
        done = _pytest(["-m", "not browser and not proof and not process", *where], **{HEARD: str(place)})
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
        found: dict[str, dict[str, float]] = json.loads(place.read_text())
        return found


def noticed(name: str, tests: dict[str, float]) -> str:
    """The first test, shortest first, that fails without that finding; empty when none does."""
    shortest = sorted(tests, key=lambda one: tests[one])
    for at in range(0, len(shortest), BATCH):
        done = _pytest(shortest[at : at + BATCH], **{UNHEARD: name})
        found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        if found is not None:
            return found.group(1)
        if done.returncode:
            raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.inverted_rules")
    parser.add_argument("--only", help="one clause")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    rows, unheard, found = [], 0, heard()
    for clause, code in findings():
        if chosen.only and clause != chosen.only:
            continue
        by = noticed(f"{clause}:{code}", found.get(f"{clause}:{code}", {}))
        unheard += not by
        rows.append([clause, code, f"`{by}`" if by else "**nothing**"])
        print(markdown(HEAD, rows[-1:]).splitlines()[-1], flush=True)
    if chosen.write:
        write_table(chosen.write, "inverted-rules", markdown(HEAD, rows))
    return 1 if unheard else 0


if __name__ == "__main__":
    sys.exit(main())
