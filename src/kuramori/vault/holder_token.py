"""A key-holder's own pair under a PKCS#11 token instead of a passphrase.

The token keeps a P-256 key that never leaves it. The holder's private half is sealed to that key (ephemeral
ECDH, HKDF-SHA256, AES-256-GCM): opening needs the token and its PIN each time.
P-256 because every usual token can do it; few know X25519.

The module of the token's maker runs inside this process; it is loaded when it is first needed.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kuramori.errors import Damaged, StorehouseError, WrongPassphrase
from kuramori.vault.secret_bytes import fresh_secret, wipe
from kuramori.vault.storehouse import KEY_BYTES, StorehouseKey, pair_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pkcs11

FORMAT = 2
"""Of the document; 1 is `storehouse.wrap_private`."""
POINT_BYTES = 65
_LABEL = b"kuramori holder token\x00"
_KEY_LABEL = "kuramori key-holder"
# A session is signed in for its whole token: two at once could pass for one another.
_one_at_a_time = threading.Lock()


class TokenTrouble(StorehouseError):
    """`holder-token-away`: not plugged in, or it does not answer. `holder-token-locked`: too many wrong PINs.

    `holder-token-unfit`: it has no key that may derive and makes none. `holder-tokens-several`: whose PIN?
    """

    default_code = "holder-token-away"


@dataclass(frozen=True, slots=True)
class TokenSeen:
    """A token that is plugged in now."""

    label: str
    serial: str
    maker: str


class HolderTokens:
    """The tokens that `module`, the maker's library, shows. Every method raises `TokenTrouble`."""

    def __init__(self, module: str) -> None:
        self._module = module

    def seen(self) -> list[TokenSeen]:
        """What is plugged in and has a PIN."""
        with _one_at_a_time, self._tokens() as tokens:
            return [_seen(token) for token in tokens]

    def seal(self, key: StorehouseKey, serial: str, pin: str) -> dict[str, Any]:
        """The private half of `key` under that token, as a JSON-able document.

        A key for it is made on the token where there is none. It is opened again before this returns.
        Raises `WrongPassphrase` for a wrong PIN.
        """
        with self._signed_in(serial, pin) as (session, seen):
            name, point = _own_key(session) or _made_key(session)
        ephemeral = generate_private_key(SECP256R1())
        there = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        shared = bytearray(ephemeral.exchange(ECDH(), there))
        said = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        wrapping, nonce = _wrapping(shared, said, point, key.id), bytes(fresh_secret(12))
        try:
            ciphertext = AESGCM(wrapping).encrypt(nonce, key.private, _LABEL)
        finally:
            wipe(wrapping, shared)
        document = {
            "format": FORMAT, "token": {"label": seen.label, "serial": seen.serial, "maker": seen.maker},
            "key": name.hex(), "point": point.hex(), "ephemeral": said.hex(), "nonce": nonce.hex(),
            "ciphertext": ciphertext.hex(), "key_id": key.id,
        }  # fmt: skip
        self.open(document, pin).wipe()
        return document

    def open(self, document: dict[str, Any], pin: str) -> StorehouseKey:
        """The pair again. Raises `WrongPassphrase` for a wrong PIN, `Damaged` for a spoilt document."""
        try:
            point, said = bytes.fromhex(document["point"]), bytes.fromhex(document["ephemeral"])
            nonce, ciphertext = bytes.fromhex(document["nonce"]), bytes.fromhex(document["ciphertext"])
            named, name, serial = str(document["key_id"]), bytes.fromhex(document["key"]), serial_of(document)
            sizes = (document["format"], len(said), len(nonce), len(ciphertext))
        except (KeyError, TypeError, ValueError) as wrong:
            raise Damaged("key-wrap-form") from wrong
        if sizes != (FORMAT, POINT_BYTES, 12, KEY_BYTES + 16):
            raise Damaged("key-wrap-form")
        with self._signed_in(serial, pin) as (session, _):
            shared = _derived(session, name, said)
        wrapping, private = _wrapping(shared, said, point, named), bytearray(KEY_BYTES)
        try:
            AESGCM(wrapping).decrypt_into(nonce, ciphertext, _LABEL, private)
        except InvalidTag:
            raise Damaged("key-wrap-token") from None
        finally:
            wipe(wrapping, shared)
        pair = pair_of(private)
        if pair.id != named:
            pair.wipe()
            raise Damaged("key-wrap-id")
        return pair

    @contextmanager
    def _tokens(self) -> Iterator[list[pkcs11.Token]]:
        import pkcs11

        try:
            library = pkcs11.lib(self._module)
            library.reinitialize()  # some modules see a token that came later only after a fresh start
            flag = pkcs11.TokenFlag.USER_PIN_INITIALIZED
            yield [token for token in library.get_tokens() if token.flags & flag]
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
            raise WrongPassphrase from None
        except pkcs11.PinLocked:
            raise TokenTrouble("holder-token-locked") from None
        except (pkcs11.PKCS11Error, RuntimeError) as wrong:  # RuntimeError: the module cannot be loaded
            raise TokenTrouble(why=type(wrong).__name__) from wrong

    @contextmanager
    def _signed_in(self, serial: str, pin: str) -> Iterator[tuple[pkcs11.Session, TokenSeen]]:
        with _one_at_a_time, self._tokens() as tokens:
            found = [token for token in tokens if _seen(token).serial == serial]
            if len(found) != 1:
                raise TokenTrouble
            with found[0].open(rw=True, user_pin=pin) as session:
                yield session, _seen(found[0])


