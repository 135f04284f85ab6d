#!/usr/bin/env python3
"""Checks an export of a Kuramori ledger. Stands alone: any Python from 3.8, nothing to install.

    python3 verify_ledger.py EXPORT [--checkpoint FILE]... [--key VERIFIER_KEY]

EXPORT is what the recorder wrote. FILE is a checkpoint somebody kept earlier (the text of a QR code).
VERIFIER_KEY is the key from the paper of the installation; without it the key inside the export is used,
and that proves nothing about who wrote it. Says what it found; ends with 0 only if all of it
holds, with 3 if all of it holds but it began anew from a backup.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    Point = tuple[int, int, int, int]

# --- Ed25519, verification only (RFC 8032 section 5.1.7) -------------------------------------------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


class Wrong(Exception):
    """What does not hold, in words."""


def _recover_x(y: int, sign: int) -> int:
    if y >= P:
        raise Wrong("a point of the signature is not on the curve")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Wrong("a point of the signature is not on the curve")
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = _recover_x(y, number >> 255)
    return (x, y, 1, x * y % P)


def _add(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def _times(number: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the 64-byte `signature` of `message` was made with the key whose public half is `public`."""
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    base_y = 4 * pow(5, P - 2, P) % P
    base_x = _recover_x(base_y, 0)
    left = _times(s, (base_x, base_y, 1, base_x * base_y % P))
    hashed = hashlib.sha512(signature[:32] + public + message).digest()
    right = _add(_point(signature[:32]), _times(int.from_bytes(hashed, "little") % ORDER, _point(public)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


# --- Signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint) ---------------------------------------
def read_key(text: str) -> tuple[str, bytes]:
    """(name, public key) of a verifier key name+hash+base64."""
    name, shown_hash, encoded = text.strip().split("+", 2)
    data = base64.b64decode(encoded)
    if data[:1] != b"\x01":
        raise Wrong("the verifier key is not an Ed25519 key")
    if hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex() != shown_hash:
        raise Wrong("the verifier key is mistyped: its check digits do not fit")
    return name, data[1:]


def open_checkpoint(note: str, key_text: str) -> tuple[int, bytes]:
    """(size, root) of a checkpoint, after checking its signature."""
    name, public = read_key(key_text)
    text, _, signatures = note.replace("\r\n", "\n").partition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != name:
        raise Wrong("the checkpoint is of another recorder: " + lines[0])
    key_hash = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
    for line in signatures.splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[0] == "\u2014" and parts[1] == name:
            signed = base64.b64decode(parts[2])
            if signed[:4] == key_hash and signature_holds(public, text.encode(), signed[4:]):
                return int(lines[1]), base64.b64decode(lines[2])
    raise Wrong("the signature of the checkpoint does not hold")


# --- The tree (RFC 6962) ---------------------------------------------------------------------------------
class Tree:
    """Leaves come one by one; the head is there at any time."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Take the next leaf hash."""
        self._peaks.append((0, leaf))
        while len(self._peaks) > 1 and self._peaks[-1][0] == self._peaks[-2][0]:
            level, right = self._peaks.pop()
            _, left = self._peaks.pop()
            self._peaks.append((level + 1, hashlib.sha256(b"\x01" + left + right).digest()))
        self.size += 1

    def head(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        value = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            value = hashlib.sha256(b"\x01" + left + value).digest()
        return value


RESTORED = "begun anew from a backup of "


def leaf_of(entry: dict[str, Any]) -> bytes:
    """The leaf hash of one line of the export, after checking its text against it."""
    leaf = bytes.fromhex(entry["leaf"])
    if "text" in entry:
        salted = bytes.fromhex(entry["salt"]) + entry["text"].encode("utf-8")
        if hashlib.sha256(b"\x00" + salted).digest() != leaf:
            raise Wrong(f"entry {entry['seq']} was altered: its text does not fit its hash")
        if json.loads(entry["text"])["seq"] != entry["seq"]:
            raise Wrong(f"entry {entry['seq']} was moved from another place")
    return leaf


def verify(lines: Iterable[str], older_notes: Sequence[str] = (), key: str | None = None) -> list[str]:
    """Check an export against its own checkpoint and older ones; returns lines of report or raises Wrong."""
    rest = iter(lines)
    head = json.loads(next(rest))
    if head.get("format") != "kuramori-ledger-export/1":
        raise Wrong("this is not an export of a Kuramori ledger")
    key = key or head["key"]
    wanted: dict[int, set[bytes]] = {}
    for note in [*older_notes, head["checkpoint"]]:
        size, root = open_checkpoint(note, key)
        wanted.setdefault(size, set()).add(root)
    tree, erased, held, former = Tree(), 0, [], ""
    for line in rest:
        entry = json.loads(line)
        if entry["seq"] != tree.size:
            raise Wrong(f"entry {tree.size} is missing")
        erased += "text" not in entry
        tree.add(leaf_of(entry))
        if tree.size == 1:
            former = restored_from(entry)
        if tree.size in wanted:
            if wanted.pop(tree.size) != {tree.head()}:
                raise Wrong(f"the first {tree.size} entries are not those of the checkpoint")
            held.append(tree.size)
    if wanted:
        raise Wrong(f"the export ends at {tree.size} entries, but a checkpoint has {max(wanted)}")
    report = [f"{tree.size} entries, {erased} of them without text"]
    report += [f"the checkpoint over {size} entries holds" for size in held]
    return [*report, "key " + key, *([RESTORED + former] if former else [])]


def restored_from(first: dict[str, Any]) -> str:
    """What the first entry says the ledger was restored from; empty for a ledger that began by itself."""
    said = json.loads(first.get("text", "{}"))
    if said.get("act") != "ledger-restored":
        return ""
    before = said["object"]
    return f"{before['origin']}, {before['size']} entries, root {before['root']}"


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("export")
    parser.add_argument("--checkpoint", action="append", default=[], help="file with an older checkpoint")
    parser.add_argument("--key", help="verifier key from paper")
    chosen = parser.parse_args(arguments)
    try:
        notes = []
        for name in chosen.checkpoint:
            notes.append(Path(name).read_text(encoding="utf-8"))
        with Path(chosen.export).open(encoding="utf-8") as file:
            report = verify(file, notes, chosen.key)
    except Wrong as wrong:
        print(f"NOT WHOLE: {wrong}")
        return 1
    except (ValueError, KeyError, StopIteration) as error:
        print(f"NOT READABLE: {error!r}")
        return 2
    print("\n".join(report))
    if not chosen.key:
        print("Compare the key with the one on your paper: this run took it from the export itself.")
    if not chosen.checkpoint:
        print("No older checkpoint was given: a ledger rewritten as a whole would look the same.")
    if report[-1].startswith(RESTORED):
        print("What came after that backup is not in it. Check the former export too.")
        print("RESTORED")
        return 3
    print("WHOLE")
    return 0


if __name__ == "__main__":
    sys.exit(main())
