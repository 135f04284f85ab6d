"""Template tags every page has without loading them."""

from __future__ import annotations

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuramori import clock

register = template.Library()


@register.simple_tag
def clause(name: str) -> SafeString:
    """A link to the page about the guideline's clause `name` (T3, T6a …)."""
    return format_html(
        '<a class="clause" href="/clauses/{}/">{}</a>', name, _("Clause %(name)s") % {"name": name}
    )


@register.filter
def local_time(ns: int | str | None) -> str:
    """Nanoseconds since 1970 UTC as date and time where the body is, to the minute; "" for none."""
    if ns in (None, ""):
        return ""
    return timezone.localtime(clock.utc(int(ns))).strftime("%Y-%m-%d %H:%M")
