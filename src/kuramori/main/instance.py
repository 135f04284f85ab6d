"""What makes one data directory one recorder: its identity and the secrets made at first start."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kuramori import clock

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Instance:
    """The identity of a data directory, written once."""

    recorder_id: str
    """32 lower-case hex characters."""
    created_ns: int
    demo: bool
    """A demonstration for ever: says so on every page and admits only loopback cameras."""


def prepare(data: Path, *, demo: bool = False) -> Instance:
    """Read `data`'s identity, or make it with all its keys when there is none yet.

    `demo` counts only while it is made: a directory never changes from demonstration to real or back.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    django_secret(data)
    orders_key = _kept(data / "keys" / "orders.key", secrets.token_bytes(32))
    _kept(data / "keys" / "ledger.key", secrets.token_bytes(32))
    (data / "record").mkdir(mode=0o700, exist_ok=True)
    _kept(data / "record" / "orders.pub", _public_half(orders_key))
    fresh = Instance(secrets.token_hex(16), clock.now_ns(), demo)
    kept = _kept(data / "instance.json", json.dumps(asdict(fresh)).encode())
    return Instance(**json.loads(kept))


def read(data: Path) -> Instance | None:
    """The identity of `data`, or None when it has none yet."""
    try:
        return Instance(**json.loads((data / "instance.json").read_bytes()))
    except FileNotFoundError:
        return None


def django_secret(data: Path) -> str:
    """The signing secret of the pages, made at first use and kept outside the database (mode 0600)."""
    return _kept(data / "keys" / "pages.secret", secrets.token_urlsafe(48).encode()).decode()


def _public_half(seed: bytes) -> bytes:
    return (
        Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    )


def _kept(path: Path, fresh: bytes) -> bytes:
    """The bytes at `path`; written whole and durable (mode 0600) from `fresh` when there are none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(fresh)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)  # link, not rename: of two that start at once the first one wins for both
    except FileExistsError:
        pass
    draft.unlink()
    return path.read_bytes()
