"""Each rule of the guideline, one finding of it at a time, is made deaf; a test over pages must notice.

    python -m proofs.inverted_rules [--only T13] [--write docs/proofs.md]

A rule that only its own pure test would miss is counted and not judged. So the tests of the rules themselves
(`test_clauses.py`) are left out: what is run goes through the pages, or the acts behind them, to a gate.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from proofs.inverting import VARIABLE
from proofs.tables import markdown, write_table

WHERE = ("guideline", "stories", "people", "cameras", "cases", "access", "desk", "policy", "places", "audit")
LEFT_OUT = ("tests/guideline/test_clauses.py", "tests/guideline/test_table.py")
HEAD = ("clause", "finding", "noticed by")
LONGEST_S = 900


def findings() -> list[tuple[str, str]]:
    """Every clause with every code that it can say."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
    django.setup()
    from kuramori.guideline.registry import CLAUSES

    return [(name, code) for name, clause in CLAUSES.items() for code in clause.words]


def noticed(clause: str, code: str) -> str:
    """The first test that fails without that finding; empty when none does."""
    argv = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "proofs.inverting", "--no-header"]
    argv += ["-m", "not browser and not proof and not process"]
    argv += [*(f"tests/{one}" for one in WHERE), *(f"--ignore={one}" for one in LEFT_OUT)]
    done = subprocess.run(
        argv,
        env={**os.environ, VARIABLE: f"{clause}:{code}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if found is None and done.returncode:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return found.group(1) if found else ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.inverted_rules")
    parser.add_argument("--only", help="one clause")
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    rows, unheard = [], 0
    for clause, code in findings():
        if chosen.only and clause != chosen.only:
            continue
        by = noticed(clause, code)
        unheard += not by
        rows.append([clause, code, f"`{by}`" if by else "**nothing**"])
        print(markdown(HEAD, rows[-1:]).splitlines()[-1], flush=True)
    if chosen.write:
        write_table(chosen.write, "inverted-rules", markdown(HEAD, rows))
    return 1 if unheard else 0


if __name__ == "__main__":
    sys.exit(main())
