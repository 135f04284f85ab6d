"""The form of a register's row, made from its model: the same three questions about paper under each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuramori import local_time
from kuramori.paper.register import RegisterRow, versions
from kuramori.paper.scan_fields import ScanField

if TYPE_CHECKING:
    from kuramori.paper.register import Register


class RowForm(forms.ModelForm):
    """What every row's form shares."""

    scan = ScanField(_("Scan or photo"))

    def clean_paper_dated(self) -> Any:
        day = self.cleaned_data.get("paper_dated")
        if day and day > local_time.today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


def form_class(one: Register, *, correcting: bool = False) -> type[RowForm]:
    """The form for a new row or a correction."""
    paper = ("from_paper", "paper_dated")
    fields = (*one.fields, *paper, *(("correction",) if correcting else ()))
    made: type[Any] = forms.modelform_factory(
        one.model, form=RowForm, fields=fields, formfield_callback=_field, localized_fields=()
    )
    if correcting:
        made.base_fields["correction"].required = True
    return made


class StandingChoice(forms.ModelChoiceField):
    """Rows of another register, each once: its first version counts, its newest version is read."""

    def label_from_instance(self, row: Any) -> str:
        return str(versions(row)[0])


def _field(field: models.Field[Any, Any], **more: Any) -> Any:
    """Days and times get the browser's own boxes; today is proposed; long texts get room."""
    if isinstance(field, models.DateTimeField):
        widget: Any = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        return field.formfield(widget=widget, **more)
    if isinstance(field, models.DateField):
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        initial = None if field.null else local_time.today
        return field.formfield(widget=widget, initial=initial, **more)
    related: Any = field.related_model
    if related is not None and issubclass(related, RegisterRow):
        rows = related.objects.filter(replaces=None)
        return cast("Any", field).formfield(form_class=StandingChoice, queryset=rows, **more)
    if isinstance(field, models.BooleanField):
        return field.formfield(required=False, **more)
    return field.formfield(**more)
