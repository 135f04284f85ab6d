"""Pages: the regulations in force, the draft of the next version, adopting it, and the papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.guideline import regulation_adopting, regulation_register
from kuramori.guideline.regulation_forms import AdoptForm
from kuramori.guideline.regulation_terms import running
from kuramori.paper.regulations import regulations_docx, regulations_pdf
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.policy import regulations
from kuramori.policy.regulation_models import Regulations

if TYPE_CHECKING:
    from django.http import HttpRequest

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def shown(request: HttpRequest) -> HttpResponse:
    """/regulations/: what is in force, what differs, what waits, and adopting the next version."""
    account = _reader(request)
    sha256 = regulations.digest(running(with_planned=True))
    form = AdoptForm(request.POST or None, number=sha256[:16])
    if request.method == "POST" and form.is_valid():
        try:
            made = regulation_adopting.adopt(
                account,
                sha256=request.POST.get("sha256", ""),
                approved_by=form.cleaned_data["approved_by"],
                adopted_on=form.cleaned_data["adopted_on"],
            )
        except BadInput as wrong:
            form.add_error(*_said(wrong))
        else:
            messages.success(
                request,
                _("Version %(version)s of the regulations is in force.") % {"version": made.version},
            )
            return HttpResponseRedirect(reverse("regulations"))
    now = regulations.adopted()
    context = {
        "versions": Regulations.objects.defer("pdf").select_related("entered_by"),
        "now": now,
        "drift": regulation_adopting.drift(),
        "waiting": regulations.waiting(),
        "sha256": sha256,
        "to_adopt": now is None or now.sha256 != sha256,
        "manages": MANAGER in role_of(account, clock.now_ns()),
        "form": form,
    }
    return render(request, "guideline/regulations.html", context, status=422 if form.errors else 200)


@require_POST
def give_up(request: HttpRequest, pk: int) -> HttpResponse:
    """A change that waits for the next version is not wanted any more."""
    regulations.give_up(pk, _reader(request))
    return HttpResponseRedirect(reverse("regulations"))


def draft_pdf(request: HttpRequest) -> HttpResponse:
    """/regulations/draft.pdf"""
    _reader(request)
    return _pdf(regulations_pdf(regulation_adopting.draft()), "regulations-draft")


def draft_docx(request: HttpRequest) -> HttpResponse:
    """/regulations/draft.docx: for offices that edit; what is edited there changes no setting."""
    _reader(request)
    return _word(regulations_docx(regulation_adopting.draft()), "regulations-draft")


def version_pdf(request: HttpRequest, version: int) -> HttpResponse:
    """The paper as it was adopted, byte for byte."""
    return _pdf(bytes(_known(request, version).pdf), f"regulations-{version}")


def version_docx(request: HttpRequest, version: int) -> HttpResponse:
    """The same version for Word."""
    made = regulation_adopting.of_version(_known(request, version))
    return _word(regulations_docx(made), f"regulations-{version}")


def public_pdf(request: HttpRequest, version: int) -> HttpResponse:
    """The copy that anybody may have: without exact places and drawings."""
    made = regulation_adopting.of_version(_known(request, version), public=True)
    return _pdf(regulations_pdf(made), f"regulations-{version}-public")


def register_pdf(request: HttpRequest) -> HttpResponse:
    """/regulations/register.pdf: F24, the part on versions."""
    _reader(request)
    return _pdf(regulation_register.paper(clock.now_ns()), "regulations-register")


def _reader(request: HttpRequest) -> Account:
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER, OPERATOR)
    return account


def _known(request: HttpRequest, version: int) -> Regulations:
    _reader(request)
    found = Regulations.objects.filter(version=version).first() if version < 2**31 else None
    if found is None:
        raise Http404
    return found


def _pdf(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _word(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=WORD)
    answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    return answer


def _said(wrong: BadInput) -> tuple[str | None, str]:
    """Which box of the form is wrong, and what helps."""
    words = {
        "adopted-in-future": ("adopted_on", _("A day that has been, not one to come.")),
        "adopted-by-nobody": ("approved_by", _("Write who adopted them.")),
        "regulations-empty": (None, _("There is no camera yet. Set one up first.")),
        "regulations-unchanged": (None, _("This version is in force already.")),
        "regulations-changed": (
            None,
            _("The settings changed since this draft was shown. Print the draft again and compare it."),
        ),
        "faces-missing": (None, _("The fonts for printing are missing on this machine.")),
    }
    return words.get(wrong.code, (None, _("This could not be accepted.")))
