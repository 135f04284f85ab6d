"""Accounts and appointments."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "kuramori.people"

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.paper import register
        from kuramori.people import contractors, words_for_people, wrong_codes
        from kuramori.web import navigation, refusals

        wrong_codes.listen()
        words.register(words_for_people.ACTS)
        words.register_details(words_for_people.DETAILS)
        words.register_reasons(refusals.title_of)
        for key, values in words_for_people.VALUES.items():
            words.register_values(key, values)
        words.register_namer("account", words_for_people.account_names)
        refusals.register(words_for_people.REFUSALS)
        for one in contractors.REGISTERS:
            register.register(one)
        navigation.register("people", _("People"), order=80, roles=("manager",))
        navigation.register("ledger", _("Record of acts"), order=90)
