"""The one verdict: pure, in a fixed order, complete, and never an exception, whatever the caller sends."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain import forms
from service.domain.facts import THE_SYSTEM, Ask, Facts, Thing, Who
from service.domain.forms import Form
from service.domain.machine import Accepted, Refused, Verdict, decide
from service.domain.measures import scores
from tests.support.domain import facts, person, reference, refused, thing, verdict
from tests.support.tables import NEW
from tests.support.worlds import BUILT, EVERYBODY, asking, machine, world

# Every event once, from the first state it starts from; what completes a stage once for each kind of stage.
_EVENTS = {
    (name, of if move.event == "complete_stage" else "", move.event): (name, of, move.source[0], move.event)
    for name, of in BUILT
    for move in machine(name, of).table
}
ROWS = sorted(_EVENTS.values())
WITH_FORMS = [r for r in ROWS if any(m.form.parts for m in machine(*r[:2]).rows(*r[2:]))]
LI, WANG = person("li", "provincial_lbg_office"), person("wang", "provincial_lbg_office")

TEXTS = st.text(max_size=20) | st.sampled_from(
    ["", " ", "2024-05-20", "20240520", "2024-W21-1", "9999-12-31", "0001-01-01", "NaN", "Infinity", "1e999999",
     "9" * 50, "\ud800", "a\0b", "x" * 1_000_000, "9" * 1_000_000, "true", "case", "area", "G1"]
)  # fmt: skip
NUMBERS = st.integers() | st.floats() | st.sampled_from([0, -1, 10**30, 10**4000, float("nan"), float("inf")])
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
GARBAGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**4000, 1.5, float("nan"), float("-inf"), "", " \n", "x" * 1_000_000, "\ud800", "a\0b",
    "9" * 1_000_000, "1e999999", [], [None], [[]], [{}], ["x", 1], {}, {"": ""}, {"a": None}, {"a": ["x"] * 2000},
    {"a": {"b": [1, {"c": "d"}]}}, [{"a": {"b": "c"}}], [{"a": float("nan")}],
)  # fmt: skip


def asked(row: tuple[str, str, str, str], form: dict[str, Any], who: Who | None = None) -> Verdict:
    name, of, state, event = row
    built = machine(name, of)
    return decide(
        built, world(name, of, state), Ask(event, form, who or asking(built.rows(state, event) or built.events[event]))
    )


def forms_of(row: tuple[str, str, str, str]) -> list[Form]:
    return [m.form for m in machine(*row[:2]).rows(*row[2:])]


# ------------------------------------------------------------------------------------------- garbage


@pytest.mark.parametrize("row", WITH_FORMS, ids=":".join)
def test_a_part_of_the_wrong_shape_is_refused_by_name_and_breaks_nothing(row: tuple[str, str, str, str]) -> None:
    for form in forms_of(row):
        for part, value in itertools.product(form.parts, GARBAGE):
            found = asked(row, {part.name: value})
            if value is None or part.shape(value) is None:
                assert isinstance(found, Accepted | Refused)
                continue
            assert isinstance(found, Refused), f"{part.name}={value!r:.40} was accepted"
            assert found.kind == "form"
            assert f"/form/{part.name}" in [u.at for u in found.unmet]


@pytest.mark.parametrize("row", WITH_FORMS, ids=":".join)
def test_a_form_of_garbage_only_is_refused(row: tuple[str, str, str, str]) -> None:
    for value in GARBAGE[1:]:
        form = {part.name: value for f in forms_of(row) for part in f.parts}
        if all(part.shape(value) is not None for f in forms_of(row) for part in f.parts):
            found = asked(row, form)
            assert isinstance(found, Refused)
            assert {u.at for u in found.unmet if u.at} == {f"/form/{name}" for name in form}


@pytest.mark.parametrize("row", ROWS, ids=":".join)
def test_a_part_that_the_form_does_not_know_is_refused(row: tuple[str, str, str, str]) -> None:
    for name in ("unknown", "", "__class__", "state", "x" * 1_000_000):
        found = asked(row, {name: "x"})
        assert isinstance(found, Refused)
        assert found.kind == "form"
        assert f"/form/{name}" in [u.at for u in found.unmet]


@settings(max_examples=400, deadline=None)
@given(row=st.sampled_from(WITH_FORMS), data=st.data())
def test_whatever_is_sent_the_answer_is_a_verdict(row: tuple[str, str, str, str], data: st.DataObject) -> None:
    names = sorted({part.name for form in forms_of(row) for part in form.parts})
    form = data.draw(st.dictionaries(st.sampled_from([*names, "unknown"]), ANYTHING, max_size=len(names) + 1))
    found = asked(row, form)
    wrong = {
        f"/form/{part.name}"
        for part in next(iter(forms_of(row))).parts
        if form.get(part.name) is not None and part.shape(form[part.name]) is not None
    }
    if wrong:
        assert isinstance(found, Refused)
        assert wrong <= {u.at for u in found.unmet}


@settings(max_examples=300, deadline=None)
@given(value=ANYTHING)
def test_every_shape_answers_with_a_fault_in_two_languages_or_none(value: Any) -> None:
    shapes = {part.shape for r in WITH_FORMS for form in forms_of(r) for part in form.parts}
    assert {
        forms.text,
        forms.day,
        forms.count,
        forms.yes,
        forms.flag,
        forms.texts,
        forms.pairs,
        forms.evidence_ids,
    } <= shapes
    for shape in shapes:
        said = shape(value)
        assert said is None or [type(words) for words in said] == [str, str]


@pytest.mark.parametrize("written", ["20240520", "2024-W21-1", "2024-05-20T00:00", " 2024-05-20", "2024-5-20"])
def test_a_day_is_written_in_one_way_only(written: str) -> None:
    assert forms.day("2024-05-20") is None
    assert forms.day(written) is not None


def test_a_part_that_is_null_was_not_given() -> None:
    assert Ask("x", {"a": None, "b": "c"}).form == {"b": "c"}
    form = {"text": "情形已经消除", "ground": None}
    assert refused(facts(thing("case", "creation")), "pause", LI, **form) == ["reason.ground", "pause_allowed"]


def test_a_case_on_a_track_that_does_not_exist_is_refused_by_its_form() -> None:
    about = thing("case", NEW, track="nowhere")
    form = {"track": "nowhere", "jurisdiction": "610828"}
    who = person("zhao", "county_government")
    version = {"status": "published", "effective_from": "2024-02-22"}
    found = verdict(facts(about, thing("batch", "open"), version=version, same_case=None), "open_case", who, **form)
    assert [u.code for u in found.unmet] == ["opening.track"]


# ----------------------------------------------------------------------------------------- properties


@settings(max_examples=150, deadline=None)
@given(row=st.sampled_from(ROWS), form=st.dictionaries(st.sampled_from(["text", "date", "duty", "x"]), ANYTHING))
def test_the_same_question_on_the_same_facts_has_the_same_answer(
    row: tuple[str, str, str, str], form: dict[str, Any]
) -> None:
    name, of, state, event = row
    about = world(name, of, state)
    before = copy.deepcopy((about.things, about.duties, about.more, form))
    ask = Ask(event, form, asking(machine(name, of).events[event]))
    first = decide(machine(name, of), about, ask)
    assert decide(machine(name, of), about, ask) == first
    assert repr((about.things, about.duties, about.more, form)) == repr(before)


@pytest.mark.parametrize("row", ROWS, ids=":".join)
def test_role_comes_before_state_and_state_before_form_and_guards(row: tuple[str, str, str, str]) -> None:
    name, of, _, event = row
    wrong = {"unknown": "x"}
    nobody = asked(row, wrong, Who("somebody"))
    assert isinstance(nobody, Refused)
    assert (nobody.kind, [u.code for u in nobody.unmet]) == ("role", ["role"])
    elsewhere = next((s for s in machine(name, of).known if not machine(name, of).rows(s, event)), None)
    assert elsewhere is not None
    there = asked((name, of, elsewhere, event), wrong, Who("somebody"))
    assert isinstance(there, Refused)
    assert there.kind == "role"
    there = asked((name, of, elsewhere, event), wrong)
    assert isinstance(there, Refused)
    assert there.kind == "illegal"
    here = asked(row, wrong)
    assert isinstance(here, Refused)
    assert here.kind == "form"


def test_a_role_counts_only_within_its_scope() -> None:
    about = facts(thing("naming_decision", "approved", parent="batch"), cases=[])
    number = {"issuer": "省委依法治省办", "number": "青法办〔2024〕1号", "date": "2024-05-20"}
    away = person("li", "provincial_lbg_office", scope="region:cn/sn/yul")
    assert refused(about, "issue_decision", away, **number) == ["role"]
    assert isinstance(verdict(about, "issue_decision", LI, **number), Accepted)


@pytest.mark.req("INV-16")
def test_everything_that_is_missing_is_said_at_once_with_its_rules() -> None:
    run = thing("stage", "open", id="run", parent="case", key="inspection", kind="inspection", run=1)
    item = thing("rectification_item", "raised", id="item", parent="case", holds="run", finding="台账不全")
    about = facts(run, thing("case", "inspection"), item)
    found = verdict(about, "complete_stage", person("du", "evaluation_committee"), team=["du"])
    assert found.kind == "form"
    assert [u.code for u in found.unmet] == [
        "inspection.date", "inspection.written_result", "artefacts_present", "no_open_item_holding",
    ]  # fmt: skip
    assert found.unmet[2].missing == ("inspection_report", "rectification_report")
    assert found.unmet[3].missing == ("台账不全 / - / - / -",)
    assert all(u.rules and u.zh and u.en for u in found.unmet)
    assert {"PDS-S4b", "YL-2l", "INV-01", "INV-18"} <= set(found.rules)


# -------------------------------------------------------------------------------------- choice groups


def chosen(name: str, about: Facts, event: str, ask: Ask, of: str = "") -> list[str]:
    rows = machine(name, of).rows(about.thing.state, event)
    assert len(rows) > 1
    return [m.to for m in rows if all(g(about, ask) is None for g in m.guards if g.choice)]


@settings(max_examples=150, deadline=None)
@given(
    total=st.fractions(min_value=0, max_value=100) | st.sampled_from([Fraction(90), Fraction(8999, 100), Fraction(80)])
)
def test_every_total_leads_to_exactly_one_band(total: Fraction) -> None:
    about = facts(thing("look_back", "scored", total=scores.text(total)))
    to = "in_notice" if total >= 90 else "reminded" if total >= 80 else "in_revocation"
    assert chosen("look_back", about, "apply_band", Ask("apply_band")) == [to]
    assert verdict(about, "apply_band", LI).move.to == to


RULINGS = ["filed", "verifying", "dismissed", "upheld", "partly_upheld", "inadmissible", "withdrawn"]


def objections(*ends: str) -> list[Thing]:
    by = {"upheld": "uphold_objection", "partly_upheld": "uphold_objection_in_part"}
    return [
        thing("objection", s, id=f"o{n}", parent="public_notice", by={by[s]: "li"} if s in by else {})
        for n, s in enumerate(ends)
    ]


@pytest.mark.parametrize("event", ["end_period", "settle_notice"])
@given(ends=st.lists(st.sampled_from(RULINGS), max_size=4))
@settings(max_examples=60, deadline=None)
def test_a_notice_ends_in_exactly_one_way(event: str, ends: list[str]) -> None:
    state = "open" if event == "end_period" else "objections_pending"
    about = facts(thing("public_notice", state), *objections(*ends))
    waiting = bool({"filed", "verifying"} & set(ends))
    upheld = bool({"upheld", "partly_upheld"} & set(ends))
    to = "objections_pending" if waiting else "closed_upheld" if upheld else "closed_clear"
    found = chosen("public_notice", about, event, Ask(event))
    assert found == ([] if event == "settle_notice" and waiting else [to])


@pytest.mark.parametrize("suspended", [None, "2024-05-01"])
@pytest.mark.parametrize("reminder", [None, "issued", "rectifying", "verified", "lifted", "escalated"])
def test_a_title_comes_back_to_exactly_one_standing(suspended: str | None, reminder: str | None) -> None:
    said = [thing("reminder", reminder, parent="designation")] if reminder else []
    reminded = reminder in ("issued", "rectifying", "verified")
    for event, state in (("reinstate", "suspended"), ("dismiss_review", "revocation_review")):
        about = facts(thing("designation", state, suspended_since=suspended), *said)
        standing = "suspended" if suspended and event == "dismiss_review" else "reminded" if reminded else "active"
        assert chosen("designation", about, event, Ask(event)) == [standing]


def test_a_case_resumes_in_exactly_the_stage_in_which_it_was_paused() -> None:
    for stage in reference().track("area").stages:
        about = facts(thing("case", "paused", paused_in=stage.key, ground="disaster"))
        assert chosen("case", about, "resume", Ask("resume"), "area") == [stage.key]


# ----------------------------------------------------------------------------------------- two persons


FRAUD = {"open": False, "confirmed": True, "report": "经查不实"}


@pytest.mark.req("INV-20")
def test_the_first_of_two_persons_only_proposes_and_the_second_is_another_one() -> None:
    about = facts(thing("case", "creation", fact_finding=FRAUD), thing("stage", "open", parent="case", key="creation"))
    first = verdict(about, "disqualify", LI)
    assert (type(first), first.proposes) == (Accepted, True)
    again = decide(machine("case", "area"), about, Ask("disqualify", {}, LI, second="li"))
    assert isinstance(again, Refused)
    assert (again.kind, again.rules) == ("person", ("INV-20",))
    second = decide(machine("case", "area"), about, Ask("disqualify", {}, WANG, second="li"))
    assert isinstance(second, Accepted)
    assert not second.proposes
    stranger = person("zhao", "county_government")
    assert refused(about, "disqualify", stranger, second="li") == ["role"]


def reminder(**by: str) -> Facts:
    order = thing("reminder", "drafted", parent="designation", grounds={"area_slides": "排名后移"}, by=by)
    return facts(order, thing("designation", "active"))


@pytest.mark.req("INV-20")
def test_where_somebody_drafted_one_call_of_another_person_approves() -> None:
    assert refused(reminder(draft_reminder="li"), "issue_reminder", LI) == ["two_persons"]
    assert not verdict(reminder(draft_reminder="li"), "issue_reminder", WANG).proposes


@pytest.mark.req("INV-20")
def test_what_the_service_drafted_takes_two_people_to_approve() -> None:
    drafted = reminder(draft_reminder="system")
    assert verdict(drafted, "issue_reminder", LI).proposes
    assert refused(drafted, "issue_reminder", LI, second="li") == ["two_persons"]


@pytest.mark.req("INV-20")
def test_whoever_took_up_urged_or_put_off_has_not_proposed() -> None:
    for event in ("take_up", "urge", "extend_due", "set_due"):
        assert not verdict(reminder(draft_reminder="li", **{event: "wang"}), "issue_reminder", WANG).proposes
    sent = {
        "draft_recommendation": "zhou",
        "submit_recommendation": "zhou",
        "return_recommendation": "wang",
        "take_up": "wang",
    }
    about = facts(thing("recommendation", "submitted", parent="case", by=sent), places=[])
    assert isinstance(verdict(about, "accept_recommendation", WANG), Accepted)


@pytest.mark.req("INV-20")
def test_a_scheme_may_ask_two_people_for_more_than_the_tables_do() -> None:
    strict = reference().model_copy(update={"two_person": ("discard_reminder",)})
    about = facts(thing("reminder", "drafted"), scheme=strict)
    assert verdict(about, "discard_reminder", LI, text="情形已经消除").proposes
    assert refused(about, "discard_reminder", LI, second="li", text="情形已经消除") == ["two_persons"]
    assert not verdict(facts(thing("reminder", "drafted")), "discard_reminder", LI, text="情形已经消除").proposes


def test_an_event_that_was_renamed_since_does_not_stop_an_approval() -> None:
    assert not verdict(reminder(draft_reminder="li", an_older_event="zhu"), "issue_reminder", WANG).proposes


# ----------------------------------------------------------------------------------------------- pause

WORK = ("case", "stage", "rectification_item", "recommendation")
LET_THROUGH = {
    "resume", "withdraw", "disqualify", "discontinue", "open_fact_finding", "close_fact_finding", "set_due", "transfer",
}  # fmt: skip


def paused(row: tuple[str, str, str, str]) -> Facts:
    """The world of a row while its case is paused."""
    name, of, state, _ = row
    about = world(name, of, "paused" if name == "case" else state)
    resting = replace(about.things["case"], state="paused", data={**about.things["case"].data, "paused_in": "creation"})
    return replace(about, things={**about.things, "case": resting}, thing=resting if name == "case" else about.thing)


@pytest.mark.req("INV-22")
@pytest.mark.parametrize("row", ROWS, ids=":".join)
def test_a_paused_case_refuses_work_and_nothing_else(row: tuple[str, str, str, str]) -> None:
    """Of the case, its runs, items and recommendations; never a fact from outside, a follow-up or the alarm."""
    name, of, _, event = row
    rows = machine(name, of).events[event]
    found = decide(machine(name, of), paused(row), Ask(event, {}, asking(rows)))
    by_service = asking(rows).is_service
    rests = name in WORK and not by_service and event not in LET_THROUGH and rows[0].kind != "signal"
    assert (isinstance(found, Refused) and [u.code for u in found.unmet] == ["paused"]) == rests


@pytest.mark.req("INV-22")
def test_what_the_service_does_by_itself_goes_on_while_the_case_is_paused() -> None:
    items = ("stage", "inspection", "held", "release_stage")
    found = decide(machine("stage", "inspection"), paused(items), Ask("release_stage", who=THE_SYSTEM))
    assert isinstance(found, Refused)
    assert [u.code for u in found.unmet] == ["no_open_item_holding"]


@pytest.mark.req("INV-22")
def test_a_result_from_outside_is_recorded_while_the_case_is_paused() -> None:
    row = ("stage", "external", "open", "record_external_result")
    result = {"source": "中央依法治国办", "number": "1", "date": "2024-05-20", "file": "ev-1", "favourable": True}
    assert isinstance(decide(machine("stage", "external"), paused(row), Ask(row[3], result, EVERYBODY)), Accepted)
