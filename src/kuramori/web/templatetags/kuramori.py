"""Template tags every page has without loading them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def clause(name: str) -> SafeString:
    """A link to the page about the guideline's clause `name` (T3, T6a …)."""
    return format_html(
        '<a class="clause" href="/clauses/{}/">{}</a>', name, _("Clause %(name)s") % {"name": name}
    )
