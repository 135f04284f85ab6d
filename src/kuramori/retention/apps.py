"""Certificates of erasure."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "kuramori.retention"
    verbose_name = _("Retention")

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.retention import hold_words
        from kuramori.web import navigation, refusals

        words.register(
            {
                "hour-erased": _("Erased an hour for good"),
                "hold-asked": _("Asked to keep footage for a case"),
                "hold-reviewed": _("Looked at a hold again"),
                "hold-withdrawn": _("Took back a hold before it was approved"),
                "medium-registered": _("Entered a medium in the register"),
                "medium-stock-take": _("Stock-take: found a medium"),
                "medium-missed": _("Stock-take: did not find a medium"),
                "medium-taken-out": _("Took a medium out"),
                "medium-returned": _("Brought a medium back"),
                "medium-moved": _("Kept a medium elsewhere"),
                "medium-retired": _("Made everything on a medium unreadable"),
                "medium-destroyed": _("Destroyed a medium"),
            }
        )
        words.register_details(
            {
                "certificate": _("Certificate"),
                "hour": _("Hour's number"),
                "case_text": _("Case number"),
                "asked_by": _("Who asks from outside"),
                "hour_start": _("Hour"),
                "medium": _("Medium"),
                "done_on": _("Day"),
                "person": _("Who did it"),
                "second": _("Who watched or approved"),
                "method": _("How"),
                "paper": _("Number of the contractor's certificate"),
                "photo_sha256": _("SHA-256 of the photo"),
                "make": _("Maker and type"),
                "serial": _("Serial number"),
                "certificate_sha256": _("SHA-256 of the certificate"),
            }
        )
        refusals.register(hold_words.REFUSALS)
        navigation.register("erasures", _("Erasure"), order=60)
        navigation.register("media", _("Media"), order=62)
