from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PolicyConfig(AppConfig):
    name = "kuramori.policy"
    verbose_name = _("Policy")

    def ready(self) -> None:
        from kuramori.ledger import words

        words.register(
            {
                "purpose-decided": _("Decided what a camera is for"),
                "retention-decided": _("Decided how long footage is kept"),
                "verdict-changed": _("The state of a clause changed"),
            }
        )
