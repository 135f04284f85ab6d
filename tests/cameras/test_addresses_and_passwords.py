"""What a camera's address and password may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuramori.cameras import known_passwords, polygons
from kuramori.cameras.address import canonical, has_credentials
from kuramori.errors import BadInput


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("rtsp://192.168.1.20/stream1", "rtsp://192.168.1.20/stream1"),
        (" RTSP://Camera.Local:554/ ", "rtsp://camera.local/"),
        ("192.168.1.20:8554/live?channel=1", "rtsp://192.168.1.20:8554/live?channel=1"),
        ("rtsp://[fe80::1]:8554/x", "rtsp://[fe80::1]:8554/x"),
        ("rtsp://192.168.1.20", "rtsp://192.168.1.20/"),
    ],
)
def test_an_address_is_brought_into_one_form(typed: str, kept: str) -> None:
    assert canonical(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://192.168.1.20/", "address-scheme"),
        ("file:///etc/passwd", "address-scheme"),
        ("rtsp://", "address-host"),
        ("rtsp://a b/", "address-host"),
        ("rtsp://camera:99999/", "address-port"),
        ("rtsp://admin:secret@camera/", "address-credentials"),
        ("rtsp://camera/user=admin&password=secret", "address-credentials"),
    ],
)
def test_what_is_no_address_is_refused(typed: str, code: str) -> None:
    with pytest.raises(BadInput, match=code) as refused:
        canonical(typed)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("typed", ["rtsp://192.168.1.20/", "rtsp://localhost.example/", "rtsp://8.8.8.8/"])
def test_a_demonstration_takes_only_cameras_of_this_machine(typed: str) -> None:
    with pytest.raises(BadInput, match="address-not-loopback"):
        canonical(typed, loopback_only=True)
    assert canonical("rtsp://127.0.0.1:9/", loopback_only=True)


@given(st.text(max_size=60))
def test_no_text_gives_an_address_with_credentials(text: str) -> None:
    try:
        kept = canonical(text)
    except BadInput:
        return
    assert not has_credentials(kept)
    assert kept.startswith("rtsp://")


@pytest.mark.parametrize(
    "password", sorted(known_passwords.known())[:20] + ["ADMIN", " admin ", "Password123"]
)
def test_a_well_known_password_is_refused_in_any_case(password: str) -> None:
    with pytest.raises(BadInput, match="password-known"):
        known_passwords.require_own("somebody", password)


@pytest.mark.parametrize(
    ("user", "password", "code"),
    [
        ("viewer", "", "password-blank"),
        ("viewer", "   ", "password-blank"),
        ("viewer77", "VIEWER77", "password-known"),
        ("viewer77", "77reweiv", "password-known"),
        ("viewer", "xY3!", "password-short"),
        ("viewer", "ababababab", "password-short"),
    ],
)
def test_a_password_that_protects_nothing_is_refused(user: str, password: str, code: str) -> None:
    with pytest.raises(BadInput, match=code) as refused:
        known_passwords.require_own(user, password)
    assert not password.strip() or password not in str(refused.value)


def test_a_password_of_its_own_passes() -> None:
    known_passwords.require_own("viewer", "Wisteria-trellis-42")


def test_the_list_is_clean() -> None:
    lines = [line for line in known_passwords.LIST.read_text().splitlines() if not line.startswith("#")]
    assert len(known_passwords.known()) > 100
    assert all(line == line.strip() and line for line in lines)


@given(st.text(max_size=80))
def test_a_drawing_from_a_stranger_is_a_polygon_or_refused(text: str) -> None:
    try:
        polygon = polygons.parsed(text)
    except BadInput:
        return
    assert all(0 <= value <= 1 for point in polygon for value in point)


def test_the_area_of_a_drawing() -> None:
    assert polygons.area([[0, 0], [1, 0], [1, 1], [0, 1]]) == 1
    assert polygons.area([[0, 0], [1, 0], [0, 1]]) == 0.5
    assert not polygons.is_area([[0, 0], [1, 1]])
    assert not polygons.is_area([[0, 0], [0.5, 0.5], [1, 1]])
    assert not polygons.is_area([[0, 0], [0.01, 0], [0, 0.01]])
