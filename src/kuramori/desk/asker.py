"""Who may answer the set-up's questions: the bearer of the one-time link first, then the manager alone."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseRedirect
from django.urls import reverse

from kuramori import clock
from kuramori.people import second_factor
from kuramori.people.asker import manager_of
from kuramori.people.models import Account
from kuramori.people.roles import is_appointed, role_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

STARTED = "set-up-started"
P = ParamSpec("P")


def manager_only(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of the set-up once there is a manager: theirs."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        manager_of(request)
        return view(request, *args, **kwargs)

    return checked


def starter_or_manager(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Questions 1 and 2: the bearer of the one-time link while nobody has an account, then the manager."""

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not Account.objects.exists():
            if not request.session.get(STARTED):
                return HttpResponseRedirect(reverse("setup_not_yet"))
        elif not request.user.is_authenticated:
            return HttpResponseRedirect(reverse("account_login"))
        else:
            # Open to the starter, so the doors let everybody through to here: a password alone is not enough.
            account = cast("Account", request.user)
            if not is_appointed(account, clock.now_ns()):
                manager_of(request)  # refuses
            if not second_factor.has_one(account):
                return HttpResponseRedirect(f"{reverse('second_factor')}?next={reverse('setup')}")
            if not role_of(account, clock.now_ns()):
                return HttpResponseRedirect(f"{reverse('duties')}?next={reverse('setup')}")
            manager_of(request)
        return view(request, *args, **kwargs)

    return login_not_required(checked)
