"""Stored samples of every released format: our code and the independent reader agree on each byte."""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from kuramori.errors import StorehouseError
from kuramori.vault.hour_wrap import unwrap_sealed_key
from kuramori.vault.key_store import KeyStore
from kuramori.vault.segment_header import Flag, SegmentHeader
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.segment_writer import SegmentWriter
from kuramori.vault.slot import SlotRecord, pack_record
from kuramori.vault.storehouse import open_segment_key, unwrap_private
from tests.vault.footage_samples import append, context_of
from tests.vectors import independent_reader as other
from tests.vectors.make_vectors import stream

VECTORS = Path(__file__).parents[1] / "vectors"
SEGMENT = VECTORS / "segment-1.kura"


def vector(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / name).read_text())  # type: ignore[no-any-return]


WANTED = vector("segment-1.json")
KEY = bytes.fromhex(WANTED["segment_key"])
PAYLOADS = [bytes.fromhex(text) for text in WANTED["payloads"]]


def test_the_independent_reader_is_independent() -> None:
    source = (VECTORS / "independent_reader.py").read_text()
    imported = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    outside = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert outside == {
        "cryptography.exceptions",
        "cryptography.hazmat.primitives.asymmetric.x25519",
        "cryptography.hazmat.primitives.ciphers.aead",
    }


def test_our_reader_reads_the_stored_segment() -> None:
    with SegmentFile(SEGMENT) as segment:
        head = segment.header
        sealed = unwrap_sealed_key(bytes.fromhex(WANTED["hour_secret"]), head.segment, head.wrapped_key)
        assert context_of(head).info().hex() == WANTED["hpke_info"]
        key = open_segment_key(bytes.fromhex(WANTED["storehouse_private"]), sealed, context_of(head))
        assert key == KEY
        segment.verify(key)
        assert list(segment.read_span(0, 6, key)) == [*PAYLOADS, b""]
        assert (segment.sha256(), str(segment.end_ns)) == (WANTED["sha256"], WANTED["end_ns"])


def test_the_independent_reader_reads_the_stored_segment_from_secret_to_picture() -> None:
    segment = other.parse_segment(SEGMENT.read_bytes())
    key = other.segment_key(
        segment.header, bytes.fromhex(WANTED["hour_secret"]), bytes.fromhex(WANTED["storehouse_private"])
    )
    assert key == KEY
    assert segment.closed
    assert [other.open_record(segment, record, key) for record in segment.records] == [*PAYLOADS, b""]


def test_the_independent_reader_runs_alone(tmp_path: Path) -> None:
    out = tmp_path / "clear.mp4"
    script = VECTORS / "independent_reader.py"
    keys = [WANTED["hour_secret"], WANTED["storehouse_private"]]
    done = subprocess.run(
        [sys.executable, "-I", str(script), str(SEGMENT), *keys, str(out)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert done.stdout.startswith("7 records, closed")
    assert out.read_bytes() == b"".join(PAYLOADS)


def test_our_writer_makes_the_stored_segment_again(tmp_path: Path) -> None:
    header = SegmentHeader.from_bytes(SEGMENT.read_bytes())
    path = tmp_path / "again.kura"
    writer = SegmentWriter(path, header, bytearray(KEY))
    for number, payload in enumerate(PAYLOADS):
        append(writer, number, payload)
    assert writer.close().sha256 == WANTED["sha256"]
    assert path.read_bytes() == SEGMENT.read_bytes()


@pytest.mark.parametrize("case", WANTED["hostile"], ids=lambda case: case["name"])
def test_both_readers_agree_on_hostile_files(tmp_path: Path, case: dict[str, Any]) -> None:
    whole = SEGMENT.read_bytes()
    data = b"".join(whole[a:b] for a, b in case["pieces"])
    path = tmp_path / "hostile.kura"
    path.write_bytes(data)
    theirs: list[bytes] = []
    try:
        segment = other.parse_segment(data)
        assert not segment.closed or segment.fault
        for record in segment.records:
            theirs.append(other.open_record(segment, record, KEY))
    except (other.Unreadable, InvalidTag):
        pass
    ours: list[bytes] = []
    with pytest.raises(StorehouseError), SegmentFile(path) as opened:
        for info in opened.records:
            ours.append(opened.read(info.seq, KEY))
        opened.verify(KEY)
    assert ours == theirs == [*PAYLOADS, b""][: case["opens"]]


def test_the_stored_key_table_opens_for_both(tmp_path: Path) -> None:
    wanted = vector("key-table-1.json")
    blob = stream("kuramori slot vector", 131_072)
    slot = bytes(pack_record(SlotRecord(wanted["epoch"], bytearray(blob))))
    assert hashlib.sha256(slot).hexdigest() == wanted["slot_sha256"]
    assert other.slot_records(b"junk" + slot) == [(41, blob)]
    image = (VECTORS / "key-table-1.bin").read_bytes()
    theirs: dict[str, bytes] = {}
    for chunk in other.table_chunks(image):
        rows = other.hour_rows(chunk, 41, blob)
        assert rows is not None
        theirs.update(rows)
    assert {hour: secret.hex() for hour, secret in theirs.items()} == wanted["hours"]
    for part, data in (("slot/B", slot), ("table/A", image)):
        (tmp_path / part).parent.mkdir()
        (tmp_path / part).write_bytes(data)
    table = KeyStore(tmp_path).open()
    assert table is not None
    assert {hour: bytes(row.secret).hex() for hour, row in table.hours.items()} == wanted["hours"]
    assert list(table.tombstones) == wanted["tombstones"]
    assert [row.provisional for row in table.hours.values()].count(True) == 1
    assert next(iter(table.hours.values())).boot == "3f0c7a0e-1111-2222-3333-444455556666"


def test_the_part_held_in_hardware_enters_the_table_key() -> None:
    wanted = vector("key-table-1.json")
    record = SlotRecord(41, bytearray(stream("kuramori slot vector", 131_072)))
    token = bytes.fromhex(wanted["token"])
    assert bytes(record.kek()).hex() == wanted["kek"]
    assert bytes(record.kek(token)).hex() == wanted["kek_with_token"]
    label = b"kuramori table key\0" + (41).to_bytes(8, "big")
    assert other.hkdf(bytes(record.blob) + token, label).hex() == wanted["kek_with_token"]


def test_the_stored_wrapping_opens() -> None:
    wanted = vector("key-wrap-1.json")
    assert bytes(unwrap_private(wanted["wrapped"], wanted["passphrase"]).private).hex() == wanted["private"]


def test_no_file_among_the_vectors_is_unused() -> None:
    used = {f"segment-{version}{ending}" for version in (1, 2, 3) for ending in (".kura", ".json")}
    used |= {"key-table-1.bin", "key-table-1.json", "key-wrap-1.json"}
    assert {path.name for path in VECTORS.iterdir() if path.suffix in {".json", ".kura", ".bin"}} == used
    assert Flag.LAST == other.LAST
