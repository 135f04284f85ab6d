"""The clear head of a segment file: what may be known about a piece of footage without any key.

Layout (docs/design/segment-format.md): magic 8 | version u16 | length u32 | JSON | SHA-256 of all before.
Every record's associated data contains that SHA-256, so a changed header makes every record fail.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from dataclasses import asdict, dataclass, fields
from enum import IntFlag
from typing import TYPE_CHECKING

import rfc8785

from kuramori.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable

MAGIC = b"KURAMORI"
FORMAT_VERSION = 1
MASKED_VERSION = 2
"""Of a segment whose pictures were masked before they were stored: its header has `mask_sha256` too."""
CLOCKED_VERSION = 3
"""Of a segment whose times have a known bound of error: its header has `mask_sha256`, which may be empty, and
`clock_error_ms`."""
PREFIX = struct.Struct(">8sHI")
DIGEST_BYTES = 32
HEADER_JSON_MAX_BYTES = 16_384
SUFFIX = ".kura"

_HEX32 = re.compile(r"[0-9a-f]{32}")
_HEX16 = re.compile(r"[0-9a-f]{16}")
_CODEC = re.compile(r"[A-Za-z0-9.]{1,64}")
_DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,18}")


class Flag(IntFlag):
    """Flags of one record, in its clear header."""

    KEY = 1  # holds a key frame: decoding may start here
    INIT = 2  # the init segment; always record 0
    LAST = 4  # empty; closes the file
    DISCONTINUITY = 8  # media time does not follow on from the record before


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """The fields of the header. Ids are 32 lowercase hex digits; `wrapped_key` is the sealed key under H."""

    recorder: str
    camera: str
    segment: str
    run: str
    hour: str  # id of the hour secret
    hour_start_s: int
    start_ns: int
    erase_at_ns: int
    provisional: bool
    purpose_version: int
    policy_version: int
    storehouse_key: str  # 16 hex digits
    codec: str  # RFC 6381, for example avc1.64001f
    width: int
    height: int
    wrapped_key: bytes
    mask_version: int = 0
    mask_sha256: str = ""  # of the mask's outline (pictures.mask_area); empty exactly when mask_version is 0
    clock_error_ms: int | None = None  # how far its times may be from UTC; None: nobody vouches for them

    def to_bytes(self) -> bytes:
        """The whole header as it stands at the start of the file, its SHA-256 included."""
        document = asdict(self)
        document["wrapped_key"] = self.wrapped_key.hex()
        for name in _BIG:
            document[name] = str(document[name])
        version = MASKED_VERSION if self.mask_version else FORMAT_VERSION
        if self.clock_error_ms is not None:
            version = CLOCKED_VERSION
        else:
            del document["clock_error_ms"]
        if version == FORMAT_VERSION and not self.mask_sha256:
            del document["mask_sha256"]
        _check(document, version)
        text = rfc8785.dumps(document)
        head = PREFIX.pack(MAGIC, version, len(text)) + text
        return head + hashlib.sha256(head).digest()

    @classmethod
    def from_bytes(cls, data: bytes) -> SegmentHeader:
        """The header at the start of `data`, which may go on after it. Raises `Damaged`."""
        end = header_size_bytes(data)
        if len(data) < end:
            raise Damaged("segment-header-cut")
        head, digest = data[: end - DIGEST_BYTES], data[end - DIGEST_BYTES : end]
        if hashlib.sha256(head).digest() != digest:
            raise Damaged("segment-header-hash")
        return _parse(head[PREFIX.size :], PREFIX.unpack_from(head)[1])


def header_size_bytes(data: bytes) -> int:
    """Length of the whole header, from its first 14 bytes. Raises `Damaged`."""
    if len(data) < PREFIX.size:
        raise Damaged("segment-header-cut")
    magic, version, length = PREFIX.unpack_from(data)
    if magic != MAGIC:
        raise Damaged("not-a-segment")
    if version not in _RULES_OF:
        raise Damaged("segment-version", version=version)
    if length > HEADER_JSON_MAX_BYTES:
        raise Damaged("segment-header-length")
    return int(PREFIX.size + length + DIGEST_BYTES)


# JSON numbers are exact only up to 2^53: nanoseconds are written as decimal text.
_BIG = ("start_ns", "erase_at_ns")


def _parse(text: bytes, version: int) -> SegmentHeader:
    try:
        document = json.loads(text)
        _check(document, version)
        if rfc8785.dumps(document) != text:
            raise Damaged("segment-header-form")
        for name in _BIG:
            document[name] = int(document[name])
        document["wrapped_key"] = bytes.fromhex(document["wrapped_key"])
        return SegmentHeader(**document)
    except (ValueError, TypeError, KeyError, RecursionError, rfc8785.CanonicalizationError) as wrong:
        raise Damaged("segment-header-form") from wrong


def _text(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _nanoseconds(value: object) -> bool:
    return isinstance(value, str) and bool(_DECIMAL.fullmatch(value)) and abs(int(value)) < 2**63


def _count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**53


_RULES: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("recorder", "camera", "segment", "run", "hour"), _text(_HEX32)),
    **dict.fromkeys(_BIG, _nanoseconds),
    **dict.fromkeys(
        ("hour_start_s", "purpose_version", "policy_version", "width", "height", "mask_version"), _count
    ),
    "provisional": lambda value: isinstance(value, bool),
    "storehouse_key": _text(_HEX16),
    "codec": _text(_CODEC),
    "wrapped_key": _text(re.compile(r"(?:[0-9a-f]{2}){1,1024}")),
}


_MASKED_RULES: dict[str, Callable[[object], bool]] = {
    **_RULES,
    "mask_version": lambda value: _count(value) and value != 0,
    "mask_sha256": _text(re.compile(r"[0-9a-f]{64}")),
}


_CLOCKED_RULES: dict[str, Callable[[object], bool]] = {
    **_RULES,
    "mask_sha256": _text(re.compile(r"(?:[0-9a-f]{64})?")),
    "clock_error_ms": _count,
}
_RULES_OF = {FORMAT_VERSION: _RULES, MASKED_VERSION: _MASKED_RULES, CLOCKED_VERSION: _CLOCKED_RULES}


def _check(document: object, version: int) -> None:
    rules = _RULES_OF[version]
    if not isinstance(document, dict) or document.keys() != rules.keys():
        raise Damaged("segment-header-fields")
    for name, holds in rules.items():
        if not holds(document[name]):
            raise Damaged("segment-header-field", field=name)
    if version == CLOCKED_VERSION and bool(document["mask_version"]) != bool(document["mask_sha256"]):
        raise Damaged("segment-header-field", field="mask_sha256")


if _CLOCKED_RULES.keys() != {field.name for field in fields(SegmentHeader)}:
    raise AssertionError("every header field needs a rule")
