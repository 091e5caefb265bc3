"""What the appraisal of a plan year entails, by unit, and what its circular tells (HY-T03)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.consequences import Entail
from service.domain.facts import Ask
from service.domain.notices import digest
from service.domain.notices.digest import Work
from service.domain.perform import Outcome, perform
from service.schemes.bulletins import Bulletin
from service.schemes.model import Consequence, Text
from service.schemes.validation.bulletins import bulletin_problems
from service.schemes.validation.validator import problems
from tests.support.domain import done, entailed, facts, person, reference, thing
from tests.support.plans import AUTHORITY, Walk, scheme_with

FLAGS = tuple(
    Consequence.model_validate({"on": "action_plan.appraise_year", "units": units, "effect": effect})
    for units, effect in (("met", "bonus"), ("unmet", "deduction"))
)


def appraised() -> tuple[Walk, list[Entail]]:
    """A year in which unit u2 met its task, and those that were asked something else did not."""
    walk = Walk(rules=scheme_with().model_copy(update={"consequences": FLAGS})).started()
    walk.verified(walk.results(2)[0], inspections="1", closure_rate={"numerator": "9", "denominator": "10"})
    walk.until("2024-01-05")
    outcome = perform(walk.facts.at(walk.plan), Ask("appraise_year", {}, AUTHORITY), walk.fresh)
    assert isinstance(outcome, Outcome)
    walk.facts = outcome.desk.facts
    return walk, [e for e in outcome.desk.outside if isinstance(e, Entail)]


@pytest.mark.req("HY-T03")
@pytest.mark.req("HY-W2a")
def test_who_met_all_has_a_bonus_and_who_missed_some_a_deduction_in_the_year_appraised() -> None:
    _, found = appraised()
    flags = {effect: [e.organization for e in found if e.effect == effect] for effect in ("bonus", "deduction")}
    assert flags == {"bonus": ["u2"], "deduction": ["u1", "u4", "u5", "u7", "u8", "u9"]}, "u3 and u6 owed nothing"
    assert {(e.year, e.from_day, e.amount) for e in found} == {(2023, date(2024, 1, 5), None)}


@pytest.mark.req("HY-T03")
def test_the_circular_names_each_unit_with_what_it_missed_on_a_task_of_its_own() -> None:
    walk, _ = appraised()
    kind = Bulletin(key="unmet", title=Text(zh="通报", en="Circular"), audience="全县", content=("appraisal",))
    day = date(2024, 1, 5)
    told = digest.digest(Work(walk.facts.scheme, tuple(walk.facts.things.values()), (), day, day, day), kind)
    assert told.facts[0] == {
        "text": "u1：2023 年度未完成任务 1 项（第 1 项）", "en": "u1: 1 tasks missed in 2023 (1)"
    }  # fmt: skip
    assert set(told.basis) == {"u1", "u4", "u5", "u7", "u8", "u9"}
    assert walk.facts.things[told.basis["u4"]].data["unit"] == "u4"
    called = tuple(
        t.with_data(unit_name="县司法局") if t.data.get("unit") == "u4" else t for t in walk.facts.things.values()
    )
    told = digest.digest(Work(walk.facts.scheme, called, (), day, day, day), kind)
    assert "县司法局：2023 年度未完成任务 1 项（第 4 项）" in [one["text"] for one in told.facts], (
        "by its name, not by its ID"
    )
    assert "u4" not in told.basis
    fresh = Walk()
    nothing = digest.digest(Work(fresh.facts.scheme, (fresh.plan,), (), day, day, day), kind)
    assert nothing.facts == [digest.NOTHING]


@pytest.mark.req("HY-W2d")
@pytest.mark.parametrize(("classes", "entries"), [(("area",), 1), (("project",), 0), ((), 1)])
def test_what_is_said_of_some_classes_follows_for_no_other(classes: tuple[Any, ...], entries: int) -> None:
    rule = Consequence(on="designation.active", effect="funding", classes=classes)
    rules = reference().model_copy(update={"consequences": (rule,)})
    about = thing("designation", "@new", id="t", owner="t", parent="case")
    case = thing("case", "named", id="case", owner="case")
    document = {"source": "s", "number": "1", "date": "2024-05-10", "file": "ev-1"}
    given = facts(about, case, scheme=rules, history=[], same_case=None)
    made = done(given, "record_external_designation", person("sun", "leading_group_office"), **document)
    assert len(entailed(made)) == entries


def test_what_such_rules_speak_of_must_be_there() -> None:
    wrong = (
        Consequence(on="designation.active", effect="bonus", units="met"),
        Consequence(on="designation.active", effect="funding", classes=("single_item",)),
    )
    kind = Bulletin(key="unmet", title=Text(zh="通报", en="Circular"), audience="全县", content=("appraisal",))
    base = reference().model_copy(update={"consequences": wrong, "bulletins": (kind,)})
    assert [(p.path, p.rule) for p in bulletin_problems(base)] == [
        ("/consequences/0/units", "HY-T03"), ("/consequences/1/classes", "GAP-QH-15"), ("/bulletins/0/content", "HY-T03"),
    ]  # fmt: skip
    report = base.annual_report.model_copy(update={"of": "plan"})
    track = base.tracks[0].model_copy(update={"tiers": ("gold",)})
    quota = {"quota": base.tracks[0].model_validate({**track.model_dump(by_alias=True), "quota": {
        "mode": "max", "least": 2, "target": 3}}).quota}  # fmt: skip
    changed = base.model_copy(update={"annual_report": report, "tracks": (track.model_copy(update=quota),)})
    found = {(p.path, p.rule) for p in problems(changed)}
    wanted = {"/annual_report/of": "HY-T05", "/tracks/0/tiers": "HY-T01", "/tracks/0/quota/least": "HY-T01"}
    assert set(wanted.items()) <= found
