from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidelineConfig(AppConfig):
    name = "kuramori.guideline"
    verbose_name = _("Guideline")

    def ready(self) -> None:
        from kuramori.guideline.registry import UNJUDGED, all_words
        from kuramori.web import navigation, refusals

        refusals.register({**all_words(), "unjudged": UNJUDGED})
        navigation.register("clauses", _("Guideline"), order=80)
