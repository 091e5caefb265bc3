from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, THE_TIMER, Duty, Facts, Thing, Who
from service.schemes.award import Bar, BarLength
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, reference, refused, thing

OFFICE = person("li", "provincial_lbg_office")
SECOND = person("wang", "provincial_lbg_office")
THIRD = person("ma", "provincial_lbg_office")
HOLDER = person("zhao", "designee")
INSPECTOR = person("sun", "inspector")

GROUNDS = {"grave_unlawful_act": "判决书 1 号"}
REPORT: dict[str, Any] = {"report": "ev-7", "answers": {"grave_unlawful_act": "属实"}}
REASON = {"text": "证据不足"}
SERVED = {"issuer": "省委依法治省办", "number": "3号", "date": "2024-05-20"}


def title(state: str = "revocation_review", **data: Any) -> Thing:
    return thing("designation", state, id="title", parent="case", named_on="2024-03-01", **data)


def case(state: str, id: str = "revocation", **data: Any) -> Thing:
    said: dict[str, Any] = {"grounds": GROUNDS, "by": {"open_revocation": "office"}, **data}
    return thing("revocation_case", state, id=id, parent="title", owner="title", **said)


def piece(state: str, id: str = "plaque") -> Thing:
    final = state in ("cancelled", "replaced")
    return thing("insignia", state, id=id, parent="title", owner="title", kind="plaque", serial=id, ended=final)


def reported(state: str = "heard", **data: Any) -> Thing:
    by = {"open_revocation": "li", "propose_decision": "li"}
    return case(state, **{**REPORT, "by": by, **data})


def barring(*bars: Bar) -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"title": scheme.title.model_copy(update={"bars": bars})})


def mode(value: str) -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"revocation": scheme.revocation.model_copy(update={"mode": value})})


def proved_by(what: str) -> Scheme:
    """Its first ground speaks of a look-back or a reminder."""
    scheme = reference()
    grounds = tuple(g.model_copy(update={"proved_by": what}) for g in scheme.revocation.grounds if g.code in GROUNDS)
    return scheme.model_copy(update={"revocation": scheme.revocation.model_copy(update={"grounds": grounds})})


def due_on(given: Facts, event: str, who: Who, **form: Any) -> dict[str, str]:
    outcome = done(given, event, who, **form)
    return {d.key: str(d.due_on) for d in outcome.desk.duties.values() if d.done_at is None}


@pytest.mark.req("QH-13a")
@pytest.mark.req("INV-10")
def test_a_case_opens_on_a_ground_of_the_scheme_and_puts_the_title_under_review() -> None:
    given = facts(case("@new", grounds=None), title("reminded"))
    outcome = done(given, "open_revocation", OFFICE, grounds=GROUNDS)
    assert outcome.thing.state == "opened"
    assert outcome.desk.facts.things["title"].state == "revocation_review"
    assert refused(given, "open_revocation", OFFICE) == ["ground.grounds"]
    assert refused(given, "open_revocation", OFFICE, grounds={"low_satisfaction": "x"}) == ["ground.grounds"]


def test_an_office_that_does_not_revoke_itself_opens_no_case() -> None:
    given = facts(case("@new"), title("active"), scheme=mode("external"))
    assert refused(given, "open_revocation", OFFICE)[0] == "scheme:revocation.mode=own"


@pytest.mark.req("GAP-QH-10")
def test_the_open_ground_needs_fifty_characters() -> None:
    given = facts(case("@new"), title("active"))
    assert refused(given, "open_revocation", OFFICE, grounds={"other": "因" * 49}) == ["free_ground_explained"]
    assert done(given, "open_revocation", OFFICE, grounds={"other": "因" * 50}).thing.state == "opened"


@pytest.mark.req("GAP-QH-13")
def test_a_ground_of_another_class_is_refused() -> None:
    scheme = reference()
    first = scheme.revocation.grounds[0].model_copy(update={"classes": ("project",)})
    revocation = scheme.revocation.model_copy(update={"grounds": (first, *scheme.revocation.grounds[1:])})
    given = facts(case("@new"), title("active"), scheme=scheme.model_copy(update={"revocation": revocation}))
    assert refused(given, "open_revocation", OFFICE, grounds=GROUNDS) == ["ground_fits_class"]


def test_a_second_case_joins_the_review_and_the_title_waits_for_both() -> None:
    first = case("investigating", id="first")
    desk = done(facts(case("@new"), title(), first), "open_revocation", OFFICE, grounds=GROUNDS).desk
    assert desk.facts.things["title"].state == "revocation_review"
    left = done(facts(case("opened"), title(), first), "decide_dismissal", SECOND, **REASON).desk
    assert left.facts.things["title"].state == "revocation_review"
    alone = done(facts(case("opened"), title()), "decide_dismissal", SECOND, **REASON).desk
    assert alone.facts.things["title"].state == "active"


