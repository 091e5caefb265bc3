"""What the end of a look-back tells the title: a strike, a pass, a renewal, an end."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, refused, thing
from tests.support.title import scheme

OFFICE = person("sun", "provincial_lbg_office")
BANDS = [
    {"at_least": 90, "outcome": "retain"},
    {"at_least": 80, "outcome": "reminder"},
    {"at_least": 0, "outcome": "strike"},
]
STRIKES = {"counts": ["look_back_failed"], "limit": 2, "then": "end", "consecutive": True}
DAY = date(2027, 4, 1)


def rules(*, strikes: dict[str, Any] | None = None, ranking: dict[str, Any] | None = None, **title: Any) -> Scheme:
    said = {"strikes": STRIKES if strikes is None else strikes, **title}
    return scheme(title=said, look_back={"bands": BANDS, "ranking": ranking}, revocation={"mode": "none"})


def at(state: str, given: Scheme, *company: Thing, title: dict[str, Any] | None = None, **data: Any) -> Facts:
    own = {"owner": "round", "parent": "round"}
    visit = thing("look_back", state, id="visit", data={"designation": "title", "year": 2027, **data}, **own)
    the_round = thing("look_back_round", "running", id="round", chain="round", track=None, batch=None)
    named = thing("designation", "active", id="title", parent="case", **(title or {}))
    return facts(visit, the_round, named, *company, scheme=given, now=f"{DAY}T09:00")


def strike(source: str = "look_back_failed") -> Send:
    return Send("designation", "record_strike", "title", form={"source": source, "of": "visit", "on": DAY.isoformat()})


@pytest.mark.req("INV-24")
def test_a_failed_result_that_only_counts_closes_the_look_back_and_is_told_to_the_title() -> None:
    outcome = done(at("scored", rules(), total="79.99"), "apply_band", OFFICE)
    assert (outcome.thing.state, outcome.thing.data["result"], outcome.thing.data["outcome"]) == (
        "closed",
        "failed",
        "failed",
    )
    assert outcome.desk.sends == [strike()]


@pytest.mark.req("INV-24")
def test_a_pass_clears_where_failures_must_be_consecutive_and_is_silent_where_they_need_not() -> None:
    kept = done(at("scored", rules(), total="90"), "apply_band", OFFICE)
    assert (kept.thing.state, kept.thing.data["outcome"]) == ("closed", "retained")
    form = {"of": "visit", "on": DAY.isoformat()}
    assert kept.desk.sends == [Send("designation", "clear_strikes", "title", form=form)]
    silent = rules(strikes={**STRIKES, "consecutive": False})
    assert done(at("scored", silent, total="90"), "apply_band", OFFICE).desk.sends == []


@pytest.mark.req("INV-28")
def test_where_the_place_decides_a_pass_is_told_only_after_the_ranking() -> None:
    ranking = {"strata": ["class"], "order": ["score desc"], "tie_rule": ["draw"], "bottom_k": 1, "then": "strike"}
    given = rules(ranking=ranking)
    assert done(at("scored", given, total="90"), "apply_band", OFFICE).desk.sends == []


@pytest.mark.req("INV-24")
def test_a_reminded_look_back_has_failed_only_when_its_reminder_has_ended() -> None:
    reminded = done(at("scored", rules(), total="85"), "apply_band", OFFICE)
    assert (reminded.thing.state, reminded.thing.data["result"]) == ("reminded", "failed")
    assert [s.event for s in reminded.desk.sends] == ["draft_reminder"]
    lifted = thing("reminder", "lifted", look_back="visit")
    over = done(at("reminded", rules(), lifted, total="85", result="failed"), "retain_after_reminder", THE_SYSTEM)
    assert (over.thing.state, over.thing.data["outcome"]) == ("closed", "retained")
    assert over.desk.sends == [strike()]


@pytest.mark.req("INV-24")
def test_a_re_evaluation_that_passes_undoes_the_failure_before_it_was_final() -> None:
    outcome = done(at("scored", rules(), total="92", result="failed"), "apply_band", OFFICE)
    assert [s.event for s in outcome.desk.sends] == ["clear_strikes"]


@pytest.mark.req("QH-13-5")
def test_an_escalated_reminder_leads_to_a_review_only_where_the_scheme_revokes() -> None:
    failed = thing("reminder", "escalated", look_back="visit")
    alone = done(at("reminded", rules(), failed, total="85", result="failed"), "escalate_look_back", THE_SYSTEM)
    assert (alone.thing.state, alone.desk.sends) == ("closed", [strike()])
    own = scheme(look_back={"bands": BANDS})
    waits = done(at("reminded", own, failed, total="85", result="failed"), "escalate_look_back", THE_SYSTEM)
    assert (waits.thing.state, waits.desk.sends) == ("in_revocation", [])


@pytest.mark.req("INV-24")
def test_a_dismissed_review_leaves_the_failed_score_as_a_strike() -> None:
    case = thing("revocation_case", "dismissed", look_back="visit")
    outcome = done(at("in_revocation", rules(), case, total="70", result="failed"), "record_outcome", THE_SYSTEM)
    assert (outcome.thing.data["outcome"], outcome.desk.sends) == ("dismissed", [strike()])


@pytest.mark.req("INV-24")
def test_a_failed_re_check_is_one_strike_by_its_own_kind() -> None:
    both = rules(strikes={**STRIKES, "counts": ["look_back_failed", "recheck_failed"]}, recheck={"every": 3})
    assert done(at("scored", both, total="0", recheck=True), "apply_band", OFFICE).desk.sends == [
        strike("recheck_failed")
    ]
    assert done(at("scored", both, total="0", recheck=False), "apply_band", OFFICE).desk.sends == [strike()]


TERM = {"validity": {"length": 3}, "recheck": {"every": 3}}


@pytest.mark.req("INV-23")
@pytest.mark.parametrize(
    ("total", "until", "sent"),
    [
        ("90", "2027-03-01", ["renew"]),
        ("90", "2027-09-01", ["renew"]),
        ("90", "2028-03-01", []),  # its window is not open yet
        ("10", "2027-03-01", ["expire"]),
        ("10", "2027-04-01", []),  # it ends by itself on its last day
    ],
)
def test_a_re_check_renews_the_title_or_lets_it_end(total: str, until: str, sent: list[str]) -> None:
    given = rules(strikes={**STRIKES, "consecutive": False, "counts": ["bottom_k"]}, **TERM)
    told = {"valid_until": until, "term_from": "2024-03-01", "recheck": {"due": until, "year": 2027}}
    outcome = done(at("scored", given, total=total, recheck=True, title=told), "apply_band", OFFICE)
    assert [s.event for s in outcome.desk.sends] == sent


@pytest.mark.req("INV-16")
def test_a_title_that_has_ended_is_told_nothing() -> None:
    given = at("scored", rules(), total="0")
    over = facts(given.thing, *(t for t in given.things.values() if t.id not in ("title", "visit")),
                 thing("designation", "expired", id="title"), scheme=given.scheme)  # fmt: skip
    assert done(over, "apply_band", OFFICE).desk.sends == []


@pytest.mark.req("INV-26")
def test_a_look_back_goes_on_with_whoever_holds_the_title_now() -> None:
    heir = {"subject": "zizhou", "organization": "gov-2", "region": "cn/sn/yulin/zizhou"}
    moved = done(at("evaluating", rules()), "follow_title", THE_SYSTEM, **heir)
    assert (moved.thing.subject, moved.thing.organization, moved.thing.state) == ("zizhou", "gov-2", "evaluating")
    assert moved.desk.placed == {"visit"}
    assert refused(at("evaluating", rules()), "follow_title", OFFICE, **heir) == ["role"]
