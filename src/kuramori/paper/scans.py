"""Takes in an uploaded picture or PDF: size and kind, virus scan, a locked-in worker, then the row.

A picture is always made anew, so that nothing of the upload is kept but what can be seen. A PDF is kept as it
came, and only when it holds nothing that acts by itself. What is refused is in the record too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.paper import antivirus
from kuramori.paper.models import JPEG, PDF, Scan
from kuramori.pictures.asking import PHOTO_BYTES, photo_picture
from kuramori.pictures.pdf_checking import pdf_pages

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

REFUSED_AND_TOLD = ("pdf-unsafe", "virus-found", "virus-check-failed")
WORDS: dict[str, Words] = {
    "scan-empty": _("This file is empty."),
    "scan-unknown-type": _("Use a JPEG, PNG or WebP picture, or a PDF."),
    "picture-unreadable": _("This cannot be read as a picture. Use a JPEG, PNG or WebP file."),
    "picture-too-large": _("This picture is too large. At most 15 MB."),
    "picture-timeout": _("Reading this picture took too long. Try another one."),
    "pdf-too-long": _("This PDF is too large. At most 12 MB and 100 pages."),
    "pdf-unreadable": _("This PDF cannot be read. Scan or photograph the paper and send that."),
    "pdf-unsafe": _(
        "This PDF holds more than pages (a program, links, files or a password). "
        "Print it, scan or photograph it, and send that."
    ),
    "virus-found": _("The virus scanner found something in this file. Do not open it."),
    "virus-check-failed": _("The virus scanner does not answer. Tell whoever looks after this machine."),
    "worker-not-confined": _("This machine cannot read pictures safely. Tell whoever looks after it."),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a scan is of, and which roles may see it."""

    label: Words
    roles: frozenset[str]


_kinds: dict[str, Kind] = {}


def register_kind(kind: str, label: Words, *, roles: tuple[str, ...] = ("manager",)) -> None:
    """A room says what it attaches scans to; from its AppConfig.ready()."""
    _kinds[kind] = Kind(label, frozenset(roles))


def kind_of(scan: Scan) -> Kind:
    """What `scan` is of; a kind that no room registered is seen by nobody."""
    return _kinds.get(scan.kind, Kind(scan.kind, frozenset()))


def keep(
    upload: bytes,
    *,
    kind: str,
    by: AbstractBaseUser,
    subject: str = "",
    from_paper: bool = False,
    paper_dated: date | None = None,
) -> Scan:
    """Check `upload` and keep it. Raises BadInput with a code of `WORDS`; nothing is kept then."""
    if kind not in _kinds:
        raise ValueError(f"no room registered {kind}")
    try:
        media_type, content, pages, checked = _checked(upload)
    except BadInput as refused:
        if refused.code in REFUSED_AND_TOLD:
            _tell_refused(refused, upload, kind, by)
        raise
    with transaction.atomic():
        scan = Scan.objects.create(
            kind=kind,
            subject=subject,
            media_type=media_type,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            pages=pages,
            virus_checked=checked,
            entered_ns=clock.now_ns(),
            entered_by_id=by.pk,
            from_paper=from_paper,
            paper_dated=paper_dated,
        )
        entries.record(
            "scan-kept",
            actor=entries.actor_of(by),
            obj={"scan": scan.pk, kind: subject} if subject else {"scan": scan.pk},
            detail={**scan.light, "kind": kind, "from_paper": from_paper, "virus_checked": checked},
        )
    return scan


def of(kind: str, subject: str) -> list[Scan]:
    """The scans attached to one row, oldest first, without their content."""
    return list(Scan.objects.filter(kind=kind, subject=subject).defer("content").order_by("pk"))


def forget(kind: str, subject: str) -> int:
    """Empty the scans of one row when personal data has to go: hash, size and who entered them stay."""
    every: models.QuerySet[Scan] = models.QuerySet(Scan)  # a register's own refuses all changes
    return every.filter(kind=kind, subject=subject).exclude(content=b"").update(content=b"")


def plain(error: BadInput) -> str:
    """One sentence for a person; never the input itself."""
    return str(WORDS.get(error.code, _("This could not be accepted.")))


def _checked(upload: bytes) -> tuple[str, bytes, int, str]:
    """(media type, content, pages, virus scanner). The name and type that the upload claims count nothing."""
    if not upload:
        raise BadInput("scan-empty")
    if len(upload) > PHOTO_BYTES:
        raise BadInput("picture-too-large")
    pdf = upload.startswith(b"%PDF-")
    if not pdf and not _looks_like_picture(upload):
        raise BadInput("scan-unknown-type")
    checked = antivirus.checked_by(upload)
    if pdf:
        return PDF, upload, pdf_pages(upload), checked
    return JPEG, photo_picture(upload).jpeg, 1, checked


def _looks_like_picture(upload: bytes) -> bool:
    webp = upload[:4] == b"RIFF" and upload[8:12] == b"WEBP"
    return upload.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or webp


def _tell_refused(refused: BadInput, upload: bytes, kind: str, by: AbstractBaseUser) -> None:
    entries.record_now(
        "scan-refused",
        actor=entries.actor_of(by),
        outcome="refused",
        reason=refused.code,
        detail={
            "kind": kind,
            "sha256": hashlib.sha256(upload).hexdigest(),
            "bytes": len(upload),
            **refused.values,
        },
    )
