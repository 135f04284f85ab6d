from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "kuramori.desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from kuramori.desk import alarm_marks, plain_words
        from kuramori.ledger import words
        from kuramori.playback import marks
        from kuramori.web import navigation

        marks.register(alarm_marks.of_camera)
        navigation.register("dashboard", _("Start"), order=0)
        navigation.register("plan", _("Plan"), order=68)
        navigation.register("devices", _("Cameras on the network"), order=69, roles=("manager",))
        navigation.register("setup_sign", _("Sign"), order=70, roles=("manager",))
        words.register(
            {
                "set-up-started": _("Started the set-up by its one-time link"),
                "office-handed-over": _("Handed an office over"),
                "storehouse-key-confirmed": _("Typed the storehouse's passphrase back"),
            }
        )
        words.register_reasons(lambda code: str(plain_words.COMPARING.get(code, "")))
        words.register_details(
            {
                "leaver": _("Person who left"),
                "key_given": _("New key given"),
                "key_left": _("Old key still there"),
            }
        )
