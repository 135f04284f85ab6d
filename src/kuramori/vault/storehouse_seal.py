"""Small things sealed to the storehouse: HPKE as for segment keys, each kind under a label of its own.

The library offers no associated data: label and what a thing belongs to go into `info`.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kuramori.errors import BadInput, Damaged

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(public: bytes, plain: bytes, info: bytes) -> bytes:
    """`plain` and 48 bytes more. Raises BadInput `storehouse-public` for what is no usable public key."""
    try:
        return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), info)
    except ValueError as wrong:
        raise BadInput("storehouse-public") from wrong


def unseal(private: bytes | bytearray, sealed: bytes, info: bytes) -> bytes:
    """What was sealed. Raises Damaged for another key, another `info` or changed bytes. `private` is not
    copied, so that wiping it is enough."""
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info)
    except (InvalidTag, ValueError):
        raise Damaged("seal-does-not-open") from None
