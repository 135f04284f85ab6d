from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaperConfig(AppConfig):
    name = "kuramori.paper"
    verbose_name = _("Papers")

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.paper import (
            checks,  # noqa: F401  registers itself
            scans,
        )
        from kuramori.web import navigation

        navigation.register("registers", _("Registers"), order=65)
        words.register(
            {
                "scan-kept": _("Added a scan or photo"),
                "scan-refused": _("A file was not accepted"),
                "scan-seen": _("Looked at a scan or photo"),
            }
        )
        words.register_details(
            {
                "scan": _("Scan"),
                "register": _("Register"),
                "row": _("Number"),
                "version": _("Version"),
                "from_paper": _("Entered from paper"),
                "virus_checked": _("Virus scanner"),
                "sha256": _("SHA-256"),
                "bytes": _("Size in bytes"),
            }
        )
        words.register_reasons(lambda code: str(scans.WORDS[code]) if code in scans.WORDS else None)
