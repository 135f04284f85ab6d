"""The settings file: obeyed to the letter, or the last good one, or nothing is recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kuramori.errors import BadInput
from kuramori.pictures.mask_area import checked, fingerprint
from kuramori.recorder import settings_file
from kuramori.recorder.settings_reading import check_address, parse
from tests.recorder.keeper_rig import RECORDER, camera_id, settings

OUTLINES = [[[0, 0], [10_000, 0], [10_000, 2500], [0, 2500]]]
MASK = {"version": 2, "outlines": OUTLINES, "sha256": fingerprint(checked(OUTLINES))}
STOREHOUSE = {"key": "0" * 16, "public": "1" * 64}


def _document(**camera: Any) -> dict[str, Any]:
    return {**settings(**camera), "storehouse": STOREHOUSE}


def _bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def test_a_good_file_is_read_and_kept_as_the_last_good_one(tmp_path: Path) -> None:
    path, last_good = tmp_path / "settings.json", tmp_path / "last-good.json"
    path.write_bytes(_bytes(_document()))
    loaded, why = settings_file.load(path, last_good)
    assert loaded is not None and why == ""
    assert last_good.read_bytes() == path.read_bytes()
    for damage in (b"", b"{", _bytes({"format": 2})):
        path.write_bytes(damage)
        again, why = settings_file.load(path, last_good)
        assert again == loaded and why
    path.unlink()
    assert settings_file.load(path, last_good) == (loaded, "settings-missing")


def test_nothing_usable_means_nothing_is_recorded(tmp_path: Path) -> None:
    path, last_good = tmp_path / "settings.json", tmp_path / "last-good.json"
    assert settings_file.load(path, last_good) == (None, "settings-missing")
    path.write_bytes(b"[]")
    last_good.write_bytes(b"\0")
    assert settings_file.load(path, last_good) == (None, "settings-format")


def _changed(name: str, value: Any) -> dict[str, Any]:
    document = _document()
    document[name] = value
    return document


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {**_document(), "format": 2},
        {**_document(), "extra": 1},
        _changed("serial", "1"),
        _changed("serial", True),
        _changed("recorder", "x" * 32),
        _changed("timezone", "Asia/Edo"),
        _changed("timezone", "../../etc/passwd"),
        _changed("storehouse", {"key": "0" * 16, "public": "1" * 63}),
        _changed("storehouse", {"key": "0" * 16}),
        _changed("stores", [{"id": "0", "path": "../x", "reserve_bytes": 1}]),
        _changed("stores", [{"id": "0", "path": "a", "reserve_bytes": -1}]),
        _changed("cameras", {}),
        _changed("cameras", [1]),
        _changed("cameras", settings(1)["cameras"] * 2),
        _changed("loopback_only", 0),
        _document(retention={"days": 0}),
        _document(retention={"days": 32}),
        _document(retention={"months": 2}),
        _document(retention={"days": 14, "longer_months": 3}),
        _document(retention={"days": 14, "longer_months": 4, "longer_until_ns": 5}),
        _document(retention={"days": 14, "longer_until_ns": 5}),
        _document(retention={"days": 14, "longer_months": True, "longer_until_ns": 5}),
        _document(retention={"days": 3, "months": 1}),
        _document(retention={}),
        _document(purpose_version=0),
        _document(policy_version=None),
        _document(url="http://127.0.0.1/cam"),
        _document(url="rtsp://user:password@127.0.0.1/cam"),
        _document(url="rtsp:///cam"),
        _document(url="rtsp://[::1/cam"),
        _document(gates=[{"gate": "no-view", "rule": "T3", "from_ns": 0, "until_ns": None}]),
        _document(gates=[{"gate": "sealed", "rule": "T3", "from_ns": 0}]),
        _document(gates=[{"gate": "sealed", "rule": "T3", "from_ns": 0.5, "until_ns": None}]),
        _document(masked=None),
        _document(masked=True, mask={}),
        _document(masked=False, mask=MASK),
        _document(masked=True, mask={**MASK, "version": 0}),
        _document(masked=True, mask={**MASK, "sha256": "0" * 64}),
        _document(masked=True, mask={**MASK, "outlines": []}),
        _document(masked=True, mask={**MASK, "outlines": [[[0, 0], [1, 1]]]}),
        _document(masked=True, mask={**MASK, "outlines": [[[0, 0], [1, 1], [10_001, 0]]]}),
        _document(unknown=1),
    ],
)
def test_anything_not_understood_refuses_the_whole_file(document: Any) -> None:
    with pytest.raises(BadInput):
        parse(_bytes(document))


@pytest.mark.parametrize("name", sorted(_document()))
def test_nothing_may_be_missing(name: str) -> None:
    document = _document()
    del document[name]
    with pytest.raises(BadInput):
        parse(_bytes(document))


def test_a_file_for_another_recorder_is_refused() -> None:
    assert parse(_bytes(_document()), recorder=RECORDER).recorder == RECORDER
    with pytest.raises(BadInput):
        parse(_bytes(_document()), recorder="f" * 32)


@pytest.mark.parametrize(
    "host", ["192.168.1.5", "example.org", "0.0.0.0", "[2001:db8::1]", "localhost.example"]
)
def test_a_demonstration_admits_only_cameras_on_this_machine(host: str) -> None:
    document = _document(url=f"rtsp://{host}:8554/cam")
    parse(_bytes(document))
    with pytest.raises(BadInput):
        parse(_bytes(document), demo=True)
    with pytest.raises(BadInput):
        parse(_bytes({**document, "loopback_only": True}))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "[::1]"])
def test_cameras_on_this_machine_pass(host: str) -> None:
    assert check_address(f"rtsp://{host}/cam", loopback_only=True)


def test_a_gate_turns_at_its_instant_with_nobody_writing_the_file_again() -> None:
    gates = [
        {"gate": "sealed", "rule": "T4a", "from_ns": 0, "until_ns": 100},
        {"gate": "no-record", "rule": "T3", "from_ns": 200, "until_ns": None},
    ]
    read = parse(_bytes(_document(gates=gates)))
    camera = camera_id(1)
    assert [read.viewable(camera, at) for at in (0, 99, 100, 199, 200, 10**18)] == [
        False, False, True, True, False, False,
    ]  # fmt: skip
    assert [read.recordable(camera, at) for at in (0, 199, 200, 10**18)] == [True, True, False, False]


def test_without_a_storehouse_key_or_with_a_mask_nothing_is_recorded() -> None:
    now_ns, camera = 5, camera_id(1)
    assert parse(_bytes(_document())).recordable(camera, now_ns)
    assert not parse(_bytes(_changed("storehouse", None))).recordable(camera, now_ns)
    assert not parse(_bytes(_document(masked=True))).recordable(camera, now_ns)
    assert parse(_bytes(_document(masked=True, mask=MASK))).recordable(camera, now_ns)
    assert not parse(_bytes(_document())).recordable(camera_id(2), now_ns)
