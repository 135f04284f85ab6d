#!/usr/bin/env python3
"""Checks what a Kuramori recorder handed out. Stands alone: any Python from 3.8, nothing to install.

    python3 verify_ledger.py EXPORT [--checkpoint FILE]... [--key VERIFIER_KEY]
    python3 verify_ledger.py FOLDER [--signer NUMBER] [--key VERIFIER_KEY] [--checkpoint FILE]...
    python3 verify_ledger.py AUDIT.zip [--signer NUMBER] [--key VERIFIER_KEY] [--checkpoint FILE]...

EXPORT is the record as the recorder wrote it. FILE is a checkpoint somebody kept earlier (the text of a QR
code). VERIFIER_KEY is the key from the paper of the installation; without it the key inside the export is
used, and that proves nothing about who wrote it. Says what it found; ends with 0 only if all of it
holds, with 3 if all of it holds but it began anew from a backup.

FOLDER is an opened evidence package. NUMBER is the SHA-256 of the signer's certificate, from paper; without
it the certificate inside is used, and that proves nothing about who signed. The checkpoint inside it is worth
keeping: a later EXPORT is checked with it (`--checkpoint`), and a record that was forked since does not hold.

AUDIT.zip is an audit bundle, or the folder of an opened one: signatures, the record with every checkpoint
that was kept outside, and whether each row of the tables has its entry in the record and each entry its row.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import IO, Any

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


# --- An evidence package --------------------------------------------------------------------------------
P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
P256_BASE = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
OID_DIGEST, OID_SHA256, OID_ECDSA_SHA256 = "2a864886f70d010904", "608648016503040201", "2a8648ce3d040302"
OID_P256_KEY = "301306072a8648ce3d020106082a8648ce3d030107"
BLOCK = 1024 * 1024
UNLISTED = {"SHA256SUMS", "SHA256SUMS.p7s"}


def der(data: bytes, at: int = 0) -> tuple[int, bytes, bytes]:
    """(tag, content, whole) of the DER element that begins at `at`."""
    if at + 2 > len(data):
        raise Wrong("the signature cannot be read")
    length, head = data[at + 1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= 4 or at + 2 + count > len(data):
            raise Wrong("the signature cannot be read")
        head, length = 2 + count, int.from_bytes(data[at + 2 : at + 2 + count], "big")
    end = at + head + length
    if end > len(data):
        raise Wrong("the signature cannot be read")
    return data[at], data[at + head : end], data[at:end]


def inside(content: bytes) -> list[tuple[int, bytes, bytes]]:
    """The elements of a constructed one."""
    found, at = [], 0
    while at < len(content):
        found.append(der(content, at))
        at += len(found[-1][2])
    return found


def _p256_add(a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P256 == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P256)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P256)
    x = (slope * slope - a[0] - b[0]) % P256
    return x, (slope * (a[0] - x) - a[1]) % P256


def _p256_times(number: int, point: tuple[int, int] | None) -> tuple[int, int] | None:
    result = None
    while number:
        if number & 1:
            result = _p256_add(result, point)
        point = _p256_add(point, point)
        number >>= 1
    return result


def ecdsa_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """ECDSA P-256 with SHA-256 (FIPS 186-5). `public` is 04, x, y; `signature` is DER."""
    x, y = int.from_bytes(public[1:33], "big"), int.from_bytes(public[33:65], "big")
    if len(public) != 65 or public[0] != 4 or x >= P256 or y >= P256:
        return False
    if (y * y - x * x * x + 3 * x - P256_B) % P256:
        return False
    numbers = [int.from_bytes(content, "big") for _tag, content, _whole in inside(der(signature)[1])]
    if len(numbers) != 2 or not all(0 < one < P256_ORDER for one in numbers):
        return False
    r, s = numbers
    hashed = int.from_bytes(hashlib.sha256(message).digest(), "big")
    back = pow(s, -1, P256_ORDER)
    left = _p256_times(hashed * back % P256_ORDER, P256_BASE)
    found = _p256_add(left, _p256_times(r * back % P256_ORDER, (x, y)))
    return found is not None and found[0] % P256_ORDER == r


def signer_of(signature: bytes, content: bytes) -> str:
    """SHA-256 of the certificate by whose key `content` was signed (CMS, RFC 5652). Raises Wrong."""
    try:
        signed = inside(inside(inside(der(signature)[1])[1][1])[0][1])
        certificates = [content for tag, content, _whole in signed if tag == 0xA0]
        _tag, _content, certificate = der(certificates[0])
        parts = inside(inside(signed[-1][1])[0][1])
        attributes = next(one for one in parts if one[0] == 0xA0)
        digests = [
            inside(pair[1][1])[0][1]
            for pair in (inside(one[1]) for one in inside(attributes[1]))
            if pair[0][1].hex() == OID_DIGEST
        ]
        after = parts[parts.index(attributes) + 1 :]
        body = inside(inside(der(certificate)[1])[0][1])
        key = body[6 if body[0][0] == 0xA0 else 5]
        algorithm, bits = inside(key[1])
        named, value = {parts[2][2].hex(), after[0][2].hex()}, after[1][1]
    except (IndexError, StopIteration, ValueError) as error:
        raise Wrong("the signature cannot be read") from error
    if not any(OID_SHA256 in one for one in named) or not any(OID_ECDSA_SHA256 in one for one in named):
        raise Wrong("the signature is of another kind than this verifier knows")
    if algorithm[2].hex() != OID_P256_KEY or len(digests) != 1:
        raise Wrong("the signature is of another kind than this verifier knows")
    if digests[0] != hashlib.sha256(content).digest():
        raise Wrong("this is not what was signed")
    said = b"\x31" + attributes[2][1:]  # signed as a SET
    if not ecdsa_holds(bits[1][1:], said, value):
        raise Wrong("the signature does not hold")
    return hashlib.sha256(certificate).hexdigest()


def folded(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The head that an inclusion proof leads to (RFC 9162 section 2.1.3.2). Raises Wrong."""
    if not 0 <= index < size:
        raise Wrong("the proof is of another tree")
    last, value = size - 1, leaf
    for one in proof:
        if not last:
            raise Wrong("the proof of the record is too long")
        if index & 1 or index == last:
            value = hashlib.sha256(b"\x01" + one + value).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            value = hashlib.sha256(b"\x01" + value + one).digest()
        index, last = index >> 1, last >> 1
    if last:
        raise Wrong("the proof of the record is too short")
    return value


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(BLOCK), b""):
            digest.update(block)
    return digest.hexdigest()


