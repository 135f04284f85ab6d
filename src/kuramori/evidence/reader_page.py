"""A page that opens itself: one HTML file, for computers where nothing can be installed.

The files (all but the bit-exact originals) lie in it in pieces of 3 MiB, each AES-256-GCM under
PBKDF2-HMAC-SHA256 of the passphrase. Number, place and count of a piece are bound, so that none can be
swapped, left out or added. The page may load nothing from anywhere; it checks hashes and signature itself.
A package with more pictures than a browser holds has no such page; its papers and its page here say so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kuramori.evidence.packing import Ready
    from kuramori.evidence.sealed_zip import Member, Outlet
    from kuramori.people.models import Account

PIECE_BYTES = 3 * 1024 * 1024
ROUNDS = 600_000
LARGEST_BYTES = 400 * 1024 * 1024
"""Of films and single pictures. A browser holds all of it in memory, once sealed and once opened."""
_FOLDER = Path(__file__).parent / "reader"
_TAG_BYTES = 16


def fits(watched_bytes: int) -> bool:
    """Whether a browser can hold so many bytes of films and single pictures."""
    return watched_bytes <= LARGEST_BYTES


def writing(ready: Ready, account: Account, outlet: Outlet) -> tuple[Iterator[bytes], int]:
    """The page in blocks, and its length. Raises `BadInput` `page-too-large`."""
    if not fits(ready.watched_bytes):
        raise BadInput("page-too-large")
    salt, members = secrets.token_bytes(16), _members(ready, account)
    head, foot = _head(ready.package, salt, members), b"</body></html>\n"
    size_bytes = len(head) + len(foot) + sum(_piece_bytes(member) for member in members)
    key = hashlib.pbkdf2_hmac("sha256", ready.passphrase.encode(), salt, ROUNDS, 32)
    return _blocks(head, foot, ready.package, members, AESGCM(key), outlet), size_bytes


def _members(ready: Ready, account: Account) -> list[Member]:
    return [one for one in ready.members(account) if not one.name.startswith("1-original/")]


def _head(package: str, salt: bytes, members: list[Member]) -> bytes:
    said = {
        "package": package,
        "salt": salt.hex(),
        "rounds": ROUNDS,
        "files": [{"name": one.name, "bytes": one.size_bytes, "pieces": _pieces(one)} for one in members],
    }
    script = (_FOLDER / "reader.js").read_text(encoding="utf-8")
    style = (_FOLDER / "reader.css").read_text(encoding="utf-8")
    words = {
        "PACKAGE": package,
        "SAID": json.dumps(said),
        "SCRIPT": script,
        "STYLE": style,
        "SCRIPT_HASH": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "STYLE_HASH": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    }
    text = (_FOLDER / "reader.html.in").read_text(encoding="utf-8")
    for name, value in words.items():
        text = text.replace(f"@@{name}@@", value)
    return text.encode()


def _blocks(
    head: bytes, foot: bytes, package: str, members: list[Member], cipher: AESGCM, outlet: Outlet
) -> Iterator[bytes]:
    outlet.write(head)
    for number, member in enumerate(members):
        for place, piece in enumerate(_cut(member.parts())):
            bound = f"kuramori page 1\0{package}\0{number}\0{place}\0{_pieces(member)}".encode()
            nonce = number.to_bytes(4, "big") + place.to_bytes(8, "big")
            sealed = base64.b64encode(cipher.encrypt(nonce, piece, bound))
            outlet.write(_opening(number, place) + sealed + b"</script>\n")
            yield outlet.taken()
    outlet.write(foot)
    yield outlet.taken()


def _cut(parts: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    held, any_piece = bytearray(), False
    for part in parts:
        held += part
        while len(held) >= PIECE_BYTES:
            any_piece = True
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held or not any_piece:
        yield bytes(held)


def _pieces(member: Member) -> int:
    return max(1, -(-member.size_bytes // PIECE_BYTES))


def _piece_bytes(member: Member) -> int:
    total, left = 0, member.size_bytes
    for place in range(_pieces(member)):
        size = min(left, PIECE_BYTES)
        total += 4 * -(-(size + _TAG_BYTES) // 3) + len(_opening(0, place)) + len(b"</script>\n")
        left -= size
    return total


def _opening(number: int, place: int) -> bytes:
    """Of fixed length, so that the page's length is known before."""
    return f'<script type="application/octet-stream" id="f{number:04d}-{place:06d}">'.encode()
