"""One file for an auditor, and the twenty questions that it answers."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "kuramori.audit"
    verbose_name = _("For an auditor")

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.web import navigation

        words.register(
            {
                "audit-bundle-begun": _("Began the file for an auditor"),
                "audit-bundle-made": _("Made the file for an auditor"),
                "audit-bundle-taken": _("Took the file for an auditor"),
            }
        )
        words.register_details({"first_day": _("First day"), "last_day": _("Last day")})
        navigation.register("audit", _("For an auditor"), order=84, roles=("manager",))