def verify_package(
    folder: Path, signer: str | None = None, key: str | None = None, notes: Sequence[str] = ()
) -> list[str]:
    """Check an opened package; returns lines of report or raises Wrong."""
    report = []
    sums = (folder / "SHA256SUMS").read_bytes()
    listed = {line[66:]: line[:64] for line in sums.decode("utf-8").splitlines()}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    strange = there - set(listed) - UNLISTED
    if strange:
        raise Wrong("not of this package: " + ", ".join(sorted(strange)))
    left_out = sorted(set(listed) - there)
    if any(not name.startswith("1-original/") for name in left_out):
        raise Wrong("missing: " + ", ".join(left_out))
    for name in sorted(there - UNLISTED):
        if sha256_of(folder / name) != listed[name]:
            raise Wrong(f"{name} was altered")
    report.append(f"{len(there)} files are those of SHA256SUMS")
    manifest = (folder / "manifest.json").read_bytes()
    said = json.loads(manifest)
    if said.get("format") != "kuramori-evidence/1":
        raise Wrong("this is not a Kuramori evidence package")
    found = signer_of((folder / "manifest.json.p7s").read_bytes(), manifest)
    if signer is not None and found != "".join(signer.split()).lower():
        raise Wrong("signed by another than the one on your paper: " + found)
    if signer_of((folder / "SHA256SUMS.p7s").read_bytes(), sums) != found:
        raise Wrong("SHA256SUMS was signed by another")
    report.append("the signatures of manifest.json and SHA256SUMS hold")
    pictures = _of_manifest(said)
    for name, digest in pictures.items():
        if listed.get(name) != digest:
            raise Wrong(f"{name} is not what manifest.json says")
    report.append(f"{len(pictures)} files with pictures are those of manifest.json")
    report.append(_in_the_record(said, pictures, key))
    report += [_beside(said["ledger"], note, key) for note in notes]
    if "manifest.json.p7s.tsr" in there:
        report.append("manifest.json.p7s.tsr was not looked at: openssl ts -verify does that")
    if left_out:
        report.append("not looked at, because not here: " + ", ".join(left_out))
    return [*report, "package " + said["package"], "signer " + found, "key " + said["ledger"]["key"]]


