"""The opened storehouse: private keys and released segment keys, in the memory of this `web` process only.

A restart comes back locked, because nothing here is written anywhere. Idle time is counted on the boot
clock, so that setting the wall clock back keeps nothing open. Keys live in bytearrays and are overwritten
when they go.
"""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import storehouse_keys, wrong_tries
from kuramori.errors import Refusal, WrongPassphrase
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from kuramori.people.models import Account
    from kuramori.vault.storehouse import StorehouseKey

IDLE_S = 15 * 60
LONGEST_S = 60 * 60


@dataclass
class Released:
    """One segment's key, opened for one grant."""

    key: bytearray
    until_ns: int


@dataclass(frozen=True, slots=True)
class Scope:
    """What the sealed envelope gives: these cameras, this stretch, and nothing else. Kept in memory only, so
    that a changed database widens nothing."""

    emergency: str
    cameras: frozenset[str]
    start_ns: int
    end_ns: int


@dataclass
class Opened:
    """What one unlocking put into memory."""

    account_id: int
    since_boot_ns: int
    used_boot_ns: int
    keys: dict[str, StorehouseKey]
    released: dict[tuple[str, str], Released] = field(default_factory=dict)
    scope: Scope | None = None
    """Where the envelope opened it; a key-holder's opening has none."""

    def ends_boot_ns(self) -> int:
        """When it locks by itself unless it is used.

        15 minutes after the last use, at most an hour in all.
        """
        idle = self.used_boot_ns + IDLE_S * clock.NS_PER_S
        return min(idle, self.since_boot_ns + LONGEST_S * clock.NS_PER_S)

    def wipe(self) -> None:
        """Overwrite every key."""
        for released in self.released.values():
            _overwrite(released.key)
        self.released.clear()
        for key in self.keys.values():
            key.wipe()
        self.keys.clear()


_guard = threading.RLock()
_opened: Opened | None = None


def unlock(passphrase: str, account: Account, second: str = "") -> None:
    """Open the storehouse for a manager; `second` are another holder's digits where two come together.

    Raises `Refusal` (no appointment, waiting, a second one needed) or `WrongPassphrase`.
    """
    now_ns = clock.now_ns()
    require_role(account, now_ns, MANAGER)
    wrong_tries.require_no_delay(account, now_ns)
    try:
        keys = storehouse_keys.open_wraps(account, passphrase, second)
    except WrongPassphrase:
        wrong_tries.add(account, now_ns)
        raise
    with transaction.atomic():
        wrong_tries.forget(account)
        entries.record(
            "storehouse-unlock",
            actor=f"account:{account.pk}",
            obj={"storehouse_keys": sorted(keys)},
            outcome="done",
        )
    put_in(account, keys)


def put_in(account: Account, keys: dict[str, StorehouseKey], scope: Scope | None = None) -> None:
    """Take opened keys into memory in place of whatever was open. The ledger has it already."""
    global _opened
    boot_ns = clock.current().boot_ns()
    with _guard:
        before, _opened = _opened, Opened(int(account.pk), boot_ns, boot_ns, keys, scope=scope)
        if before:
            before.wipe()


def lock(account: Account | None = None, why: str = "asked") -> bool:
    """Wipe everything now. `account` is empty when the storehouse locks by itself. True if it was open."""
    global _opened
    with _guard:
        opened, _opened = _opened, None
        if opened is None:
            return False
        opened.wipe()
    gc.collect()  # forms and requests hold themselves: passphrase and pictures with them
    with transaction.atomic():
        entries.record(
            "storehouse-lock",
            actor=f"account:{account.pk}" if account else "program:web",
            obj={},
            outcome="done",
            reason=why,
        )
    return True


def is_unlocked() -> bool:
    """Whether the storehouse is open in this process now; locks it if its time is over."""
    sweep()
    return _opened is not None


def seconds_left() -> int:
    """Seconds until it locks by itself if nobody uses it; 0 when locked."""
    with _guard:
        if _opened is None:
            return 0
        return max(0, (_opened.ends_boot_ns() - clock.current().boot_ns()) // clock.NS_PER_S)


def require_unlocked() -> None:
    """Raise `Refusal` while the storehouse is locked."""
    if not is_unlocked():
        raise Refusal("storehouse-locked", clause="T6c", kind="security")


def require_key_holder() -> None:
    """Raise `Refusal` unless a key-holder has opened it: what the envelope opened serves nothing further."""
    require_unlocked()
    with _guard:
        if _opened is not None and _opened.scope is not None:
            raise Refusal("opened-by-envelope", clause="T6c", kind="regulations")


def require_within(emergency: str | None, camera: str, start_ns: int, end_ns: int) -> None:
    """Raise `Refusal` when the envelope opened the storehouse and not for this.

    `emergency` is the opening that a grant names, `start_ns` to `end_ns` what is wanted of `camera`.
    """
    with _guard:
        scope = _opened.scope if _opened is not None else None
    if scope is None:
        return
    inside = camera in scope.cameras and start_ns < scope.end_ns and end_ns > scope.start_ns
    if emergency != scope.emergency or not inside:
        raise Refusal("opened-by-envelope", clause="T6c", kind="regulations")


def scope() -> Scope | None:
    """What the envelope opened, while it is open."""
    with _guard:
        return _opened.scope if _opened is not None else None


def opened_keys() -> dict[str, StorehouseKey]:
    """All opened storehouse keys, to be given to a new key-holder. Raises `Refusal` unless one is here."""
    require_key_holder()
    with _guard:
        return dict(_opened.keys) if _opened is not None else {}


def sweep() -> None:
    """Lock when the time is over; forget released keys whose grant is over."""
    with _guard:
        opened = _opened
        if opened is None:
            return
        if clock.current().boot_ns() >= opened.ends_boot_ns():
            over = True
        else:
            over = False
            now_ns = clock.now_ns()
            for name in [name for name, kept in opened.released.items() if kept.until_ns <= now_ns]:
                _overwrite(opened.released.pop(name).key)
    if over:
        lock(why="idle")


def forget_grant(grant_id: str) -> None:
    """Drop every segment key released for one grant (withdrawn, ended)."""
    with _guard:
        if _opened is None:
            return
        for name in [name for name in _opened.released if name[0] == grant_id]:
            _overwrite(_opened.released.pop(name).key)


def private_key(key_id: str) -> StorehouseKey:
    """The opened private key `key_id`; counts as use.

    Raises `Refusal` when locked or not among the opened.
    """
    require_unlocked()
    with _guard:
        if _opened is None or key_id not in _opened.keys:
            raise Refusal("storehouse-locked", clause="T6c", kind="security")
        _opened.used_boot_ns = clock.current().boot_ns()
        return _opened.keys[key_id]


def released_key(grant_id: str, segment: str) -> bytearray | None:
    """A key released before for this grant, while the storehouse is open and the grant lasts."""
    sweep()
    with _guard:
        if _opened is None or (kept := _opened.released.get((grant_id, segment))) is None:
            return None
        _opened.used_boot_ns = clock.current().boot_ns()
        return kept.key


def keep_released(grant_id: str, segment: str, key: bytearray, until_ns: int) -> bytearray:
    """Keep a released key until `until_ns`; wiped at once and refused when it was locked meanwhile."""
    with _guard:
        if _opened is None:
            _overwrite(key)
            raise Refusal("storehouse-locked", clause="T6c", kind="security")
        already = _opened.released.setdefault((grant_id, segment), Released(key, until_ns))
        if already.key is not key:
            _overwrite(key)
        return already.key


def _overwrite(key: bytearray) -> None:
    key[:] = bytes(len(key))
