"""What an event entails outside the file: which entries, for whom, how often, and what ends them."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest

from service.domain.alarm import ring
from service.domain.consequences import Lapse
from service.domain.desk import Desk
from service.domain.facts import THE_SYSTEM, Duty, Thing
from service.schemes.loader import official_calendar
from service.schemes.model import Bulletin, Consequence, Scheme, Text
from tests.support.domain import done, entailed, facts, person, reference, refused, thing, verdict

CALENDAR = official_calendar()
OFFICE = person("sun", "provincial_lbg_office")
CLERK = person("wu", "designee")
REPORT: dict[str, Any] = {"year": 2024, "parts": {p.code: "x" for p in reference().annual_report.parts}}
TITLE = thing("designation", "active", id="title", named_on="2024-03-01")


def scheme(*consequences: Consequence, bulletins: tuple[Bulletin, ...] = ()) -> Scheme:
    return reference().model_copy(update={"consequences": consequences, "bulletins": bulletins})


def entailing(on: str, effect: Any = "criticism", **more: Any) -> Consequence:
    return Consequence(on=on, effect=effect, **more)


def report(state: str = "open", id: str = "report", **more: Any) -> Thing:
    return thing("annual_report", state, id=id, parent="title", owner="title", due_year=2024, **more)


def submitted(rules: Scheme, **more: Any) -> Any:
    return done(facts(report(**more), TITLE, scheme=rules), "submit_report", CLERK, **REPORT)


def owed(id: str, of: str, **more: Any) -> Duty:
    day = date(2025, 1, 31)
    end = CALENDAR.end_of_day(day)
    return Duty(id, "title", of, "annual_report_due", day, day, end, end, **more)


def rung(rules: Scheme, *duties: Duty) -> Desk:
    ids = (f"new-{n}" for n in itertools.count(1))
    given = facts(report(), TITLE, report(id="earlier"), scheme=rules, duties=duties, now="2025-02-01T00:00")
    return ring(given, lambda: next(ids))


# ---------------------------------------------------------------------------------------- entries


@pytest.mark.req("QH-11f")
def test_an_event_entails_what_the_scheme_attaches_to_it_with_its_exact_amount() -> None:
    rules = scheme(entailing("annual_report.submit_report", "bonus", amount="0.10", rules=("QH-11f",)))
    (entry,) = entailed(submitted(rules))
    assert (entry.effect, entry.amount, entry.subject, entry.year) == ("bonus", "0.1", "jiaxian", 2024)
    assert (entry.from_day, entry.rules) == (date(2024, 5, 20), ("QH-11f",))


def test_an_event_that_the_scheme_does_not_name_entails_nothing() -> None:
    outcome = submitted(scheme(entailing("annual_report.accept_report"), entailing("annual_report.open")))
    assert outcome.desk.outside == []


@pytest.mark.req("QH-16a")
def test_a_state_entails_when_it_is_reached_and_not_while_it_stays() -> None:
    rules = scheme(entailing("designation.active", "commendation"))
    decided = thing("naming_decision", "effective")
    new = thing("designation", named_on="2024-03-01")
    made = done(facts(new, decided, scheme=rules), "create_designation", THE_SYSTEM)
    assert [(e.cause, e.effect) for e in entailed(made)] == [("designation.active", "commendation")]
    fact = {"source": "s", "number": "1", "date": "2024-05-01", "file": "ev-1"}
    stays = done(facts(made.thing, scheme=rules), "record_fact", THE_SYSTEM, **fact)
    assert entailed(stays) == []


def test_the_unit_that_answers_for_the_work_is_the_one_concerned() -> None:
    rules = scheme(entailing("annual_report.submit_report"))
    assert [e.organization for e in entailed(submitted(rules, unit="县司法局"))] == ["县司法局"]


def test_what_concerns_nobody_entails_nothing() -> None:
    assert entailed(submitted(scheme(entailing("annual_report.submit_report")), subject="")) == []


@pytest.mark.req("YL-W3c")
def test_a_bulletin_concerns_those_whom_it_names_and_only_its_kind_counts() -> None:
    named = [{"name": n, "subject": n, "organization": "", "region": f"cn/sn/{n}"} for n in ("jiaxian", "zizhou")]
    rules = scheme(entailing("bulletin.issue_bulletin", kind="criticism_circular"))
    for kind, wanted in (("criticism_circular", ["jiaxian", "zizhou"]), ("dispatch", [])):
        about = thing("bulletin", "approved", subject="", track=None, kind=kind, concerns=named)
        assert [e.subject for e in entailed(done(facts(about, scheme=rules), "issue_bulletin", OFFICE))] == wanted


# ---------------------------------------------------------------------------------------- overdue


def test_a_duty_that_is_missed_entails_what_the_scheme_attaches_to_it() -> None:
    found = rung(scheme(entailing("overdue.annual_report_due", "accountability")), owed("d", "report"))
    assert [(e.effect, e.cause) for e in found.outside if not isinstance(e, Lapse)] == [
        ("accountability", "overdue.annual_report_due")
    ]


@pytest.mark.parametrize(("times", "late_before", "entries"), [(1, 0, 1), (2, 0, 0), (2, 1, 1), (3, 1, 0)])
def test_lateness_counts_from_the_time_that_the_scheme_says(times: int, late_before: int, entries: int) -> None:
    rules = scheme(entailing("overdue.annual_report_due", times=times))
    before = [owed("d0", "earlier", overdue=True, done_at=CALENDAR.end_of_day(date(2024, 2, 1)))] * late_before
    assert len(rung(rules, *before, owed("d", "report")).outside) == entries


def test_what_is_done_in_time_is_never_entailed_as_late() -> None:
    rules = scheme(entailing("overdue.annual_report_due"))
    served = owed("d", "report", done_at=CALENDAR.end_of_day(date(2025, 1, 20)))
    assert rung(rules, served).outside == []


# ---------------------------------------------------------------------------------------- the end


@pytest.mark.req("GAP-QH-15")
def test_what_removes_an_entry_is_told_once_with_its_day() -> None:
    cause = "annual_report.submitted"
    rules = scheme(
        entailing("look_back.confirm_retention", "bonus", removed_on=cause),
        entailing("look_back.confirm_retention", "priority", removed_on=cause),
        entailing("annual_report.open_report", removed_on="designation.revoked"),
    )
    (lapse,) = submitted(rules).desk.outside
    assert isinstance(lapse, Lapse)
    assert (lapse.thing.id, lapse.causes, lapse.day) == ("report", (cause,), date(2024, 5, 20))


# --------------------------------------------------------------------------- bulletins on an event


@pytest.mark.req("QH-11d")
def test_an_event_has_a_bulletin_drafted_under_its_thing_where_the_scheme_says_so() -> None:
    kind = Bulletin(key="note", title=Text(zh="通报", en="Note"), audience="全省", on="annual_report.submit_report")
    (sent,) = submitted(scheme(bulletins=(kind,))).desk.sends
    assert (sent.machine, sent.event, sent.parent, sent.thing) == ("bulletin", "draft_bulletin", "report", "")
    assert sent.form == {"kind": "note"}


# ------------------------------------------------------------------------------------- first choice

CALL = {"kind": "national_call", "date": "2024-05-01", "closes": "2024-12-31", "number": "中办1号"}


def called(id: str = "title", **more: Any) -> Thing:
    return thing("designation", "active", id=id, facts=[CALL], **{"subject": id, **more})


@pytest.mark.req("QH-11e")
def test_whoever_kept_the_title_is_nominated_as_a_first_choice_and_the_file_says_so() -> None:
    mine = called()
    outcome = done(facts(mine, first_choices={"title": mine}), "nominate_nationally", OFFICE)
    assert [(n["call"], n["first_choice"]) for n in outcome.thing.data["nominations"]] == [("中办1号", True)]


@pytest.mark.req("QH-11e")
def test_another_is_put_before_a_first_choice_only_with_a_reason() -> None:
    first = called("zizhou")
    given = facts(called(), first_choices={"zizhou": first})
    assert refused(given, "nominate_nationally", OFFICE) == ["first_choice_respected"]
    outcome = done(given, "nominate_nationally", OFFICE, reason="该地区已书面放弃")
    (nomination,) = outcome.thing.data["nominations"]
    assert (nomination["first_choice"], nomination["reason"]) == (False, "该地区已书面放弃")


@pytest.mark.req("QH-11e")
def test_a_first_choice_that_was_nominated_stands_in_nobodys_way() -> None:
    went = called("zizhou", nominations=[{"call": "中办1号"}])
    earlier = called("zizhou", nominations=[{"call": "中办0号"}])
    for first, wanted in ((went, None), (earlier, ["first_choice_respected"])):
        given = facts(called(), first_choices={"zizhou": first})
        if wanted:
            assert refused(given, "nominate_nationally", OFFICE) == wanted
        else:
            assert verdict(given, "nominate_nationally", OFFICE).move.event == "nominate_nationally"


def test_a_scheme_without_that_rule_asks_for_no_reason() -> None:
    base = reference()
    title = base.title.model_copy(update={"nomination": base.title.nomination.model_copy(
        update={"first_choice_after_look_back": False})})  # fmt: skip
    free = base.model_copy(update={"title": title})
    given = facts(called(), scheme=free, first_choices={"zizhou": called("zizhou")})
    assert verdict(given, "nominate_nationally", OFFICE).move.event == "nominate_nationally"
