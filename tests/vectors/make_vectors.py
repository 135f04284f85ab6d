"""Makes the vectors anew: `python -m tests.vectors.make_vectors`.

A new format version gets new files, beside these. Everything is invented. Ephemeral keys and nonces are
random, so a new run gives other, equally valid bytes.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

from kuramori.vault.key_rows import HourRow, Tombstone
from kuramori.vault.key_table import KeyTable
from kuramori.vault.slot import SlotRecord, pack_record
from kuramori.vault.storehouse import wrap_private
from kuramori.vault.table_image import seal_table
from tests.vault.footage_samples import Footage, footage

HERE = Path(__file__).parent


def stream(seed: str, length: int) -> bytes:
    """SHA-256 of "seed:0", "seed:1", …, joined: how the vectors write down long random-looking bytes."""
    blocks = (hashlib.sha256(f"{seed}:{n}".encode()).digest() for n in range(-(-length // 32)))
    return b"".join(blocks)[:length]


def segment() -> None:
    one_segment("segment-1", footage(5, seed=2026, size=200))


def masked_segment() -> None:
    made = footage(5, seed=2027, size=200)
    outline = [[[1000, 1000], [4000, 1000], [4000, 5000]]]
    sha256 = hashlib.sha256(json.dumps(outline, separators=(",", ":")).encode()).hexdigest()
    made.header = replace(made.header, mask_version=3, mask_sha256=sha256)
    one_segment("segment-2", made)


def clocked_segment() -> None:
    made = footage(5, seed=2028, size=200)
    made.header = replace(made.header, clock_error_ms=437)
    one_segment("segment-3", made)


def one_segment(name: str, made: Footage) -> None:
    path = HERE / f"{name}.kura"
    path.unlink(missing_ok=True)
    closed = made.write(path)
    assert closed is not None
    document = {
        "what": "one closed segment; any edit under 'hostile' must be refused or known to be cut",
        "storehouse_private": bytes(made.storehouse.private).hex(),
        "storehouse_public": made.storehouse.public.hex(),
        "hour_secret": made.hour_secret.hex(),
        "segment_key": made.key.hex(),
        "hpke_info": made.context.info().hex(),
        "sha256": closed.sha256,
        "end_ns": str(closed.end_ns),
        "payloads": [payload.hex() for payload in made.payloads],
        "hostile": hostile(path.read_bytes(), [len(p) + 52 for p in [*made.payloads, b""]]),
    }
    write(f"{name}.json", document)


def hostile(data: bytes, sizes: list[int]) -> list[dict[str, object]]:
    """Edits as lists of [from, to] pieces of the file to join; `opens` counts the records that still open."""
    edges = [len(data) - sum(sizes[n:]) for n in range(len(sizes) + 1)]
    head, end = edges[0], len(data)
    return [
        {"name": "cut before the closing record", "pieces": [[0, edges[6]]], "opens": 6},
        {"name": "cut inside record 3", "pieces": [[0, edges[3] + 40]], "opens": 3},
        {"name": "cut inside a record header", "pieces": [[0, edges[2] + 35]], "opens": 2},
        {"name": "record 2 dropped", "pieces": [[0, edges[2]], [edges[3], end]], "opens": 2},
        {
            "name": "records 2 and 3 swapped",
            "pieces": [[0, edges[2]], [edges[3], edges[4]], [edges[2], edges[3]], [edges[4], end]],
            "opens": 2,
        },
        {"name": "record 1 repeated", "pieces": [[0, edges[2]], [edges[1], end]], "opens": 2},
        {"name": "a byte after the end", "pieces": [[0, end], [0, 1]], "opens": 7},
        {"name": "header only", "pieces": [[0, head]], "opens": 0},
        {"name": "cut inside the header", "pieces": [[0, head - 1]], "opens": 0},
    ]


def table() -> None:
    rng = random.Random(7)
    record = SlotRecord(41, bytearray(stream("kuramori slot vector", 131_072)))
    content = KeyTable()
    for number in range(40):
        row = HourRow(
            camera=rng.randbytes(16).hex(),
            hour_start_s=1_795_424_400 + 3600 * number,
            hour=rng.randbytes(16).hex(),
            secret=bytearray(rng.randbytes(32)),
            erase_at_ns=(1_795_424_400 + 3600 * number + 14 * 86_400) * 10**9,
            provisional=number == 3,
            boot="3f0c7a0e-1111-2222-3333-444455556666",
            run_ns=number * 10**9,
        )
        content.hours[row.hour] = row
    stone = Tombstone(
        "c" * 32, 1_795_420_800, "d" * 32, 1_796_630_400 * 10**9, 1_796_630_401 * 10**9, "expired"
    )
    content.tombstones[stone.hour] = stone
    (HERE / "key-table-1.bin").write_bytes(seal_table(content, 41, record.kek()))
    document = {
        "what": "key-table-1.bin and its slot; the blob is stream('kuramori slot vector', 131072)",
        "epoch": 41,
        "slot_sha256": hashlib.sha256(pack_record(record)).hexdigest(),
        "kek": bytes(record.kek()).hex(),
        "kek_with_token": bytes(record.kek(bytes(range(32)))).hex(),
        "token": bytes(range(32)).hex(),
        "hours": {hour: bytes(row.secret).hex() for hour, row in content.hours.items()},
        "tombstones": [stone.hour],
    }
    write("key-table-1.json", document)


def wrapping() -> None:
    made = footage(0, seed=3)
    passphrase = "4821-0937-5566-1029-3384-7710"
    document = {
        "what": "a storehouse key under a passphrase",
        "passphrase": passphrase,
        "private": bytes(made.storehouse.private).hex(),
        "wrapped": wrap_private(made.storehouse, passphrase),
    }
    write("key-wrap-1.json", document)


def write(name: str, document: dict[str, object]) -> None:
    (HERE / name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    segment()
    masked_segment()
    clocked_segment()
    table()
    wrapping()