@pytest.mark.req("QH-13a")
def test_a_further_ground_joins_those_on_file() -> None:
    given = facts(case("investigating"), title())
    assert refused(given, "add_ground", INSPECTOR) == ["ground.grounds"]
    outcome = done(given, "add_ground", INSPECTOR, grounds={"false_material": "核实报告"})
    assert outcome.thing.data["grounds"] == {**GROUNDS, "false_material": "核实报告"}


@pytest.mark.req("QH-14a")
@pytest.mark.req("INV-10")
def test_the_investigation_report_answers_each_ground() -> None:
    given = facts(case("investigating", grounds={**GROUNDS, "false_material": "x"}), title())
    assert refused(given, "file_investigation_report", INSPECTOR, **REPORT) == ["investigation_report.answers"]
    full: dict[str, Any] = {"report": "ev-7", "answers": {**REPORT["answers"], "false_material": "不属实"}}
    assert done(given, "file_investigation_report", INSPECTOR, **full).thing.state == "reported"


@pytest.mark.req("QH-14a")
@pytest.mark.req("GAP-QH-14")
def test_the_periods_run_in_their_own_units() -> None:
    investigation = due_on(facts(case("opened"), title()), "start_investigation", INSPECTOR)
    assert investigation == {"investigation_due": "2024-07-02"}  # 30 working days, Dragon Boat day off
    assert due_on(facts(reported("reported"), title()), "open_statement_period", OFFICE) == {
        "statement_end": "2024-06-03"
    }
    assert due_on(facts(reported("decided"), title()), "notify_decision", OFFICE, **SERVED) == {
        "review_request_end": "2024-06-11"
    }
    assert due_on(facts(case("notified"), title("revoked")), "request_review", HOLDER, request="不服") == {
        "review_result_due": "2024-06-19"
    }


@pytest.mark.req("GAP-QH-14")
def test_the_statement_period_ends_by_itself_or_by_a_waiver() -> None:
    opened = done(facts(reported("reported"), title()), "open_statement_period", OFFICE)
    hearing = replace(opened.desk.facts, thing=opened.thing)
    last_day = replace(hearing, now=facts(title(), now="2024-06-03T23:59").now)
    assert ring(last_day, lambda: "x").facts.things["revocation"].state == "hearing"
    over = replace(hearing, now=facts(title(), now="2024-06-04T00:00").now)
    assert ring(over, lambda: "x").facts.things["revocation"].state == "heard"
    waived = done(hearing, "waive_statement", HOLDER, letter="ev-9")
    assert waived.thing.state == "heard"
    assert all(d.done_at for d in waived.desk.duties.values())


@pytest.mark.req("GAP-QH-14")
def test_every_statement_is_answered_before_a_decision_is_proposed() -> None:
    first = done(facts(reported("hearing"), title()), "submit_statement", HOLDER, statement="不属实").thing
    second = done(facts(first, title()), "submit_statement", HOLDER, statement="补充").thing
    heard = facts(replace(second, state="heard"), title())
    half: dict[str, Any] = {"proposal": "撤销", "statement_answers": {"1": "查证属实"}}
    assert refused(heard, "propose_decision", OFFICE, **half) == ["statement_answered"]
    junk = refused(heard, "propose_decision", OFFICE, proposal="撤销", statement_answers=1)
    assert junk == ["proposal.statement_answers"]
    full = {**half, "statement_answers": {"1": "查证属实", "2": "不采纳"}}
    assert done(heard, "propose_decision", OFFICE, **full).thing.state == "proposed"
    silent = facts(reported("heard"), title())
    assert done(silent, "propose_decision", OFFICE, proposal="撤销").thing.state == "proposed"


@pytest.mark.req("QH-14a")
@pytest.mark.req("INV-10")
def test_nothing_is_proposed_or_decided_without_a_full_report() -> None:
    assert refused(facts(case("heard"), title()), "propose_decision", OFFICE, proposal="撤销") == [
        "investigation_report_filed"
    ]
    assert refused(facts(case("proposed"), title()), "decide_revocation", SECOND) == ["investigation_report_filed"]
    given = facts(reported("proposed"), title())
    further = {**GROUNDS, "false_material": "x"}
    assert refused(given, "decide_revocation", SECOND, grounds=further) == ["investigation_report_filed"]


@pytest.mark.req("INV-20")
@pytest.mark.req("QH-14a")
def test_the_decider_is_another_than_the_proposer_and_keeps_the_grounds_decided_on() -> None:
    given = facts(reported("proposed"), title())
    assert refused(given, "decide_revocation", OFFICE) == ["two_persons"]
    outcome = done(given, "decide_revocation", SECOND)
    assert outcome.thing.state == "decided"
    assert outcome.thing.data["decided_grounds"] == GROUNDS


