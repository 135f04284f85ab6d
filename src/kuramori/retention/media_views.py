"""Pages of the register of media."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.people.asker import manager_of
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.retention import media_destruction, media_here, media_paper, media_register, retiring
from kuramori.retention.media_forms import Destruction, EverydayAct, NewMedium, Retirement
from kuramori.retention.media_models import Act, Medium, MediumAct
from kuramori.retention.media_words import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import Form
    from django.http import HttpRequest


def _reader(request: HttpRequest) -> Account:
    account = cast(Account, request.user)
    require_role(account, clock.now_ns(), MANAGER, OPERATOR)
    return account


def media(request: HttpRequest) -> HttpResponse:
    """The register: every medium, how it stands, and what the machine uses that is not in it."""
    account = _reader(request)
    context = {
        "standings": [media_register.standing(one) for one in Medium.objects.prefetch_related("acts")],
        "unregistered": media_here.unregistered(),
        "manages": MANAGER in role_of(account, clock.now_ns()),
    }
    return render(request, "retention/media.html", context)


def new(request: HttpRequest) -> HttpResponse:
    """A medium enters the register."""
    manager = manager_of(request)
    known = {"kind": request.GET.get("kind", "store"), "store": request.GET.get("store", "")}
    form = NewMedium(request.POST or None, initial=known)
    return _filled(request, form, None, "new", lambda: media_register.register(manager, **form.cleaned_data))


def medium(request: HttpRequest, number: int) -> HttpResponse:
    """One medium and all that was done with it."""
    account = _reader(request)
    row = get_object_or_404(Medium, number=number)
    acts = list(row.acts.select_related("by").defer("photo_jpeg"))
    retired = next((one for one in reversed(acts) if one.act == Act.RETIRED), None)
    context = {
        "medium": row,
        "standing": media_register.standing(row),
        "acts": acts,
        "progress": retiring.progress(retired) if retired else None,
        "manages": MANAGER in role_of(account, clock.now_ns()),
    }
    return render(request, "retention/medium.html", context)


def everyday(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Stock-take, taken out, brought back, moved."""
    account, row = _reader(request), get_object_or_404(Medium, number=number)
    if act not in media_register.EVERYDAY:
        raise Http404
    doing = Act(act)
    if doing in media_register.MANAGERS_OWN:
        manager_of(request)
    form = EverydayAct(doing, request.POST or None)
    return _filled(
        request,
        form,
        row,
        act,
        lambda: media_register.everyday(account, row, doing, **form.cleaned_data),
    )


def destroy(request: HttpRequest, number: int) -> HttpResponse:
    """A medium's end."""
    manager, row = manager_of(request), get_object_or_404(Medium, number=number)
    form = Destruction(request.POST or None, request.FILES or None)

    def act() -> None:
        said = dict(form.cleaned_data)
        media_destruction.destroy(manager, row, photo_jpeg=said.pop("photo"), **said)

    return _filled(request, form, row, "destroy", act)


def retire(request: HttpRequest, number: int) -> HttpResponse:
    """Everything on the store becomes unreadable. Works while the storehouse is locked."""
    manager, row = manager_of(request), get_object_or_404(Medium, number=number)
    if not row.store:
        raise Http404
    form = Retirement(request.POST or None)
    return _filled(
        request,
        form,
        row,
        "retire",
        lambda: retiring.retire(
            row.store, form.cleaned_data["reason"], manager=manager, held_too=form.cleaned_data["held_too"]
        ),
    )


def photo(request: HttpRequest, number: int) -> HttpResponse:
    """The photo of a destroyed medium."""
    _reader(request)
    return HttpResponse(bytes(_end_of(number).photo_jpeg or b""), content_type="image/jpeg")


def destruction_pdf(request: HttpRequest, number: int) -> HttpResponse:
    """The record of a destruction, on paper."""
    _reader(request)
    answer = HttpResponse(media_paper.destruction(_end_of(number)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="medium-{number}.pdf"'
    return answer


def _end_of(number: int) -> MediumAct:
    return get_object_or_404(MediumAct, medium__number=number, act=Act.DESTROYED)


def _filled(
    request: HttpRequest, form: Form, row: Medium | None, what: str, act: Callable[[], object]
) -> HttpResponse:
    """Show the form, or do what it asks and go to the medium's page."""
    if request.method == "POST" and form.is_valid():
        try:
            made = act()
        except BadInput as wrong:
            form.add_error(None, plain(wrong))
        else:
            shown = made if isinstance(made, Medium) else row
            assert shown is not None
            return HttpResponseRedirect(reverse("medium", args=[shown.number]))
    context: dict[str, object] = {"form": form, "medium": row, "what": what}
    if what == "retire" and row is not None:
        try:
            context["content"] = retiring.content(row.store)
        except BadInput as wrong:
            context["why_not"] = plain(wrong)
    return render(request, "retention/media_form.html", context, status=422 if form.errors else 200)
