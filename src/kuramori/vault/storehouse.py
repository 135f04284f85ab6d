"""The storehouse's key pair: the recorder seals with the public half, people hold the private half.

HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The library offers no
associated data, so what a sealed key belongs to goes into `info`, where it is bound just as firmly.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from kuramori.errors import BadInput, Damaged, WrongPassphrase
from kuramori.vault.passphrase import new_passphrase, normalise_passphrase
from kuramori.vault.secret_bytes import fresh_secret, wipe
from kuramori.vault.segment_header import FORMAT_VERSION

if TYPE_CHECKING:
    from kuramori.vault.segment_header import SegmentHeader

__all__ = [
    "SealContext",
    "StorehouseKey",
    "key_id",
    "new_passphrase",
    "new_storehouse_key",
    "normalise_passphrase",
    "open_segment_key",
    "pair_of",
    "seal_segment_key",
    "unwrap_private",
    "wrap_private",
]

SEALED_KEY_BYTES = 80
KEY_BYTES = 32
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO_LABEL = b"kuramori segment key\x00"
_WRAP_LABEL = "kuramori storehouse key"
_INFO = struct.Struct(">H16s16s16sq8s")
# RFC 9106's second recommended choice: 64 MiB, three passes, four lanes.
_KDF = {"name": "argon2id", "memory_kib": 65_536, "iterations": 3, "lanes": 4}
_KDF_CEILING = {"memory_kib": 1_048_576, "iterations": 16, "lanes": 16}


@dataclass(frozen=True, slots=True)
class SealContext:
    """What a sealed segment key belongs to; ids as hex text, `start_ns` the segment's start (UTC)."""

    format_version: int
    recorder: str
    camera: str
    segment: str
    start_ns: int
    storehouse_key: str

    @classmethod
    def of(cls, header: SegmentHeader) -> Self:
        """What the key of the segment behind `header` belongs to."""
        return cls(
            format_version=FORMAT_VERSION,
            recorder=header.recorder,
            camera=header.camera,
            segment=header.segment,
            start_ns=header.start_ns,
            storehouse_key=header.storehouse_key,
        )

    def info(self) -> bytes:
        """The HPKE `info` of this context: a label and 66 fixed bytes."""
        return _INFO_LABEL + _INFO.pack(
            self.format_version,
            bytes.fromhex(self.recorder),
            bytes.fromhex(self.camera),
            bytes.fromhex(self.segment),
            self.start_ns,
            bytes.fromhex(self.storehouse_key),
        )


@dataclass(slots=True, repr=False)
class StorehouseKey:
    """A key pair in memory. `id` is 16 hex digits, `public` 32 bytes; `private` is wiped by `wipe`."""

    id: str
    public: bytes
    private: bytearray

    def wipe(self) -> None:
        """Overwrite the private half; the object opens nothing after."""
        wipe(self.private)

    def __repr__(self) -> str:
        return f"StorehouseKey({self.id})"


def key_id(public: bytes) -> str:
    """The first 8 bytes of the public key's SHA-256, as 16 hex digits."""
    return hashlib.sha256(public).hexdigest()[:16]


def new_storehouse_key() -> StorehouseKey:
    """A fresh key pair."""
    return pair_of(fresh_secret(KEY_BYTES))


def pair_of(private: bytearray) -> StorehouseKey:
    """The pair of this private half, which it takes over."""
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    return StorehouseKey(key_id(public), public, private)


def seal_segment_key(public: bytes, key: bytes | bytearray, context: SealContext) -> bytes:
    """`key` (32 bytes) sealed to the storehouse: 80 bytes, 32 of encapsulation and 48 of ciphertext.

    Raises `BadInput` for bytes that are no usable public key.
    """
    try:
        return _SUITE.encrypt(key, X25519PublicKey.from_public_bytes(public), context.info())
    except ValueError as wrong:
        raise BadInput("storehouse-public") from wrong


def open_segment_key(private: bytes | bytearray, sealed: bytes, context: SealContext) -> bytearray:
    """The 32-byte segment key. Raises `Damaged` for another key, another context or changed bytes."""
    if len(sealed) != SEALED_KEY_BYTES:
        raise Damaged("sealed-key-length")
    try:
        return bytearray(_SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), context.info()))
    except InvalidTag:
        raise Damaged("sealed-key-does-not-open") from None


def wrap_private(key: StorehouseKey, passphrase: str) -> dict[str, Any]:
    """The private half under a passphrase, as a JSON-able document (argon2id, AES-256-GCM)."""
    kdf: dict[str, Any] = {**_KDF, "salt": fresh_secret(16).hex()}
    nonce = bytes(fresh_secret(12))
    wrapping = _derive(kdf, normalise_passphrase(passphrase))
    try:
        ciphertext = AESGCM(wrapping).encrypt(nonce, key.private, _bound(kdf, key.id))
    finally:
        wipe(wrapping)
    return {
        "format": 1,
        "kdf": kdf,
        "nonce": nonce.hex(),
        "ciphertext": ciphertext.hex(),
        "key_id": key.id,
    }


def unwrap_private(wrapped: dict[str, Any], passphrase: str) -> StorehouseKey:
    """The key pair again. Raises `WrongPassphrase`; `Damaged` when the document itself is unusable."""
    try:
        digits = normalise_passphrase(passphrase)
    except BadInput as wrong:
        raise WrongPassphrase(digits=wrong.values.get("digits")) from None
    try:
        kdf, named = wrapped["kdf"], str(wrapped["key_id"])
        nonce, ciphertext = bytes.fromhex(wrapped["nonce"]), bytes.fromhex(wrapped["ciphertext"])
        if wrapped["format"] != 1 or len(nonce) != 12 or len(ciphertext) != KEY_BYTES + 16:
            raise Damaged("key-wrap-form")
        wrapping = _derive(kdf, digits)
    except (KeyError, TypeError, ValueError) as wrong:
        raise Damaged("key-wrap-form") from wrong
    private = bytearray(KEY_BYTES)
    try:
        AESGCM(wrapping).decrypt_into(nonce, ciphertext, _bound(kdf, named), private)
    except InvalidTag:
        raise WrongPassphrase from None
    finally:
        wipe(wrapping)
    pair = pair_of(private)
    if pair.id != named:
        pair.wipe()
        raise Damaged("key-wrap-id")
    return pair


def _derive(kdf: dict[str, Any], digits: str) -> bytearray:
    if kdf["name"] != "argon2id" or any(not 1 <= kdf[name] <= top for name, top in _KDF_CEILING.items()):
        raise Damaged("key-wrap-kdf")
    derived = bytearray(KEY_BYTES)
    argon = Argon2id(
        salt=bytes.fromhex(kdf["salt"]),
        length=KEY_BYTES,
        iterations=kdf["iterations"],
        lanes=kdf["lanes"],
        memory_cost=kdf["memory_kib"],
    )
    argon.derive_into(digits.encode(), derived)
    return derived


def _bound(kdf: dict[str, Any], named: str) -> bytes:
    parts = (_WRAP_LABEL, named, kdf["memory_kib"], kdf["iterations"], kdf["lanes"], kdf["salt"])
    return "|".join(map(str, parts)).encode()
