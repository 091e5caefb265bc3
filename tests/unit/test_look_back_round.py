"""A round of look-backs: the draw on record, the look-backs it makes, the schedule, the end."""

from datetime import date
from typing import Any

import pytest

from service.domain.facts import THE_SYSTEM, Facts, Thing
from service.domain.measures import draws
from service.schemes.model import Scheme
from tests.support.domain import done, facts, person, reference, refused, thing

OFFICE = person("sun", "provincial_lbg_office")
PLAN: dict[str, Any] = {"year": 2025, "number": 1}
SCHEDULE = {"self_evaluation_day": "2025-09-12", "evaluation_day": "2025-10-20"}


def title(id: str, state: str = "active", **data: Any) -> Thing:
    own = {"chain": f"case-{id}", "subject": id, "organization": f"org-{id}", "batch": "b1"}
    return thing("designation", state, id=id, data=data, **own)


def scheme(mode: str = "sample", **changed: Any) -> Scheme:
    base = reference()
    rules = base.look_back.model_copy(update={"mode": mode, **changed})
    return base.model_copy(update={"look_back": rules})


def at(
    state: str = "planned",
    *company: Thing,
    titles: Any = (),
    rounds: Any = (),
    rules: Scheme | None = None,
    made: str = "20250506",
    **data: Any,
) -> Facts:
    own = {"owner": "round", "chain": "round", "track": None, "batch": None}
    about = thing("look_back_round", state, id="round", data={**PLAN, **data}, **own)
    return facts(
        about, *company, scheme=rules, now="2025-05-06T09:00", titles=list(titles), rounds=list(rounds), entropy=made
    )


TITLES = [title(f"t{n}") for n in range(10)]


def test_a_round_is_planned_and_its_draw_is_due_on_the_day_of_the_scheme() -> None:
    planned = done(at("@new"), "plan_round", OFFICE, **PLAN)
    assert planned.thing.state == "planned"
    assert [(d.key, d.due_on) for d in planned.desk.facts.duties] == [("draw_due", date(2025, 6, 30))]


@pytest.mark.req("QH-09a")
@pytest.mark.parametrize("year", [1, 1899, 2027, 9999])
def test_a_round_of_a_far_year_is_refused_for_it_would_hold_up_every_round_before(year: int) -> None:
    assert refused(at("@new"), "plan_round", OFFICE, **{**PLAN, "year": year}) == ["round_plan.year"]
    assert done(at("@new"), "plan_round", OFFICE, **{**PLAN, "year": 2026}).thing.state == "planned"


def test_a_scheme_without_look_back_plans_no_round() -> None:
    assert refused(at("@new", rules=scheme("none")), "plan_round", OFFICE, **PLAN) == ["scheme:look_back.mode"]


@pytest.mark.req("QH-09a")
@pytest.mark.req("INV-29")
def test_a_draw_is_on_record_in_full_and_can_be_repeated() -> None:
    drawn = done(at(titles=TITLES), "select_designees", OFFICE).thing
    record = drawn.data["draw"]
    assert (drawn.state, record["seed"], record["mode"]) == ("drawn", "20250506", "sample")
    assert record["strata"] == {"area": [t.id for t in TITLES]}
    assert draws.again(record)["result"] == record["result"]


@pytest.mark.req("QH-09a")
def test_every_designee_drawn_gets_a_look_back_in_its_own_file() -> None:
    outcome = done(at(titles=TITLES), "select_designees", OFFICE)
    made = outcome.desk.facts.of("look_back")
    assert [m.subject for m in made] == draws.chosen(outcome.thing.data["draw"])
    one = made[0]
    assert (one.state, one.owner, one.parent) == ("drawn", "round", "round")
    assert (one.chain, one.organization, one.track) == (f"case-{one.subject}", f"org-{one.subject}", "area")
    assert one.data["designation"] == one.subject


SOURCE = "中国福利彩票 3D 2025124 期，2025-05-07"


@pytest.mark.req("INV-29")
def test_whoever_draws_does_not_choose_the_seed() -> None:
    assert refused(at(titles=TITLES), "select_designees", OFFICE, seed="mine") == ["draw.seed"]


@pytest.mark.req("INV-29")
def test_with_a_public_seed_the_population_stands_before_the_seed_is_known() -> None:
    fixed = done(at(titles=TITLES), "fix_draw", OFFICE, seed_source=SOURCE).thing
    frame = fixed.data["frame"]
    assert (fixed.state, frame["source"], len(frame["strata"]["area"])) == ("planned", SOURCE, 10)
    later = at(titles=[*TITLES, title("late")], frame=frame)
    assert refused(later, "select_designees", OFFICE) == ["draw.seed"]
    record = done(later, "select_designees", OFFICE, seed="6 3 8").thing.data["draw"]
    assert (record["hash"], record["seed"]) == (frame["hash"], "6 3 8")
    assert "late" not in record["strata"]["area"]
    assert draws.differences(record) == []


