"""The local authority: vouches for this recorder's host name to other PCs of the office. Knows no Django.

Under DATA/keys/https/<host>/ lie the authority's key and certificate and what the pages answer with. The
authority can vouch for this one host name and for nothing else (RFC 5280 4.2.1.10), so whoever steals its key
wins no more than with the pages' own key. Its dates are fixed: a wrong clock on the first day spoils nothing.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kuramori.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

FROM, UNTIL = datetime(2025, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
LEAF_DAYS = 397
RENEW_DAYS = 60
PLAIN_NAME = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z"
)
AUTHORITY, AUTHORITY_KEY, LEAF, OWN = "authority.crt", "authority.key", "pages.pem", "own.pem"


def checked_host(host: str) -> str:
    """`host` in small letters. Raises BadInput `host-name` for an address, `localhost` or no host name."""
    name = host.strip().lower()
    if not PLAIN_NAME.match(name) or name == "localhost" or name.rpartition(".")[2].isdecimal():
        raise BadInput("host-name", host=host)
    return name


def folder(data: Path, host: str) -> Path:
    return data / "keys" / "https" / host


def chain(data: Path, host: str, now: datetime) -> Path:
    """The PEM file (key, certificate, chain) that the pages answer with: the body's own, else made here.

    Made anew when it is missing, not yet begun, or within `RENEW_DAYS` of its end.
    """
    own, leaf = folder(data, host) / OWN, folder(data, host) / LEAF
    if own.exists():
        return own
    if not _lasts(leaf, now):
        _kept(leaf, _made_leaf(data, host, now))
    return leaf


def authority(data: Path, host: str) -> x509.Certificate:
    """The authority's certificate, made with its key at first use."""
    path = folder(data, host) / AUTHORITY
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        _kept(folder(data, host) / AUTHORITY_KEY, _private(key))
        _kept(path, _made_authority(host, key).public_bytes(Encoding.PEM))
    return x509.load_pem_x509_certificate(path.read_bytes())


def served(data: Path, host: str) -> x509.Certificate | None:
    """The certificate that other PCs are shown now; None before the pages have answered any."""
    for name in (OWN, LEAF):
        path = folder(data, host) / name
        if path.exists():
            return x509.load_pem_x509_certificates(path.read_bytes())[0]
    return None


def is_own(data: Path, host: str) -> bool:
    """Whether the body uses a certificate of its own."""
    return (folder(data, host) / OWN).exists()


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 in pairs, such as "A1:0B:…" (32 pairs), as every system shows it."""
    return certificate.fingerprint(SHA256()).hex(":").upper()


def take_own(data: Path, host: str, certificates: bytes, key: bytes, now: datetime) -> x509.Certificate:
    """Use the body's own certificate (PEM, the leaf first) and key (PEM, without a password) from now on.

    Raises BadInput `certificate-unreadable`, `certificate-key` (another key's), `certificate-host`,
    `certificate-dates`.
    """
    try:
        leaf = x509.load_pem_x509_certificates(certificates)[0]
        private = load_pem_private_key(key, None)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        told = names.get_values_for_type(x509.DNSName)
    except (ValueError, TypeError, IndexError, x509.ExtensionNotFound) as wrong:
        raise BadInput("certificate-unreadable") from wrong
    if private.public_key() != leaf.public_key():
        raise BadInput("certificate-key")
    if host not in told and f"*.{host.partition('.')[2]}" not in told:
        raise BadInput("certificate-host", host=host)
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        raise BadInput("certificate-dates")
    _kept(folder(data, host) / OWN, key.rstrip() + b"\n" + certificates)
    return leaf


def give_up_own(data: Path, host: str) -> None:
    """Back to the certificate made here."""
    (folder(data, host) / OWN).unlink(missing_ok=True)


def _lasts(leaf: Path, now: datetime) -> bool:
    try:
        known = x509.load_pem_x509_certificates(leaf.read_bytes())[0]
    except (FileNotFoundError, ValueError, IndexError):
        return False
    return known.not_valid_before_utc <= now < known.not_valid_after_utc - timedelta(days=RENEW_DAYS)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words[:64])])


def _made_authority(host: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    everywhere = [x509.IPAddress(ipaddress.ip_network(one)) for one in ("0.0.0.0/0", "::/0")]
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    name = _name(f"Kuramori {host}")
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), FROM, UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.NameConstraints([x509.DNSName(host)], everywhere), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256())


def _made_leaf(data: Path, host: str, now: datetime) -> bytes:
    above = authority(data, host)
    above_key = load_pem_private_key((folder(data, host) / AUTHORITY_KEY).read_bytes(), None)
    assert isinstance(above_key, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    start = now - timedelta(days=1)  # an office PC's clock may be behind
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    builder = (
        x509.CertificateBuilder(
            above.subject,
            _name(host),
            key.public_key(),
            x509.random_serial_number(),
            start,
            start + timedelta(days=LEAF_DAYS),
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(above_key.public_key()), critical=False
        )
    )
    return _private(key) + builder.sign(above_key, SHA256()).public_bytes(Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _kept(path: Path, content: bytes) -> None:
    """Write whole and durable, mode 0600, in place of what was there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
