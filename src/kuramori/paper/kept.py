"""What every register shares: rows never edited away, who entered them and when, from paper or not.

A correction is a new row that names the row it replaces; the old one stays and is shown.
"""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Unchangeable(RuntimeError):
    """Code tried to change or delete a row of a register. A defect, never a person's mistake."""


class KeptRows(models.QuerySet[Any]):
    """Rows of a register: made and read, nothing else."""

    def update(self, **fields: Any) -> NoReturn:
        raise Unchangeable(self.model.__name__)

    def delete(self) -> NoReturn:
        raise Unchangeable(self.model.__name__)

    def standing(self) -> KeptRows:
        """The rows that no correction has replaced."""
        return self.filter(replaced_by__isnull=True)


class Kept(models.Model):
    """A row of a register."""

    entered_ns = models.BigIntegerField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Written by hand first and entered later; then the day that stands on the paper.
    from_paper = models.BooleanField(_("entered from paper"), default=False)
    paper_dated = models.DateField(_("date on the paper"), null=True, blank=True)
    # The row that this one corrects, and why.
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    correction = models.CharField(_("why it is corrected"), max_length=200, blank=True)

    objects: ClassVar[models.Manager[Any]] = KeptRows.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(replaces__isnull=True) | ~models.Q(correction=""),
                name="%(app_label)s_%(class)s_correction_says_why",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Unchangeable(type(self).__name__)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise Unchangeable(type(self).__name__)
