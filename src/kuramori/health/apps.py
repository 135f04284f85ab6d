from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "kuramori.health"

    def ready(self) -> None:
        from kuramori.web import navigation

        navigation.register("status", _("Status"), order=90)
