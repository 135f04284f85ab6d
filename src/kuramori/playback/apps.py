from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlaybackConfig(AppConfig):
    name = "kuramori.playback"

    def ready(self) -> None:
        from kuramori.web import navigation

        navigation.register("live", _("Watch live"), order=10)
        navigation.register("playback", _("Play back"), order=20)