def _of_manifest(said: dict[str, Any]) -> dict[str, str]:
    found = {}
    for camera in said["footage"]:
        made = [clip[kind] for clip in camera["clips"] for kind in ("original", "viewing")]
        for one in [*made, *camera["stills"], *camera.get("derivatives", [])]:
            found[one["file"]] = one["sha256"]
    return found


def _in_the_record(said: dict[str, Any], pictures: dict[str, str], key: str | None) -> str:
    proof = said["ledger"]
    size, root = open_checkpoint(proof["checkpoint"], key or proof["key"])
    leaf = hashlib.sha256(b"\x00" + bytes.fromhex(proof["salt"]) + proof["text"].encode("utf-8")).digest()
    path = [bytes.fromhex(one) for one in proof["proof"]]
    if folded(leaf, proof["seq"], size, path) != root:
        raise Wrong("the package's entry is not in the record")
    entry = json.loads(proof["text"])
    if entry["act"] != "package-sealed" or entry["object"]["package"] != said["package"]:
        raise Wrong("the entry of the record is of another package")
    if entry["detail"]["files"] != pictures:
        raise Wrong("the record names other files")
    return f"entry {proof['seq']} of the record names the same hashes"


def _beside(proof: dict[str, Any], note: str, key: str | None) -> str:
    """What a checkpoint that was kept outside says of the one in the package."""
    size, root = open_checkpoint(note, key or proof["key"])
    own_size, own_root = open_checkpoint(proof["checkpoint"], key or proof["key"])
    if size != own_size:
        return f"the checkpoint over {size} entries was not compared: that needs an export of the record"
    if root != own_root:
        raise Wrong(f"two checkpoints over {size} entries differ: the record was forked")
    return f"the checkpoint over {size} entries is the one in the package"


# --- An audit bundle ------------------------------------------------------------------------------------
AUDIT = "kuramori-audit/1"
RECORD = "record/ledger.jsonl"
ALWAYS_TOLD = {"ledger-restored", "ledger-forgot", "case-forgotten"}
EDGE = timedelta(seconds=60)
"""A row and its entry are made one after the other: so near to an edge they are not compared."""
BOUND: tuple[tuple[str, str, str, str, set[str]], ...] = (
    ("permissions", "id", "created", "grant", {"live-look", "playback-granted", "packing-granted"}),
    ("certificates", "id", "made_at", "certificate", {"hour-erased"}),
    ("case-steps", "pk", "at", "step", set()),
    ("deviations", "pk", "asked_at", "deviation", {"deviation-asked", "deviation-approved"}),
    ("appointments", "pk", "created", "appointment", {"appointed"}),
    ("regulations", "version", "entered", "regulations", {"regulations-adopted"}),
)
"""Table, its key and instant, and how the entry names the row, by which acts (none: whichever names one)."""


class Files:
    """The files of a bundle: of its ZIP, or of the folder of an opened one."""

    def __init__(self, path: Path) -> None:
        self._folder = path if path.is_dir() else None
        self._zip = None if path.is_dir() else zipfile.ZipFile(path)

    def names(self) -> list[str]:
        """Every file's name. Raises Wrong where one name stands for two files."""
        if self._folder is not None:
            found = self._folder.rglob("*")
            return [one.relative_to(self._folder).as_posix() for one in found if one.is_file()]
        assert self._zip is not None
        names = [one.filename for one in self._zip.infolist() if not one.is_dir()]
        if len(set(names)) != len(names):
            raise Wrong("two files have the same name")
        return names

    def open(self, name: str) -> IO[bytes]:
        """One file, to be read from its beginning."""
        if self._folder is not None:
            return (self._folder / name).open("rb")
        assert self._zip is not None
        return self._zip.open(name)

    def read(self, name: str) -> bytes:
        """One file as a whole."""
        with self.open(name) as file:
            return file.read()

    def lines(self, name: str) -> Iterator[str]:
        """The lines of a text."""
        with self.open(name) as file:
            for line in file:
                yield line.decode("utf-8")

    def sha256(self, name: str) -> str:
        """SHA-256 of one file, hexadecimal."""
        digest = hashlib.sha256()
        with self.open(name) as file:
            for block in iter(lambda: file.read(BLOCK), b""):
                digest.update(block)
        return digest.hexdigest()


