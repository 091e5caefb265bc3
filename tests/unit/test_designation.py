from dataclasses import replace
from typing import Any

import pytest

from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.domain.titles.designation import MACHINE
from service.schemes.award import Bar, BarLength, Suspension
from service.schemes.model import Scheme
from service.schemes.values import Ground, Text
from tests.support.domain import done, facts, person, reference, refused, thing, verdict

OFFICE = person("li", "provincial_lbg_office")
SECOND = person("wang", "provincial_lbg_office")
HOLDER = person("zhao", "designee")
INSPECTOR = person("sun", "inspector")

CASE = thing("case", "named", id="case", owner="case")
DECISION = thing("naming_decision", "effective", id="decision", parent="batch", named=["case"])
FACT = {"source": "省委依法治省办", "number": "1号", "date": "2024-05-10", "file": "ev-1"}
MERGER = {"document": "国函1号", "change": "并入邻县", "effective_day": "2024-06-01"}


def with_title(**changes: object) -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"title": scheme.title.model_copy(update=changes)})


def with_reports(**changes: object) -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"annual_report": scheme.annual_report.model_copy(update=changes)})


def suspending() -> Scheme:
    ground = Ground(code="court_dispute", title=Text(zh="诉讼", en="Court"))
    return with_title(suspension=Suspension(present=True, grounds=(ground,)))


def title(state: str = "active", **data: object) -> Thing:
    return thing("designation", state, id="title", parent="case", named_on="2024-03-01", decision="decision", **data)


def under(machine: str, state: str, id: str = "", **data: object) -> Thing:
    return thing(machine, state, id=id or machine, parent="title", owner="title", **data)


def born(scheme: Scheme | None = None, decision: Thing = DECISION) -> Facts:
    return facts(title("@new"), CASE, decision, scheme=scheme)


@pytest.mark.req("QH-06a")
def test_a_title_is_created_from_an_effective_naming_decision_and_from_no_other() -> None:
    assert done(born(), "create_designation", THE_SYSTEM).thing.state == "active"
    early = replace(DECISION, state="approved")
    assert refused(born(decision=early), "create_designation", THE_SYSTEM) == ["naming_decision=effective"]


def test_a_later_decision_on_other_cases_does_not_touch_the_title() -> None:
    later = thing("naming_decision", "drafted", id="later", parent="batch", number=9)
    given = facts(title("@new"), CASE, DECISION, later)
    assert done(given, "create_designation", THE_SYSTEM).thing.state == "active"


def test_nobody_creates_a_title_from_outside() -> None:
    assert refused(born(), "create_designation", OFFICE) == ["role"]


@pytest.mark.req("QH-07d")
@pytest.mark.req("GAP-QH-12")
def test_the_report_on_the_naming_year_comes_first() -> None:
    desk = done(born(), "create_designation", THE_SYSTEM).desk
    (report,) = (t for t in desk.things.values() if t.machine == "annual_report")
    assert (report.state, report.data["due_year"], report.owner) == ("scheduled", 2024, "title")


@pytest.mark.req("GAP-QH-12")
def test_where_the_naming_year_is_waived_the_report_on_the_next_year_comes_first() -> None:
    desk = done(born(with_reports(first_year="waive")), "create_designation", THE_SYSTEM).desk
    assert [t.data["due_year"] for t in desk.things.values() if t.machine == "annual_report"] == [2025]


def test_a_scheme_without_annual_reports_schedules_none() -> None:
    desk = done(born(with_reports(present=False)), "create_designation", THE_SYSTEM).desk
    assert [t.machine for t in desk.things.values()] == ["designation"]


@pytest.mark.req("QH-12a")
def test_a_title_is_reminded_by_an_issued_reminder_only() -> None:
    given = facts(title(), under("reminder", "issued"))
    assert done(given, "mark_reminded", THE_SYSTEM).thing.state == "reminded"
    assert refused(facts(title(), under("reminder", "drafted")), "mark_reminded", THE_SYSTEM) == ["reminder=issued"]