@pytest.mark.req("INV-29")
def test_a_population_is_fixed_once_and_only_two_persons_take_it_back() -> None:
    frame = done(at(titles=TITLES), "fix_draw", OFFICE, seed_source=SOURCE).thing.data["frame"]
    fixed = at(titles=TITLES, frame=frame)
    assert refused(fixed, "fix_draw", OFFICE, seed_source="another source") == ["draw_not_fixed"]
    void = done(fixed, "void_draw", OFFICE, second="qian", text="来源有误").thing.data
    assert (void["frame"], void["void_draws"][0]["hash"]) == (None, frame["hash"])
    assert refused(at(titles=TITLES), "void_draw", OFFICE, text="来源有误") == ["draw_on_record"]


@pytest.mark.req("INV-29")
def test_a_scheme_that_names_a_public_source_is_drawn_by_it_alone() -> None:
    rules = scheme(sample=reference().look_back.sample.model_copy(update={"seed": "lottery"}))
    assert refused(at(titles=TITLES, rules=rules), "select_designees", OFFICE) == ["draw_reproducible"]
    assert refused(at(titles=TITLES, rules=scheme("census")), "fix_draw", OFFICE, seed_source=SOURCE) == [
        "draw_not_fixed"
    ]


def test_a_title_that_ended_since_its_population_was_fixed_is_not_looked_at() -> None:
    frame = done(at(titles=TITLES), "fix_draw", OFFICE, seed_source=SOURCE).thing.data["frame"]
    gone = [title(t.id, "revoked") for t in TITLES]
    outcome = done(at(titles=[*gone, title("new")], frame=frame), "select_designees", OFFICE, seed="1")
    assert outcome.desk.facts.of("look_back") == []
    assert len(draws.chosen(outcome.thing.data["draw"])) == 2


@pytest.mark.req("GAP-QH-8")
def test_a_draw_is_made_by_a_person() -> None:
    assert refused(at(titles=TITLES), "select_designees", THE_SYSTEM) == ["selection_follows_mode"]


