"""Forms of a case, from the letter that arrives to the receipt that comes back (F07, F08, F09, F11)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.cases import packages
from kuramori.cases.bases import BASES
from kuramori.cases.deciding import Cut
from kuramori.people.models import Account
from kuramori.people.roles import in_force
from kuramori.playback.forms import LENGTHS, IntervalForm

if TYPE_CHECKING:
    from kuramori.cases.case_models import Case

SECOND = "%Y-%m-%dT%H:%M:%S"
MOST_SCOPES = 4
RETURN_DAYS = 90
"""What is proposed for returning a copy; the person changes it."""
GROUNDS = [
    ("harm", _("it could harm somebody's life, body or property, or the rights of others")),
    ("others", _("other people in the picture cannot be made unrecognisable")),
    ("work", _("it would seriously hinder proper work")),
    ("law", _("another law forbids it")),
    ("none", _("there is no such footage")),
    ("identity", _("the person could not be identified")),
]
MINUTES = [(15, _("15 minutes")), (60, _("60 minutes")), (240, _("4 hours")), (1440, _("24 hours"))]


def moment(label: Any, **more: Any) -> forms.DateTimeField:
    """A time to the second, where the body is."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format=SECOND)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[SECOND, "%Y-%m-%dT%H:%M"], **more)


def day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}), **more)


class ScopeForm(forms.Form):
    """One camera and one interval that is asked for."""

    camera = forms.ModelChoiceField(label=_("Camera"), queryset=Camera.objects.all(), required=False)
    start = moment(_("From"), required=False)
    end = moment(_("To"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("start"), said.get("end")
        if any(said.get(name) for name in ("start", "end")) and not all(said.values()):
            raise forms.ValidationError(_("Camera, from and to belong together."))
        if start and end and not start < end:
            self.add_error("end", _("The end must come after the beginning."))
        elif end and clock.ns_of(end) > clock.now_ns():
            self.add_error("end", _("Choose a time that has already passed."))
        elif start and end and (end - start).total_seconds() > 24 * 3600:
            self.add_error("end", _("At most 24 hours at once."))
        return said

    def wanted(self) -> tuple[Camera, int, int] | None:
        said = self.cleaned_data
        if not (said.get("camera") and said.get("start") and said.get("end")):
            return None
        return said["camera"], clock.ns_of(said["start"]), clock.ns_of(said["end"])


class Intake(forms.Form):
    """The request as it arrived (F07)."""

    basis = forms.ChoiceField(
        label=_("By which right"), choices=lambda: [(one.code, one.words) for one in BASES.values()]
    )
    asker_body = forms.CharField(label=_("Office or company"), max_length=120, required=False)
    asker_post = forms.CharField(label=_("Rank or post"), max_length=80, required=False)
    asker_name = forms.CharField(label=_("Name of who asks"), max_length=80)
    asker_contact = forms.CharField(label=_("Where to reach them"), max_length=120, required=False)
    document_number = forms.CharField(label=_("Document number"), max_length=80, required=False)
    document_date = day(_("Date of the document"), required=False)
    summary = forms.CharField(label=_("What happened"), max_length=400)
    need = forms.CharField(label=_("What it is needed for"), max_length=400)
    wants_copy = forms.BooleanField(label=_("They ask for a copy, not only to look"), required=False)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.scopes = [
            ScopeForm(data, prefix=f"s{number}", use_required_attribute=False)
            for number in range(MOST_SCOPES)
        ]

    def is_valid(self) -> bool:
        fine = all([super().is_valid(), *(scope.is_valid() for scope in self.scopes)])
        if fine and not self.wanted():
            self.add_error(None, _("Name at least one camera with its time."))
            return False
        return fine

    def wanted(self) -> list[tuple[Camera, int, int]]:
        return [wanted for scope in self.scopes if (wanted := scope.wanted())]


class OwnIncident(IntervalForm):
    """An incident of the body's own: what, why, one camera, one time."""

    minutes = forms.TypedChoiceField(label=_("How long"), choices=LENGTHS, coerce=int, initial=2)
    reason = forms.CharField(
        label=_("Reason"), max_length=400, help_text=_("In your own words. It is written into the record.")
    )
    second_person = forms.CharField(
        label=_("Second person who signed the form"),
        max_length=80,
        required=False,
        help_text=_("If somebody else than you approved on paper. Otherwise a manager decides here."),
    )


class Verify(forms.Form):
    """What the basis asks to be checked (F08)."""

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data)
        known = {
            "document_number": case.document_number,
            "document_day": case.document_date.isoformat() if case.document_date else "",
            "office": case.asker_body,
            "officer": " ".join(filter(None, (case.asker_post, case.asker_name))),
        }
        for check in BASES[case.basis].checks:
            if check.kind == "yes":
                self.fields[check.code] = forms.BooleanField(label=check.label)
            elif check.kind == "day":
                self.fields[check.code] = day(check.label, initial=known.get(check.code))
            else:
                self.fields[check.code] = forms.CharField(
                    label=check.label, max_length=200, initial=known.get(check.code)
                )

    def answers(self) -> dict[str, str]:
        said = self.cleaned_data
        return {name: "yes" if value is True else str(value) for name, value in said.items()}


class CutForm(forms.Form):
    """What is left of one scope. An unticked one is not allowed."""

    allowed = forms.BooleanField(label=_("Allow this"), required=False, initial=True)
    start = moment(_("From"))
    end = moment(_("To"))


class Decide(forms.Form):
    """Yes, and its limits (F09)."""

    words = forms.CharField(label=_("Why this much, and no more"), max_length=400)
    viewings = forms.IntegerField(
        label=_("How often it may be looked at"), min_value=1, max_value=20, initial=3
    )
    may_copy = forms.BooleanField(
        label=_("A copy may be made (only if looking is not enough)"), required=False
    )
    second_person = forms.CharField(
        label=_("Second person who signed the form"), max_length=80, required=False
    )

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data, initial={"may_copy": case.wants_copy})
        if BASES[case.basis].outside:
            del self.fields["second_person"]
        self.rows = [
            (
                scope,
                CutForm(
                    data,
                    prefix=f"c{scope.pk}",
                    initial={"start": _local(scope.asked_start_ns), "end": _local(scope.asked_end_ns)},
                ),
            )
            for scope in case.scopes.select_related("camera")
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(form.is_valid() for _scope, form in self.rows)])

    def cuts(self) -> list[Cut]:
        return [
            Cut(scope, clock.ns_of(form.cleaned_data["start"]), clock.ns_of(form.cleaned_data["end"]))
            for scope, form in self.rows
            if form.cleaned_data["allowed"]
        ]


