"""The set-up's beginning and its questions 1 to 4."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kuramori import clock, local_time
from kuramori.access import storehouse_keys
from kuramori.desk import starting, steps
from kuramori.desk.asker import STARTED, manager_only, starter_or_manager
from kuramori.desk.forms import BodyForm, KindForm, ManagerForm, PassphraseForm, PurposeAndDaysForm
from kuramori.desk.models import SetUp
from kuramori.desk.start_sheet import start_sheet_pdf
from kuramori.errors import BadInput, WrongPassphrase
from kuramori.footage import orders
from kuramori.guideline import judging
from kuramori.ledger import entries
from kuramori.paper.documents import recovery_sheet_pdf
from kuramori.paper.era import era_date
from kuramori.people import enrolment, sessions, setup_link
from kuramori.people.asker import manager_of
from kuramori.people.models import Account
from kuramori.places import bodies

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest


@login_not_required
def start(request: HttpRequest, token: str) -> HttpResponse:
    """/setup/start/<token>/: says what is coming. The token is used up by the button, not by looking."""
    if Account.objects.exists():
        return HttpResponseRedirect(reverse("dashboard"))
    if request.method != "POST":
        return render(
            request,
            "desk/start.html",
            {"questions": steps.QUESTIONS, "form": KindForm(), "starts": starting.all_starts().values()},
        )
    kind = KindForm(request.POST)
    if not setup_link.take(settings.DATA, token):
        return render(request, "desk/link_used.html", status=404)
    with transaction.atomic():
        entries.record("set-up-started", actor="anonymous", outcome="allowed")
        request.session.cycle_key()
        request.session[STARTED] = True
        chosen = kind.cleaned_data["kind"] if kind.is_valid() else ""
        SetUp.objects.update_or_create(id=1, defaults={"start": chosen})
    return HttpResponseRedirect(steps.next_href())


@login_not_required
def not_yet(request: HttpRequest) -> HttpResponse:
    """Somebody came without the link while nothing is set up."""
    if Account.objects.exists():
        return HttpResponseRedirect(reverse("dashboard"))
    return render(request, "desk/not_yet.html", {"link_is_used": bool(request.session.get(STARTED))})


@login_not_required
def go_on(request: HttpRequest) -> HttpResponse:
    """/setup/: the first question that is not answered."""
    return HttpResponseRedirect(steps.next_href())


@starter_or_manager
def body(request: HttpRequest) -> HttpResponse:
    """Question 1."""
    known = bodies.current()
    start = starting.of(SetUp.kept().start)
    proposed = {"one_person": start.one_person} if start else None
    initial = {field: getattr(known, field) for field in bodies.FIELDS} if known else proposed
    form = BodyForm(request.POST or None, initial=initial, set_up=not Account.objects.exists())
    if request.method == "POST" and form.is_valid():
        actor = entries.actor_of(request.user)
        with transaction.atomic():
            bodies.write(form.cleaned_data, actor)
            judging.judge_all(actor=actor)
        missing = form.unprintable()
        if not missing or request.POST.get("seen") == "".join(missing):
            return HttpResponseRedirect(steps.next_href())
        return _page(request, "body", form, {"unprintable": missing})
    return _page(request, "body", form)


@sensitive_post_parameters("password", "repeated")
@starter_or_manager
def manager(request: HttpRequest) -> HttpResponse:
    """Question 2: the account; its second factor follows on the pages about people."""
    if Account.objects.exists():
        return HttpResponseRedirect(steps.next_href())
    form = ManagerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                account = enrolment.create_manager(
                    given["username"], given["full_name"], given["password"], operates=given["operates"]
                )
                sessions.sign_in(request, account)
                judging.judge_all(actor=account.actor)
        except ValidationError as wrong:
            form.add_error("username" if hasattr(wrong, "error_dict") else "password", wrong.messages)
        else:
            return HttpResponseRedirect(f"{reverse('second_factor')}?next={reverse('setup')}")
    return _page(request, "manager", form)


@manager_only
def key(request: HttpRequest) -> HttpResponse:
    """Question 3: made by POST and shown in that answer only; typed back on the same page."""
    made = storehouse_keys.exists()
    if steps.answered().key:
        return HttpResponseRedirect(steps.next_href())
    form = PassphraseForm()
    if request.method != "POST":
        return _page(request, "key", form, {"made": made, "shown": False})
    account = manager_of(request)
    if made:
        storehouse_keys.discard_unused(account)
    passphrase, recovery = storehouse_keys.create_first_pair(account)
    judging.judge_all(actor=account.actor)
    known = bodies.current()
    pair = storehouse_keys.StorehouseKeyPair.objects.latest("created_ns")
    sheet = recovery_sheet_pdf(
        name=known.name if known else "",
        passphrase=recovery,
        key_id=pair.key_id,
        made_on=local_time.today().isoformat(),
        made_by=account.full_name,
    )
    shown = {"passphrase": passphrase, "sheet": base64.b64encode(sheet).decode(), "shown": True}
    return _page(request, "key", form, {"made": True, **shown})


@require_POST
@sensitive_post_parameters("passphrase")
@manager_only
def key_typed(request: HttpRequest) -> HttpResponse:
    """The passphrase typed back: only now is the question answered."""
    account = manager_of(request)
    form = PassphraseForm(request.POST)
    if form.is_valid():
        try:
            for opened in storehouse_keys.open_wraps(account, form.cleaned_data["passphrase"]).values():
                opened.wipe()
        except (WrongPassphrase, BadInput):
            form.add_error(
                "passphrase", _("This is not the passphrase. Compare it with your note digit by digit.")
            )
        else:
            with transaction.atomic():
                SetUp.objects.update_or_create(id=1, defaults={"key_confirmed_ns": clock.now_ns()})
                entries.record("storehouse-key-confirmed", actor=account.actor)
            return HttpResponseRedirect(steps.next_href())
    return _page(request, "key", form, {"made": True, "shown": False})


@manager_only
def purpose(request: HttpRequest) -> HttpResponse:
    """Question 4: what is proposed for the first camera and every further one. Going on is also the person's
    word about the clock that erasing counts by: on a new box nobody else can vouch for it."""
    kept = SetUp.kept()
    form = PurposeAndDaysForm(request.POST or None, initial=_proposed(kept))
    if request.method == "POST" and form.is_valid():
        account = manager_of(request)
        with transaction.atomic():
            kept.purpose_code, kept.purpose_text = form.cleaned_data["code"], form.cleaned_data["text"]
            kept.days = form.cleaned_data["days"]
            kept.save(update_fields=["purpose_code", "purpose_text", "days"])
            orders.issue("confirm-clock", actor=account.actor, wall_ns=clock.now_ns(), by=account.actor)
        return HttpResponseRedirect(steps.next_href())
    return _page(request, "purpose", form, {"clock_shows": clock.utc(clock.now_ns())})


@login_not_required
def first_set(request: HttpRequest, name: str) -> HttpResponse:
    """/setup/first-set/<name>.pdf: what a kind of body would begin with, on paper; no data of any body."""
    start_ = starting.of(name)
    if start_ is None:
        raise Http404
    made = start_sheet_pdf(start_, era_date(local_time.today()))
    return HttpResponse(made, content_type="application/pdf")


def _proposed(kept: SetUp) -> dict[str, object]:
    """What was answered before, else what fits the kind of body."""
    start = starting.of(kept.start)
    proposed: dict[str, object] = {"code": start.purpose_code, "days": start.days} if start else {}
    answered = {"code": kept.purpose_code, "text": kept.purpose_text, "days": kept.days}
    return proposed | {name: said for name, said in answered.items() if said}


def _page(
    request: HttpRequest, question: str, form: Form, more: dict[str, object] | None = None
) -> HttpResponse:
    context = {"steps": steps.progress(question), "form": form, **(more or {})}
    status = 422 if form.errors else 200
    return render(request, f"desk/{question}.html", context, status=status)
