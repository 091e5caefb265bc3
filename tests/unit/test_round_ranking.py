"""Ranking a round: strata, ties, the small ones exempt, and what befalls the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.facts import Facts, Thing
from service.domain.measures import rankings
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, refused, thing
from tests.support.title import scheme

OFFICE = person("sun", "provincial_lbg_office")
RULE = {
    "strata": ["region"], "order": ["score desc"], "tie_rule": ["complaints asc", "draw"], "bottom_k": 2,
    "min_stratum": 3, "then": "strike",
}  # fmt: skip
COUNTS = {"counts": ["bottom_k"], "limit": 2, "then": "end", "consecutive": True}
REST = {"present": True, "grounds": [{"code": "last", "title": {"zh": "末位", "en": "Last"}}]}


def rules(**said: Any) -> Scheme:
    return scheme(title={"strikes": COUNTS, "suspension": REST}, look_back={"ranking": {**RULE, **said}})


def title(name: str, region: str, facts: list[dict[str, Any]] | None = None) -> Thing:
    return thing("designation", "active", id=f"t-{name}", subject=name, region=f"{region}/{name}", facts=facts or [])


def visit(name: str, total: str | None, state: str = "closed", **data: Any) -> Thing:
    said = {"designation": f"t-{name}", "total": total, "result": "passed", **data}
    own = {"owner": "round", "parent": "round", "ended": state in ("closed", "cancelled")}
    return thing("look_back", state, id=f"v-{name}", subject=name, data=said, **own)


def at(scores: Mapping[str, str], given: Scheme, *, state: str = "running", told: Any = None, **data: Any) -> Facts:
    """One county for each name: those of `a` lie in one prefecture, those of `b` in another."""
    titles = [title(name, f"cn/sn/{name[0]}", (told or {}).get(name)) for name in scores]
    visits = [visit(name, total) for name, total in scores.items()]
    about = thing("look_back_round", state, id="round", owner="round", chain="round", track=None,
                  data={"year": 2027, "number": 1, **data})  # fmt: skip
    return facts(about, *visits, scheme=given, now="2027-11-01T09:00", titles=titles, entropy="made")


FOUR = {"a1": "90", "a2": "80", "a3": "85", "a4": "70", "b1": "10", "b2": "20"}


@pytest.mark.req("INV-28")
def test_each_region_is_ranked_by_itself_and_one_that_is_too_small_is_exempt_and_listed_so() -> None:
    record = done(at(FOUR, rules()), "rank_results", OFFICE).thing.data["ranking"]
    assert record["strata"]["cn/sn/a"]["result"] == ["v-a1", "v-a3", "v-a2", "v-a4"]
    assert record["bottom"] == {"cn/sn/a": ["v-a2", "v-a4"]}
    assert record["exempt"] == ["cn/sn/b"]


@pytest.mark.req("INV-28")
def test_equals_are_told_apart_by_the_tie_rule_and_last_by_a_draw_that_anybody_can_repeat() -> None:
    scores = {"a1": "80", "a2": "80", "a3": "80", "a4": "80"}
    complained = {"a1": [{"kind": "complaints", "date": "2027-05-01", "count": 3}],
                  "a2": [{"kind": "complaints", "date": "2026-05-01"}, {"kind": "other", "date": "2027-05-01"}]}  # fmt: skip
    given = at(scores, rules(), told=complained)
    record = done(given, "rank_results", OFFICE).thing.data["ranking"]["strata"]["cn/sn/a"]
    assert record["result"][-1] == "v-a1"
    assert sorted(record["drawn"][0]) == ["v-a2", "v-a3", "v-a4"]
    assert rankings.again(record).record == record


@pytest.mark.req("INV-28")
@pytest.mark.req("INV-29")
def test_whoever_ranks_chooses_no_seed_and_a_ranking_that_was_returned_keeps_the_one_that_was_made() -> None:
    assert refused(at(FOUR, rules()), "rank_results", OFFICE, seed="mine") == ["nothing.seed"]
    ranked = done(at(FOUR, rules()), "rank_results", OFFICE)
    assert ranked.thing.data["ranking"]["seed"] == "made"
    back = done(ranked.desk.facts.at(ranked.thing), "return_ranking", OFFICE, text="名单有误")
    assert back.thing.state == "running"
    assert back.thing.data["returned_rankings"][0]["returned"]["text"] == "名单有误"
    later = replace(back.desk.facts, more={**back.desk.facts.more, "entropy": "other"})
    again = done(later.at(back.thing), "rank_results", OFFICE).thing
    assert again.data["ranking"]["seed"] == "made"


@pytest.mark.req("INV-28")
@pytest.mark.parametrize("state", ["evaluating", "scored", "in_notice", "drawn"])
def test_nobody_is_ranked_before_every_result_is_locked(state: str) -> None:
    given = at(FOUR, rules())
    open_ = visit("a9", "88", state)
    waiting = facts(
        given.thing, *given.things.values(), open_, scheme=given.scheme, now="2027-11-01T09:00", **given.more
    )
    assert "all_runs_scored" in refused(waiting, "rank_results", OFFICE)
    off = visit("a9", None, "cancelled")
    gone = facts(given.thing, *given.things.values(), off, scheme=given.scheme, now="2027-11-01T09:00", **given.more)
    assert done(gone, "rank_results", OFFICE).thing.state == "ranked"


@pytest.mark.req("INV-28")
def test_a_tie_that_no_rule_decides_is_refused_by_name() -> None:
    given = at({"a1": "80", "a2": "80", "a3": "70"}, rules(tie_rule=["complaints asc"]))
    assert refused(given, "rank_results", OFFICE) == ["order_follows_rule"]


def applied(given: Scheme) -> Any:
    ranked = done(at(FOUR, given), "rank_results", OFFICE)
    return ranked.desk.facts.at(ranked.thing)


@pytest.mark.req("INV-28")
@pytest.mark.req("INV-20")
def test_two_people_let_the_rule_take_effect_on_the_last_and_the_others_have_passed() -> None:
    assert done(applied(rules()), "apply_bottom_rule", OFFICE).proposes
    outcome = done(applied(rules()), "apply_bottom_rule", OFFICE, second="wang")
    assert outcome.thing.state == "consequences_applied"
    struck = [s for s in outcome.desk.sends if s.event == "record_strike"]
    assert [(s.thing, s.form["source"], s.form["of"]) for s in struck] == [
        ("t-a2", "bottom_k", "round"),
        ("t-a4", "bottom_k", "round"),
    ]
    cleared = [s.thing for s in outcome.desk.sends if s.event == "clear_strikes"]
    assert cleared == ["t-a1", "t-a3", "t-b1", "t-b2"]


@pytest.mark.req("INV-28")
def test_the_last_are_reminded_or_suspended_where_the_scheme_says_so() -> None:
    reminded = done(applied(rules(then="reminder")), "apply_bottom_rule", OFFICE, second="wang").desk.sends
    assert [(s.event, s.parent) for s in reminded] == [("draft_reminder", "t-a2"), ("draft_reminder", "t-a4")]
    rested = done(
        applied(rules(then="suspension", ground="last")), "apply_bottom_rule", OFFICE, second="wang"
    ).desk.sends
    assert [(s.event, s.thing, list(s.form["grounds"])) for s in rested] == [
        ("suspend_by_ranking", "t-a2", ["last"]),
        ("suspend_by_ranking", "t-a4", ["last"]),
    ]


@pytest.mark.req("INV-28")
def test_a_round_that_ranks_closes_only_after_its_bottom_rule() -> None:
    assert refused(at(FOUR, rules()), "close_round", OFFICE) == ["ranking_finished"]
    assert refused(applied(rules()), "close_round", OFFICE) == ["ranking_finished"]
    outcome = done(applied(rules()), "apply_bottom_rule", OFFICE, second="wang")
    assert done(outcome.desk.facts.at(outcome.thing), "close_round", OFFICE).thing.state == "closed"
    no_ranking = at(FOUR, scheme(look_back={"ranking": None}))
    assert done(no_ranking, "close_round", OFFICE).thing.state == "closed"
    assert "scheme:look_back.ranking" in refused(no_ranking, "rank_results", OFFICE)


@pytest.mark.req("INV-28")
@given(
    st.dictionaries(st.integers(0, 30).map(lambda n: f"a{n}"), st.integers(0, 5), max_size=12),
    st.integers(1, 4), st.integers(0, 6),
)  # fmt: skip
def test_the_last_are_the_lowest_k_of_each_stratum_that_is_large_enough(
    scores: dict[str, int], k: int, least: int
) -> None:
    if not scores:
        return
    given = at({name: str(total) for name, total in scores.items()}, rules(bottom_k=k, min_stratum=least))
    record = done(given, "rank_results", OFFICE).thing.data["ranking"]
    last = [one for ids in record["bottom"].values() for one in ids]
    if len(scores) < least:
        assert (last, record["exempt"]) == ([], ["cn/sn/a"])
        return
    assert len(last) == min(k, len(scores))
    worst = max((Fraction(scores[one[2:]]) for one in last), default=Fraction(0))
    assert all(worst <= Fraction(total) for name, total in scores.items() if f"v-{name}" not in last)
