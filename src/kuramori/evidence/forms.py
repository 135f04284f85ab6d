"""What is chosen for a package: camera, seconds, single pictures; and where time stamps come from."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.evidence.choosing import Choice
from kuramori.evidence.redactions import PERSON, newest, parsed
from kuramori.pictures.redaction_boxes import FILL

if TYPE_CHECKING:
    from kuramori.evidence.models import Package, PackagePart

SECOND = "%Y-%m-%dT%H:%M:%S"
NS = clock.NS_PER_S
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d):([0-5]\d)")


class PartForm(forms.Form):
    """One camera's part."""

    take = forms.BooleanField(label=_("Take this camera"), required=False, initial=True)
    start = forms.DateTimeField(
        label=_("From"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1", "data-begin": ""}, format=SECOND
        ),
    )
    end = forms.DateTimeField(
        label=_("To"),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1", "data-end": ""}, format=SECOND
        ),
    )
    stills = forms.CharField(
        label=_("Single pictures at"),
        required=False,
        max_length=200,
        help_text=_("Times such as 14:30:05, with spaces between."),
        widget=forms.TextInput(attrs={"data-stills": ""}),
    )

    as_recorded_because = forms.CharField(
        label=_("If nobody is covered in it: why"),
        required=False,
        max_length=200,
        help_text=_("For example: nobody else is in the picture."),
    )

    def __init__(self, data: Any = None, *, part: PackagePart) -> None:
        self.part = part
        approval = part.approval
        self.redaction = newest(part)
        super().__init__(
            data,
            prefix=f"p{part.pk}",
            initial={
                "start": _local(part.start_ns),
                "end": _local(part.end_ns),
                "as_recorded_because": part.as_recorded_because,
                "stills": " ".join(_local(at_ns).strftime("%H:%M:%S") for at_ns in part.stills_ns),
            },
        )
        if part.package.case.get("basis_code") != PERSON:
            del self.fields["as_recorded_because"]
        self.first_s, self.last_s = approval.start_ns // NS, -(-approval.end_ns // NS)

    @property
    def boxes(self) -> str:
        """JSON for the page on which they are drawn: as they were sent, else as they were taken over."""
        sent = self._sent_boxes()
        return json.dumps(self._kept_boxes() if sent is None else sent)

    @property
    def method(self) -> str:
        """How they are covered: as sent, else as taken over."""
        kept = self.redaction.method if self.redaction else FILL
        return str(self.data.get(f"{self.prefix}-method", kept))

    @property
    def drawn(self) -> bool:
        """Whether the form has other boxes, or another way of covering them, than were taken over."""
        if f"{self.prefix}-boxes" not in self.data:
            return False
        other_way = self.redaction is not None and self.method != self.redaction.method
        return other_way or self._sent_boxes() != self._kept_boxes()

    def _kept_boxes(self) -> list[Any]:
        return list(self.redaction.boxes) if self.redaction else []

    def _sent_boxes(self) -> list[Any] | None:
        """None for none, and for what are no boxes."""
        try:
            return parsed(self.data[f"{self.prefix}-boxes"])
        except (KeyError, BadInput):
            return None

    def clean_stills(self) -> list[datetime]:
        start = self.cleaned_data.get("start")
        found: list[datetime] = []
        for word in self.cleaned_data["stills"].replace("、", " ").replace(",", " ").split():
            said = _TIME.fullmatch(word)
            if said is None or start is None:
                raise forms.ValidationError(_("Times such as 14:30:05, with spaces between."))
            local = timezone.localtime(start)
            at = local.replace(hour=int(said[1]), minute=int(said[2]), second=int(said[3]))
            found.append(at if at >= local else at + timedelta(days=1))
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("start"), said.get("end")
        if start and end and not start < end:
            self.add_error("end", _("The end must come after the beginning."))
        return said

    def choice(self) -> Choice | None:
        """After `is_valid()`; None when it is not taken. A second that the approval cuts is taken as cut."""
        said, approval = self.cleaned_data, self.part.approval
        if not said["take"]:
            return None
        start_ns, end_ns = clock.ns_of(said["start"]), clock.ns_of(said["end"])
        if approval.start_ns - NS < start_ns < approval.start_ns:
            start_ns = approval.start_ns
        if approval.end_ns < end_ns < approval.end_ns + NS:
            end_ns = approval.end_ns
        stills = [clock.ns_of(at) for at in said.get("stills") or []]
        return Choice(self.part, start_ns, end_ns, stills, said.get("as_recorded_because", ""))


def of_package(package: Package, data: Any = None) -> list[PartForm]:
    """A form for each part."""
    parts = package.parts.select_related("approval__camera", "package")
    return [PartForm(data, part=part) for part in parts]


class StamperForm(forms.Form):
    """An RFC 3161 responder; both empty: none."""

    url = forms.CharField(label=_("Address of the time stamp service"), max_length=200, required=False)
    certificate = forms.CharField(
        label=_("Its root certificate (PEM)"), required=False, max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )  # fmt: skip


def _local(ns: int) -> datetime:
    return timezone.localtime(clock.utc(ns))
