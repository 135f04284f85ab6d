"""The storehouse's private half, sealed to key-holders: to one, or to two who must come together.

Each key-holder has an X25519 pair of their own, whose private half lies under their passphrase
(`storehouse.wrap_private`). So a new storehouse key can be given to every holder while none is present. For
two together the seals are nested: the outer one opens with the first holder's key, the inner one with the
second's, and neither alone yields anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kuramori.errors import Damaged
from kuramori.vault.secret_bytes import wipe
from kuramori.vault.storehouse import KEY_BYTES, StorehouseKey, key_id

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYER_BYTES = 48  # encapsulated key 32, tag 16
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_LABEL = b"kuramori holder wrap\x00"


def seal_to_holders(key: StorehouseKey, holders: Sequence[bytes]) -> bytes:
    """`key`'s private half sealed to the public keys `holders` (32 bytes each), the first one outermost.

    32 bytes and 48 for each holder.
    """
    sealed = bytes(key.private)
    for layer in range(len(holders) - 1, -1, -1):
        public = X25519PublicKey.from_public_bytes(holders[layer])
        sealed = _SUITE.encrypt(sealed, public, _info(key.id, holders, layer))
    return sealed


def open_with_holders(sealed: bytes, holders: Sequence[StorehouseKey], named: str) -> StorehouseKey:
    """The storehouse key `named` (16 hex digits). `holders` in the order of sealing.

    Raises `Damaged` for other holders, another order, another key or changed bytes.
    """
    if len(sealed) != KEY_BYTES + LAYER_BYTES * len(holders):
        raise Damaged("holder-wrap-length")
    publics = [holder.public for holder in holders]
    try:
        for layer, holder in enumerate(holders):
            private = X25519PrivateKey.from_private_bytes(holder.private)
            sealed = _SUITE.decrypt(sealed, private, _info(named, publics, layer))
    except InvalidTag:
        raise Damaged("holder-wrap-does-not-open") from None
    opened = bytearray(sealed)
    public = X25519PrivateKey.from_private_bytes(opened).public_key().public_bytes_raw()
    if key_id(public) != named:
        wipe(opened)
        raise Damaged("holder-wrap-id")
    return StorehouseKey(named, public, opened)


def _info(named: str, publics: Sequence[bytes], layer: int) -> bytes:
    return b"".join([_LABEL, bytes.fromhex(named), bytes([len(publics), layer]), *publics])