@pytest.mark.req("QH-12b")
def test_a_reminder_of_another_title_lifts_nothing() -> None:
    other = thing("reminder", "lifted", parent="another")
    assert refused(facts(title("reminded"), other), "lift_reminder", THE_SYSTEM) == ["reminder=lifted"]
    own = under("reminder", "lifted", id="own")
    assert done(facts(title("reminded"), own), "lift_reminder", THE_SYSTEM).thing.state == "active"


@pytest.mark.req("INV-25")
@pytest.mark.req("INV-20")
def test_a_suspension_takes_a_ground_of_the_scheme_and_two_persons() -> None:
    given = facts(title(), scheme=suspending())
    grounds = {"court_dispute": "案号 1"}
    assert done(given, "suspend", OFFICE, grounds=grounds).proposes
    outcome = done(given, "suspend", SECOND, second="li", grounds=grounds)
    assert outcome.thing.state == "suspended"
    assert [str(d.due_on) for d in outcome.desk.duties.values()] == ["2024-11-16"]
    assert refused(given, "suspend", SECOND, grounds={"other": "x"}) == ["ground.grounds"]
    assert refused(facts(title()), "suspend", SECOND, grounds=grounds) == [
        "ground.grounds",
        "scheme:title.suspension",
    ]


def test_the_grounds_of_an_earlier_suspension_do_not_count_for_the_next() -> None:
    given = facts(title(grounds={"court_dispute": "案号 1"}), scheme=suspending())
    assert refused(given, "suspend", SECOND) == ["ground.grounds"]


def test_a_second_suspension_has_a_limit_of_its_own() -> None:
    scheme, grounds = suspending(), {"court_dispute": "案号 1"}
    first = done(facts(title(), scheme=scheme), "suspend", SECOND, second="li", grounds=grounds)
    back = done(
        replace(first.desk.facts, thing=first.thing),
        "reinstate",
        OFFICE,
        statements={"court_dispute": "已结案"},
    )
    later = facts(back.thing, scheme=scheme, now="2025-05-20T09:00", duties=back.desk.facts.duties)
    again = done(later, "suspend", SECOND, second="li", grounds=grounds)
    assert {d.key: str(d.due_on) for d in again.desk.duties.values()} == {"suspension_limit:2": "2025-11-16"}


@pytest.mark.req("INV-25")
@pytest.mark.parametrize(
    ("reminder", "state"),
    [("issued", "reminded"), ("rectifying", "reminded"), ("lifted", "active"), ("escalated", "active")],
)
def test_a_reinstated_title_stands_where_a_reminder_puts_it(reminder: str, state: str) -> None:
    given = facts(
        title("suspended", suspended_since="2024-05-01", grounds={"court_dispute": "案号 1"}),
        under("reminder", reminder),
        scheme=suspending(),
    )
    outcome = done(given, "reinstate", OFFICE, statements={"court_dispute": "已结案"})
    assert outcome.thing.state == state
    assert outcome.thing.data["suspended_since"] is None
    assert refused(given, "reinstate", OFFICE, statements={"x": "y"}) == ["ground_gone.statements"]


@pytest.mark.req("INV-25")
@pytest.mark.parametrize(
    ("since", "reminder", "state"),
    [
        ("2024-05-01", "verified", "suspended"),
        (None, "verified", "reminded"),
        (None, "lifted", "active"),
    ],
)
def test_a_dismissed_review_leaves_the_title_under_what_is_in_force(
    since: str | None, reminder: str, state: str
) -> None:
    given = facts(
        title("revocation_review", suspended_since=since),
        under("reminder", reminder),
        under("revocation_case", "dismissed"),
    )
    assert done(given, "dismiss_review", THE_SYSTEM).thing.state == state


