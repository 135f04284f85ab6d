"""Packing, and the record: how fast footage is read, hashed, sealed; how a record of a million entries does.

`python -m bench.handing_out [--entries N]`. Packing runs on the real pieces (segment file, fragment reader,
hashes, ZIP); the record's tree, proofs and stand-alone verifier on real functions, its appends in a real
database of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.results import Result, told

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAGMENT_BYTES = 150_000  # 0.4 s of 3 Mbit/s
FRAGMENTS = 600
MB = 1_000_000
APPENDS = 5_000
HOUR_S = 1_795_424_400


def run(quick: bool, entries: int = 0) -> list[Result]:
    """All of it; a quick one takes a twentieth of the entries."""
    with tempfile.TemporaryDirectory() as folder:
        count = entries or (50_000 if quick else 1_000_000)
        return packing(Path(folder)) + record(count) + appends(Path(folder))


def main() -> None:
    """Print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    told(run(False, parser.parse_args().entries))


def packing(folder: Path) -> list[Result]:
    """Megabytes of footage a second: surveyed (decrypted, taken apart, hashed), then sealed into a ZIP."""
    from kuramori.evidence import progressive, sealed_zip
    from kuramori.evidence.fragments import read_fragment
    from kuramori.evidence.hashing import FileHash
    from kuramori.vault.segment_reader import SegmentFile

    path, key = _segment(folder)
    with SegmentFile.open(path) as file:
        whole, stream, rows = FileHash(), hashlib.sha256(), progressive.Table()
        began = time.perf_counter()
        for fragment in file.read_span(1, FRAGMENTS, key):
            whole.update(fragment)
            read = read_fragment(fragment)
            stream.update(read.data)
            rows.add(read)
        surveyed_s = time.perf_counter() - began
        size = whole.size_bytes
        member = sealed_zip.Member("1-original/a.mp4", size, lambda: file.read_span(1, FRAGMENTS, key))
        outlet = sealed_zip.Outlet()
        began = time.perf_counter()
        for _ in sealed_zip.stream([member], "0" * 29, 10**18, outlet):
            pass
        sealed_s = time.perf_counter() - began
    return [
        Result("packing: footage read, hashed, taken apart", size / MB / surveyed_s, "MB/s"),
        Result("packing: footage read and sealed into the ZIP", size / MB / sealed_s, "MB/s"),
    ]


def record(size: int) -> list[Result]:
    """A tree of `size` leaves: building, proving, checking; and the one-file verifier over its export."""
    from kuramori.ledger import merkle, verify_ledger
    from kuramori.ledger.notes import Signer

    nodes: dict[merkle.Node, bytes] = {}
    began = time.perf_counter()
    for seq in range(size):
        nodes.update(merkle.append(seq, merkle.leaf_hash(_salt(seq) + _text(seq)), nodes))
    tree_s = time.perf_counter() - began

    def read(wanted: object) -> dict[merkle.Node, bytes]:
        return {node: nodes[node] for node in wanted}  # type: ignore[attr-defined]

    began = time.perf_counter()
    proof = merkle.inclusion_proof(size // 3, size, read)
    merkle.consistency_proof(max(1, size // 7), size, read)
    proof_s = time.perf_counter() - began
    root, signer = merkle.root(size, read), Signer("kuramori/bench", b"\1" * 32)
    leaf = nodes[0, size // 3]
    began = time.perf_counter()
    assert verify_ledger.folded(leaf, size // 3, size, proof) == root
    checked_s = time.perf_counter() - began
    head = {"format": "kuramori-ledger-export/1", "key": signer.verifier_key, "size": size}
    head["checkpoint"] = signer.checkpoint(size, root)
    began = time.perf_counter()
    verify_ledger.verify(_lines(head, size))
    verified_s = time.perf_counter() - began
    return [
        Result(f"record: tree over {size} entries", size / tree_s, "1/s"),
        Result(f"record: both proofs out of {size}", proof_s * 1000, "ms"),
        Result(f"record: {len(proof)} hashes of a proof checked", checked_s * 1000, "ms"),
        Result(f"record: export of {size} verified", verified_s, "s"),
    ]


def appends(folder: Path) -> list[Result]:
    """Entries a second into a real database, each in a transaction of its own."""
    env = os.environ | {"KURAMORI_DATA": str(folder / "data")}
    env |= {"DJANGO_SETTINGS_MODULE": "kuramori.main.settings"}
    run = [sys.executable, "-m", "kuramori.main.command", "manage", "migrate", "--noinput", "-v", "0"]
    subprocess.run(run, env=env, check=True)
    code = (
        "import django, time; django.setup()\n"
        "from kuramori.ledger import entries\nbegan = time.perf_counter()\n"
        f"for n in range({APPENDS}): entries.record_now('bench', actor='program:work', detail={{'n': n}})\n"
        "print(time.perf_counter() - began)"
    )
    told = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True)
    return [Result("record: entries appended, each durable", APPENDS / float(told.stdout), "1/s")]


def _lines(head: dict[str, object], size: int) -> Iterator[str]:
    yield json.dumps(head)
    for seq in range(size):
        salt, text = _salt(seq), _text(seq)
        leaf = hashlib.sha256(b"\0" + salt + text).hexdigest()
        yield json.dumps({"seq": seq, "leaf": leaf, "salt": salt.hex(), "text": text.decode()})


def _salt(seq: int) -> bytes:
    return seq.to_bytes(16, "big")


def _text(seq: int) -> bytes:
    return b'{"act":"playback-look","actor":"account:7","seq":%d}' % seq


def _segment(folder: Path) -> tuple[Path, bytearray]:
    from kuramori.recorder.fmp4 import Unit, fragment
    from kuramori.vault.segment_header import SegmentHeader
    from kuramori.vault.segment_writer import SegmentWriter

    names: dict[str, Any] = {
        name: secrets.token_hex(16) for name in ("recorder", "camera", "segment", "run", "hour")
    }
    header = SegmentHeader(
        **names, hour_start_s=HOUR_S, start_ns=HOUR_S * 10**9, erase_at_ns=(HOUR_S + 10**6) * 10**9,
        provisional=False, purpose_version=1, policy_version=1, storehouse_key="0" * 16,
        codec="avc1.64001f", width=1920, height=1080, wrapped_key=b"x" * 108,
    )  # fmt: skip
    path, key = folder / "s.kura", bytearray(secrets.token_bytes(32))
    writer, data = SegmentWriter(path, header, bytearray(key)), secrets.token_bytes(FRAGMENT_BYTES // 6)
    writer.append(b"init", wall_ns=header.start_ns, media_90k=0, duration_90k=0, flags=2)
    for number in range(FRAGMENTS):
        made = fragment(number + 1, number * 36_000, [Unit(data, 6000, place == 0) for place in range(6)])
        writer.append(made, wall_ns=header.start_ns + number * 400_000_000, media_90k=number * 36_000,
                      duration_90k=36_000, flags=1)  # fmt: skip
    writer.close()
    return path, key


if __name__ == "__main__":
    main()
