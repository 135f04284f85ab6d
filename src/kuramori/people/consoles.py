"""Registered consoles: a PC's own key proves at which machine a session is, before it is shown pictures.

The browser keeps the private half (P-256, not extractable) and signs a challenge of ours. The proof goes
stale after ten minutes and is renewed by the page; a session carried to another machine cannot renew it.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput, Refusal
from kuramori.ledger import entries
from kuramori.people.console_models import Console
from kuramori.people.roles import MANAGER, require_role
from kuramori.places import pcs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from kuramori.people.models import Account

PROOF_LASTS_S = 600
SESSION, CHALLENGE, HERE = "console", "console-challenge", "at-the-recorder"
PURPOSE = b"kuramori console 1\0"
HALF = 32
V = TypeVar("V", bound="Callable[..., Any]")


def shows_pictures(view: V) -> V:
    """Marks a view that gives out pictures or what leads to them: the doors ask `require_fit` before it."""
    view.shows_pictures = True  # type: ignore[attr-defined]
    return view


def challenge(request: HttpRequest) -> str:
    """A fresh challenge for this session; the last one asked for counts, once."""
    made = secrets.token_urlsafe(32)
    request.session[CHALLENGE] = made
    return made


def register(request: HttpRequest, by: Account, pc: int, key: str, signature: str) -> Console:
    """This browser becomes the console of the registered PC `pc` (its number).

    Raises `Refusal` for others than managers, BadInput `console-key`, `console-proof`, `console-pc`.
    """
    now_ns = clock.now_ns()
    require_role(by, now_ns, MANAGER)
    raw = _bytes(key)
    if pcs.posture(pc, now_ns).code in ("pc-unknown", "pc-out-of-use"):
        raise BadInput("console-pc")
    if not _signed(raw, _taken(request), signature):
        raise BadInput("console-proof")
    with transaction.atomic():
        Console.objects.filter(pc=pc, revoked_ns=None).update(revoked_ns=now_ns, revoked_by=by)
        made = Console.objects.create(pc=pc, public_key=raw, registered_ns=now_ns, registered_by=by)
        entries.record("console-registered", actor=by.actor, obj={"console": made.pk, "pc": pc})
    _bind(request, made, now_ns)
    return made


def revoke(console: Console, by: Account) -> None:
    """Its key counts no more, in open sessions too."""
    now_ns = clock.now_ns()
    require_role(by, now_ns, MANAGER)
    with transaction.atomic():
        if Console.objects.filter(pk=console.pk, revoked_ns=None).update(revoked_ns=now_ns, revoked_by=by):
            entries.record("console-revoked", actor=by.actor, obj={"console": console.pk, "pc": console.pc})


def prove(request: HttpRequest, key: str, signature: str) -> Console:
    """The session is at the console whose key signed the challenge.

    Raises Refusal `console-unknown` (a key that nobody registered), `console-other` (the session began at
    another console), `console-proof` (not signed by that key).
    """
    console = Console.objects.filter(public_key=_bytes(key), revoked_ns=None).first()
    given = _taken(request)
    if console is None:
        raise Refusal("console-unknown", clause="T6f", gate="no-view")
    held = request.session.get(SESSION)
    if held is not None and held["console"] != console.pk:
        raise Refusal("console-other", clause="T6a", kind="security")
    if not _signed(bytes(console.public_key), given, signature):
        raise Refusal("console-proof", clause="T6a", kind="security")
    _bind(request, console, clock.now_ns())
    return console


def moved(request: HttpRequest) -> bool:
    """Whether a session comes from where it does not belong.

    One that began at the recorder's own screen belongs there, any other one never does: `localhost` and the
    host name are two names to a browser, so that only a cookie that was taken along crosses. Once it has
    proven a console, it belongs to that machine and program.
    """
    here = pcs.at_the_recorder(request)
    if request.session.setdefault(HERE, here) != here:
        return True
    held = request.session.get(SESSION)
    return held is not None and (held["address"], held["agent"]) != _machine(request)


def require_fit(request: HttpRequest) -> None:
    """Pictures may go where the request comes from: the recorder's own screen, or a console in order.

    Refusal (`no-view`): `console-needed` from elsewhere without a registered console, `console-stale` without
    a fresh proof, and what `places.pcs` says of a PC whose check is bad or overdue.
    """
    held, now_ns = request.session.get(SESSION), clock.now_ns()
    if held is None:
        if pcs.at_the_recorder(request):
            return
        raise Refusal("console-needed", clause="T6f", gate="no-view")
    console = Console.objects.filter(pk=held["console"], revoked_ns=None).first()
    if console is None:
        raise Refusal("console-needed", clause="T6f", gate="no-view")
    if not 0 <= now_ns - held["proven_ns"] <= PROOF_LASTS_S * clock.NS_PER_S:
        raise Refusal("console-stale", clause="T6a", kind="security")
    pcs.require_fit(console.pc, now_ns)


def _machine(request: HttpRequest) -> tuple[str, str]:
    address = "here" if pcs.at_the_recorder(request) else str(request.META.get("REMOTE_ADDR", ""))
    return address, request.headers.get("User-Agent", "")


def _bind(request: HttpRequest, console: Console, now_ns: int) -> None:
    address, agent = _machine(request)
    request.session[SESSION] = {
        "console": console.pk, "proven_ns": now_ns, "address": address, "agent": agent,
    }  # fmt: skip
    request.session[pcs.SESSION_KEY] = console.pc


def _taken(request: HttpRequest) -> str:
    return str(request.session.pop(CHALLENGE, ""))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise BadInput("console-key") from wrong


def _signed(key: bytes, given: str, signature: str) -> bool:
    """Whether `signature` (WebCrypto: r and s, 32 bytes each) is the key's under the challenge."""
    try:
        public, raw = load_der_public_key(key), _bytes(signature)
    except ValueError as wrong:
        raise BadInput("console-key") from wrong
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise BadInput("console-key")
    if not given or len(raw) != 2 * HALF:
        return False
    try:
        both = encode_dss_signature(int.from_bytes(raw[:HALF]), int.from_bytes(raw[HALF:]))
        public.verify(both, PURPOSE + given.encode(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
