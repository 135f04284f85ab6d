"""Our papers, one function each: what goes on them and nothing else."""

from __future__ import annotations

from kuramori.paper.printing import framed_jpeg, pdf, qr_svg


def recovery_sheet_pdf(*, name: str, passphrase: str, key_id: str, made_on: str, made_by: str) -> bytes:
    """The sheet for the safe. `passphrase` is 24 digits in fours joined by "-"."""
    return pdf(
        "recovery-sheet",
        {"name": name, "passphrase": passphrase, "key_id": key_id, "made_on": made_on, "made_by": made_by},
    )


def envelope_sheet_pdf(*, name: str, passphrase: str, key_id: str, made_on: str, made_by: str) -> bytes:
    """What lies in the sealed emergency envelope; the same data as on the recovery sheet."""
    return pdf(
        "emergency-envelope",
        {"name": name, "passphrase": passphrase, "key_id": key_id, "made_on": made_on, "made_by": made_by},
    )


def erasure_certificate_pdf(
    *,
    body: str,
    rows: list[tuple[str, str]],
    level: int,
    level_words: str,
    number: str,
    verified: bool = True,
    checkpoint: str = "",
) -> bytes:
    """The certificate of one erased camera-hour; `rows` are label and words, as shown on its page.

    `verified` False changes the first sentence; `checkpoint` is the ledger's signed head, shown as a QR code.
    """
    data: dict[str, object] = {"body": body, "rows": [list(row) for row in rows], "verified": verified}
    data |= {"level": level, "level_words": level_words, "number": number}
    return pdf("erasure-certificate", {**data, "qr": qr_svg(checkpoint) if checkpoint else ""})


def media_destruction_pdf(*, body: str, rows: list[tuple[str, str]], photo_jpeg: bytes) -> bytes:
    """The record of a destroyed medium with its photo; `rows` are label and words."""
    data: dict[str, object] = {"body": body, "rows": [list(row) for row in rows]}
    return pdf("media-destruction", {**data, "photo": framed_jpeg(photo_jpeg)})


def hold_approval_pdf(
    *, body: str, rows: list[tuple[str, str]], reviews: list[tuple[str, str]], number: str
) -> bytes:
    """The approval of longer keeping; `rows` are label and words, `reviews` day and words."""
    data: dict[str, object] = {"body": body, "rows": [list(row) for row in rows], "number": number}
    return pdf("hold-approval", {**data, "reviews": [list(row) for row in reviews]})


def register_pdf(
    *,
    title: str,
    title_en: str,
    body: str,
    made_on: str,
    head: list[str],
    rows: list[list[str]],
    empty: str,
    state: str = "",
    notes: tuple[str, ...] = (),
) -> bytes:
    """A register as a table over as many pages as it needs; `empty` is said where there is no row."""
    data: dict[str, object] = {"title": title, "title_en": title_en, "body": body, "made_on": made_on}
    return pdf(
        "register",
        {**data, "head": head, "rows": rows, "empty": empty, "state": state, "notes": list(notes)},
    )
