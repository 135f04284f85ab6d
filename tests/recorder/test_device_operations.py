"""The recorder asked about devices over its socket: passwords of its own making, and where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuramori.errors import Damaged
from kuramori.recorder.device_operations import new_password
from kuramori.vault import credential_seal
from kuramori.vault.storehouse import new_storehouse_key
from tests.recorder.keeper_rig import RECORDER, camera_id
from tests.recorder.test_recorder_socket import running
from tests.rig.onvif_device import OnvifDevice

DEVICE = "d" * 32


async def test_a_device_gets_a_password_that_nobody_was_told(_gst: None, tmp_path: Path, clip: Path) -> None:
    with OnvifDevice(clip, discoverable=False) as device:
        async with running(tmp_path, device.rtsp.url("ch1")) as box:
            asked = {"device": DEVICE, "xaddr": device.xaddr, "user": "admin"}
            assert await box.ask("device-adopt", password="wrong", **asked) == {"error": "refused"}
            assert box.recorder.parts.keeper.credentials(DEVICE) is None
            assert await box.ask("device-adopt", password="admin", **asked) == {"set": True}
            made = device.accounts["admin"]
            assert len(made) == 16
            # Once more, as after a cut: what was set is found to open, and stays.
            assert await box.ask("device-adopt", password="admin", **asked) == {"set": True}
            assert device.accounts["admin"] == made
            assert await box.ask("device-share", device=DEVICE, cameras=[camera_id(1)]) == {"ok": True}
            await box.until("recording")
            seen = await box.ask("probe", url=device.rtsp.url("ch1"), user="", password="", device=DEVICE)
            assert (seen["width"], seen["height"]) == (640, 360)
            told = await box.ask("sealed-credentials", camera=camera_id(1))
            assert told["storehouse"] == box.storehouse.id
            where = {"recorder": RECORDER, "camera": camera_id(1), "key": box.storehouse.id}
            opened = credential_seal.unseal(box.storehouse.private, bytes.fromhex(told["sealed"]), **where)
            assert opened == {"user": "admin", "password": made}
            assert made.encode() not in box.everything_on_disk()


async def test_the_row_is_durable_before_the_camera_hears_of_it(
    _gst: None, tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: the machine dies between camera and table. Then the camera must not know more than it."""
    with OnvifDevice(clip, discoverable=False) as device:
        async with running(tmp_path, device.rtsp.url("ch1")) as box:
            kept = []
            real = device._keep

            def keep(request: object) -> None:
                row = box.recorder.parts.keeper.credentials(DEVICE)
                kept.append(row["password"] if row else "")
                real(request)

            monkeypatch.setattr(device, "_keep", keep)
            await box.ask("device-adopt", device=DEVICE, xaddr=device.xaddr, user="admin", password="admin")
            assert kept == [device.accounts["admin"]]


async def test_an_address_with_a_password_or_elsewhere_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path, "rtsp://127.0.0.1:9/cam") as box:
        for xaddr in ("http://a:b@127.0.0.1/x", "ftp://127.0.0.1/", "http://[::", "http:///x"):
            answer = await box.ask("device-look", xaddr=xaddr, user="admin", password="x")
            assert answer == {"error": "settings-address"}


def test_passwords_are_of_every_kind_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(any(c.isdigit() for c in one) and one.lower() != one != one.upper() for one in made)


def test_a_sealed_copy_opens_for_its_own_camera_alone() -> None:
    pair, other = new_storehouse_key(), new_storehouse_key()
    row = {"user": "admin", "password": "Kaede7Iwana2Tobi"}
    where = {"recorder": RECORDER, "camera": camera_id(1), "key": pair.id}
    sealed = credential_seal.seal(pair.public, row, **where)
    longer = credential_seal.seal(pair.public, {**row, "password": "x" * 60}, **where)
    assert len(sealed) == len(longer)
    assert credential_seal.unseal(pair.private, sealed, **where) == row
    with pytest.raises(Damaged):
        credential_seal.unseal(other.private, sealed, **where)
    with pytest.raises(Damaged):
        credential_seal.unseal(pair.private, sealed, **{**where, "camera": camera_id(2)})
