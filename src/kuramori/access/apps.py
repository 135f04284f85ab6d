"""Keys held by people, and grants."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "kuramori.access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from kuramori.access import words_for_access
        from kuramori.ledger import words
        from kuramori.web import navigation, refusals

        words.register(words_for_access.ACTS)
        words.register_details(words_for_access.DETAILS)
        refusals.register(words_for_access.REFUSALS)
        navigation.register("storehouse_unlock", _("Open the storehouse"), order=40, roles=("manager",))
        navigation.register("key_holders", _("Keys"), order=42, roles=("manager",))
        navigation.register("emergency", _("Emergency envelope"), order=43, roles=("manager", "operator"))
        navigation.register("grants", _("Permissions"), order=45)
