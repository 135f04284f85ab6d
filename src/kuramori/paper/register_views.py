"""The pages that every register has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from kuramori import clock
from kuramori.errors import BadInput, Refusal
from kuramori.paper import register, register_paper, scans
from kuramori.paper.register import Register, RegisterRow, shown
from kuramori.paper.register_forms import form_class
from kuramori.paper.register_words import plain

if TYPE_CHECKING:
    from django.http import HttpRequest

A_PAGE = 12


def index(request: HttpRequest) -> HttpResponse:
    """/registers/: all of them, for the roles at hand."""
    roles = _roles(request)
    mine = [one for one in register.known() if roles & set(one.read_roles)]
    return render(request, "paper/registers.html", {"registers": mine})


def listed(request: HttpRequest, key: str) -> HttpResponse:
    """/registers/<key>/: the rows that stand, newest first."""
    one = _of(request, key)
    page = Paginator(one.standing(), A_PAGE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    steps, now_ns = register.steps_of(one, found), clock.now_ns()
    table = [
        (row, [shown(row, name) for name in _columns(one)], one.lines(row, steps[row.first_pk], now_ns))
        for row in found
    ]
    context = {
        "one": one,
        "labels": [one.label(name) for name in _columns(one)],
        "table": table,
        "page": page,
    }
    return render(request, "paper/register.html", {**context, "enters": _enters(request, one)})


def row(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """/registers/<key>/<number>/: one row with its versions, steps and scans."""
    one = _of(request, key)
    newest = _row(one, number)
    steps = register.steps_of(one, [newest])[newest.first_pk]
    context = {
        "one": one,
        "row": newest,
        "facts": [(one.label(name), shown(newest, name)) for name in (*one.fields, *one.program_fields)],
        "lines": one.lines(newest, steps, clock.now_ns()),
        "versions": register.versions(newest),
        "steps": [(step, _facts(one.steps, step)) for step in steps] if one.steps else [],
        "scans": scans.of(f"reg-{key}", str(newest.first_pk)),
        "enters": _enters(request, one),
        "steps_enter": one.steps is not None and bool(_roles(request) & set(one.steps.enter_roles)),
    }
    return render(request, "paper/register_row.html", context)


def new(request: HttpRequest, key: str) -> HttpResponse:
    """A new row."""
    one = _of(request, key, enter=True)
    initial = {name: request.GET[name] for name in one.fields if name in request.GET}
    form = form_class(one)(request.POST or None, request.FILES or None, initial=initial)
    return _filled(request, one, one, form, None, None)


def correct(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A correction: a new version, with what was wrong."""
    one = _of(request, key, enter=True)
    before = _row(one, number)
    names = (*one.fields, "from_paper", "paper_dated")
    initial = {name: getattr(before, before._meta.get_field(name).attname) for name in names}
    form = form_class(one, correcting=True)(request.POST or None, request.FILES or None, initial=initial)
    return _filled(request, one, one, form, before, before)


def step(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A further step of a row."""
    one = _of(request, key)
    if one.steps is None:
        raise Http404
    _require(request, one.steps.enter_roles)
    form = form_class(one.steps)(request.POST or None, request.FILES or None)
    return _filled(request, one, one.steps, form, _row(one, number), None)


def add_scan(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A scan is attached to a row that stands."""
    one = _of(request, key, enter=True)
    newest = _row(one, number)
    upload = request.FILES.get("scan")
    wrong = ""
    if request.method == "POST":
        try:
            _keep_scan(one, newest, upload.read() if upload else b"", request)
        except BadInput as refused:
            wrong = scans.plain(refused)
        else:
            return HttpResponseRedirect(reverse("register_row", args=[key, number]))
    context = {"one": one, "row": newest, "wrong": wrong}
    return render(request, "paper/register_scan.html", context, status=422 if wrong else 200)


def printed(request: HttpRequest, key: str, number: int | None = None) -> HttpResponse:
    """One row, or the newest rows of the register, as a PDF."""
    one = _of(request, key)
    pdf = register_paper.row(one, _row(one, number)) if number else register_paper.listed(one)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{key}{f"-{number}" if number else ""}.pdf"'
    return answer


def blank(request: HttpRequest, key: str) -> HttpResponse:
    """The empty form, to be filled in by hand and entered later."""
    answer = HttpResponse(register_paper.blank(_of(request, key)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{key}-blank.pdf"'
    return answer


def _filled(
    request: HttpRequest, one: Register, what: Register, form: Any, about: RegisterRow | None, before: Any
) -> HttpResponse:
    """Show the form, or keep what it says: a new row, a correction of `before`, or a step of `about`."""
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        if what is not one and about is not None:
            made.row_id = about.first_pk
        try:
            with transaction.atomic():
                register.enter(what, made, request.user, replaces=before)  # type: ignore[arg-type]
                shows = about if about is not None else made
                if form.cleaned_data["scan"]:
                    _keep_scan(one, shows, form.cleaned_data["scan"], request, made)
        except BadInput as wrong:
            form.add_error(None, plain(what, wrong))
        else:
            return HttpResponseRedirect(reverse("register_row", args=[one.key, shows.number]))
    context = {"one": one, "what": what, "form": form, "about": about, "correcting": before is not None}
    return render(request, "paper/register_form.html", context, status=422 if form.errors else 200)


def _keep_scan(
    one: Register, row: RegisterRow, upload: bytes, request: HttpRequest, made: Any = None
) -> None:
    scans.keep(
        upload,
        kind=f"reg-{one.key}",
        subject=str(row.first_pk),
        by=request.user,  # type: ignore[arg-type]
        from_paper=bool(made is not None and made.from_paper),
        paper_dated=made.paper_dated if made is not None else None,
    )


def _of(request: HttpRequest, key: str, *, enter: bool = False) -> Register:
    one = register.get(key)
    if one is None:
        raise Http404
    _require(request, one.enter_roles if enter else one.read_roles)
    return one


def _row(one: Register, number: int) -> Any:
    return get_object_or_404(one.standing(), number=number)


def _require(request: HttpRequest, roles: tuple[str, ...]) -> None:
    if not _roles(request) & set(roles):
        raise Refusal("role-needed", clause="T6a", roles=list(roles))


def _roles(request: HttpRequest) -> set[str]:
    roles: set[str] = getattr(request, "roles", set())
    return roles


def _enters(request: HttpRequest, one: Register) -> bool:
    return bool(_roles(request) & set(one.enter_roles))


def _columns(one: Register) -> tuple[str, ...]:
    return one.model.COLUMNS or one.fields[:4]


def _facts(one: Register | None, row: Any) -> list[tuple[str, str]]:
    return [(one.label(name), shown(row, name)) for name in one.fields] if one else []
