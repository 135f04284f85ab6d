from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaperConfig(AppConfig):
    name = "kuramori.paper"
    verbose_name = _("Papers")

    def ready(self) -> None:
        from kuramori.paper import checks  # noqa: F401  registers itself
