"""What holds for every page."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import translation

from kuramori.errors import BadInput, Refusal
from kuramori.web import refusals
from kuramori.web.middleware import UnusableInput
from kuramori.web.refusals import RefusalWords

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def language_of_its_own() -> Iterator[None]:
    """What one test's pages switched to must not reach the next."""
    with translation.override("ja"):
        yield


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "localhost"})


def test_pages_are_never_stored_and_run_no_foreign_script(browser: Client) -> None:
    for address in ("/accounts/login/", "/no-such-page/", "/ledger/"):
        answer = browser.get(address)
        assert answer["Cache-Control"] == "no-store, private", address
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy, address
        assert "unsafe" not in policy, address
        assert answer["X-Frame-Options"] == "DENY", address


def test_another_host_name_is_refused(browser: Client) -> None:
    assert browser.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


def test_japanese_first_whatever_the_browser_prefers(browser: Client) -> None:
    answer = browser.get("/accounts/login/", headers={"accept-language": "en-US,en"})
    assert '<html lang="ja">' in answer.content.decode()
    assert "サインイン" in answer.content.decode()


def test_the_language_switch_is_remembered_and_never_leads_elsewhere(browser: Client) -> None:
    answer = browser.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert '<html lang="en">' in browser.get("/accounts/login/").content.decode()
    browser.post("/language/", {"language": "xx", "next": "/accounts/login/"})
    assert '<html lang="en">' in browser.get("/accounts/login/").content.decode()


def test_pages_for_what_goes_wrong_do_not_need_anything() -> None:
    from kuramori.web import views

    request = browser_request()
    for view, status in ((views.not_found, 404), (views.broken, 500), (views.forbidden, 403)):
        answer: HttpResponse = view(request)
        assert answer.status_code == status
        assert "はじめの画面へ" in answer.content.decode()


def browser_request() -> HttpRequest:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def test_a_refusal_says_why_by_which_rule_what_helps_and_who_decides() -> None:
    refusals.register({"test-code": RefusalWords("題", "理由は%(days)s日", "治し方", "決める人")})
    answer = refusals.page(browser_request(), Refusal("test-code", clause="T3", kind="law", days=7))
    text = answer.content.decode()
    assert answer.status_code == 403
    for words in ("題", "理由は7日", "治し方", "決める人", "/clauses/T3/", "法律による定め"):
        assert words in text


def test_an_unknown_refusal_still_has_words() -> None:
    text = refusals.page(browser_request(), Refusal("never-heard-of", clause="T3")).content.decode()
    assert "今はできません" in text


def test_a_wrong_field_is_tied_to_its_message() -> None:
    from kuramori.people.forms import Appoint

    html = str(Appoint({"username": "sato"}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_full_name_error"' in html
    assert 'id="id_full_name_error"' in html
    assert '<label for="id_full_name">' in html


def test_the_clause_tag_links_to_the_clause() -> None:
    html = engines["django"].from_string('{% clause "T6a" %}').render()
    assert html == '<a class="clause" href="/clauses/T6a/">条項 T6a</a>'


def test_uploads_stay_in_memory() -> None:
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]


def test_a_defect_is_logged_without_the_address_that_may_hold_a_token(
    browser: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("kuramori.people.enrolment.open_invitation", defect)
    browser.raise_request_exception = False
    assert browser.get("/people/invitation/s3cret-token/").status_code == 500
    ours = [record for record in caplog.records if record.name == "kuramori.web.views"]
    assert "page failed: invitation" in ours[0].getMessage() and ours[0].exc_info
    for record in caplog.records:
        if logging.getLogger(record.name).isEnabledFor(record.levelno):
            assert "s3cret-token" not in record.getMessage()


def test_log_settings_are_in_force() -> None:
    """Django passes LOGGING_CONFIG over in silence where LOGGING is empty."""
    assert logging.getLogger("django.request").level == logging.CRITICAL
    assert logging.getLogger("kuramori").level == logging.INFO


def test_input_that_no_form_caught_is_a_plain_answer() -> None:
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    request.user = AnonymousUser()
    unusable = UnusableInput(lambda _request: HttpResponse())
    answer = unusable.process_exception(request, BadInput("already-decided"))
    assert answer is not None
    assert answer.status_code == 400
    assert "何も変わっていません" in answer.content.decode()
    assert unusable.process_exception(request, ValueError("a defect")) is None


def test_over_tls_cookies_are_secure_and_the_clear_is_not_gone_back_to(browser: Client) -> None:
    """On loopback there is no TLS: neither can be said there."""
    for secure in (True, False):
        answer = browser.post("/language/", {"language": "en", "next": "/"}, secure=secure)
        page = browser.get("/accounts/login/", secure=secure)
        cookies = [*answer.cookies.values(), *page.cookies.values()]
        assert len(cookies) >= 2 and {bool(one["secure"]) for one in cookies} == {secure}
        assert all(one["httponly"] and one["samesite"] == "Strict" for one in cookies)
        assert all(one["path"] == "/" and not one["domain"] for one in cookies)
        assert page.headers.get("Strict-Transport-Security") == ("max-age=2592000" if secure else None)