class Refuse(forms.Form):
    """No, and why. For the person filmed also on which ground."""

    ground = forms.ChoiceField(label=_("Ground"), choices=GROUNDS)
    words = forms.CharField(label=_("Why not"), max_length=400)

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data)
        if case.kind != "person-filmed":
            del self.fields["ground"]


class Words(forms.Form):
    """A reason, and nothing else."""

    words = forms.CharField(label=_("Reason"), max_length=400)


class Confirm(Words):
    """Approved afterwards, by somebody else than who opened it."""

    second_person = forms.CharField(
        label=_("Second person who signed the form"), max_length=80, required=False
    )


class Pack(forms.Form):
    """A package for one receiver."""

    receiver = forms.CharField(label=_("Handed to"), max_length=120)
    return_by = day(_("To be returned or erased by"))

    def __init__(self, data: Any = None, *, case: Case) -> None:
        asker = " ".join(filter(None, (case.asker_body, case.asker_post, case.asker_name)))
        in_time = timezone.localdate() + timedelta(days=RETURN_DAYS)
        super().__init__(data, initial={"receiver": asker, "return_by": in_time.isoformat()})


class HandOver(forms.Form):
    """A written package goes out. Which ones are there, and for whom, the packages say."""

    package = forms.CharField(label=_("Package"), max_length=16, widget=forms.Select)
    medium = forms.CharField(label=_("Medium and its number"), max_length=120)
    receiver = forms.CharField(label=_("Handed to"), max_length=120)
    return_by = day(_("To be returned or erased by"))

    def __init__(self, data: Any = None, *, case: Case) -> None:
        there = packages.ready(case)
        first = there[0] if there else None
        said = {"receiver": first.receiver, "return_by": first.return_by.isoformat()} if first else {}
        super().__init__(data, initial=said)
        choices = [(one.number, f"{one.number} · {one.receiver}") for one in there]
        self.fields["package"].widget.choices = choices


class Receipt(forms.Form):
    signed_by = forms.CharField(label=_("Who signed the receipt"), max_length=80)
    signed_on = day(_("Date on the receipt"))


class Returned(forms.Form):
    how = forms.CharField(label=_("How it came back or was erased"), max_length=200)
    done_on = day(_("Day"))
    told_by = forms.CharField(label=_("Who says so"), max_length=80)


class Let(forms.Form):
    """Who may look now, and for how long."""

    viewer = forms.ModelChoiceField(label=_("Who looks"), queryset=Account.objects.none(), empty_label=None)
    minutes = forms.TypedChoiceField(label=_("For how long"), choices=MINUTES, coerce=int, initial=60)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        appointed = in_force(clock.now_ns()).values("account")
        self.fields["viewer"].queryset = Account.objects.filter(pk__in=appointed)  # type: ignore[attr-defined]


def _local(ns: int) -> Any:
    return timezone.localtime(clock.utc(ns))


class OpenNow(forms.Form):
    """Danger: what and why, and what is opened, in one sheet."""

    def __init__(self, data: Any = None, *, case: Case) -> None:
        super().__init__(data)
        self.verify = Verify(data, case=case)
        self.decide = Decide(data, case=case)
        for name in ("may_copy", "viewings"):
            del self.decide.fields[name]
        self.rows = self.decide.rows
        self.fields |= {**self.verify.fields, **self.decide.fields}

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.verify.is_valid(), self.decide.is_valid()])
