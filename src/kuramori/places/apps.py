from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "kuramori.places"
    verbose_name = _("Places")

    def ready(self) -> None:
        from kuramori.ledger import words

        words.register(
            {
                "body-written": _("Wrote the installing body's name and address"),
                "sign-declared": _("Declared that a sign was put up"),
                "sign-photographed": _("Added a photo of a sign"),
                "sign-taken-down": _("Took a sign down"),
                "plan-drawn": _("Added a drawing of the place"),
            }
        )
        words.register_details({"sign": _("Sign"), "site": _("Place"), "plan": _("Plan")})

        from kuramori.paper import register
        from kuramori.places import registers
        from kuramori.web import refusals

        refusals.register(registers.REFUSALS)
        for one in registers.REGISTERS:
            register.register(one)
