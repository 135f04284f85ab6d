"""What a person promises and learns before a role is theirs: pledge (誓約) and training (研修).

Rows are never edited; a pledge or training that is renewed is a new row.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class PledgeText(models.Model):
    """A version of the pledge's words that the body wrote itself; version 1 comes with the program."""

    version = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    from_ns = models.BigIntegerField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(text=""), name="pledge_text_says_something"),
            models.CheckConstraint(condition=models.Q(version__gt=1), name="pledge_text_after_the_first"),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class Pledge(models.Model):
    """One person's promise, in the words they read. In force from `signed_ns` until `until_ns`.

    `until_ns` is written when newer words are published: two weeks later the older promise is not enough.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pledges")
    version = models.PositiveIntegerField()
    text = models.TextField()
    signed_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "signed_ns"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(text=""), name="pledge_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} v{self.version}"


class Training(models.Model):
    """One person read the lesson and answered its questions; good for a year."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="trainings")
    lesson = models.CharField(max_length=20)
    done_ns = models.BigIntegerField()
    until_ns = models.BigIntegerField()
    tries = models.PositiveSmallIntegerField(default=1)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "done_ns"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(until_ns__gt=models.F("done_ns")), name="training_ends"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.lesson}"
