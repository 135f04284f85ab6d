"""Checkpoints as C2SP signed notes: text, an Ed25519 signature line, and the key that checks it.

Formats: c2sp.org/signed-note and c2sp.org/tlog-checkpoint. A checkpoint is three lines (origin, size,
root in base64), an empty line, then one line for each signature.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs notes in the name of `origin` with an Ed25519 key (32 bytes of seed)."""

    origin: str
    seed: bytes

    @property
    def public(self) -> bytes:
        key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def verifier_key(self) -> str:
        """The public key as C2SP writes it: name+hash+base64. It belongs on paper at installation."""
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.origin}+{self._key_hash().hex()}+{encoded}"

    def checkpoint(self, size: int, root: bytes) -> str:
        """The signed note for a tree of `size` leaves with head `root`."""
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        line = base64.b64encode(self._key_hash() + signature).decode()
        return f"{text}\n— {self.origin} {line}\n"

    def _key_hash(self) -> bytes:
        return hashlib.sha256(self.origin.encode() + b"\n" + ED25519 + self.public).digest()[:4]
