"""A list of a batch: complete results, an order that follows its rule, quota, reserves, and how it is used up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.domain.batches.candidate_list import placed
from service.domain.cases.stage_guards import on_candidate_list, on_recommended_list
from service.domain.desk import Desk
from service.domain.facts import THE_SYSTEM, Ask, Facts, Thing
from service.domain.measures.rankings import again
from service.schemes.measures import ListRule
from service.schemes.model import Scheme
from tests.support.domain import done, person, refused, thing
from tests.support.lists import at, file, scheme

OFFICE = person("sun", "provincial_lbg_office")
SECOND = person("qian", "provincial_lbg_office")
ONSITE = ListRule(purpose="candidates", order=("onsite desc",), inputs=("onsite",), reserves=1)
BY_OFFICE = ListRule(purpose="recommendation")
RANKED: dict[str, Any] = {"by": {"rank_list": "sun"}}


def ranked(*files: dict[str, Any], rules: Scheme, cases: list[str] | None = None, **form: Any) -> Thing:
    names = cases or [f["case"].id for f in files]
    return done(at("collecting", *files, rules=rules), "rank_list", OFFICE, cases=names, **form).thing


# ------------------------------------------------------------------------------------------- opening


def test_a_list_is_opened_for_a_purpose_and_a_track_of_the_scheme() -> None:
    rules = scheme(ONSITE)
    assert (
        done(at("@new", rules=rules), "open_list", OFFICE, purpose="candidates", track="area").thing.state
        == "collecting"
    )
    assert refused(at("@new", rules=rules), "open_list", OFFICE, purpose="ranking", track="area") == [
        "list_purpose.purpose"
    ]
    assert refused(at("@new", rules=rules), "open_list", OFFICE, purpose="candidates", track="x") == [
        "list_purpose.track"
    ]
    taken = replace(at("@new", rules=rules), more={"same_case": "other"})
    assert refused(taken, "open_list", OFFICE, purpose="candidates", track="area") == ["one_list_at_a_time"]


def test_the_natural_key_lets_one_list_of_a_kind_run_and_the_next_follow_its_end() -> None:
    form = {"purpose": "candidates", "track": "area"}
    new = thing("candidate_list", batch="batch", track=None)
    first = placed(new, form, [])
    assert (first.track, first.natural) == ("area", "list:batch:area:candidates:0")
    running = replace(first, id="first", data=form)
    assert placed(new, form, [running]).natural == first.natural
    over = replace(running, ended=True)
    assert placed(new, form, [over]).natural == "list:batch:area:candidates:1"
    assert placed(new, {**form, "purpose": "ranking"}, [over]).natural == "list:batch:area:ranking:0"
    assert placed(new, {"track": 7}, []).track is None


def test_a_rule_of_a_track_goes_before_that_of_every_track() -> None:
    own = ListRule(purpose="candidates", track="area", order=("third_party desc",))
    rules = scheme(ONSITE, own)
    assert rules.list_rule("candidates", "area") == own
    assert rules.list_rule("candidates", "other") == ONSITE
    assert rules.list_rule("ranking", "area") is None


# ------------------------------------------------------------------------------------------- ranking


@pytest.mark.req("SX-26")
def test_the_engine_orders_by_the_rule_and_says_who_is_chosen_stands_by_and_is_left_out() -> None:
    found = ranked(file("a", "70"), file("b", "90"), file("c", "85"), file("d", "60"), rules=scheme(ONSITE))
    assert found.data["entries"] == ["b", "c"]
    assert found.data["reserves"] == ["a"]
    assert found.data["left_out"] == {"d": "排名第 4，在名额之外 / ranked 4, beyond the quota"}
    record = found.data["ranking"]
    assert record["result"] == ["b", "c", "a", "d"]
    assert again(record).record == record, "anybody can order it again"


@pytest.mark.req("SX-25")
def test_a_case_without_the_result_that_the_rule_reads_is_not_listed() -> None:
    given = at("collecting", file("a"), file("b", None), rules=scheme(ONSITE))
    assert refused(given, "rank_list", OFFICE, cases=["a", "b"]) == ["list_inputs_complete"]
    assert refused(given, "rank_list", OFFICE, cases=["b"]) == ["list_inputs_complete"]
    assert done(given, "rank_list", OFFICE, cases=["a"]).thing.state == "ranked"


def test_a_list_takes_up_running_cases_of_its_batch_and_track_once_each() -> None:
    files = (file("a"), file("gone", state="withdrawn"), file("draft", state="draft"), file("other"))
    files[3]["case"] = replace(files[3]["case"], track="project")
    given = at("collecting", *files, rules=scheme(ONSITE))
    for wrong in (["a", "a"], ["gone"], ["draft"], ["other"], ["nobody"]):
        assert refused(given, "rank_list", OFFICE, cases=wrong)[:1] == ["list_entries.cases"]
    assert "list_entries.cases" in refused(given, "rank_list", OFFICE)


@pytest.mark.req("INV-28")
def test_equals_are_drawn_with_a_seed_of_the_service_that_stays() -> None:
    files = [file(id, "80") for id in "abc"]
    rules = scheme(ONSITE)
    first = ranked(*files, rules=rules)
    assert first.data["seed"] == "seed of the service"
    assert first.data["ranking"]["drawn"] == [first.data["ranking"]["result"]]
    given = at("collecting", *files, rules=rules, cases=["a", "b", "c"], seed=first.data["seed"])
    anew = replace(given, more={**given.more, "entropy": "another"})
    assert done(anew, "rank_list", OFFICE).thing.data["ranking"] == first.data["ranking"], "no second draw"


@pytest.mark.req("INV-28")
def test_equals_that_no_rule_tells_apart_are_refused_with_their_names() -> None:
    rule = ONSITE.model_copy(update={"tie_rule": ()})
    given = at("collecting", file("a"), file("b"), rules=scheme(rule))
    assert refused(given, "rank_list", OFFICE, cases=["a", "b"]) == ["order_follows_rule"]


@pytest.mark.req("SX-26")
def test_whoever_stands_before_somebody_chosen_is_left_out_only_with_a_reason() -> None:
    files = (file("a", "90"), file("b", "80"), file("c", "70"))
    given = at("collecting", *files, rules=scheme(ONSITE, target=1))
    form: dict[str, Any] = {"cases": ["a", "b", "c"], "selected": ["b"]}
    assert refused(given, "rank_list", OFFICE, **form) == ["order_follows_rule"]
    found = done(given, "rank_list", OFFICE, **form, left_out={"a": "发生重大案件"}).thing.data
    assert (found["entries"], found["reserves"]) == (["b"], ["c"])
    assert found["left_out"] == {"a": "发生重大案件"}, "who is left out for a reason does not stand by"
    both = {**form, "left_out": {"b": "发生重大案件"}}
    assert refused(given, "rank_list", OFFICE, **both)[:1] == ["list_entries.left_out"]


@pytest.mark.req("YL-2n")
def test_where_the_office_orders_each_one_left_out_has_a_reason() -> None:
    files = (file("a"), file("b", None), file("c"))
    rules = scheme(BY_OFFICE)
    given = at("collecting", *files, rules=rules)
    form: dict[str, Any] = {"cases": ["c", "b", "a"], "selected": ["c", "b"]}
    assert refused(given, "rank_list", OFFICE, **form) == ["order_follows_rule"]
    found = done(given, "rank_list", OFFICE, **form, left_out={"a": "材料不完整"}).thing.data
    assert (found["entries"], found["ranking"]["result"]) == (["c", "b"], ["c", "b", "a"])


@pytest.mark.req("YL-2l")
@pytest.mark.req("YL-3n")
def test_nobody_is_recommended_while_a_finding_is_open_not_even_one_that_came_up_again() -> None:
    files = (file("a"), file("b"), file("c"))
    files[1]["things"].append(thing("rectification_item", "in_progress", id="open", chain="b"))
    files[2]["things"].append(thing("rectification_item", "closed", id="done", chain="c"))
    rules = scheme(BY_OFFICE)
    given = at("collecting", *files, rules=rules)
    form: dict[str, Any] = {"cases": ["c", "b", "a"]}
    assert refused(given, "rank_list", OFFICE, **form, selected=["c", "b"], left_out={"a": "材料不完整"}) == [
        "findings_cleared"
    ]
    found = done(given, "rank_list", OFFICE, **form, selected=["c", "a"], left_out={"b": "问题未销号"}).thing.data
    assert found["entries"] == ["c", "a"], "whoever is left out may still have one"
    assert refused(approving(["c", "b"], rules, *files), "approve_list", SECOND) == ["findings_cleared"]
    reserve = approved(*files, rules=rules, entries=["a"], reserves=["b"], approved=["a"])
    assert refused(reserve, "promote_reserve", OFFICE, entry="b") == ["findings_cleared"]
    lax = rules.model_copy(update={"rectification": rules.rectification.model_copy(update={"zero_open": False})})
    assert done(approving(["c", "b"], lax, *files), "approve_list", SECOND).thing.state == "approved"


def test_a_ranking_puts_everybody_in_order_and_leaves_nobody_out() -> None:
    rule = ListRule(purpose="ranking", order=("onsite desc",))
    found = ranked(*(file(id, str(n)) for n, id in enumerate("abcd")), rules=scheme(rule, target=1)).data
    assert (found["entries"], found["left_out"]) == (["d", "c", "b", "a"], {})


# --------------------------------------------------------------------------------------------- quota


def approving(entries: list[str], rules: Scheme, *files: dict[str, Any], **data: Any) -> Facts:
    cases = [f["case"].id for f in files]
    return at("ranked", *files, rules=rules, cases=cases, entries=entries, **RANKED, **data)


@pytest.mark.req("INV-20")
@pytest.mark.req("GAP-YL-4")
def test_a_second_person_approves_the_list_and_a_reasoned_excess() -> None:
    files = [file(id) for id in "abc"]
    within = approving(["a", "b"], scheme(ONSITE), *files)
    assert refused(within, "approve_list", OFFICE) == ["two_persons"]
    assert done(within, "approve_list", SECOND).thing.data["approved"] == ["a", "b"]
    over = approving(["a", "b", "c"], scheme(ONSITE), *files)
    assert refused(over, "approve_list", SECOND) == ["quota_respected"]
    reasoned = approving(["a", "b", "c"], scheme(ONSITE), *files, excess_reason="并列第二")
    assert done(reasoned, "approve_list", SECOND).thing.state == "approved"


@pytest.mark.parametrize(("mode", "number", "approved"), [
    ("exact", 1, False), ("exact", 2, True), ("exact", 3, False), ("max", 0, True), ("range", 1, False),
    ("range", 2, True), ("about", 0, True), ("about", 3, True),
])  # fmt: skip
@pytest.mark.req("SX-06")
def test_each_mode_of_a_quota_on_a_list_of_two(mode: str, number: int, approved: bool) -> None:
    files = [file(id) for id in "abc"]
    given = approving(["a", "b", "c"][:number], scheme(ONSITE, mode=mode), *files, excess_reason="确有需要")
    if approved:
        assert done(given, "approve_list", SECOND).thing.state == "approved"
    else:
        assert refused(given, "approve_list", SECOND) == ["quota_respected"]


@pytest.mark.req("GAP-SX-4")
def test_about_is_a_warning_on_record() -> None:
    files = [file(id) for id in "abc"]
    over = ranked(*files, rules=scheme(ONSITE, mode="about"), selected=["a", "b", "c"]).data
    assert list(over["quota_warnings"]) == [""]
    assert "3" in over["quota_warnings"][""]["zh"]
    assert ranked(*files, rules=scheme(ONSITE, mode="about")).data["quota_warnings"] == {}


@pytest.mark.req("YL-2n")
def test_a_quota_per_region_chooses_the_best_of_each() -> None:
    files = (file("a", "90"), file("b", "80"), file("c", "70", city="yanan"), file("d", "60", city="yanan"))
    rules = scheme(ONSITE, target=1, per=("region",))
    found = ranked(*files, rules=rules).data
    assert (found["entries"], found["reserves"]) == (["a", "c"], ["b", "d"])
    skewed = approving(["a", "b"], rules, *files)
    assert refused(skewed, "approve_list", SECOND) == ["quota_respected"]


def approved(*files: dict[str, Any], rules: Scheme, state: str = "approved", **data: Any) -> Facts:
    base = {"cases": ["a", "b", "c"], "entries": ["a", "b"], "reserves": ["c"], "left_out": {},
            "approved": ["a", "b"], "ranking": {"result": ["a", "b", "c"]}}  # fmt: skip
    return at(state, *files, rules=rules, **{**base, **data})


@pytest.mark.req("SX-28")
@pytest.mark.parametrize("state", ["collecting", "ranked", "approved", "published"])
def test_a_case_that_ended_is_struck_by_whoever_tells_first(state: str) -> None:
    gone = approved(file("a", state="withdrawn"), file("b"), file("c"), rules=scheme(ONSITE), state=state)
    found = done(gone, "strike_entry", THE_SYSTEM, entry="a", text="case withdrawn").thing.data
    assert (found["cases"], found["entries"], found["reserves"]) == (["b", "c"], ["b"], ["c"])
    assert [(s["entry"], s["by"], s["text"]) for s in found["struck"]] == [("a", "system", "case withdrawn")]
    assert refused(gone, "strike_entry", OFFICE, entry="b", text="不再合适") == ["entry_case_ended"]
    assert refused(gone, "strike_entry", OFFICE, entry="x", text="不再合适")[:1] == ["reason.entry"]


@pytest.mark.req("YL-2n")
def test_the_first_reserve_moves_up_into_a_free_place_with_a_second_person() -> None:
    files = [file(id) for id in "abcd"]
    full = approved(*files, rules=scheme(ONSITE), reserves=["c", "d"])
    assert refused(full, "promote_reserve", OFFICE, entry="c") == ["quota_respected"]
    free = approved(*files, rules=scheme(ONSITE), entries=["b"], reserves=["c", "d"])
    assert refused(free, "promote_reserve", OFFICE, entry="d") == ["reserve_next_in_order"]
    assert refused(free, "promote_reserve", OFFICE, entry="b")[:1] == ["list_entry.entry"]
    assert done(free, "promote_reserve", OFFICE, entry="c").proposes
    found = done(free, "promote_reserve", OFFICE, second="qian", entry="c").thing.data
    assert (found["entries"], found["reserves"]) == (["b", "c"], ["d"])
    assert [p["entry"] for p in found["promoted"]] == ["c"]


def test_a_reserve_fills_a_place_of_an_approved_excess_and_no_further_one() -> None:
    files = [file(id) for id in "abcd"]
    excess: dict[str, Any] = {"approved": ["a", "b", "d"], "excess_reason": "并列"}
    struck = approved(*files, rules=scheme(ONSITE), entries=["a", "b"], **excess)
    assert done(struck, "promote_reserve", OFFICE, second="qian", entry="c").thing.data["entries"] == ["a", "b", "c"]
    full = approved(*files, rules=scheme(ONSITE), entries=["a", "b", "d"], **excess)
    assert refused(full, "promote_reserve", OFFICE, entry="c") == ["quota_respected"]


def test_in_strata_the_next_reserve_is_that_of_the_place() -> None:
    files = (file("a"), file("b", city="yanan"), file("c"), file("d", city="yanan"))
    rules = scheme(ONSITE, target=1, per=("region",))
    given = approved(*files, rules=rules, cases=["a", "b", "c", "d"], entries=["a"], reserves=["c", "d"],
                     ranking={"result": ["a", "b", "c", "d"]})  # fmt: skip
    assert refused(given, "promote_reserve", OFFICE, entry="c") == ["quota_respected"]
    assert done(given, "promote_reserve", OFFICE, second="qian", entry="d").thing.data["entries"] == ["a", "d"]


def decision(state: str, **data: Any) -> Thing:
    return thing("naming_decision", state, id="decision", owner="batch", parent="batch", chain="batch", **data)


def test_a_list_is_reopened_until_the_naming_is_decided() -> None:
    rules = scheme(ONSITE)
    given = approved(file("a"), rules=rules, company=(decision("drafted", named=["a"]),))
    assert done(given, "reopen_list", OFFICE, text="补充评估结果").thing.state == "collecting"
    decided = approved(file("a"), rules=rules, company=(decision("approved", named=["a"]),))
    assert refused(decided, "reopen_list", OFFICE, text="补充评估结果") == ["naming_not_decided"]


def closing(*company: Thing, batch: str = "evaluating", **data: Any) -> Facts:
    given = approved(file("a"), file("b"), rules=scheme(ONSITE), company=company, **data)
    owner = replace(given.things["batch"], state=batch, ended=batch == "closed")
    return replace(given, things={**given.things, "batch": owner})


@pytest.mark.req("YL-2n")
def test_a_list_is_used_up_by_the_decision_on_everybody_it_lists() -> None:
    assert refused(closing(), "close_list", THE_SYSTEM) == ["list_used_up"]
    assert refused(closing(decision("effective", named=["a"])), "close_list", THE_SYSTEM) == ["list_used_up"]
    assert refused(closing(decision("approved", named=["a", "b"])), "close_list", THE_SYSTEM) == ["list_used_up"]
    whole = decision("effective", named=["a"], refused={"b": "公示异议成立"})
    assert done(closing(whole), "close_list", THE_SYSTEM).thing.ended
    assert done(closing(batch="closed"), "close_list", THE_SYSTEM).thing.ended
    assert refused(closing(entries=[]), "close_list", THE_SYSTEM) == ["list_used_up"], "a reserve may still move up"


@pytest.mark.req("YL-2n")
def test_a_list_that_was_sent_to_the_outside_body_is_used_up() -> None:
    sent = {"issuer": "市依法治市办", "number": "榆法办〔2024〕8号", "date": "2024-05-20", "to": "省委依法治省办"}
    found = done(closing(), "record_dispatch", OFFICE, **sent)
    assert (found.thing.state, found.thing.data["dispatch"]) == ("closed", sent)
    assert "document.to" in refused(closing(), "record_dispatch", OFFICE, **{**sent, "to": None})


def test_the_last_entry_that_is_struck_ends_the_list() -> None:
    given = approved(file("a", state="withdrawn"), rules=scheme(ONSITE), cases=["a"], entries=["a"], reserves=[])
    assert done(given, "strike_entry", THE_SYSTEM, entry="a", text="case withdrawn").thing.state == "closed"


def issued(**data: Any) -> Desk:
    given = approved(file("a"), file("b"), rules=scheme(ONSITE), company=(decision("approved", **data),))
    form = {"issuer": "省委依法治省办", "number": "3号", "date": "2024-05-20"}
    return done(given.at(given.things["decision"]), "issue_decision", OFFICE, **form).desk


def test_issuing_the_decision_closes_the_lists_that_it_uses_up() -> None:
    assert issued(named=["a", "b"]).thing("list").state == "closed"
    assert issued(named=["a"]).thing("list").state == "approved"


def test_no_list_outlives_its_batch() -> None:
    for state, end in (("collecting", "cancelled"), ("ranked", "cancelled"), ("published", "closed")):
        given = approved(file("a"), rules=scheme(ONSITE), state=state)
        batch = replace(given.at(given.things["batch"]), more={"cases": []})
        assert done(batch, "close_batch", OFFICE).desk.thing("list").state == end


@pytest.mark.req("SX-27")
def test_publicity_of_the_batch_waits_for_an_approved_candidate_list() -> None:
    given = approved(file("a"), rules=scheme(ONSITE), state="ranked")
    assert refused(given.at(given.things["batch"]), "start_publicity", OFFICE) == ["candidate_list=approved/published"]
    other = approved(file("a"), rules=scheme(ONSITE), purpose="ranking")
    assert refused(other.at(other.things["batch"]), "start_publicity", OFFICE) == ["candidate_list=approved/published"]
    later = thing("candidate_list", "collecting", id="z", parent="batch", purpose="candidates", number=9)
    ready = approved(file("a"), rules=scheme(ONSITE), company=(later,))
    assert done(ready.at(ready.things["batch"]), "start_publicity", OFFICE).thing.state == "publicizing"


@pytest.mark.req("SX-26")
def test_a_case_leaves_its_evaluation_only_from_the_approved_list_of_its_track() -> None:
    def asked(case: Thing, **given: Any) -> bool:
        there = approved(file("a"), rules=given.pop("rules", scheme(ONSITE)), **given)
        run = thing("stage", "open", id="run", parent=case.id, key="evaluation", kind="evaluation")
        seen = replace(there, things={**there.things, case.id: case, "run": run}, thing=run)
        return on_candidate_list(replace(seen, thing=replace(run, chain=case.id)), Ask("complete_stage")) is None

    case = file("a")["case"]
    assert asked(case)
    assert not asked(file("c")["case"]), "a reserve is no candidate"
    assert not asked(case, state="ranked")
    assert not asked(case, purpose="recommendation")
    assert asked(file("c")["case"], rules=scheme(BY_OFFICE), purpose="recommendation"), "the scheme has no such list"


@pytest.mark.req("YL-2n")
@pytest.mark.req("YL-3p")
def test_only_whoever_stands_on_the_approved_list_of_recommendations_goes_on() -> None:
    def asked(case: Thing, purpose: str = "recommendation", state: str = "approved") -> bool:
        there = approved(file("a"), rules=scheme(BY_OFFICE), purpose=purpose, state=state)
        run = thing("stage", "open", id="run", parent=case.id, chain=case.id, key="application", kind="application")
        seen = replace(there, things={**there.things, case.id: case, "run": run}, thing=run)
        return on_recommended_list(seen, Ask("complete_stage")) is None

    case = file("a")["case"]
    assert asked(case)
    assert asked(case, state="closed"), "a list that was sent out still says whom the office recommends"
    assert not asked(case, state="ranked")
    assert not asked(case, purpose="candidates")
    assert not asked(file("c")["case"])
