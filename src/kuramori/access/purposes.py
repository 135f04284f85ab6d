"""The closed list of what footage may be looked at for (guideline T7: law, investigators, danger.

T1: the purpose).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LIVE = "daily-check"
EQUIPMENT_CHECK = "equipment-check"

PLAYBACK = {
    "incident": _("An incident or accident here has to be looked into"),
    "authority": _("Police, court or another authority asks"),
    "person-filmed": _("A person asks for footage of themselves"),
    "danger": _("Life, body or property is in danger"),
    "equipment-check": _("Checking that the camera works"),
}
ALL = {LIVE: _("Daily check"), **PLAYBACK}