def is_audit(path: Path) -> bool:
    """Whether this is an audit bundle, by what its manifest says."""
    try:
        manifest = Files(path).read("manifest.json") if path.is_dir() or zipfile.is_zipfile(path) else b"{}"
    except (KeyError, OSError):
        return False
    return bool(json.loads(manifest).get("format") == AUDIT)


def verify_audit(
    path: Path, signer: str | None = None, key: str | None = None, notes: Sequence[str] = ()
) -> list[str]:
    """Check an audit bundle; returns lines of report or raises Wrong."""
    files = Files(path)
    report = [_summed(files)]
    manifest = files.read("manifest.json")
    said = json.loads(manifest)
    found = signer_of(files.read("manifest.json.p7s"), manifest)
    if signer is not None and found != "".join(signer.split()).lower():
        raise Wrong("signed by another than the one on your paper: " + found)
    if signer_of(files.read("SHA256SUMS.p7s"), files.read("SHA256SUMS")) != found:
        raise Wrong("SHA256SUMS was signed by another")
    report.append("the signatures of manifest.json and SHA256SUMS hold")
    outside = [name for name in files.names() if name.startswith("record/outside/") and name.endswith(".txt")]
    kept = [*notes, *(files.read(name).decode("utf-8") for name in sorted(outside))]
    report += verify(files.lines(RECORD), [one for one in kept if _origin(one) == _origin_of(said)],
                     key or said["key"])  # fmt: skip
    foreign = sum(_origin(one) != _origin_of(said) for one in kept)
    if foreign:
        report.append(f"{foreign} checkpoints are of another recorder and were not compared")
    told, since = _told_whole(files, said)
    report += [told, *_bound(files, {**said, "begin": since})]
    report.append(_looks(files, {**said, "begin": since}))
    report.append(_regulations(files))
    return [*report, f"body {said['body']}, {said['first']} to {said['last']}", "signer " + found]


def _origin(note: str) -> str:
    return note.partition("\n")[0].strip()


def _origin_of(said: dict[str, Any]) -> str:
    return str(said["key"].split("+", 1)[0])


def _summed(files: Files) -> str:
    listed = {line[66:]: line[:64] for line in files.read("SHA256SUMS").decode("utf-8").splitlines()}
    there = set(files.names())
    if strange := there - set(listed) - UNLISTED:
        raise Wrong("not of this bundle: " + ", ".join(sorted(strange)))
    if missing := set(listed) - there:
        raise Wrong("missing: " + ", ".join(sorted(missing)))
    for name, digest in listed.items():
        if files.sha256(name) != digest:
            raise Wrong(f"{name} was altered")
    return f"{len(there)} files are those of SHA256SUMS"


def _told_whole(files: Files, said: dict[str, Any]) -> tuple[str, str]:
    """Every entry of the period has its words, unless the record itself says that they were erased.

    Also since when row and entry can be compared: where the record began anew, or its words begin.
    """
    lines = files.lines(RECORD)
    next(lines)
    silent, forgotten, times, since = [], [], {}, said["begin"]
    for line in lines:
        one = json.loads(line)
        if "text" not in one:
            silent.append(one["seq"])
            continue
        entry = json.loads(one["text"])
        if entry["act"] == "ledger-forgot":
            forgotten.append((entry["detail"]["first"], entry["detail"]["last"]))
        if entry["act"] == "ledger-restored":
            since = max(since, entry["at"])
        times[one["seq"]] = entry["at"]
    inside = [seq for seq, at in times.items() if said["begin"] <= at < said["end"]]
    if not inside:
        return "no entry of the record lies in the period", since
    first, last = min(inside), max(inside)
    hidden = [seq for seq in silent if first - 1 <= seq <= last + 1]
    for seq in hidden:
        if not any(low <= seq <= high for low, high in forgotten):
            raise Wrong(f"entry {seq} lies in the period, and its words were left out")
    if hidden:
        since = max(since, *(times[seq] for seq in inside if seq > max(hidden)))
    report = (
        f"entries {first} to {last} are those of the period, {len(hidden)} of them erased after their time"
    )
    return report, since


