"""How a form field is drawn: label, help, errors tied to the input, one template for all."""

from __future__ import annotations

from typing import Any

from django.forms import Select
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class FieldRenderer(TemplatesSetting):
    """Fields drawn by `web/field.html` through `{{ field.as_field_group }}` and `{{ form }}`."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """As the base class, but for a list to choose from: Django has a template drawn for each choice, and
        a hundred cameras make a page twice as slow."""
        if template_name == Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: dict[str, Any]) -> SafeString:
    parts = []
    for name, choices, _index in widget["optgroups"]:
        options = format_html_join("", "<option{}>{}</option>", map(_option, choices))
        parts.append(format_html('<optgroup label="{}">{}</optgroup>', name, options) if name else options)
    inner = format_html_join("", "{}", ((part,) for part in parts))
    return format_html(
        "<select{}>{}</select>", flatatt({"name": widget["name"], **_said(widget["attrs"])}), inner
    )


def _option(choice: dict[str, Any]) -> tuple[str, object]:
    return flatatt({"value": str(choice["value"]), **_said(choice["attrs"])}), choice["label"]


def _said(attrs: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in attrs.items() if value is not False}
