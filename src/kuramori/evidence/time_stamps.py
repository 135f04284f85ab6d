"""RFC 3161 time stamps from a responder that the body chose. Optional: without one, a package says so."""

from __future__ import annotations

import urllib.error
import urllib.request
from urllib.parse import urlsplit

import rfc3161_client
from cryptography import x509

from kuramori.errors import BadInput, ChannelFailed
from kuramori.evidence.models import TimeStamper

ANSWER_S = 10
ANSWER_BYTES = 256 * 1024


def chosen() -> TimeStamper | None:
    """The responder in use."""
    return TimeStamper.objects.first()


def stamp(data: bytes, by: TimeStamper) -> bytes:
    """The responder's answer over SHA-256 of `data`, DER, checked against the certificate that was entered.

    Raises `ChannelFailed`: `time-stamp-unreachable`, `time-stamp-wrong`.
    """
    asked = rfc3161_client.TimestampRequestBuilder().data(data).build()
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked when it was entered
        by.url, asked.as_bytes(), {"Content-Type": "application/timestamp-query"}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=ANSWER_S) as answer:
            said = answer.read(ANSWER_BYTES)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise ChannelFailed("time-stamp-unreachable") from error
    if not holds(said, data, by):
        raise ChannelFailed("time-stamp-wrong")
    return bytes(said)


def holds(answer: bytes, data: bytes, by: TimeStamper) -> bool:
    """Whether `answer` is a time stamp over `data` that the entered certificate stands behind."""
    try:
        root = x509.load_pem_x509_certificates(by.certificate.encode())
        builder = rfc3161_client.VerifierBuilder()
        for one in root:
            builder = builder.add_root_certificate(one)
        response = rfc3161_client.decode_timestamp_response(answer)
        return bool(builder.build().verify_message(response, data))
    except (rfc3161_client.VerificationError, ValueError):
        return False


def require_usable(url: str, certificate: str) -> None:
    """Raise `BadInput` for an address or a certificate that cannot be used."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise BadInput("time-stamp-address")
    try:
        if not x509.load_pem_x509_certificates(certificate.encode()):
            raise BadInput("time-stamp-certificate")
    except ValueError as error:
        raise BadInput("time-stamp-certificate") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        """A responder that sends us elsewhere is not the one that was entered."""
