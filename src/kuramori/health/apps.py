from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "kuramori.health"

    def ready(self) -> None:
        from kuramori.ledger import words
        from kuramori.web import navigation

        words.register(
            {
                "alarm": _("An alarm began"),
                "alarm-over": _("What an alarm was about is over"),
                "alarm-acknowledged": _("Acknowledged an alarm"),
                "alarm-told": _("Sent out alarms"),
                "alarm-channel-set": _("Set up a way for alarms"),
                "alarm-channel-removed": _("Took away a way for alarms"),
                "alarm-channel-tested": _("Tested a way for alarms"),
                "alarm-contact-set": _("Changed whom the status screen says to call"),
                "checkpoint-sent": _("Sent the proof of the record out"),
                "weekly-sheet-sent": _("Sent the weekly sheet"),
                "weekly-sheet-printed": _("Printed the weekly sheet"),
                "recorder-examined-itself": _("The recorder examined itself"),
            }
        )
        words.register_details(
            {
                "alarm": _("Alarm"),
                "alarms": _("Alarms"),
                "channel": _("By which way"),
                "light": _("How bad"),
                "faults": _("Not in order"),
                "pc": _("PC"),
            }
        )
        navigation.register("status", _("Status"), order=90)
        navigation.register("alarms", _("Alarms"), order=91)
        navigation.register("health_days", _("Health by day"), order=92)
        navigation.register("disks", _("Disks"), order=93)
