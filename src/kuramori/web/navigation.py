"""The main menu: rooms add their pages, the base template shows those that the person may open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. `url_name` is a named address without arguments."""

    url_name: str
    label: str | _StrPromise
    order: int
    roles: frozenset[str]

    @property
    def href(self) -> str:
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


_entries: dict[str, Entry] = {}


def register(
    url_name: str,
    label: str | _StrPromise,
    *,
    order: int = 50,
    roles: tuple[str, ...] = ("manager", "operator"),
) -> None:
    """Put a page into the menu, for people who hold one of `roles`; smaller `order` comes first."""
    _entries[url_name] = Entry(url_name, label, order, frozenset(roles))


def entries(roles: set[str]) -> list[Entry]:
    """The menu for somebody who holds `roles`."""
    shown = [entry for entry in _entries.values() if entry.roles & roles and entry.href]
    return sorted(shown, key=lambda entry: (entry.order, entry.url_name))