def serial_of(document: dict[str, Any]) -> str:
    """Of the token that a document names. Raises `KeyError` or `TypeError` for another document."""
    return str(document["token"]["serial"])


def _own_key(session: pkcs11.Session) -> tuple[bytes, bytes] | None:
    """Id and public point of a key of the token that fits, ours before others."""
    from pkcs11 import Attribute, KeyType, ObjectClass

    wanted = {
        Attribute.CLASS: ObjectClass.PRIVATE_KEY,
        Attribute.KEY_TYPE: KeyType.EC,
        Attribute.DERIVE: True,
    }
    keys = sorted(session.get_objects(wanted), key=lambda key: key[Attribute.LABEL] != _KEY_LABEL)
    for key in keys:
        same = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.ID: key[Attribute.ID]}
        for public in session.get_objects(same):
            point = bytes(public[Attribute.EC_POINT])[-POINT_BYTES:]  # with or without its DER wrapping
            if len(point) == POINT_BYTES and point[0] == 4:
                return bytes(key[Attribute.ID]), point
    return None


def _made_key(session: pkcs11.Session) -> tuple[bytes, bytes]:
    import pkcs11
    from pkcs11 import Attribute, KeyType
    from pkcs11.util.ec import encode_named_curve_parameters

    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    domain = session.create_domain_parameters(KeyType.EC, curve, local=True)
    kept: dict[Attribute, Any] = {
        Attribute.PRIVATE: True, Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False,
        Attribute.DERIVE: True,
    }  # fmt: skip
    try:
        public, _ = domain.generate_keypair(
            id=secrets.token_bytes(16), label=_KEY_LABEL, store=True, private_template=kept
        )
    except pkcs11.PKCS11Error as wrong:
        raise TokenTrouble("holder-token-unfit", why=type(wrong).__name__) from wrong
    return bytes(public[Attribute.ID]), bytes(public[Attribute.EC_POINT])[-POINT_BYTES:]


def _derived(session: pkcs11.Session, name: bytes, ephemeral: bytes) -> bytearray:
    """What the token's key and the ephemeral point have in common."""
    import pkcs11
    from pkcs11 import Attribute, KeyType, ObjectClass

    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: name}
    keys = list(session.get_objects(wanted))
    if len(keys) != 1:
        raise TokenTrouble("holder-token-unfit")
    template = {Attribute.TOKEN: False, Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True}
    made = keys[0].derive_key(  # type: ignore[attr-defined]
        KeyType.GENERIC_SECRET, KEY_BYTES * 8, mechanism=pkcs11.Mechanism.ECDH1_DERIVE,
        mechanism_param=(pkcs11.KDF.NULL, None, ephemeral), template=template,
    )  # fmt: skip
    return bytearray(made[Attribute.VALUE])


def _wrapping(shared: bytearray, ephemeral: bytes, point: bytes, named: str) -> bytearray:
    kdf = HKDF(
        algorithm=SHA256(), length=KEY_BYTES, salt=ephemeral + point, info=_LABEL + bytes.fromhex(named)
    )
    derived = bytearray(KEY_BYTES)
    kdf.derive_into(shared, derived)
    return derived


def _seen(token: pkcs11.Token) -> TokenSeen:
    maker = f"{_text(token.manufacturer_id)} {_text(token.model)}".strip()
    return TokenSeen(_text(token.label), _text(token.serial), maker)


def _text(value: str | bytes | None) -> str:
    return (
        value.decode(errors="replace").strip("\0 ") if isinstance(value, bytes) else str(value or "").strip()
    )
