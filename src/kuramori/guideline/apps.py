from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuidelineConfig(AppConfig):
    name = "kuramori.guideline"
    verbose_name = _("Guideline")

    def ready(self) -> None:
        from kuramori.guideline.registry import UNJUDGED, all_words, passables
        from kuramori.policy import deviations
        from kuramori.web import navigation, refusals

        refusals.register({**all_words(), "unjudged": UNJUDGED})
        deviations.register(passables())
        navigation.register("overview", _("Are we all right?"), order=2)
        navigation.register("deviations", _("Deviations"), order=82)
        navigation.register("regulations", _("Regulations"), order=81)
        navigation.register("clauses", _("Guideline"), order=80)
