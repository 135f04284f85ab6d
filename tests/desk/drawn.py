"""Approving a range through the page: a real test picture, and a storehouse that can be opened at once."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING

from PIL import Image
from PIL.Image import Resampling

from kuramori import clock
from kuramori.access import storehouse_session
from kuramori.access.models import StorehouseKeyPair
from kuramori.footage.models import SealingKey
from kuramori.pictures.asking import Picture
from kuramori.vault import storehouse

if TYPE_CHECKING:
    from kuramori.people.models import Account


@functools.cache
def test_picture(width: int = 640, height: int = 360) -> Picture:
    """A JPEG with something everywhere, and nothing that is black."""
    noise = Image.effect_noise((width // 8, height // 8), 40).point(lambda value: max(value, 90))
    out = io.BytesIO()
    noise.resize((width, height), Resampling.NEAREST).convert("RGB").save(out, "JPEG", quality=90)
    return Picture(out.getvalue(), width, height)


test_picture.__test__ = False  # type: ignore[attr-defined]


class OwnKey:
    """A storehouse key in force whose private half the test holds: no passphrase, no waiting."""

    def __init__(self) -> None:
        key = storehouse.new_storehouse_key()
        self.id, self._private = key.id, bytes(key.private)
        newest = SealingKey.in_force()
        since_ns = max(clock.now_ns(), newest.since_ns + 1 if newest else 0)
        sealing = SealingKey.objects.create(key_id=key.id, public=key.public.hex(), since_ns=since_ns)
        StorehouseKeyPair.objects.create(sealing_key=sealing, created_ns=since_ns)

    def open(self, account: Account) -> None:
        pair = storehouse.pair_of(bytearray(self._private))
        storehouse_session.put_in(account, {self.id: pair})
