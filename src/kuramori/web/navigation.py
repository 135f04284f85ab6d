"""The main menu: rooms add their pages, the base template shows those that the person may open.

What is used every day stands in the menu itself; the rest lies in a few drawers, by task. A page's `order`
says which: the drawers are stretches of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

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


@dataclass(frozen=True, slots=True)
class Drawer:
    """Pages of one task behind one word of the menu; `here` is the page that is shown."""

    label: str | _StrPromise
    entries: list[Entry]
    here: str = ""

    @property
    def holds_the_page(self) -> bool:
        return any(entry.href == self.here for entry in self.entries)


DRAWERS: list[tuple[range, str | _StrPromise]] = [
    (range(40, 60), _("Permissions and keys")),
    (range(60, 70), _("Keeping and registers")),
    (range(70, 90), _("People and rules")),
    (range(90, 100), _("Running and record")),
]


def drawers(roles: set[str], here: str) -> list[Drawer]:
    """The drawers of the menu for somebody who holds `roles`; empty ones are left out."""
    shown = entries(roles)
    found = [
        Drawer(label, [entry for entry in shown if entry.order in orders], here) for orders, label in DRAWERS
    ]
    return [drawer for drawer in found if drawer.entries]


def daily(roles: set[str]) -> list[Entry]:
    """What stands in the menu itself."""
    return [entry for entry in entries(roles) if not any(entry.order in orders for orders, _label in DRAWERS)]


def current(roles: set[str], path: str) -> str:
    """The menu's page that `path` is or lies below; empty where there is none."""
    above = [entry.href for entry in entries(roles) if path == entry.href or (
        entry.href != "/" and path.startswith(entry.href))]  # fmt: skip
    return max(above, key=len, default="")


def entries(roles: set[str]) -> list[Entry]:
    """The menu for somebody who holds `roles`."""
    shown = [entry for entry in _entries.values() if entry.roles & roles and entry.href]
    return sorted(shown, key=lambda entry: (entry.order, entry.url_name))
