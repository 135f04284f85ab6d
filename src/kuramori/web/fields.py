"""How a form field is drawn: label, help, errors tied to the input, one template for all."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FieldRenderer(TemplatesSetting):
    """Fields drawn by `web/field.html` through `{{ field.as_field_group }}` and `{{ form }}`."""

    form_template_name = "web/form.html"
    field_template_name = "web/field.html"
