"""Each clause as a rule over plain facts: no history may open what it closes."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuramori.guideline import (
    p3_body,
    p5_personal_data,
    person_index,
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
from kuramori.guideline.ageing import DAY_NS, WARNING_NS
from kuramori.guideline.clause import NEVER, Clause
from kuramori.guideline.facts import (
    BodyFacts,
    CameraFacts,
    ContractFacts,
    InstalledFacts,
    PcFacts,
    Period,
    PersonFacts,
    SignFacts,
    SiteFacts,
)
from kuramori.guideline.periods import covered_until
from kuramori.guideline.profiles import STRICT_CITY, TOTTORI
from kuramori.guideline.registry import CLAUSES, all_words

NOW = 1_800_000_000 * 10**9
PHOTO_DUE_NS = TOTTORI.rules.sign_photo_days * DAY_NS
PHOTO_AGES_NS = TOTTORI.rules.sign_photo_again_days * DAY_NS
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
    registered_ns=NOW,
    privacy_ns=NOW,
)
WHOLE_BODY = BodyFacts(
    name="倉吉商店会",
    telephone="0858-22-0000",
    storehouse_key=True,
    managers=(Period(0),),
    operators=(Period(0),),
    began_ns=NOW,
    regulations_ns=NOW,
    person_index=False,
)


def rung(gate: str) -> int:
    """0 open, then warn, no-export, no-view, sealed, no-record."""
    return ("", "warn", "no-export", "no-view", "sealed", "no-record").index(gate)


def test_a_camera_that_shows_something_else_is_closed_to_looking_and_recorded() -> None:
    finding = t2b_range.judge(replace(WHOLE_CAMERA, view_moved=True), NOW)
    assert (finding.gate, finding.code) == ("sealed", "view-moved")


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
        (t2b_range.judge, replace(WHOLE_CAMERA, masked=True, mask_failed=True), "mask-failed"),
        (t6d_retention.judge, replace(WHOLE_CAMERA, days=None), "retention-missing"),
        (t6d_retention.judge, replace(WHOLE_CAMERA, days=32), "retention-too-long"),
        (t6d_retention.judge, replace(WHOLE_CAMERA, days=None, months=2), "retention-too-long"),
        (t6g_password.judge, replace(WHOLE_CAMERA, password_checked_ns=None), "password-unchecked"),
        (p3_body.judge, replace(WHOLE_BODY, name=" "), "body-missing"),
        (p3_body.judge, replace(WHOLE_BODY, telephone=""), "body-missing"),
        (t6c_storehouse.judge, replace(WHOLE_BODY, storehouse_key=False), "storehouse-key-missing"),
        (p5_personal_data.judge, replace(WHOLE_BODY, person_index=True), "person-index"),
        (t1_purpose.judge, replace(WHOLE_CAMERA, rules=STRICT_CITY.rules), "filing-missing"),
        (t6d_retention.judge, replace(WHOLE_CAMERA, days=8, rules=STRICT_CITY.rules), "retention-too-long"),
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


def said_by(clause: Clause) -> set[str]:
    """Every code that stands in the clause's own file, whole or as the beginning of a due and a late one."""
    source = inspect.getsource(sys.modules[clause.judge.__module__])
    found = set(re.findall(r'Finding\("[a-z-]*", "([a-z-]+)"', source))
    found |= set(re.findall(r'"[a-z-]*", "([a-z-]+)"\)', source)) & set(clause.words)
    for codes in re.findall(r'now_ns, "([a-z-]+)", "', source):
        found |= {f"{codes}-due", f"{codes}-late"}
    return found


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=list(CLAUSES))
def test_every_code_a_clause_can_say_has_words(clause: Clause) -> None:
    assert said_by(clause) <= set(clause.words) == set(clause.words) & set(all_words())
    assert set(clause.cures) <= set(clause.words)


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=list(CLAUSES))
def test_a_clause_looks_at_the_facts_it_names_and_at_no_others(clause: Clause) -> None:
    """Read from the source, so that the page's list of facts is what the rule really uses."""
    tree = ast.parse(inspect.getsource(clause.judge))
    (rule,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    subject = rule.args.args[0].arg
    used = {
        node.attr
        for node in ast.walk(rule)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == subject
    }
    assert used == set(clause.reads)


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=list(CLAUSES))
def test_a_clause_says_what_an_auditor_is_shown(clause: Clause) -> None:
    assert clause.evidence and clause.forms and clause.turns and clause.asks and clause.done_by
    assert (clause.turns is NEVER) == (clause.closes == "")


