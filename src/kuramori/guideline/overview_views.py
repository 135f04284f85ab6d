"""「うちは大丈夫?」 at a glance: lights, what is next, calendar, how it went; and the table of defaults."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuramori import clock, local_time
from kuramori.guideline import dues, lights, standing
from kuramori.guideline.defaults import DEFAULTS
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

NEXT = 8


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """/guideline/overview/ : the whole guideline on one page. `?month=2026-11` turns the calendar."""
    now_ns = clock.now_ns()
    require_role(cast(Account, request.user), now_ns, MANAGER, OPERATOR)
    named = standing.names()
    missing, ahead = standing.missing(now_ns, named), dues.ahead(now_ns, named)
    today = local_time.day_of(now_ns)
    first = _month(request.GET.get("month", ""), today)
    shown = lights.now(missing)
    history = lights.year(now_ns)
    context = {
        "decides": MANAGER in getattr(request, "roles", set()),
        "shut": [one for one in missing if one.gate != "warn"],
        "notices": [one for one in missing if one.gate == "warn"],
        "to_do": standing.together(missing),
        "lights": shown,
        "good": sum(1 for one in shown if one.light == lights.GOOD),
        "next": [(one, dues.words_of(one), *one.cure) for one in ahead[:NEXT]],
        "weeks": _in_words(dues.month(first, ahead, today)),
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=31)).replace(day=1),
        "history": [(one.clause, history[one.clause.id], index * 14) for index, one in enumerate(shown)],
        "height": len(shown) * 14,
        "width": lights.WIDTH,
    }
    return render(request, "guideline/overview.html", context)


@require_GET
def defaults(request: HttpRequest) -> HttpResponse:
    """/guideline/defaults/ : how long everything lasts, in one table."""
    require_role(cast(Account, request.user), clock.now_ns(), MANAGER, OPERATOR)
    return render(request, "guideline/defaults.html", {"rows": DEFAULTS})


def _in_words(weeks: list[list[dues.Day]]) -> list[list[tuple[dues.Day, list[str], list[str]]]]:
    """Each square with the words of what is due and of what closes on it, the same words once."""
    return [[(day, _said(day.dues), _said(day.shuts)) for day in week] for week in weeks]


def _said(some: Iterable[dues.Due]) -> list[str]:
    counted = Counter(dues.words_of(one) for one in some)
    return [f"{words} ×{times}" if times > 1 else words for words, times in counted.items()]


def _month(said: str, today: date) -> date:
    """The first of the month that was asked for, else of this one."""
    try:
        return date.fromisoformat(f"{said}-01")
    except ValueError:
        return today.replace(day=1)
