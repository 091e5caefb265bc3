"""What the record has to tell of a period: sentence by sentence, each name with its basis."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.facts import Duty, Thing
from service.domain.notices import digest
from service.domain.notices.digest import Work
from service.schemes.bulletins import Bulletin
from service.schemes.model import Text
from tests.support.domain import reference, thing

FIRST, LAST, TODAY = date(2024, 11, 15), date(2024, 11, 28), date(2024, 11, 29)


def case(state: str = "rectification", id: str = "case", **data: Any) -> Thing:
    return thing("case", state, id=id, chain=id, subject=id, **{"name": "佳县", **data})


def run(key: str = "rectification", state: str = "open") -> Thing:
    return thing("stage", state, id="run", parent="case", key=key)


def item(id: str, state: str, raised: str, closed: str | None = None, unit: str = "县司法局") -> Thing:
    days = {"raise_item": raised, **({"close_item": closed} if closed else {})}
    return thing("rectification_item", state, id=id, parent="case", on=days, unit=unit)


def told(*things: Thing, duties: tuple[Duty, ...] = (), blocks: tuple[Any, ...] = ("standing",)) -> digest.Draft:
    kind = Bulletin(key="dispatch", title=Text(zh="工作调度", en="Dispatch"), audience="a", content=blocks)
    return digest.digest(Work(reference(), things, duties, FIRST, LAST, TODAY), kind)


def texts(*things: Thing, **more: Any) -> list[str]:
    return [one["text"] for one in told(*things, **more).facts]


@pytest.mark.parametrize(("state", "said"), [("open", "进行中"), ("submitted", "待验收"), ("held", "有问题待整改")])
def test_every_case_is_told_with_its_stage_and_how_it_stands_there(state: str, said: str) -> None:
    assert texts(case(), run(state=state)) == [f"佳县：整改提升阶段，{said}"]


def test_a_paused_case_is_told_as_paused_in_its_stage() -> None:
    assert texts(case("paused", paused_in="inspection")) == ["佳县：督察评估阶段，已中止"]


def test_drafts_and_what_has_ended_are_not_told() -> None:
    assert texts(case("draft"), case("withdrawn", id="b", ended=True)) == ["本期没有需要通报的情况"]


def test_findings_are_counted_over_the_period_with_both_its_ends() -> None:
    items = (
        item("a", "closed", "2024-11-01", "2024-11-15"),
        item("b", "closed", "2024-11-15", "2024-11-28"),
        item("c", "in_progress", "2024-11-28"),
        item("d", "assigned", "2024-11-29"),
        item("e", "closed", "2024-10-01", "2024-11-14"),
        item("f", "void", "2024-11-20"),
    )
    late = Duty("d1", "case", "c", "item_due", date(2024, 11, 25), overdue=True)
    assert texts(case(), *items, duties=(late,), blocks=("items",)) == [
        "佳县：问题 5 项，本期新增 2 项、销号 2 项，尚未销号 2 项，其中逾期 1 项"
    ]


@pytest.mark.req("PDS-M3e")
def test_what_is_late_names_the_unit_that_answers_for_it_on_that_very_duty() -> None:
    late = Duty("d1", "case", "c", "item_due", date(2024, 11, 25), overdue=True)
    report = Duty("d2", "case", "run", "artefact_due:problem_list", date(2024, 11, 20), overdue=True)
    found = told(case(), run(), item("c", "in_progress", "2024-11-16"), duties=(late, report), blocks=("overdue",))
    assert [f["text"] for f in found.facts] == [
        "佳县：问题清单，应于 2024-11-20 前完成，已逾期 9 天",
        "佳县县司法局：问题整改，应于 2024-11-25 前完成，已逾期 4 天",
    ]
    assert found.facts[1]["en"].endswith("due by 2024-11-25, 4 days late")
    assert found.basis == {"佳县": "d2", "县司法局": "d1"}


@pytest.mark.req("PDS-M3e")
def test_a_department_names_its_slow_offices_and_not_itself() -> None:
    scheme = reference()
    inside = scheme.tracks[0].model_copy(update={"class_": "department_participation"})
    own = scheme.model_copy(update={"tracks": (inside,)})
    late = Duty("d1", "case", "c", "item_due", date(2024, 11, 25), overdue=True)
    weekly = Duty("d2", "case", "run", "progress_report_due:problem_list:2024-11-20", date(2024, 11, 20), overdue=True)
    work = Work(own, (case(), run(), item("c", "in_progress", "2024-11-16")), (late, weekly), FIRST, LAST, TODAY)
    kind = Bulletin(key="circular", title=Text(zh="全局通报", en="Circular"), audience="a", content=("overdue",))
    found = digest.digest(work, kind)
    assert [f["text"] for f in found.facts] == [
        "本部门：问题清单，应于 2024-11-20 前完成，已逾期 9 天",
        "县司法局：问题整改，应于 2024-11-25 前完成，已逾期 4 天",
    ]
    assert found.basis == {"县司法局": "d1"}


def test_what_is_open_is_counted_with_what_comes_next_and_no_bulletin_among_it() -> None:
    duties = (
        Duty("a", "case", "run", "stage_due", date(2024, 12, 20)),
        Duty("b", "case", "c", "item_due", date(2024, 12, 5)),
        Duty("c", "case", "run", "dispatch_due:dispatch:2024-11-30", date(2024, 11, 30)),
        Duty("d", "case", "run", "pending_date_watch"),
        Duty("e", "case", "c", "item_due", date(2024, 11, 1), overdue=True),
    )
    assert texts(case(), run(), item("c", "assigned", "2024-11-16"), duties=duties, blocks=("open",)) == [
        "佳县：待办 2 项，最近一项为问题整改，2024-12-05 到期"
    ]


def test_a_project_goes_by_its_place_and_its_own_name() -> None:
    assert texts(case(project="行政复议便民"), run()) == ["佳县（行政复议便民）：整改提升阶段，进行中"]


def test_a_file_that_is_closed_has_its_name_to_tell() -> None:
    found = told(case("named", ended=True))
    assert [f["text"] for f in found.facts] == ["佳县：工作调度"]
    assert found.basis == {"佳县": "case"}


def test_a_title_of_earlier_times_is_a_file_of_its_own_and_has_its_name_to_tell() -> None:
    found = told(thing("designation", "active", id="title", name="佳县"))
    assert [f["text"] for f in found.facts] == ["佳县：工作调度"]
    assert found.basis == {"佳县": "title"}


def test_what_nobody_would_read_is_counted_instead() -> None:
    many = tuple(case(id=f"c{n}", name=f"县{n}") for n in range(digest.MOST + 7))
    found = texts(*many)
    assert len(found) == digest.MOST + 1
    assert found[-1] == "另有 7 条从略"
