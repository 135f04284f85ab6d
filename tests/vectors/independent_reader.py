"""A second reader of segment files and key tables, written from the pages in docs/design alone.

It shares nothing with the program: no import from it; HPKE and HKDF by hand over X25519, HMAC and AES-GCM.
    python tests/vectors/independent_reader.py FILE HOUR_SECRET_HEX PRIVATE_KEY_HEX [OUT.mp4]
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY, INIT, LAST, DISCONTINUITY = 1, 2, 4, 8
BIGGEST_RECORD = 67_108_880
SLOT_BYTES, CHUNK_BYTES = 135_168, 4096


class Unreadable(Exception):
    """The bytes are not what the format page describes."""


# --- HKDF (RFC 5869) and HPKE (RFC 9180), by hand ---


def extract(salt: bytes, ikm: bytes) -> bytes:
    return hmac.new(salt or bytes(32), ikm, "sha256").digest()


def expand(prk: bytes, info: bytes, length: int) -> bytes:
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([counter]), "sha256").digest()
        out, counter = out + block, counter + 1
    return out[:length]


def hkdf(ikm: bytes, info: bytes) -> bytes:
    return expand(extract(b"", ikm), info, 32)


def hpke_open(private: bytes, sealed: bytes, info: bytes) -> bytes:
    kem_suite = b"KEM" + bytes.fromhex("0020")
    suite = b"HPKE" + bytes.fromhex("002000010002")

    def labeled_extract(of: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return extract(salt, b"HPKE-v1" + of + label + ikm)

    def labeled_expand(of: bytes, prk: bytes, label: bytes, context: bytes, length: int) -> bytes:
        return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + of + label + context, length)

    enc, ciphertext = sealed[:32], sealed[32:]
    mine = X25519PrivateKey.from_private_bytes(private)
    shared = mine.exchange(X25519PublicKey.from_public_bytes(enc))
    kem_context = enc + mine.public_key().public_bytes_raw()
    prk = labeled_extract(kem_suite, b"", b"eae_prk", shared)
    secret_in = labeled_expand(kem_suite, prk, b"shared_secret", kem_context, 32)
    context = b"\0" + labeled_extract(suite, b"", b"psk_id_hash", b"")
    context += labeled_extract(suite, b"", b"info_hash", info)
    secret = labeled_extract(suite, secret_in, b"secret", b"")
    key = labeled_expand(suite, secret, b"key", context, 32)
    nonce = labeled_expand(suite, secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, b"")


# --- segment files ---


@dataclass
class Record:
    seq: int
    wall_ns: int
    media_90k: int
    duration_90k: int
    flags: int
    head: bytes
    ciphertext: bytes


@dataclass
class Segment:
    header: dict[str, object]
    digest: bytes
    records: list[Record]
    closed: bool
    fault: bool


def parse_segment(data: bytes) -> Segment:
    """What can be known without a key."""
    if len(data) < 14 or data[:8] != b"KURAMORI":
        raise Unreadable("magic")
    version, length = struct.unpack(">HI", data[8:14])
    if version not in (1, 2, 3) or length > 16_384 or len(data) < 14 + length + 32:
        raise Unreadable("header")
    at = 14 + length + 32
    digest = data[at - 32 : at]
    if hashlib.sha256(data[: at - 32]).digest() != digest:
        raise Unreadable("digest")
    header = json.loads(data[14 : at - 32])
    if ("mask_sha256" in header) != (version > 1) or (version == 2 and not header["mask_version"]):
        raise Unreadable("mask")
    if version > 1 and bool(header["mask_sha256"]) != bool(header["mask_version"]):
        raise Unreadable("mask")
    if ("clock_error_ms" in header) != (version == 3):
        raise Unreadable("clock")
    segment = Segment(header, digest, [], closed=False, fault=False)
    while len(data) - at >= 36 and not segment.fault:
        head = data[at : at + 36]
        seq, wall, media, duration, flags, size = struct.unpack(">QqqIII", head)
        last = bool(flags & LAST)
        segment.fault = (
            seq != len(segment.records)
            or not 16 <= size <= BIGGEST_RECORD
            or (bool(flags & INIT) != (seq == 0) and not last)
            or (last and size != 16)
        )
        if segment.fault or at + 36 + size > len(data):
            break
        segment.records.append(
            Record(seq, wall, media, duration, flags, head, data[at + 36 : at + 36 + size])
        )
        at += 36 + size
        if last:
            segment.closed, segment.fault = at == len(data), at != len(data)
            break
    return segment


def segment_key(header: dict[str, object], hour_secret: bytes, private: bytes) -> bytes:
    """Unwrap, then open."""
    name = bytes.fromhex(str(header["segment"]))
    wrapped = bytes.fromhex(str(header["wrapped_key"]))
    sealed = AESGCM(hkdf(hour_secret, b"kuramori hour wrap\0" + name)).decrypt(
        wrapped[:12], wrapped[12:], name
    )
    info = b"kuramori segment key\0" + struct.pack(">H", 1)
    info += b"".join(bytes.fromhex(str(header[part])) for part in ("recorder", "camera", "segment"))
    info += struct.pack(">q", int(str(header["start_ns"]))) + bytes.fromhex(str(header["storehouse_key"]))
    return hpke_open(private, sealed, info)


def open_record(segment: Segment, record: Record, key: bytes) -> bytes:
    nonce = bytes(3) + struct.pack(">QB", record.seq, 1 if record.flags & LAST else 0)
    return AESGCM(key).decrypt(nonce, record.ciphertext, segment.digest + record.head)


# --- key tables ---


def slot_records(data: bytes) -> list[tuple[int, bytes]]:
    """Every whole slot record at any offset of `data`: epoch and blob."""
    found, at = [], data.find(b"KURASLOT")
    while at >= 0:
        record = data[at : at + SLOT_BYTES]
        if len(record) == SLOT_BYTES:
            checksum = hashlib.sha256(record[:4064] + record[4096:]).digest()
            if checksum == record[4064:4096]:
                found.append((int.from_bytes(record[10:18], "big"), record[4096:]))
        at = data.find(b"KURASLOT", at + 1)
    return found


def table_chunks(data: bytes) -> list[bytes]:
    """Every possible chunk at any offset of `data`."""
    found, at = [], data.find(b"KURATBL1")
    while at >= 0:
        if len(data) - at >= CHUNK_BYTES:
            found.append(data[at : at + CHUNK_BYTES])
        at = data.find(b"KURATBL1", at + 1)
    return found


def hour_rows(chunk: bytes, epoch: int, blob: bytes, token: bytes = b"") -> dict[str, bytes] | None:
    """Hour ids and secrets in a chunk, or None when it does not open under this blob."""
    kek = hkdf(blob + token, b"kuramori table key\0" + epoch.to_bytes(8, "big"))
    nonce = int.from_bytes(chunk[16:20], "big").to_bytes(12, "big")
    try:
        plain = AESGCM(kek).decrypt(nonce, chunk[32:], chunk[:32])
    except InvalidTag:
        return None
    kind, _, used = struct.unpack(">HHH", plain[:6])
    if kind != 2:
        return {}
    rows = (plain[at : at + 125] for at in range(8, 8 + used, 125))
    return {row[24:40].hex(): row[40:72] for row in rows}


def main(path: str, hour_secret: str, private: str, out: str | None = None) -> None:
    segment = parse_segment(Path(path).read_bytes())
    key = segment_key(segment.header, bytes.fromhex(hour_secret), bytes.fromhex(private))
    clear = [open_record(segment, record, key) for record in segment.records]
    print(
        f"{len(clear)} records, {'closed' if segment.closed else 'open or cut'}, {sum(map(len, clear))} bytes"
    )
    if out:
        Path(out).write_bytes(b"".join(clear))


if __name__ == "__main__":
    main(*sys.argv[1:])