@pytest.mark.req("GAP-QH-8")
def test_a_class_short_of_its_least_number_stops_the_selection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The draw takes enough by itself; the guard would catch a draw that does not."""

    def short(*given: Any) -> dict[str, Any]:
        return {"least": len(given), "result": {"area": ["t0"]}, "exempt": []}

    monkeypatch.setattr(draws, "drawn", short)
    assert refused(at(titles=TITLES), "select_designees", OFFICE) == ["strata_minimum_met"]


@pytest.mark.req("GAP-SX-8")
def test_a_census_takes_every_title_in_force_and_needs_no_seed() -> None:
    titles = [title("a"), title("b", "reminded"), title("c", "revoked"), title("d", "suspended")]
    outcome = done(at(titles=titles, rules=scheme("census")), "select_designees", THE_SYSTEM)
    assert sorted(m.subject for m in outcome.desk.facts.of("look_back")) == ["a", "b"]


@pytest.mark.req("INV-23")
def test_by_due_date_come_the_titles_whose_re_check_falls_into_the_year() -> None:
    base = scheme("due_date")
    every = base.title.recheck.model_copy(update={"every": 2})
    rules = base.model_copy(update={"title": base.title.model_copy(update={"recheck": every})})
    titles = [title(str(year), named_on=f"{year}-06-20") for year in (2021, 2022, 2023, 2024, 2025)]
    outcome = done(at(titles=titles, rules=rules), "select_designees", THE_SYSTEM)
    assert sorted(m.subject for m in outcome.desk.facts.of("look_back")) == ["2021", "2023"]


def test_a_round_without_any_title_draws_nobody() -> None:
    assert refused(at(titles=[title("a", "revoked")]), "select_designees", OFFICE) == ["selection_follows_mode"]


@pytest.mark.req("GAP-QH-8")
def test_earlier_rounds_count_so_that_all_are_drawn_within_four() -> None:
    rounds: list[Thing] = []
    seen: set[str] = set()
    for year in range(2025, 2029):
        given = at(titles=TITLES, rounds=rounds, year=year, made=str(year))
        drawn = done(given, "select_designees", OFFICE).thing
        seen |= set(draws.chosen(drawn.data["draw"]))
        rounds.append(thing("look_back_round", "closed", id=f"r{year}", data=dict(drawn.data)))
    assert seen == {t.id for t in TITLES}


def test_a_round_that_was_cancelled_does_not_count_as_passing_anybody_over() -> None:
    first = done(at(titles=TITLES), "select_designees", OFFICE).thing
    off = thing("look_back_round", "cancelled", id="off", data=dict(first.data))
    record = done(at(titles=TITLES, rounds=[off]), "select_designees", OFFICE).thing.data["draw"]
    assert set(record["passed_over"].values()) == {0}


@pytest.mark.req("GAP-QH-8")
def test_titles_are_drawn_within_their_own_class() -> None:
    base = reference()
    raw = base.track("area").model_dump(by_alias=True) | {"id": "project", "class": "project"}
    project = type(base.track("area")).model_validate(raw)
    rules = base.model_copy(update={"tracks": (*base.tracks, project)})
    titles = [*TITLES, thing("designation", "active", id="p", track="project", subject="p")]
    record = done(at(titles=titles, rules=rules), "select_designees", OFFICE).thing.data["draw"]
    assert {name: len(ids) for name, ids in record["result"].items()} == {"area": 2, "project": 1}


def drawn() -> Facts:
    state = done(at(titles=TITLES), "select_designees", OFFICE).desk.facts
    return state.at(state.things["round"])


@pytest.mark.req("INV-20")
@pytest.mark.req("INV-29")
def test_a_void_draw_stays_on_record_and_cancels_its_look_backs() -> None:
    assert done(drawn(), "void_draw", OFFICE, text="名单有误").proposes
    outcome = done(drawn(), "void_draw", OFFICE, second="qian", text="名单有误")
    assert {m.state for m in outcome.desk.facts.of("look_back")} == {"cancelled"}
    [void] = outcome.thing.data["void_draws"]
    assert (outcome.thing.state, outcome.thing.data["draw"]) == ("planned", None)
    assert (void["seed"], void["void"]["text"]) == ("20250506", "名单有误")
    assert [d.key for d in outcome.desk.facts.duties if d.done_at is None] == ["draw_due"]


def test_a_new_draw_after_a_void_one_makes_new_look_backs() -> None:
    void = done(drawn(), "void_draw", OFFICE, second="qian", text="名单有误").desk.facts
    again = done(void.at(void.things["round"]), "select_designees", OFFICE).desk.facts
    assert len(again.of("look_back", live=True)) == 2


@pytest.mark.req("QH-09c")
def test_starting_the_round_tells_every_designee_its_schedule() -> None:
    outcome = done(drawn(), "start_round", OFFICE, **SCHEDULE)
    runs = outcome.desk.facts.of("look_back")
    assert {r.state for r in runs} == {"notified"}
    assert {r.data["self_evaluation_day"] for r in runs} == {"2025-09-12"}
    due = [d for d in outcome.desk.facts.duties if d.key == "self_evaluation_due"]
    assert [d.due_on for d in due] == [date(2025, 9, 12)] * 2
    assert {d.owner for d in due} == {"round"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"self_evaluation_day": "2025-05-05"}, "schedule.self_evaluation_day"),
        ({"evaluation_day": "2025-09-11"}, "schedule.evaluation_day"),
    ],
)
def test_a_schedule_out_of_order_is_refused(changed: dict[str, str], code: str) -> None:
    assert refused(drawn(), "start_round", OFFICE, **{**SCHEDULE, **changed}) == [code]


def run(state: str, *, ended: bool = False) -> Thing:
    return thing("look_back", state, id=state, owner="round", parent="round", ended=ended, designation="t0")


@pytest.mark.req("QH-09b")
def test_a_round_closes_when_every_look_back_is_closed() -> None:
    over = run("closed", ended=True)
    assert refused(at("running", over, run("in_notice")), "close_round", OFFICE) == ["all_runs_closed"]
    assert done(at("running", over), "close_round", OFFICE).thing.state == "closed"


@pytest.mark.req("INV-28")
def test_a_round_that_ranks_does_not_close_without_its_ranking() -> None:
    rules = scheme(ranking=reference().look_back.model_validate({"ranking": {"bottom_k": 1}}).ranking)
    assert refused(at("running", rules=rules), "close_round", OFFICE) == ["ranking_finished"]


def test_cancelling_a_drawn_round_cancels_its_look_backs() -> None:
    outcome = done(drawn(), "cancel_round", OFFICE, second="qian", text="年度任务调整")
    assert outcome.thing.state == "cancelled"
    assert {m.state for m in outcome.desk.facts.of("look_back")} == {"cancelled"}