@pytest.mark.req("QH-13-3", "QH-13-5", "INV-10")
@pytest.mark.parametrize(
    ("what", "good", "bad"),
    [
        ("look_back", {"result": "failed", "designation": "title"}, {"result": "passed", "designation": "title"}),
        ("look_back", {"result": "failed", "designation": "title"}, {"result": "failed", "designation": "another"}),
        ("reminder", {"on": {"issue_reminder": "2024-01-10"}}, {}),
    ],
)
def test_a_ground_that_speaks_of_a_look_back_or_a_reminder_needs_it_on_file(
    what: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    def given(said: dict[str, Any]) -> Facts:
        file = thing(what, "closed", parent="title", **said)
        return facts(reported("proposed"), title(), file, scheme=proved_by(what))

    assert refused(given(bad), "decide_revocation", SECOND) == ["ground_on_record"]
    assert done(given(good), "decide_revocation", SECOND).thing.state == "decided"


@pytest.mark.req("QH-13a")
@pytest.mark.req("INV-27")
def test_with_the_service_of_the_decision_the_title_is_revoked_and_the_bars_begin() -> None:
    given = facts(reported("decided"), title(), piece("held"))
    outcome = done(given, "notify_decision", OFFICE, **SERVED)
    things = outcome.desk.facts.things
    assert (outcome.thing.state, things["title"].state) == ("notified", "revoked")
    assert things["plaque"].state == "recall_ordered"
    assert things["revocation"].data["bars"] == [
        {
            "on": "revoked",
            "who": "subject",
            "subject": "jiaxian",
            "scheme": "reference",
            "from": "2024-05-20",
            "batches": 0,
            "until": None,
            "rules": ["INV-27", "GAP-QH-5"],
        }
    ]


@pytest.mark.req("GAP-QH-14")
def test_a_review_is_asked_for_within_its_period_only() -> None:
    duty = Duty("d", "title", "revocation", "review_request_end", date(2024, 5, 20))
    notified = case("notified")
    on_time = facts(notified, title("revoked"), duties=[duty])
    assert done(on_time, "request_review", HOLDER, request="不服").thing.state == "under_review"
    late = facts(notified, title("revoked"), duties=[duty], now="2024-05-21T00:00")
    assert refused(late, "request_review", HOLDER, request="不服") == ["within_review_period"]


@pytest.mark.req("GAP-QH-14")
@pytest.mark.req("INV-20")
@pytest.mark.parametrize("event", ["uphold_revocation", "reverse_decision"])
def test_whoever_took_part_in_the_decision_does_not_review_it(event: str) -> None:
    by = {"propose_decision": "li", "decide_revocation": "wang"}
    given = facts(case("under_review", by=by), title("revoked"))
    assert refused(given, event, OFFICE, **REASON) == ["reviewer_not_decider"]
    assert refused(given, event, SECOND, **REASON) == ["reviewer_not_decider"]
    given = facts(case("under_review", by=by), title("revoked", on={"revoke": "2024-05-06"}))
    assert done(given, event, THIRD, **REASON).thing.state in ("settled", "final", "reversed")


@pytest.mark.req("GAP-QH-14")
def test_a_reversal_gives_the_title_back_cancels_the_recall_and_lifts_the_bars() -> None:
    bars = [{"on": "revoked", "who": "subject"}]
    visit = thing("look_back", "in_revocation", id="visit")
    given = facts(
        case("under_review", bars=bars, look_back="visit"),
        title("revoked"),
        piece("recall_ordered"),
        piece("recovered", id="certificate"),
        visit,
    )
    outcome = done(given, "reverse_decision", THIRD, **REASON)
    things = outcome.desk.facts.things
    assert (outcome.thing.state, outcome.thing.data["bars"]) == ("reversed", [])
    assert things["title"].state == "active"
    assert (things["plaque"].state, things["certificate"].state) == ("held", "recovered")
    assert outcome.desk.sends == [Send("look_back", "record_outcome", "visit")]


@pytest.mark.req("INV-23")
def test_a_reversal_of_a_title_whose_last_day_is_past_ends_it_by_time_and_leaves_its_pieces_recalled() -> None:
    scheme = reference()
    validity = scheme.title.validity.model_copy(update={"length": 3})
    timed = scheme.model_copy(update={"title": scheme.title.model_copy(update={"validity": validity})})
    last = Duty("end", "title", "title", "validity_end", due_on=date(2024, 5, 1))
    revoked = title("revoked", valid_until="2024-05-01", term_from="2021-05-01")
    given = facts(case("under_review"), revoked, piece("recall_ordered"), scheme=timed, duties=[last])
    things = done(given, "reverse_decision", THIRD, **REASON).desk.facts.things
    assert (things["revocation"].state, things["title"].state) == ("reversed", "expired")
    assert things["plaque"].state == "recall_ordered"


def test_a_second_decision_is_served_on_a_title_already_revoked_and_outlasts_the_reversal_of_the_first() -> None:
    first = case("under_review", id="first", bars=[{"on": "revoked", "who": "subject"}])
    served = done(facts(reported("decided"), title("revoked"), first), "notify_decision", OFFICE, **SERVED).desk
    assert served.facts.things["title"].state == "revoked"
    reversed_ = done(replace(served.facts, thing=first), "reverse_decision", THIRD, **REASON).desk
    assert reversed_.facts.things["first"].data["bars"] == []
    assert reversed_.facts.things["title"].state == "revoked"


def test_the_title_is_closed_with_the_last_case_only() -> None:
    bars = [{"on": "revoked", "who": "subject"}]
    second = case("notified", id="second", bars=bars)
    desk = done(facts(case("final", bars=bars), title("revoked"), second), "settle_case", OFFICE).desk
    assert "closed" not in desk.facts.things["title"].data


@pytest.mark.req("QH-14b")
@pytest.mark.req("GAP-QH-11")
def test_a_case_settles_only_when_every_piece_is_back_or_invalid_and_every_bar_is_written() -> None:
    bars = [{"on": "revoked", "who": "subject"}]
    for state in ("recall_ordered", "recovered", "lost", "produced"):
        given = facts(case("final", bars=bars), title("revoked"), piece(state))
        assert refused(given, "settle_case", OFFICE) == ["insignia_settled"]
    assert refused(facts(case("final"), title("revoked")), "settle_case", OFFICE) == ["bars_recorded"]
    outcome = done(facts(case("final", bars=bars), title("revoked"), piece("cancelled")), "settle_case", OFFICE)
    assert outcome.thing.ended
    assert outcome.desk.facts.things["title"].data["closed"] is True


@pytest.mark.req("INV-27")
def test_every_bar_of_the_scheme_is_asked_for() -> None:
    scheme = barring(Bar(on="revoked", length=BarLength(years=1), subject="both"), Bar(on="expired"))
    half = case("final", bars=[{"on": "revoked", "who": "subject"}])
    assert refused(facts(half, title("revoked"), scheme=scheme), "settle_case", OFFICE) == ["bars_recorded"]
    none = facts(case("final"), title("revoked"), scheme=barring())
    assert done(none, "settle_case", OFFICE).thing.state == "settled"


@pytest.mark.req("QH-14b")
def test_after_the_review_period_what_came_back_is_cancelled_and_the_case_settles_itself() -> None:
    bars = [{"on": "revoked", "who": "subject"}]
    company = (title("revoked"), piece("recovered"), piece("lost", id="certificate"))
    desk = done(facts(case("notified", bars=bars, look_back="visit"), *company), "end_review_period", THE_TIMER).desk
    assert {desk.facts.things[i].state for i in ("plaque", "certificate")} == {"cancelled"}
    assert desk.facts.things["revocation"].state == "settled"
    assert desk.sends == [Send("look_back", "record_outcome", "visit")]
    out = done(
        facts(case("notified", bars=bars), title("revoked"), piece("recall_ordered")),
        "end_review_period",
        THE_TIMER,
    )
    assert out.thing.state == "final"


@pytest.mark.req("QH-14a")
def test_a_dismissal_needs_a_reason_and_tells_the_look_back() -> None:
    visit = thing("look_back", "in_revocation", id="visit")
    given = facts(case("reported", look_back="visit", by={"open_revocation": "li"}), title(), visit)
    assert refused(given, "decide_dismissal", SECOND) == ["reason.text"]
    assert refused(given, "decide_dismissal", OFFICE, **REASON) == ["two_persons"]
    desk = done(given, "decide_dismissal", SECOND, **REASON).desk
    assert desk.sends == [Send("look_back", "record_outcome", "visit")]
    ended = facts(case("reported", look_back="visit"), title(), replace(visit, ended=True))
    assert done(ended, "decide_dismissal", SECOND, **REASON).desk.sends == []


@pytest.mark.req("INV-26")
def test_a_case_closes_with_the_title_and_not_before() -> None:
    assert refused(facts(case("hearing"), title()), "close_for_title_end", THE_SYSTEM) == ["title_has_ended"]
    assert done(facts(case("hearing"), title("cancelled")), "close_for_title_end", THE_SYSTEM).thing.state == "closed"


def test_papers_go_back_with_a_reason() -> None:
    reopened = done(facts(reported("reported"), title()), "reopen_investigation", OFFICE, text="补充取证")
    assert reopened.thing.state == "investigating"
    returned = done(facts(reported("proposed"), title()), "return_proposal", SECOND, text="理由不足")
    assert returned.thing.state == "heard"
