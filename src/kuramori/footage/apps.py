"""The recorder's Django side."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FootageConfig(AppConfig):
    name = "kuramori.footage"
    verbose_name = _("Footage")

    def ready(self) -> None:
        from kuramori.footage import words_for_footage
        from kuramori.ledger import words
        from kuramori.web import navigation

        words.register(words_for_footage.ACTS)
        words.register_details(words_for_footage.DETAILS)
        navigation.register("confirm_clock", _("Time of the recorder"), order=85, roles=("manager",))
