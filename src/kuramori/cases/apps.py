"""Cases: who wants footage, by which right, and what came of it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "kuramori.cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from kuramori.cases import signed_papers, words_for_cases
        from kuramori.ledger import words
        from kuramori.paper import scans
        from kuramori.web import navigation, refusals

        scans.register_kind(signed_papers.KIND, _("Signed papers of a case"), roles=("manager", "operator"))
        words.register(words_for_cases.ACTS)
        words.register_details(words_for_cases.DETAILS)
        refusals.register(words_for_cases.REFUSALS)
        navigation.register("cases", _("Cases"), order=15)
        navigation.register("viewing_register", _("Register of looks"), order=46)
        self._declare_registers()

    def _declare_registers(self) -> None:
        from kuramori.cases import complaints, incidents, own_months, rounds
        from kuramori.paper import register

        for one in (
            complaints.COMPLAINTS,
            incidents.INCIDENTS,
            rounds.ROUNDS,
            rounds.EXPLANATIONS,
            rounds.INSPECTIONS,
            own_months.OWN_MONTHS,
        ):
            register.register(one)
