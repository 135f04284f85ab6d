"""The idle lock: a sign-in that nobody has touched for the body's minutes gives out nothing until unlocked.

What counts is a person: a page opened by hand, a form sent, a key or pointer that the page's script reports.
What pages fetch by themselves counts nothing. The deadline lies in the session, so that asking it needs no
query; while locked the session keeps its sign-in, and only the way to unlock it is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.errors import Refusal
from kuramori.ledger import entries
from kuramori.places import bodies

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

SESSION = "idle"
STAMP_EVERY_NS = 5 * clock.NS_PER_S
SLACK_NS = 5 * clock.NS_PER_S
"""How far the clock may be set back before the lock closes: small steps of a time server are none."""


def by_hand(request: HttpRequest) -> bool:
    """Whether a person did this: browsers say of a request that somebody's hand began it.

    Where a browser says nothing, opening a page or sending a form counts, and what a script fetches does not.
    """
    said = request.headers.get("Sec-Fetch-Mode")
    if said is not None:
        return said == "navigate" and request.headers.get("Sec-Fetch-User") == "?1"
    return "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers


def touched(session: SessionBase) -> None:
    """Somebody is there: the time begins anew. Written down at most every few seconds."""
    now_ns = clock.now_ns()
    held = session.get(SESSION)
    if held is None or not 0 <= now_ns - held["seen_ns"] < STAMP_EVERY_NS:
        until_ns = now_ns + bodies.idle_minutes() * 60 * clock.NS_PER_S
        session[SESSION] = {"seen_ns": now_ns, "until_ns": until_ns}


def locked(session: SessionBase | dict[str, Any], now_ns: int) -> bool:
    """Whether the time has run out, the clock was set back behind the last touch, or it was locked by hand.

    A sign-in that nobody could have touched yet has no stamp and is open: its first request makes one.
    """
    held = session.get(SESSION)
    return held is not None and not held["seen_ns"] - SLACK_NS <= now_ns < held["until_ns"]


def left_s(session: SessionBase, now_ns: int) -> float:
    """Seconds until the lock closes; 0 when it is closed."""
    held = session.get(SESSION)
    if held is None or locked(session, now_ns):
        return 0.0
    return float((held["until_ns"] - now_ns) / clock.NS_PER_S)


def require_open(session: SessionBase) -> None:
    """The sign-in that asked for pictures still stands and is not locked, read afresh. Raises `Refusal`."""
    if not session.session_key:
        raise Refusal("no-grant", clause="T7")
    now = type(session)(session.session_key).load()
    if not now:
        raise Refusal("no-grant", clause="T7")
    if locked(now, clock.now_ns()):
        raise Refusal("session-locked", clause="T6a", kind="security")


def lock(request: HttpRequest) -> None:
    """Lock at once, by hand: whoever gets up does not wait for the minutes."""
    request.session[SESSION] = {"seen_ns": clock.now_ns(), "until_ns": 0}
    tell(request)


def tell(request: HttpRequest) -> None:
    """Write once that this sign-in is locked."""
    held = request.session[SESSION]
    if "told" not in held:
        request.session[SESSION] = held | {"told": True}
        entries.record_now("session-locked", actor=entries.actor_of(request.user))


def unlock(request: HttpRequest, by: str) -> None:
    """The person is back; `by`: "password", "code" or "passkey"."""
    request.session.pop(SESSION, None)
    touched(request.session)
    entries.record_now("session-unlocked", actor=entries.actor_of(request.user), detail={"way": by})


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context: how many seconds the page may stay open untouched; nothing before sign-in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"idle_left_s": round(left_s(request.session, clock.now_ns()))}
