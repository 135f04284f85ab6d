"""The list of cases, taking one in, and one case's page with whatever comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuramori import clock
from kuramori.access import granting, storehouse_session
from kuramori.access.models import Approval, Grant
from kuramori.cameras.models import Camera
from kuramori.cases import case_acts, deciding, intake, register_rows, signed_papers
from kuramori.cases.bases import BASES
from kuramori.cases.case_models import Case
from kuramori.cases.forms import Intake, Let, OwnIncident
from kuramori.cases.words_for_cases import KINDS, PAPERS, STATES
from kuramori.errors import BadInput
from kuramori.evidence import redactions
from kuramori.evidence.models import Package
from kuramori.people.models import Account
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.places import bodies
from kuramori.playback.views import wrong_words
from kuramori.retention import holds

if TYPE_CHECKING:
    from django.http import HttpRequest

SHOWN = 200
HOUR_MS = 3_600_000


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """All cases, newest first; what waits for somebody comes with its state."""
    person(request)
    rows = [(case, STATES[case.state], KINDS[case.kind]) for case in Case.objects.all()[:SHOWN]]
    return render(request, "cases/listed.html", {"cases": rows})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A request from outside arrives."""
    by = person(request)
    form = Intake(request.POST or None, initial={"basis": request.GET.get("basis", "inquiry")})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        case = intake.take_in(by, said.pop("basis"), form.wanted(), **said)
        messages.success(request, _("Taken in. The footage is being kept."))
        return redirect("case", number=case.number)
    context = {"form": form, "bases": BASES.values()}
    return render(request, "cases/new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """An incident of our own. A one-person body's manager, or a signed form, decides at once."""
    by, now_ns = person(request), clock.now_ns()
    zone = bodies.timezone()
    first = Camera.objects.order_by("number").first()
    before = clock.utc(now_ns - 120 * clock.NS_PER_S).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    initial = {"start": before, "camera": first.id if first else None}
    form = OwnIncident(request.POST or None, timezone=zone, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _taken_in(request, by, form, now_ns)
        except BadInput as wrong:
            form.add_error(None, wrong_words(wrong))
    now_ms = now_ns // 1_000_000
    context = {"form": form, "timezone": zone, "from_ms": now_ms - HOUR_MS, "until_ms": now_ms}
    return render(request, "cases/own.html", context, status=422 if form.errors else 200)


def _taken_in(request: HttpRequest, by: Account, form: OwnIncident, now_ns: int) -> HttpResponse:
    said, (start_ns, end_ns) = form.cleaned_data, form.interval_ns(now_ns)
    decides = MANAGER in role_of(by, now_ns)
    second = said["second_person"]
    case = intake.take_in(
        by,
        "own",
        [(said["camera"], start_ns, end_ns)],
        asker_name=by.full_name,
        summary=said["reason"],
        need=said["reason"],
    )
    scope = case.scopes.get()
    if not decides or not (second or deciding.self_approves(by, case)):
        messages.success(request, _("The manager will see your request and decide."))
        return redirect("case", number=case.number)
    cut = case_acts.shown(deciding.Cut(scope, start_ns, end_ns))
    approvals = deciding.grant(by, case, [cut], words=said["reason"], second_person=second, viewings=10)
    if not storehouse_session.is_unlocked():
        return redirect("case", number=case.number)
    grant = granting.grant_playback(by, by, approvals[0])
    return redirect("player", grant_id=grant.id)


@require_GET
def page(request: HttpRequest, number: str) -> HttpResponse:
    """One case: what was asked, what was done, what comes next."""
    person(request)
    return _page(request, get_object_or_404(Case, number=number))


@require_POST
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Do one of the acts that the case's page offers."""
    by, case = person(request), get_object_or_404(Case, number=number)
    wanted = case_acts.ACTS.get(act)
    if wanted is None:
        raise BadInput("no-such-act")
    form = wanted.make(case, request.POST)
    if act not in case_acts.possible(case):
        case_acts.states.after(case.kind, case.state, act)  # says why not
    if not form.is_valid():
        return _page(request, case, wrong=(act, form))
    try:
        done = wanted.do(by, case, form)
    except BadInput as error:
        form.add_error(None, wrong_words(error))
        return _page(request, case, wrong=(act, form))
    if isinstance(done, Package):
        return redirect("package", number=done.number)
    messages.success(request, _("Entered."))
    return redirect("case", number=number)


@require_POST
def let(request: HttpRequest, number: str, approval: str) -> HttpResponse:
    """The manager lets somebody look at what was approved; their own look begins at once."""
    by, case = person(request), get_object_or_404(Case, number=number)
    allowed = get_object_or_404(Approval, id=approval, case_number=case.number)
    form = Let(request.POST)
    if not form.is_valid():
        raise BadInput("viewer-missing")
    try:
        grant = granting.grant_playback(
            by, form.cleaned_data["viewer"], allowed, minutes=form.cleaned_data["minutes"]
        )
    except BadInput as wrong:
        messages.error(request, wrong_words(wrong))
        return redirect("case", number=number)
    if grant.account_id == by.pk:
        return redirect("player", grant_id=grant.id)
    messages.success(request, _("Allowed. They find it under playing back."))
    return redirect("case", number=number)


def _page(request: HttpRequest, case: Case, wrong: tuple[str, Any] | None = None) -> HttpResponse:
    now_ns = clock.now_ns()
    acts = []
    for name, one in case_acts.possible(case).items():
        form = wrong[1] if wrong and wrong[0] == name else one.make(case)
        acts.append({"name": name, "act": one, "form": form, "shown": _shown_from(form)})
    scopes, papers = list(case.scopes.select_related("camera", "hold")), signed_papers.of(case)
    kept = holds.states(scope.hold for scope in scopes if scope.hold)
    context = {
        "case": case,
        "basis": BASES[case.basis],
        "state": STATES[case.state],
        "kind": KINDS[case.kind],
        "scopes": [(scope, kept[scope.hold.pk] if scope.hold else "") for scope in scopes],
        "steps": case.steps.select_related("by"),
        "acts": acts,
        "approvals": Approval.objects.filter(case_number=case.number).select_related("camera"),
        "grants": Grant.objects.filter(case_text=case.number).select_related("account", "camera"),
        "packages": Package.objects.filter(case_number=case.number),
        "to_check": redactions.waiting(case.number, cast("Account", request.user)),
        "looks": register_rows.of_case(case.number),
        "papers": [
            (form, words) for form, words in PAPERS.items() if form != "F23" or case.basis == "person"
        ],
        "let": Let(),
        "scans": papers,
        "signature_owed": signed_papers.owed(case, papers),
        "manages": MANAGER in role_of(request.user, now_ns),
        "now_ns": now_ns,
        "unlocked": storehouse_session.is_unlocked(),
    }
    return render(request, "cases/case.html", context, status=422 if wrong else 200)


def _shown_from(form: Any) -> dict[int, int | None]:
    """Scope to the key frame from which its picture begins, for the times as they stand in the form."""
    rows = getattr(form, "rows", [])
    if form.is_bound and all(one.is_valid() for _scope, one in rows):
        times = [(scope, clock.ns_of(one.cleaned_data["start"]), clock.ns_of(one.cleaned_data["end"]))
                 for scope, one in rows]  # fmt: skip
    else:
        times = [(scope, scope.asked_start_ns, scope.asked_end_ns) for scope, _one in rows]
    return {
        scope.pk: case_acts.shown(deciding.Cut(scope, start_ns, end_ns)).shown_from_ns
        for scope, start_ns, end_ns in times
    }


def person(request: HttpRequest) -> Account:
    account = cast("Account", request.user)
    require_role(account, clock.now_ns(), MANAGER, OPERATOR)
    return account
