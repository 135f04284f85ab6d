"""What set-up has to remember between its questions."""

from __future__ import annotations

from django.db import models

from kuramori.policy.keeping import MOST_DAYS


class SetUp(models.Model):
    """The answers that have no row of their own until the first camera is there. Exactly one row.

    They are also what is proposed for every further camera.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # The kind of body chosen at the beginning (a file of `starts/`); empty: none.
    start = models.CharField(max_length=32, blank=True)
    purpose_code = models.CharField(max_length=32, blank=True)
    purpose_text = models.CharField(max_length=200, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    # When the passphrase shown once was typed back correctly: before that nothing is sealed to its key.
    key_confirmed_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="set_up_is_one"),
            models.CheckConstraint(
                condition=models.Q(days__isnull=True) | models.Q(days__gte=1, days__lte=MOST_DAYS),
                name="set_up_days_in_range",
            ),
        ]

    def __str__(self) -> str:
        return "set-up"

    @classmethod
    def kept(cls) -> SetUp:
        """The one row, made when first asked for."""
        return cls.objects.get_or_create(id=1)[0]