@pytest.mark.parametrize(
    ("event", "at", "wrong", "right"),
    [
        ("open_review", "reminded", "dismissed", "opened"),
        ("dismiss_review", "revocation_review", "opened", "dismissed"),
        ("revoke", "revocation_review", "decided", "notified"),
        ("reverse_revocation", "revoked", "under_review", "reversed"),
    ],
)
@pytest.mark.req("QH-14a")
def test_a_review_follows_its_revocation_case(event: str, at: str, wrong: str, right: str) -> None:
    assert verdict(facts(title(at), under("revocation_case", right)), event, THE_SYSTEM).move.event == event
    assert refused(facts(title(at), under("revocation_case", wrong)), event, THE_SYSTEM) == [f"revocation_case={right}"]


@pytest.mark.req("QH-14b")
def test_a_revoked_title_takes_everything_with_it() -> None:
    given = facts(
        title("revocation_review"),
        under("revocation_case", "notified", look_back="cause"),
        under("insignia", "held", id="plaque", number=1),
        under("insignia", "ordered", id="certificate", number=2),
        under("annual_report", "scheduled", id="report", due_year=2024),
        under("annual_report", "submitted", id="sent", due_year=2023),
        under("reminder", "rectifying", id="running"),
        under("reminder", "drafted", id="draft"),
        under("revocation_case", "hearing", id="second"),
        thing("look_back", "evaluating", id="visit", designation="title"),
        thing("look_back", "in_revocation", id="cause", designation="title"),
        thing("look_back", "in_revocation", id="too_late", designation="title"),
        thing("look_back", "notified", id="elsewhere", designation="another"),
    )
    desk = done(given, "revoke", THE_SYSTEM).desk
    states = {i: desk.facts.things[i].state for i in ("plaque", "certificate", "report", "sent", "running", "draft")}
    assert states == {
        "plaque": "recall_ordered",
        "certificate": "ordered",
        "report": "waived",
        "sent": "submitted",
        "running": "closed",
        "draft": "drafted",
    }
    assert desk.facts.things["second"].state == "closed"
    # The one whose review is here waits for it; that of the other can no longer be opened.
    assert [(s.event, s.thing) for s in desk.sends] == [("cancel_look_back", v) for v in ("visit", "too_late")]


@pytest.mark.req("GAP-QH-14")
def test_a_reversed_revocation_makes_the_waived_report_due_again_and_ends_the_suspension() -> None:
    on = {"revoke": "2024-05-06"}
    given = facts(
        title("revoked", on=on, suspended_since="2024-05-01"),
        under("revocation_case", "reversed"),
        under("annual_report", "waived", id="old", due_year=2022, on={"waive_report": "2023-01-02"}, ended=True),
        under("annual_report", "waived", id="now", due_year=2023, on={"waive_report": "2024-05-06"}, ended=True),
        under("annual_report", "waived", id="next", due_year=2024, on={"waive_report": "2024-05-06"}, ended=True),
    )
    desk = done(given, "reverse_revocation", THE_SYSTEM).desk
    assert [t.data["due_year"] for t in desk.things.values() if t.machine == "annual_report"] == [2023]
    assert desk.facts.things["title"].data["suspended_since"] is None


@pytest.mark.req("INV-26")
def test_a_merged_subject_loses_its_title_by_an_act_of_two_where_the_scheme_says_cancel() -> None:
    given = facts(title("revocation_review"), under("revocation_case", "hearing"), under("insignia", "held"))
    assert done(given, "cancel_for_merger", OFFICE, **MERGER).proposes
    outcome = done(given, "cancel_for_merger", SECOND, second="li", **MERGER)
    assert (outcome.thing.state, outcome.thing.ended) == ("cancelled", True)
    assert outcome.desk.facts.things["revocation_case"].state == "closed"
    assert outcome.desk.facts.things["insignia"].state == "recall_ordered"
    transfers = facts(title(), scheme=with_title(on_merger="transfer"))
    assert refused(transfers, "cancel_for_merger", OFFICE, **MERGER) == ["scheme:title.on_merger=cancel/review"]


