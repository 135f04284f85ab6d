"""All tables of a bundle, in the order in which they are shown."""

from __future__ import annotations

from django.utils import translation

from kuramori.audit import (
    tables_cameras,
    tables_keeping,
    tables_looks,
    tables_people,
    tables_registers,
)
from kuramori.audit.table import Table


def all_of_them() -> list[Table]:
    """Titles and words are Japanese, as the papers are."""
    with translation.override("ja"):
        rooms = (tables_cameras, tables_people, tables_looks, tables_keeping, tables_registers)
        return [table for room in rooms for table in room.tables()]
