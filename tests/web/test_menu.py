"""The main menu: short, by task, and every page in it."""

from __future__ import annotations

import pytest

from kuramori.web import navigation

ROLES = {"manager", "operator"}


def test_every_page_is_in_the_menu_once_and_the_menu_is_short() -> None:
    daily, drawers = navigation.daily(ROLES), navigation.drawers(ROLES, "/")
    shown = [entry.url_name for entry in daily] + [
        one.url_name for drawer in drawers for one in drawer.entries
    ]
    assert sorted(shown) == sorted(entry.url_name for entry in navigation.entries(ROLES))
    assert len(daily) + len(drawers) <= 9
    assert all(2 <= len(drawer.entries) <= 10 for drawer in drawers)


def test_a_person_sees_no_empty_drawer_and_no_page_of_another_role() -> None:
    assert navigation.drawers(set(), "/") == [] and navigation.daily(set()) == []
    operators = {one.url_name for drawer in navigation.drawers({"operator"}, "/") for one in drawer.entries}
    assert "key_holders" not in operators and "ledger" in operators


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/", "/"),
        ("/cases/2026-0001/", "/cases/"),
        ("/cases/register/", "/cases/register/"),
        ("/nowhere/", ""),
    ],
)
def test_the_menu_knows_where_one_is(path: str, here: str) -> None:
    assert navigation.current(ROLES, path) == here