@pytest.mark.req("QH-05a")
def test_a_title_is_given_up_only_on_a_signed_request() -> None:
    assert refused(facts(title(), CASE), "accept_exit", OFFICE) == ["exit_requested"]
    asked = done(facts(title(), CASE), "request_exit", HOLDER, letter="ev-9", signer="县长").thing
    assert done(facts(asked, CASE), "accept_exit", OFFICE).thing.state == "exited"
    assert refused(facts(title()), "request_exit", HOLDER) == ["exit_letter.letter", "exit_letter.signer"]


@pytest.mark.req("INV-15")
def test_no_title_is_given_up_while_false_material_is_examined() -> None:
    examined = replace(CASE, data={"fact_finding": {"open": True, "on": "2024-05-02"}})
    given = facts(title(letter="ev-9"), examined)
    assert refused(given, "accept_exit", OFFICE) == ["no_fact_finding_open"]


@pytest.mark.req("INV-27")
def test_an_exit_bars_where_the_scheme_says_so() -> None:
    scheme = with_title(bars=(Bar(on="exited", length=BarLength(years=2), subject="both"),))
    asked = replace(title(letter="ev-9"), organization="org-1")
    outcome = done(facts(asked, CASE, scheme=scheme, now="2024-02-29T09:00"), "accept_exit", OFFICE)
    bars = outcome.thing.data["bars"]
    assert [(b["who"], b["subject"], b["from"], b["until"]) for b in bars] == [
        ("subject", "jiaxian", "2024-02-29", "2026-02-28"),
        ("applicant", "org-1", "2024-02-29", "2026-02-28"),
    ]


@pytest.mark.req("INV-27")
def test_the_end_of_a_bar_by_date_is_brought_up() -> None:
    scheme = with_title(bars=(Bar(on="revoked", length=BarLength(years=3)),))
    given = facts(title("revocation_review"), under("revocation_case", "notified"), scheme=scheme)
    duties = done(given, "revoke", THE_SYSTEM).desk.duties.values()
    assert [(d.key, str(d.due_on)) for d in duties] == [("bar_end", "2027-05-20")]


@pytest.mark.req("QH-08f")
@pytest.mark.req("INV-07")
def test_a_national_nomination_needs_an_open_call_and_an_active_title() -> None:
    call = {**FACT, "kind": "national_call", "closes": "2024-05-20"}
    told = done(facts(title()), "record_fact", OFFICE, **call).thing
    given: dict[str, Any] = {"first_choices": {}}
    assert verdict(facts(told, **given), "nominate_nationally", OFFICE).move.event == "nominate_nationally"
    late = facts(told, now="2024-05-21T00:00", **given)
    assert refused(late, "nominate_nationally", OFFICE) == ["national_call_open"]
    assert refused(facts(title(), **given), "nominate_nationally", OFFICE) == ["national_call_open"]
    assert refused(facts(replace(told, state="reminded")), "nominate_nationally", OFFICE) == ["illegal_in_state"]


@pytest.mark.req("QH-12-4")
def test_facts_from_outside_pile_up_and_a_call_needs_its_last_day() -> None:
    first = done(facts(title()), "record_fact", INSPECTOR, **FACT).thing
    second = done(facts(first), "record_fact", INSPECTOR, **{**FACT, "kind": "criticism"}).thing
    assert [f["kind"] for f in second.data["facts"]] == ["other", "criticism"]
    assert second.state == "active"
    assert refused(facts(title()), "record_fact", OFFICE, **FACT, kind="national_call") == ["external_fact.closes"]
    assert refused(facts(title()), "record_fact", OFFICE, **FACT, kind="rumour") == ["external_fact.kind"]


@pytest.mark.req("QH-05b")
def test_a_title_always_has_a_way_out() -> None:
    assert set(MACHINE.final) == {"cancelled", "exited"}
    for state in ("active", "reminded", "suspended", "revocation_review"):
        assert "cancel_for_merger" in MACHINE.legal(state)
