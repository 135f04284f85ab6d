from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicConfig(AppConfig):
    name = "kuramori.public"
    verbose_name = _("For the public")

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.web import navigation

        words.register({"notice-made": _("Made the notice for the public")})
        words.register_details({"coarse": _("How exactly places are named"), "year": _("Year")})
        navigation.register("notice", _("For the public"), order=83, roles=("manager",))