def _bound(files: Files, said: dict[str, Any]) -> list[str]:
    """Each row has its entry, each entry its row: by the tables above, and in registers by the version."""
    named: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in _entries(files, said):
        for table, row in _rows_of(entry):
            named.setdefault(table, {})[row] = entry
    report, names = [], {name for name in files.names() if name.startswith("tables/")}
    tables = [(table, row_key, at) for table, row_key, at, _named, _acts in BOUND]
    registers = [
        name[7:-6] for name in sorted(names) if name.startswith("tables/register-") and name[-1] == "l"
    ]
    for table, row_key, at in [*tables, *((name, "version", "entered") for name in registers)]:
        entries = named.pop(table, {})
        rows = {}
        if f"tables/{table}.jsonl" in names:
            rows = {str(row[row_key]): row for row in _table(files, table) if not row.get("emergency.id")}
        for missing in sorted(set(entries) - set(rows)):
            raise Wrong(f"{table} {missing} is in the record, and not in its table")
        within = {one: row for one, row in rows.items() if _row_inside(row[at], said)}
        for missing in sorted(set(within) - set(entries)):
            raise Wrong(f"{table} {missing} is in its table, and not in the record")
        if table == "certificates":
            _certificates(rows, entries)
        if within:
            report.append(f"{len(within)} rows of {table} are those of the record")
    if named:
        raise Wrong("the record names tables that are not here: " + ", ".join(sorted(named)))
    return report


def _looks(files: Files, said: dict[str, Any]) -> str:
    """Each look has its row with everybody who was at the screen, and each row its entry."""
    present: dict[tuple[str, int], list[str]] = {}
    for row in _table(files, "onlookers"):
        look = row["viewing.grant.id"], row["viewing.number"]
        present.setdefault(look, []).append(f"{row['role']}: {row['office']} {row['name']} (")
    begun = {(row["grant.id"], row["number"]): row["began"] for row in _table(files, "looks")}
    told, names_gone = {}, set()
    for entry in _entries(files, said):
        if entry["act"] == "playback-look":
            told[entry["object"]["grant"], entry["detail"]["viewing"]] = entry
        elif entry["act"] == "case-forgotten":
            names_gone.add(entry["object"]["case"])
    for look, entry in told.items():
        if look not in begun:
            raise Wrong(f"look {look[1]} by permission {look[0]} is in the record, and not in its table")
        names, there = entry["detail"]["present"], present.get(look, [])
        named = entry["object"].get("case") in names_gone or all(map(str.startswith, names, there))
        if len(names) != len(there) or not named:
            raise Wrong(f"who was at the screen at look {look[1]} by permission {look[0]} is not as recorded")
    for look, at in begun.items():
        if look not in told and _row_inside(at, said):
            raise Wrong(f"look {look[1]} by permission {look[0]} is in its table, and not in the record")
    return f"{len(told)} looks are those of the record, with everybody at the screen"


def _certificates(rows: dict[str, dict[str, Any]], entries: dict[str, dict[str, Any]]) -> None:
    for number, entry in entries.items():
        digest = hashlib.sha256(rows[number]["document"].encode("utf-8")).hexdigest()
        if digest != entry["detail"]["certificate_sha256"]:
            raise Wrong(f"certificate {number} is not the one of the record")


