"""What an assurance level is worth, in honest words. The level itself is measured by the recorder."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kuramori.footage.models import Order

METHOD = _(
    "The hour's secret key was left out when the key table was rewritten under a new key, "
    "and the old table's key was overwritten and read back. "
    "Without the hour's secret nothing opens its footage."
)
HONEST = {
    1: _(
        "Level 1: the table's key lies in a file of this computer. "
        "A disk that keeps old copies of files (flash, snapshots, journals, virtual disks) may still "
        "hold it; whoever gets such a copy could open the footage. This is not called irrecoverable."
    ),
    2: _(
        "Level 2: part of the table's key lies in this computer's security chip and is renewed daily. "
        "Old copies of the disk open nothing once it has been renewed."
    ),
    3: _(
        "Level 3: part of the table's key lies in an external token and is renewed daily. "
        "Old copies of the disk open nothing once it has been renewed."
    ),
}
VERIFIED = {
    True: _("The new table was read back and opened, and the old key was read back as overwritten."),
    False: _("Reading back did not confirm the overwriting. The recorder tries again; treat as not erased."),
}
UNKNOWN_LEVEL = _("The level was not measured. Treat it as the lowest.")
BY_ORDER = _("The manager ordered it to be erased early.")
ORDERED = "order:"
HOLD_ORDERED = "hold-order:"
REST_ORDERED = "rest-order:"
REASONS = {
    "expired": _("Its keeping period was over."),
    "rest-expired": _("Its keeping period was over."),
    "hold-ended": _("The day until which it was kept for a case had come."),
}


def honest(level: int) -> str:
    """The sentence that must stand on every certificate of this level."""
    return str(HONEST.get(level, UNKNOWN_LEVEL))


def reason(code: str) -> str:
    """Why an hour was erased: the recorder's word in plain language, or the words of who ordered it."""
    if code.startswith((ORDERED, HOLD_ORDERED, REST_ORDERED)):
        order = Order.objects.filter(id=code.rpartition(":")[2]).first()
        return order.reason if order and order.reason else str(BY_ORDER)
    return str(REASONS.get(code, code))
