"""The form field through which scans come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class ScanField(forms.FileField):
    """A picture or PDF; its clean value is the upload's bytes (b"" for none), which `scans.keep` checks."""

    def __init__(self, label: Any, *, required: bool = False, help_text: Any = "") -> None:
        words = help_text or _("JPEG, PNG, WebP (15 MB) or PDF (12 MB).")
        super().__init__(
            label=label,
            required=required,
            help_text=words,
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        )

    def clean(self, data: Any, initial: Any = None) -> bytes:
        upload: UploadedFile | None = super().clean(data, initial)
        return upload.read() if upload else b""