FACTS = {
    "body": st.builds(
        BodyFacts,
        name=st.sampled_from(["", "倉吉商店会"]),
        telephone=st.sampled_from(["", "0858-22-0000"]),
        storehouse_key=st.booleans(),
        managers=st.lists(periods, max_size=3).map(tuple),
        operators=st.lists(periods, max_size=3).map(tuple),
        began_ns=instants,
        regulations_ns=st.none() | instants,
        own_months_by_ns=st.lists(instants, max_size=3).map(tuple),
        returns_by_ns=st.lists(instants, max_size=3).map(tuple),
        answers_by_ns=st.lists(instants, max_size=3).map(tuple),
        reports_by_ns=st.lists(instants, max_size=3).map(tuple),
        contracts=st.lists(
            st.builds(ContractFacts, instants, instants, st.booleans(), st.none() | instants), max_size=3
        ).map(tuple),
        person_index=st.booleans(),
        reported_ns=st.none() | instants,
        rules=st.sampled_from([TOTTORI.rules, STRICT_CITY.rules]),
    ),
    "site": st.builds(
        SiteFacts,
        signs=st.lists(signs, max_size=4).map(tuple),
        began_ns=instants,
        installed=st.lists(st.builds(InstalledFacts, instants, st.none() | instants), max_size=3).map(tuple),
        round_ns=st.none() | instants,
        round_again_ns=st.none() | instants,
        room_check_ns=st.none() | instants,
    ),
    "camera": st.builds(
        CameraFacts,
        place=st.sampled_from(["", "玄関"]),
        purpose=st.sampled_from(["", "犯罪の防止"]),
        range_approved=st.booleans(),
        masked=st.booleans(),
        days=st.none() | st.integers(1, 40),
        months=st.none() | st.integers(1, 3),
        password_checked_ns=st.none() | instants,
        registered_ns=instants,
        privacy_ns=st.none() | instants,
        privacy_again_ns=st.none() | instants,
        changed_ns=st.none() | instants,
        filed_ns=st.none() | instants,
        longer_by_deviation=st.booleans(),
        rules=st.sampled_from([TOTTORI.rules, STRICT_CITY.rules]),
    ),
    "person": st.builds(PersonFacts, st.lists(periods, max_size=3).map(tuple)),
    "pc": st.builds(
        PcFacts,
        checked_ns=st.none() | instants,
        good=st.booleans(),
        examines_itself=st.booleans(),
        faults=st.sampled_from([(), ("recorder-disk",), ("recorder-clock", "recorder-disk")]),
    ),
}


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=list(CLAUSES))
@given(data=st.data(), now_ns=instants)
def test_any_history_thrown_at_a_clause(clause: Clause, data: st.DataObject, now_ns: int) -> None:
    """It never closes more than it says, foretells its turn to the nanosecond, and has its words."""
    facts = data.draw(FACTS[clause.subject])
    finding = clause.judge(facts, now_ns)  # type: ignore[arg-type]
    assert rung(finding.gate) <= rung(clause.closes) or finding.gate == "warn"
    assert bool(finding.gate) == bool(finding.code)
    assert {finding.code, finding.turns_code} - {""} <= set(clause.words)
    if finding.turns_at_ns is None:
        return
    assert finding.turns_at_ns > now_ns
    if clause.id != "T3":  # its other signs may take over; it has properties of its own above
        just_before = clause.judge(facts, finding.turns_at_ns - 1)  # type: ignore[arg-type]
        assert rung(just_before.gate) <= max(rung(finding.gate), rung("warn"))


AGEING = {
    "P1": lambda done: replace(WHOLE_CAMERA, registered_ns=done, privacy_ns=done),
    "T6b": lambda done: SiteFacts(began_ns=0, room_check_ns=done),
    "T12": lambda done: SiteFacts(began_ns=0, round_ns=done),
    "T6f": lambda done: PcFacts(done, good=True),
}


@pytest.mark.parametrize("clause_id", sorted(AGEING))
def test_what_ages_warns_for_fourteen_days_and_closes_at_the_very_instant(clause_id: str) -> None:
    clause, facts = CLAUSES[clause_id], AGEING[clause_id](NOW)
    standing = clause.judge(facts, NOW)
    shut_ns = standing.turns_at_ns or 0
    assert [clause.judge(facts, at).gate for at in (shut_ns - WARNING_NS - 1, shut_ns - WARNING_NS)] == [
        "",
        "warn",
    ]
    assert clause.judge(facts, shut_ns - 1).gate == "warn"
    assert clause.judge(facts, shut_ns).gate == ("no-view" if clause_id == "T6f" else "no-export")


