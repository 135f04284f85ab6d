"""Certificates of erasure."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "kuramori.retention"
    verbose_name = _("Retention")

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.web import navigation

        words.register({"hour-erased": _("Erased an hour for good")})
        words.register_details(
            {
                "certificate": _("Certificate"),
                "hour": _("Hour's number"),
                "hour_start": _("Hour"),
                "certificate_sha256": _("SHA-256 of the certificate"),
            }
        )
        navigation.register("erasures", _("Erasure"), order=60)
