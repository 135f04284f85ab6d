"""Evidence: packages of footage that prove themselves."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "kuramori.evidence"
    verbose_name = _("Evidence packages")

    def ready(self) -> None:
        from kuramori.evidence import words_for_evidence
        from kuramori.ledger import words
        from kuramori.web import refusals

        words.register(words_for_evidence.ACTS)
        words.register_details(words_for_evidence.DETAILS)
        refusals.register(words_for_evidence.REFUSALS)
