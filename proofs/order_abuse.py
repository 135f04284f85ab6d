"""Everything that somebody who owns the pages, the database or the spool can try on the recording process.

    python -m proofs.order_abuse [--write docs/proofs.md]

The real process, the real pages' side with its database and ledger. Each attack must be refused, journalled
and ledgered, and change no hour's date; at the end a genuine order is obeyed, which shows that the
process was listening all the time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from proofs.tables import markdown, write_table

HEAD = ("attack", "what the recorder says", "in the journal", "in the ledger", "hours erased", "dates moved")
OBEYED = "order-done"


@dataclass(frozen=True)
class Outcome:
    """`why` is the code of the refusal ("" when there was nothing to refuse)."""

    attack: str
    why: str
    journalled: bool
    ledgered: bool
    erased: int
    later: int
    """Hours whose date has become later."""

    def faults(self, wanted: str) -> list[str]:
        """What is not as it must be."""
        found = {
            f"answered {self.why!r}, not {wanted!r}": self.why != wanted,
            "not in the journal": bool(wanted) and not self.journalled,
            "not in the ledger": bool(wanted) and not self.ledgered,
            f"{self.erased} hours erased": (self.erased > 0) != (wanted == OBEYED),
            f"{self.later} dates later": self.later > 0,
        }
        return [f"{self.attack}: {text}" for text, wrong in found.items() if wrong]

    def row(self) -> list[str]:
        """For the table."""
        yes = {True: "yes", False: "no"}
        said = self.why or "nothing to refuse"
        kept = [yes[self.journalled], yes[self.ledgered]] if self.why else ["—", "—"]
        return [self.attack, said, *kept, str(self.erased), str(self.later)]


def prove(data: Path) -> tuple[list[Outcome], list[str]]:
    """All attacks on the data directory `data`, made here. Django must be set up for it."""
    from proofs.order_attacks import ATTACKS
    from proofs.order_bench import Bench

    bench = Bench(data)
    outcomes, faults = [], []
    try:
        for attack in ATTACKS:
            outcome = bench.attempt(attack.name, attack.act)
            outcomes.append(outcome)
            faults += outcome.faults(attack.why)
    finally:
        bench.close()
    return outcomes, faults


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.order_abuse")
    parser.add_argument("--write", type=Path, help="put the table into this document")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kuramori-orders-") as folder:
        data = Path(folder) / "data"
        os.environ["KURAMORI_DATA"] = str(data)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
        from kuramori.main import instance

        instance.prepare(data)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        outcomes, faults = prove(data)
    table = markdown(HEAD, [outcome.row() for outcome in outcomes])
    print(table)
    if chosen.write:
        write_table(chosen.write, "order-abuse", table)
    print("\n".join(faults) or "everything as expected")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
