"""The tamper-evident record of every act."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "kuramori.ledger"

    def ready(self) -> None:
        from kuramori.ledger import words

        words.register(
            {
                "checkpoint-left": _("A proof of the record is kept outside"),
                "ledger-forgot": _("Erased the words of old entries after their time"),
                "ledger-exported": _("Exported the record"),
                "backup-made": _("Made a backup without footage"),
                "ledger-restored": _("Began a new record from a backup"),
            }
        )
        words.register_details(
            {
                "way": _("By which way"),
                "size": _("Number of entries"),
                "camera": _("Camera"),
                "grant": _("Permission"),
                "segment": _("Piece of footage"),
                "start_ns": _("From"),
                "end_ns": _("To"),
                "reason": _("Reason"),
                "roles": _("Roles"),
            }
        )
