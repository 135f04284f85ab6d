"""The key that signs packages: ECDSA P-256 with a certificate of its own, made at first use (mode 0600).

The certificate travels in every package and proves nothing there by itself: its SHA-256 stands on the papers
that the receiver gets by hand, and in the ledger.
"""

from __future__ import annotations

import datetime
import os
import secrets
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from kuramori import clock

if TYPE_CHECKING:
    from pathlib import Path

LASTS_DAYS = 3653
NOT_FOR = ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
           "encipher_only", "decipher_only")  # fmt: skip


def sign(data: bytes) -> bytes:
    """A detached CMS signature over `data`, DER, with the certificate in it (RFC 5652)."""
    key, certificate = pair()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(certificate, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(serialization.Encoding.DER, options)


def certificate_pem() -> bytes:
    """The certificate, to check a package against."""
    return pair()[1].public_bytes(serialization.Encoding.PEM)


def fingerprint() -> str:
    """SHA-256 of the certificate (DER), in groups of four for reading aloud."""
    digest = pair()[1].fingerprint(hashes.SHA256()).hex()
    return " ".join(digest[at : at + 4] for at in range(0, len(digest), 4))


def pair() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Key and certificate of this recorder."""
    path: Path = settings.DATA / "keys" / "evidence.pem"
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        kept = _made(path)
    key = serialization.load_pem_private_key(kept, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key, x509.load_pem_x509_certificate(kept[kept.index(b"-----BEGIN CERTIFICATE") :])


def _made(path: Path) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    made = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + _certificate(key).public_bytes(serialization.Encoding.PEM)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(made)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, path)  # of two that make one at once, the first wins for both
    except FileExistsError:
        pass
    draft.unlink()
    return path.read_bytes()


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"Kuramori evidence {settings.INSTANCE.recorder_id[:16]}")]
    )
    now = clock.utc(clock.now_ns()).replace(microsecond=0)
    usage = dict.fromkeys(NOT_FOR, False)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=LASTS_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
