"""`make bench` (QUICK=1: under three minutes): run the benchmarks, print a table, write
bench/results.json."""

from __future__ import annotations

import argparse
import sys

from bench import (
    beside_motion,
    desk,
    handing_out,
    in_step,
    jump_latency,
    live_delay,
    masking,
    pages,
    recording,
    results,
    storehouse,
    view_watching,
)
from bench.recording import Length

QUICK = (live_delay, jump_latency, masking)
"""What fits into three minutes."""
ALL = (*QUICK, storehouse, in_step, desk, beside_motion, view_watching, handing_out, pages)


def main() -> int:
    """Exit code 1 when a bar does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="shorter runs, under three minutes in all")
    parser.add_argument("--cameras", type=int, nargs="*", help="default: 1 8 32; quick: 8 32")
    chosen = parser.parse_args()
    rows = []
    for streams in chosen.cameras or ([8, 32] if chosen.quick else [1, 8, 32]):
        length = (
            Length(2.0, 4.0, 1, quick=True) if chosen.quick else Length(5.0, 15.0, 2 if streams == 1 else 4)
        )
        found = recording.run(streams, length)
        print(results.table(found), flush=True)
        rows += found
    for other in QUICK if chosen.quick else ALL:
        found = other.run(chosen.quick)
        print(results.table(found), flush=True)
        rows += found
    results.write(rows)
    return 0 if all(row.holds is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