def test_what_a_paper_asks_for_earlier_counts_and_later_does_not() -> None:
    asked = SiteFacts(began_ns=0, round_ns=NOW, round_again_ns=NOW + 30 * DAY_NS)
    assert CLAUSES["T12"].judge(asked, NOW).turns_at_ns == NOW + 30 * DAY_NS + WARNING_NS  # type: ignore[arg-type]
    late = replace(asked, round_again_ns=NOW + 900 * DAY_NS)
    assert CLAUSES["T12"].judge(late, NOW).turns_at_ns == NOW + 183 * DAY_NS + WARNING_NS  # type: ignore[arg-type]


def test_a_change_asks_for_a_new_assessment_within_fourteen_days() -> None:
    changed = replace(WHOLE_CAMERA, changed_ns=NOW + 1)
    judge = CLAUSES["P1"].judge
    assert judge(changed, NOW + 1).gate == "warn"  # type: ignore[arg-type]
    assert judge(changed, NOW + 1 + WARNING_NS).gate == "no-export"  # type: ignore[arg-type]
    assert judge(replace(changed, privacy_ns=NOW + 2), NOW + 2 + WARNING_NS).gate == ""  # type: ignore[arg-type]


def test_a_pc_shows_nothing_before_its_first_good_check_and_the_recorder_is_never_shut() -> None:
    judge = CLAUSES["T6f"].judge
    assert judge(PcFacts(), NOW).code == "pc-unchecked"  # type: ignore[arg-type]
    assert judge(PcFacts(NOW + 1, good=True), NOW).gate == "no-view"  # type: ignore[arg-type]
    assert judge(PcFacts(NOW, good=False), NOW).code == "pc-check-failed"  # type: ignore[arg-type]
    assert judge(PcFacts(examines_itself=True, faults=("recorder-ports",)), NOW).gate == "warn"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clause_id", "facts", "shut_ns"),
    [
        ("T7", replace(WHOLE_BODY, own_months_by_ns=(NOW + DAY_NS, NOW)), NOW),
        ("T8b", replace(WHOLE_BODY, returns_by_ns=(NOW,)), NOW + WARNING_NS),
        ("T9", replace(WHOLE_BODY, reports_by_ns=(NOW + DAY_NS,)), NOW + DAY_NS),
        ("T10", replace(WHOLE_BODY, answers_by_ns=(NOW,)), NOW + WARNING_NS),
        ("T11", replace(WHOLE_BODY, contracts=(ContractFacts(0, NOW, True),)), NOW + WARNING_NS),
        ("T13", SiteFacts(installed=(InstalledFacts(NOW),)), NOW + 14 * DAY_NS),
        ("T14", replace(WHOLE_BODY, regulations_ns=None), NOW + 14 * DAY_NS),
        ("T8a", PersonFacts((Period(0, NOW),)), NOW),
    ],
)
def test_what_is_owed_closes_at_its_very_instant(clause_id: str, facts: object, shut_ns: int) -> None:
    judge = CLAUSES[clause_id].judge
    assert judge(facts, shut_ns - 1).gate in ("", "warn")  # type: ignore[arg-type]
    assert judge(facts, shut_ns).gate in ("no-export", "no-view")  # type: ignore[arg-type]


def test_a_running_contract_without_its_clauses_closes_at_once_and_a_fitter_explains_every_camera() -> None:
    contract = ContractFacts(NOW - DAY_NS, NOW + DAY_NS, False)
    assert CLAUSES["T11"].judge(replace(WHOLE_BODY, contracts=(contract,)), NOW).gate == "no-export"  # type: ignore[arg-type]
    replaced = SiteFacts(installed=(InstalledFacts(NOW, NOW - 1),))
    assert CLAUSES["T13"].judge(replaced, NOW + 14 * DAY_NS).gate == "no-export"  # type: ignore[arg-type]


def test_there_is_no_index_of_people_in_tables_or_libraries() -> None:
    assert person_index.found() == ()
    assert person_index.in_tables(["a.face_embedding", "a.plate_hash", "a.watchlist_id", "b.name"]) == [
        "a.face_embedding",
        "a.plate_hash",
        "a.watchlist_id",
    ]
    assert person_index.in_libraries(["Face_Recognition", "django", "faiss-cpu"]) == [
        "Face_Recognition",
        "faiss-cpu",
    ]
