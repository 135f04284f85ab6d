"""What a step of a case is called."""

from __future__ import annotations

from django import template

from kuramori.cases.words_for_cases import ACTS

register = template.Library()


@register.simple_tag
def case_act(act: str) -> str:
    """The words of a step."""
    return str(ACTS.get(f"case-{act}", act))
