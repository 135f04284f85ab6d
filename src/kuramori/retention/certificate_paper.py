"""The certificate of erasure on paper: Japanese, with the ledger's signed head as a QR code."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.paper import documents
from kuramori.retention import document

if TYPE_CHECKING:
    from kuramori.retention.models import Certificate


def printed(certificate: Certificate, proof: dict[str, Any]) -> bytes:
    """The PDF of one certificate; `proof` is `proof.proof` of it. Raises BadInput `faces-missing`."""
    said = document.parsed(certificate)
    with translation.override("ja"):
        return documents.erasure_certificate_pdf(
            body=said["body"],
            rows=_rows(certificate, said),
            level=certificate.level,
            level_words=said["assurance"]["in_words"],
            number=certificate.id,
            verified=certificate.verified,
            checkpoint=str(proof["checkpoint"]),
        )


def _rows(row: Certificate, said: dict[str, Any]) -> list[tuple[str, str]]:
    what = said["what"]
    hour = f"{_iso(what['from'])} – {_iso(what['to'])}"
    if stays := what.get("pieces_that_stay", 0):
        hour += " " + _("(a part of the hour; pieces of footage that stay: %(count)s)") % {"count": stays}
    empty = "" if what["pieces_of_footage"] else f" ({_('Nothing had been recorded in this hour.')})"
    return [
        (_("Camera"), what["camera_name"] or what["camera"]),
        (_("Hour"), hour + empty),
        (_("Due"), _local(row.erase_at_ns)),
        (_("Erased"), _local(row.erased_at_ns)),
        (_("Why"), said["why"]),
        (_("How"), said["method"]),
        (_("Confirmed"), said["verification"]["in_words"]),
        (_("Line in the record"), str(row.ledger_index + 1)),
        ("SHA-256", row.document_sha256),
    ]


def _iso(instant: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(instant)):%Y-%m-%d %H:%M:%S %Z}"


def _local(instant_ns: int) -> str:
    return f"{timezone.localtime(clock.utc(instant_ns)):%Y-%m-%d %H:%M %Z}"
