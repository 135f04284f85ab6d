"""Findings of the machine.

One row and one ledger entry while something is wrong, one more entry when it is over.
"""

from __future__ import annotations

from django.db import transaction

from kuramori import clock
from kuramori.footage.models import Finding
from kuramori.ledger import entries

WORK = "program:work"


def stand(code: str, subject: str = "", *, actor: str = WORK, **detail: object) -> bool:
    """Say that `code` is wrong about `subject`. True if that is news; a standing finding is not repeated."""
    with transaction.atomic():
        _, new = Finding.objects.get_or_create(
            code=code,
            subject=subject,
            cleared_ns=None,
            defaults={"detail": detail, "found_ns": clock.now_ns()},
        )
        if new:
            entries.record(
                "finding",
                actor=actor,
                obj={"code": code, "subject": subject},
                outcome="failed",
                detail=detail,
            )
    return new


def clear(code: str, subject: str = "", *, actor: str = WORK) -> bool:
    """Say that `code` is no longer wrong about `subject`. True if it was standing."""
    with transaction.atomic():
        standing = Finding.objects.filter(code=code, subject=subject, cleared_ns=None)
        if not standing.update(cleared_ns=clock.now_ns()):
            return False
        entries.record("finding-cleared", actor=actor, obj={"code": code, "subject": subject}, outcome="done")
    return True


def standing() -> list[Finding]:
    """All findings that stand, oldest first."""
    return list(Finding.objects.filter(cleared_ns=None))
