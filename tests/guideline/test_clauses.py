"""Each clause as a rule over plain facts: no history may open what it closes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuramori.guideline import (
    p3_body,
    t1_purpose,
    t2a_place,
    t2b_range,
    t3_sign,
    t4a_manager,
    t4b_operator,
    t6c_storehouse,
    t6d_retention,
    t6g_password,
)
from kuramori.guideline.facts import BodyFacts, CameraFacts, Period, SignFacts, SiteFacts
from kuramori.guideline.periods import covered_until
from kuramori.guideline.registry import CLAUSES, all_words
from kuramori.guideline.t3_sign import DAY_NS, PHOTO_AGES_NS, PHOTO_DUE_NS, WARNING_NS

NOW = 1_800_000_000 * 10**9
instants = st.integers(NOW - 800 * DAY_NS, NOW + 800 * DAY_NS)
signs = st.builds(SignFacts, instants, st.none() | instants)
sites = st.builds(SiteFacts, st.lists(signs, max_size=4).map(tuple))
periods = st.builds(Period, instants, st.none() | instants)

WHOLE_CAMERA = CameraFacts(
    name="入口",
    place="玄関",
    purpose="犯罪の防止",
    range_approved=True,
    days=14,
    password_checked_ns=NOW,
)
WHOLE_BODY = BodyFacts(
    name="倉吉商店会",
    telephone="0858-22-0000",
    storehouse_key=True,
    managers=(Period(0),),
    operators=(Period(0),),
)


def rung(gate: str) -> int:
    """0 open, then warn, no-export, no-view, sealed, no-record."""
    return ("", "warn", "no-export", "no-view", "sealed", "no-record").index(gate)


def test_a_whole_camera_and_body_close_nothing() -> None:
    for clause in CLAUSES.values():
        if clause.subject == "camera":
            assert clause.judge(WHOLE_CAMERA, NOW).gate == ""  # type: ignore[arg-type]
        if clause.subject == "body":
            assert clause.judge(WHOLE_BODY, NOW).gate == ""  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("judge", "facts", "code"),
    [
        (t1_purpose.judge, replace(WHOLE_CAMERA, purpose="  "), "purpose-missing"),
        (t2a_place.judge, replace(WHOLE_CAMERA, place=""), "place-missing"),
        (t2b_range.judge, replace(WHOLE_CAMERA, range_approved=False), "range-missing"),
        (t2b_range.judge, replace(WHOLE_CAMERA, masked=True), "mask-waits"),
        (t6d_retention.judge, replace(WHOLE_CAMERA, days=None), "retention-missing"),
        (t6d_retention.judge, replace(WHOLE_CAMERA, days=32), "retention-too-long"),
        (t6d_retention.judge, replace(WHOLE_CAMERA, days=None, months=2), "retention-too-long"),
        (t6g_password.judge, replace(WHOLE_CAMERA, password_checked_ns=None), "password-unchecked"),
        (p3_body.judge, replace(WHOLE_BODY, name=" "), "body-missing"),
        (p3_body.judge, replace(WHOLE_BODY, telephone=""), "body-missing"),
        (t6c_storehouse.judge, replace(WHOLE_BODY, storehouse_key=False), "storehouse-key-missing"),
    ],
)
def test_what_is_untrue_stops_recording_at_once(judge, facts, code) -> None:  # type: ignore[no-untyped-def]
    finding = judge(facts, NOW)
    assert (finding.gate, finding.code) == ("no-record", code)


def test_one_calendar_month_is_kept_as_it_is() -> None:
    assert t6d_retention.judge(replace(WHOLE_CAMERA, days=None, months=1), NOW).gate == ""


def test_a_declared_sign_seals_and_a_photo_opens() -> None:
    declared = SiteFacts((SignFacts(NOW),))
    assert t3_sign.judge(SiteFacts(), NOW).gate == "no-record"
    assert t3_sign.judge(declared, NOW).gate == "sealed"
    assert t3_sign.judge(SiteFacts((SignFacts(NOW, NOW),)), NOW).gate == ""


def test_without_a_photo_recording_stops_at_the_very_instant_of_seven_days() -> None:
    declared = SiteFacts((SignFacts(NOW),))
    finding = t3_sign.judge(declared, NOW)
    assert (finding.turns_at_ns, finding.turns_to) == (NOW + PHOTO_DUE_NS, "no-record")
    assert t3_sign.judge(declared, NOW + PHOTO_DUE_NS - 1).gate == "sealed"
    assert t3_sign.judge(declared, NOW + PHOTO_DUE_NS).gate == "no-record"


def test_an_old_photo_warns_for_fourteen_days_and_then_seals_without_stopping_the_recording() -> None:
    shown = SiteFacts((SignFacts(NOW, NOW),))
    old_ns = NOW + PHOTO_AGES_NS
    assert t3_sign.judge(shown, old_ns - 1).gate == ""
    assert t3_sign.judge(shown, old_ns).gate == "warn"
    assert t3_sign.judge(shown, old_ns + WARNING_NS - 1).gate == "warn"
    assert t3_sign.judge(shown, old_ns + WARNING_NS).gate == "sealed"


@given(sites, instants)
def test_a_site_is_open_only_with_a_photo_that_is_not_too_old(site: SiteFacts, now_ns: int) -> None:
    finding = t3_sign.judge(site, now_ns)
    shown = [
        sign.photo_ns
        for sign in site.signs
        if sign.declared_ns <= now_ns and sign.photo_ns is not None and sign.photo_ns <= now_ns
    ]
    fresh = any(now_ns < photo_ns + PHOTO_AGES_NS + WARNING_NS for photo_ns in shown)
    assert (finding.gate in ("", "warn")) == fresh


@given(sites, instants)
def test_nothing_is_recorded_without_a_declaration(site: SiteFacts, now_ns: int) -> None:
    declared = [sign for sign in site.signs if sign.declared_ns <= now_ns]
    if not declared:
        assert t3_sign.judge(site, now_ns).gate == "no-record"


@given(sites, signs, instants)
def test_one_more_sign_never_closes_anything(site: SiteFacts, sign: SignFacts, now_ns: int) -> None:
    before = t3_sign.judge(site, now_ns)
    after = t3_sign.judge(SiteFacts((*site.signs, sign)), now_ns)
    assert rung(after.gate) <= rung(before.gate)


@given(sites, instants, st.integers(0, 900 * DAY_NS))
def test_a_verdict_knows_the_instant_at_which_it_turns(site: SiteFacts, now_ns: int, later_ns: int) -> None:
    """Asked later with nothing changed, the facts are as closed as the standing verdict said, or less."""
    site = SiteFacts(tuple(s for s in site.signs if s.declared_ns <= now_ns and (s.photo_ns or 0) <= now_ns))
    standing = t3_sign.judge(site, now_ns)
    then_ns = now_ns + later_ns
    fresh = t3_sign.judge(site, then_ns)
    turned = standing.turns_at_ns is not None and then_ns >= standing.turns_at_ns
    foretold = standing.turns_to if turned else standing.gate
    assert rung(fresh.gate) <= max(rung(foretold), rung("warn")) or foretold == "sealed"


@given(st.lists(periods, max_size=6).map(tuple), instants)
def test_a_manager_is_needed_at_every_instant(managers: tuple[Period, ...], now_ns: int) -> None:
    body = replace(WHOLE_BODY, managers=managers)
    finding = t4a_manager.judge(body, now_ns)

    def in_office(at_ns: int) -> bool:
        return any(
            one.from_ns <= at_ns and (one.until_ns is None or at_ns < one.until_ns) for one in managers
        )

    assert (finding.gate == "no-view") == (not in_office(now_ns))
    if finding.turns_at_ns is not None:
        assert not in_office(finding.turns_at_ns)
        assert in_office(finding.turns_at_ns - 1)


def test_a_successor_who_begins_when_the_other_ends_leaves_no_hole() -> None:
    handed_over = (Period(0, NOW), Period(NOW, NOW + DAY_NS))
    assert covered_until(handed_over, NOW - 1) == NOW + DAY_NS
    assert covered_until((Period(0, NOW), Period(NOW + 1, None)), NOW - 1) == NOW


def test_nobody_to_operate_is_only_a_notice() -> None:
    assert t4b_operator.judge(replace(WHOLE_BODY, operators=()), NOW).gate == "warn"


def test_every_code_a_clause_can_say_has_words() -> None:
    said = {"sign-missing", "sign-photo-missing", "sign-photo-overdue", "sign-photo-old", "sign-photo-aging"}
    said |= {"purpose-missing", "place-missing", "range-missing", "mask-waits", "retention-missing"}
    said |= {"retention-too-long", "password-unchecked", "body-missing", "storehouse-key-missing"}
    said |= {"manager-missing", "operator-missing"}
    assert said == set(all_words())
