"""The date on which footage dies, when it is learnt later than the footage was recorded.

Footage recorded while the clock was not trusted may bear a time far in the future (a clock that showed 2036).
Its true date of death can then lie before the time it bears; it stays marked as provisional, which says that
its time is not to be believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kuramori.footage.models import Segment


def date(rows: QuerySet[Segment], until_ns: int) -> None:
    """These segments die at `until_ns`."""
    rows.filter(start_ns__gte=until_ns).update(erase_at_ns=until_ns, provisional=True)
    rows.filter(start_ns__lt=until_ns).update(erase_at_ns=until_ns, provisional=False)


def date_row(row: Segment, until_ns: int) -> None:
    """The same for one that is not saved yet."""
    row.erase_at_ns, row.provisional = until_ns, row.start_ns >= until_ns
