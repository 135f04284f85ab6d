"""The keeper of the key table: its only writer. It gives out hour secrets, and loses them on their day.

Thread-safe: `hour_for`, `unwrap` and `credentials` from any thread; `rotate` and `put_credentials` from the loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuramori.vault.key_table import HourRow


class KeyKeeper:
    def hour_for(self, camera: str, wall_ns: int) -> HourRow | None:
        """The hour secret to write under for a picture that arrived at `wall_ns`; None until one is durable
        (just added, clock stepped, hour being erased): wait in memory and ask again, 100 ms later is enough."""
        raise NotImplementedError

    def unwrap(self, hour: str, segment: str, wrapped: bytes) -> bytes:
        """The sealed segment key. Raises KeyGone: `key-gone`, `clock-unsure`."""
        raise NotImplementedError

    def credentials(self, camera: str) -> dict[str, str] | None:
        """{"user", "password"} of a camera, or None."""
        raise NotImplementedError

    async def put_credentials(self, camera: str, credentials: dict[str, str]) -> None:
        """Keep them in the table; returns after a durable rotation. Raises CannotErase."""
        raise NotImplementedError

    async def rotate(self, reason: str) -> Any:
        raise NotImplementedError
