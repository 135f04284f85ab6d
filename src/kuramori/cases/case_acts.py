"""Which forms a case's page shows now, and what each does when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.access.models import Approval
from kuramori.cases import deciding, following, forms, packages, states
from kuramori.cases.deciding import Cut
from kuramori.playback import key_frames

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms as django_forms
    from django.utils.functional import _StrPromise

    from kuramori.cases.case_models import Case
    from kuramori.people.models import Account


@dataclass(frozen=True, slots=True)
class Act:
    """One form of the page: its heading, its button, how it is made and what it does."""

    title: _StrPromise
    button: _StrPromise
    form: Callable[..., Any]
    do: Callable[[Account, Case, Any], object]
    of_case: bool = False  # the form needs to know the case
    quiet: bool = False

    def make(self, case: Case, data: Any = None) -> django_forms.Form:
        made: django_forms.Form = self.form(data, case=case) if self.of_case else self.form(data)
        return made


def shown(cut: Cut) -> Cut:
    """The same with the key frame from which its picture really begins."""
    camera = cut.scope.camera_id
    shown_ns = key_frames.shown_from_ns(camera, cut.start_ns, cut.end_ns, clock.now_ns())
    return Cut(cut.scope, cut.start_ns, cut.end_ns, shown_ns)


def _grant(by: Account, case: Case, form: forms.Decide) -> None:
    said = form.cleaned_data
    deciding.grant(
        by, case, [shown(cut) for cut in form.cuts()], words=said["words"],
        second_person=said.get("second_person", ""), viewings=said["viewings"], may_copy=said["may_copy"],
    )  # fmt: skip


def _open(by: Account, case: Case, form: forms.OpenNow) -> None:
    cuts = [shown(cut) for cut in form.decide.cuts()]
    deciding.open_emergency(by, case, cuts, form.decide.cleaned_data["words"], form.verify.answers())


def _refuse(by: Account, case: Case, form: forms.Refuse) -> None:
    deciding.refuse(by, case, form.cleaned_data["words"], ground=form.cleaned_data.get("ground", ""))


ACTS: dict[str, Act] = {
    "verify": Act(
        _("Check the papers"),
        _("The papers are in order"),
        forms.Verify,
        lambda by, case, form: deciding.verify(by, case, form.answers()),
        of_case=True,
    ),
    "open": Act(_("Open now because of danger"), _("Open for 24 hours"), forms.OpenNow, _open, of_case=True),
    "grant": Act(_("Decide: yes"), _("Allow it"), forms.Decide, _grant, of_case=True),
    "keep": Act(
        _("Only keep it"),
        _("Keep it"),
        forms.Words,
        lambda by, case, form: deciding.keep(by, case, form.cleaned_data["words"]),
    ),
    "confirm": Act(
        _("Approve the emergency afterwards"),
        _("Approve"),
        forms.Confirm,
        lambda by, case, form: deciding.confirm(by, case, **form.cleaned_data),
    ),
    "disapprove": Act(
        _("Do not approve the emergency"),
        _("Do not approve"),
        forms.Words,
        lambda by, case, form: deciding.refuse(by, case, form.cleaned_data["words"], act="disapprove"),
        quiet=True,
    ),
    "refuse": Act(_("Decide: no"), _("Decline"), forms.Refuse, _refuse, of_case=True, quiet=True),
    "pack": Act(
        _("Make a package to hand out"),
        _("Choose what goes in"),
        forms.Pack,
        lambda by, case, form: packages.begin(by, case, **form.cleaned_data),
        of_case=True,
    ),
    "hand-over": Act(
        _("A copy is handed over"),
        _("Enter it"),
        forms.HandOver,
        lambda by, case, form: following.hand_over(by, case, **form.cleaned_data),
        of_case=True,
    ),
    "receipt": Act(
        _("The signed receipt is here"),
        _("Enter it"),
        forms.Receipt,
        lambda by, case, form: following.receipt(by, case, **form.cleaned_data),
    ),
    "return": Act(
        _("The copy came back or was erased"),
        _("Enter it"),
        forms.Returned,
        lambda by, case, form: following.returned(by, case, **form.cleaned_data),
    ),
    "revoke": Act(
        _("Take the permission back"),
        _("Take it back"),
        forms.Words,
        lambda by, case, form: deciding.refuse(by, case, form.cleaned_data["words"], act="revoke"),
        quiet=True,
    ),
    "close": Act(
        _("Close the case"),
        _("Close it"),
        forms.Words,
        lambda by, case, form: following.close(by, case, form.cleaned_data["words"]),
        quiet=True,
    ),
}


def possible(case: Case) -> dict[str, Act]:
    """The acts that the case's machine allows now, in the order in which they are shown."""
    may = states.possible(case.kind, case.state)
    if not Approval.objects.filter(case_number=case.number, may_copy=True, withdrawn_ns=None).exists():
        may -= {"pack"}
    if not packages.ready(case):
        may -= {"hand-over"}
    return {name: act for name, act in ACTS.items() if name in may}
