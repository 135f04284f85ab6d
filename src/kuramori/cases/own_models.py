"""Rows: a month of requests that a one-person body approved for itself, read by somebody outside."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori.paper.register import RegisterRow


class OwnMonth(RegisterRow):
    """The signed sheet of one month."""

    month = models.DateField(_("month (any day of it)"))
    signed_on = models.DateField(_("day of the signature"))
    reader = models.CharField(_("who read and signed it"), max_length=120)
    reader_post = models.CharField(_("their post (accountant, neighbour shop, officer)"), max_length=160)
    remarks = models.TextField(_("what they remarked"), max_length=1000, blank=True)
    # What the program counted when the row was entered.
    count = models.PositiveIntegerField(_("own approvals of that month"), default=0)
    COLUMNS: ClassVar[tuple[str, ...]] = ("month", "count", "reader", "signed_on")

    class Meta(RegisterRow.Meta):
        abstract = False