def _rows_of(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The rows that an entry says were made: table and key."""
    about, act = entry["object"], entry["act"]
    for table, _key, _at, named, acts in BOUND:
        if named in about and (act in acts or not acts):
            yield table, str(about[named])
    if "register" in about and "version" in about:
        yield "register-" + about["register"], str(about["version"])


def _entries(files: Files, said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The told entries of the period, away from its edges, and older than the reading of the tables."""
    lines = files.lines(RECORD)
    next(lines)
    for line in lines:
        one = json.loads(line)
        if "text" in one and one["seq"] < said["tables_seq"]:
            entry = json.loads(one["text"])
            if _inside(entry["at"], said):
                yield entry


def _inside(at: str, said: dict[str, Any]) -> bool:
    return _instant(said["begin"]) + EDGE <= _instant(at) < _instant(said["end"])


def _row_inside(at: str, said: dict[str, Any]) -> bool:
    """Its entry came a moment later: that one must still be among the entries that are compared."""
    return _inside(at, said) and _instant(at) < _instant(min(said["end"], said["made_at"])) - EDGE


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _table(files: Files, name: str) -> Iterator[dict[str, Any]]:
    lines = files.lines(f"tables/{name}.jsonl")
    next(lines)
    for line in lines:
        yield json.loads(line)


def _regulations(files: Files) -> str:
    """Settings and paper of each adopted version against what its table says."""
    count = 0
    for row in _table(files, "regulations"):
        if files.sha256(f"papers/regulations-{row['version']}.json") != row["sha256"]:
            raise Wrong(f"the settings of regulations {row['version']} are not those that were adopted")
        count += 1
    for entry in _adopted(files):
        version, detail = entry["object"]["regulations"], entry["detail"]
        if files.sha256(f"papers/regulations-{version}.pdf") != detail["paper_sha256"]:
            raise Wrong(f"the paper of regulations {version} is not the one of the record")
        if files.sha256(f"papers/regulations-{version}.json") != detail["sha256"]:
            raise Wrong(f"the settings of regulations {version} are not those of the record")
    return f"{count} versions of the regulations are those that were adopted"


def _adopted(files: Files) -> Iterator[dict[str, Any]]:
    lines = files.lines(RECORD)
    next(lines)
    names = set(files.names())
    for line in lines:
        entry: dict[str, Any] = json.loads(json.loads(line).get("text", "{}"))
        version = entry.get("object", {}).get("regulations")
        if entry.get("act") == "regulations-adopted" and f"papers/regulations-{version}.pdf" in names:
            yield entry


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", help="an export of the record, an opened package, or an audit bundle")
    parser.add_argument("--checkpoint", action="append", default=[], help="file with an older checkpoint")
    parser.add_argument("--key", help="verifier key from paper")
    parser.add_argument("--signer", help="number of the signer's certificate, from paper")
    chosen = parser.parse_args(arguments)
    if Path(chosen.what).is_dir() or zipfile.is_zipfile(chosen.what):
        return _main_package(chosen)
    try:
        notes = _notes(chosen)
        with Path(chosen.what).open(encoding="utf-8") as file:
            report = verify(file, notes, chosen.key)
    except Wrong as wrong:
        print(_plain(f"NOT WHOLE: {wrong}"))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever lies there came from strangers
        print(_plain(f"NOT READABLE: {error!r}"))
        return 2
    print("\n".join(map(_plain, report)))
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


def _plain(line: str) -> str:
    """For a terminal: a name in a package cannot end the line, move the cursor or turn the text around."""
    return "".join(one if one.isprintable() or one == "\u3000" else repr(one)[1:-1] for one in line)


def _notes(chosen: argparse.Namespace) -> list[str]:
    return [Path(name).read_text(encoding="utf-8") for name in chosen.checkpoint]


def _main_package(chosen: argparse.Namespace) -> int:
    path = Path(chosen.what)
    try:
        if is_audit(path):
            report = verify_audit(path, chosen.signer, chosen.key, _notes(chosen))
        else:
            report = verify_package(path, chosen.signer, chosen.key, _notes(chosen))
    except Wrong as wrong:
        print(_plain(f"NOT WHOLE: {wrong}"))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever lies there came from strangers
        print(_plain(f"NOT READABLE: {error!r}"))
        return 2
    print("\n".join(map(_plain, report)))
    if not chosen.signer:
        print("Compare the signer with the number on your paper: this run took it from the package itself.")
    if any(line.startswith(RESTORED) for line in report):
        print("What came before that backup is not in it. Check the former export too.")
        print("RESTORED")
        return 3
    print("WHOLE")
    return 0


if __name__ == "__main__":
    sys.exit(main())
