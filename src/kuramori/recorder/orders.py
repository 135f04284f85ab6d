"""Orders: what a person decided and the recorder must do, each signed once at the moment of decision."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kuramori.errors import BadInput, Damaged
from kuramori.recorder import exact_json
from kuramori.recorder.hold_orders import EndHold, Hold, require_sense

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ID = re.compile(r"[0-9a-f]{32}\Z")
MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ack:
    """The ledger holds the rotations of the journal up to this entry: their tombstones may go."""

    id: str
    made_at_ns: int
    through_seq: int


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase one camera's hours that overlap [from_s, until_s), earlier than their date."""

    id: str
    made_at_ns: int
    camera: str
    from_s: int
    until_s: int


class Unmasked(Erase):
    """The same out of the recorder's own knowledge: parts of this may not be masked. Never in the spool."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ConfirmClock:
    """A person says that the machine's clock, which showed `wall_ns`, was right."""

    id: str
    made_at_ns: int
    wall_ns: int
    by: str


# Every order may carry a `reason` for people to read; the recorder obeys without it.
Order = Ack | Erase | ConfirmClock | Hold | EndHold
_SHAPES: dict[str, type[Order]] = {
    "ack": Ack,
    "erase": Erase,
    "confirm-clock": ConfirmClock,
    "hold": Hold,
    "end-hold": EndHold,
}
KINDS = {shape: kind for kind, shape in _SHAPES.items()}


def sign_order(key: Ed25519PrivateKey, kind: str, made_at_ns: int, **fields: Any) -> tuple[str, bytes]:
    """A new order: its id and the bytes of its spool file `<id>.json`."""
    order = {"id": secrets.token_hex(16), "kind": kind, "made_at_ns": made_at_ns, **fields}
    signature = key.sign(exact_json.dumps(order)).hex()
    return str(order["id"]), exact_json.dumps({"order": order, "signature": signature})


def read_order(data: bytes, public: bytes) -> Order:
    """The order in a spool file. Raises BadInput: `order-unreadable`, `order-unsigned`, `order-unknown`,
    `order-later-date`, `order-field`. `public` is the raw Ed25519 key that the recorder trusts."""
    if len(data) > MAX_BYTES:
        raise BadInput("order-unreadable")
    try:
        envelope = exact_json.loads(data)
    except Damaged:
        raise BadInput("order-unreadable") from None
    order, signature = envelope.get("order"), envelope.get("signature")
    if not isinstance(order, dict) or not isinstance(signature, str) or len(envelope) != 2:
        raise BadInput("order-unreadable")
    try:
        signed = exact_json.dumps(order)
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), signed)
    except (InvalidSignature, ValueError):
        raise BadInput("order-unsigned") from None
    return _typed(order)


def _typed(order: dict[str, Any]) -> Order:
    kind = order.get("kind")
    if kind == "extend":
        raise BadInput("order-later-date", kind=kind)
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise BadInput("order-unknown")
    shape = _SHAPES[kind]
    wanted: dict[str, str] = dict(shape.__annotations__)
    fields = {name: order[name] for name in order if name in wanted or name not in ("kind", "reason")}
    if fields.keys() != wanted.keys():
        raise BadInput("order-field")
    for name, hint in wanted.items():
        value = fields[name]
        if type(value).__name__ != hint or (isinstance(value, int) and value < 0):
            raise BadInput("order-field", name=name)
    for name in ("id", "camera", "hold"):
        if name in wanted and not ID.match(fields[name]):
            raise BadInput("order-field", name=name)
    read = shape(**fields)
    if isinstance(read, Erase) and read.from_s >= read.until_s:
        raise BadInput("order-field", name="until_s")
    if isinstance(read, Hold):
        require_sense(read)
    return read
