"""The local authority vouches for one host name and nothing else; the open side speaks TLS alone."""

from __future__ import annotations

import contextlib
import ssl
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from kuramori.errors import BadInput
from kuramori.main import other_pcs, units
from kuramori.web import authority

HOST = "kuramori.local"
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def signed_by_the_authority(data: Path, names: list[x509.GeneralName]) -> bytes:
    """What a thief of the authority's key would make."""
    above = authority.authority(data, HOST)
    stolen = load_pem_private_key((authority.folder(data, HOST) / authority.AUTHORITY_KEY).read_bytes(), None)
    assert isinstance(stolen, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([])
    made = x509.CertificateBuilder(
        above.subject, who, key.public_key(), 1, NOW, NOW + timedelta(days=90)
    ).add_extension(x509.SubjectAlternativeName(names), critical=True)
    return made.sign(stolen, SHA256()).public_bytes(Encoding.PEM)


def openssl_accepts(data: Path, tmp: Path, leaf: bytes, *more: str) -> bool:
    (tmp / "leaf.pem").write_bytes(leaf)
    top = authority.folder(data, HOST) / authority.AUTHORITY
    argv = ["openssl", "verify", "-purpose", "sslserver", "-attime", str(int(NOW.timestamp()) + 60)]
    done = subprocess.run(
        [*argv, *more, "-CAfile", str(top), str(tmp / "leaf.pem")], capture_output=True, check=False
    )
    return done.returncode == 0


def test_openssl_accepts_the_pages_certificate_for_its_name_only(tmp_path: Path) -> None:
    leaf = authority.chain(tmp_path, HOST, NOW).read_bytes()
    assert openssl_accepts(tmp_path, tmp_path, leaf, "-verify_hostname", HOST)
    assert not openssl_accepts(tmp_path, tmp_path, leaf, "-verify_hostname", "other.local")


def test_whoever_steals_the_authority_can_vouch_for_no_other_name_or_address(tmp_path: Path) -> None:
    import ipaddress

    authority.chain(tmp_path, HOST, NOW)
    good = signed_by_the_authority(tmp_path, [x509.DNSName(HOST)])
    assert openssl_accepts(tmp_path, tmp_path, good), "else the refusals below prove nothing"
    for name in (
        x509.DNSName("bank.example"),
        x509.IPAddress(ipaddress.ip_address("192.168.1.1")),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
    ):
        assert not openssl_accepts(tmp_path, tmp_path, signed_by_the_authority(tmp_path, [name])), name


def test_keys_are_for_their_owner_alone_and_last(tmp_path: Path) -> None:
    first = authority.chain(tmp_path, HOST, NOW).read_bytes()
    for path in authority.folder(tmp_path, HOST).iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert authority.chain(tmp_path, HOST, NOW + timedelta(days=300)).read_bytes() == first
    ends_soon = NOW + timedelta(days=authority.LEAF_DAYS - authority.RENEW_DAYS)
    renewed = authority.chain(tmp_path, HOST, ends_soon).read_bytes()
    assert renewed != first
    before_the_clock_was_right = datetime(2025, 6, 1, tzinfo=UTC)
    assert authority.chain(tmp_path, HOST, before_the_clock_was_right).read_bytes() != renewed
    top = authority.authority(tmp_path, HOST)
    assert top.not_valid_before_utc.year == 2025 and top.not_valid_after_utc.year == 2049


def test_a_certificate_of_the_bodys_own(tmp_path: Path) -> None:
    pages = authority.chain(tmp_path / "elsewhere", HOST, NOW).read_bytes()
    other = authority.chain(tmp_path / "third", "other.local", NOW).read_bytes()
    with pytest.raises(BadInput, match="certificate-key"):
        authority.take_own(tmp_path, HOST, pages, other, NOW)
    with pytest.raises(BadInput, match="certificate-host"):
        authority.take_own(tmp_path, HOST, other, other, NOW)
    with pytest.raises(BadInput, match="certificate-dates"):
        authority.take_own(tmp_path, HOST, pages, pages, NOW + timedelta(days=500))
    with pytest.raises(BadInput, match="certificate-unreadable"):
        authority.take_own(tmp_path, HOST, b"no", pages, NOW)
    authority.take_own(tmp_path, HOST, pages, pages, NOW)
    assert authority.chain(tmp_path, HOST, NOW).name == authority.OWN
    other_pcs.Door(tmp_path, HOST)
    authority.give_up_own(tmp_path, HOST)
    assert authority.chain(tmp_path, HOST, NOW).name == authority.LEAF


@pytest.mark.parametrize(
    "wrong", ["192.168.1.5", "::1", "localhost", "a b", "-x", "kura/../x", "", "x" * 300]
)
def test_an_address_is_no_host_name(wrong: str) -> None:
    with pytest.raises(BadInput, match="host-name"):
        authority.checked_host(wrong)


def test_only_local_networks_are_answered() -> None:
    for address in ("127.0.0.1", "::1", "192.168.7.3", "10.1.2.3", "fe80::1%eth0", "::ffff:192.168.7.3"):
        assert other_pcs.near(address), address
    for address in ("8.8.8.8", "2001:db8::1", "::ffff:8.8.8.8", "", "unix"):
        assert not other_pcs.near(address), address


def test_the_unit_opens_to_local_networks_only_where_a_host_name_is_set() -> None:
    place = units.Place(Path("/p"), Path("/d"), 1, host=HOST, https_port=2)
    web = units.texts(place)["kuramori-web.service"]
    assert "Environment=KURAMORI_HOST=kuramori.local" in web
    assert "IPAddressAllow=192.168.0.0/16" in web and "IPAddressDeny=any" in web
    assert "192.168" not in units.texts(place)["kuramori-work.service"]
    assert "192.168" not in units.texts(units.Place(Path("/p"), Path("/d"), 1))["kuramori-web.service"]


@pytest.mark.parametrize(
    ("newest", "speaks"), [(ssl.TLSVersion.TLSv1_2, False), (ssl.TLSVersion.TLSv1_3, True)]
)
def test_the_pages_speak_the_newest_tls_alone(tmp_path: Path, newest: ssl.TLSVersion, speaks: bool) -> None:
    ours = other_pcs.Door(tmp_path, HOST).context
    theirs = ssl.create_default_context(cafile=authority.folder(tmp_path, HOST) / authority.AUTHORITY)
    theirs.maximum_version = newest
    wires = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = ours.wrap_bio(*wires, server_side=True)
    client = theirs.wrap_bio(*reversed(wires), server_hostname=HOST)
    if not speaks:
        with pytest.raises(ssl.SSLError, match="PROTOCOL|VERSION"):
            shaken(client, server)
        return
    shaken(client, server)
    assert client.version() == "TLSv1.3"
    assert (client.cipher() or ("",))[0] in {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}


def shaken(*ends: ssl.SSLObject) -> None:
    """Both ends until they have shaken hands."""
    for _ in range(6):
        for end in ends:
            with contextlib.suppress(ssl.SSLWantReadError):
                end.do_handshake()
