"""A console: one registered PC's browser, known by a key that never leaves it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Console(models.Model):
    """The public half of a browser's own key. A new one for the same PC takes the older one's place."""

    pc = models.PositiveIntegerField()
    """Number of the PC in its register."""
    public_key = models.BinaryField()
    """SubjectPublicKeyInfo (DER) of a P-256 key."""
    registered_ns = models.BigIntegerField()
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_ns = models.BigIntegerField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["pc"], condition=models.Q(revoked_ns__isnull=True), name="console_once_a_pc"
            ),
            models.UniqueConstraint(fields=["public_key"], name="console_key_once"),
        ]

    def __str__(self) -> str:
        return f"PC {self.pc}"
