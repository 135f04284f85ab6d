from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FootageConfig(AppConfig):
    name = "kuramori.footage"
    verbose_name = _("Footage")
