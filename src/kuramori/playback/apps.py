from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlaybackConfig(AppConfig):
    name = "kuramori.playback"

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.playback import words_for_playback
        from kuramori.web import navigation, refusals

        words.register(words_for_playback.ACTS)
        words.register_details(words_for_playback.DETAILS)
        refusals.register(words_for_playback.REFUSALS)
        navigation.register("live", _("Watch live"), order=10)
        navigation.register("playback", _("Play back"), order=20)
