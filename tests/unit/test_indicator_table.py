"""The table of indicators: read as it comes, with groups in levels and conditions, or refused with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from service.schemes import loader
from service.schemes.measures import Since
from service.schemes.model import Scheme
from service.schemes.problem import SchemeInvalid
from service.schemes.reading.indicator_table import with_indicators
from service.schemes.validation.validator import problems
from tests.support.schemes import files
from tests.support.tables import FOLDER

SPEC = (FOLDER / "indicators.csv").read_text(encoding="utf-8")
HEAD = "code,kind,title_zh,title_en,methods,level1,level1_zh,level2,level2_zh,level3,offices,thresholds,zero_tolerance"
ROW: dict[str, str] = {
    "code": "A-1", "kind": "indicator", "title_zh": "甲", "title_en": "a", "methods": "exam", "level1": "L1",
    "level1_zh": "一级", "level2": "L2", "level2_zh": "二级", "level3": "L3", "offices": "法规科",
    "thresholds": "done>=80%", "zero_tolerance": "",
}  # fmt: skip


def definition(**scoring: Any) -> dict[str, Any]:
    """The shipped programme in mode binary, without what only its own table has."""
    plain = loader.dump(loader.shipped_scheme("reference"))
    rest = {"mode": "binary", "pass": [{"at_least": "0.9", "outcome": "pass"}, {"at_least": "0", "outcome": "fail"}]}
    return {**plain, "scoring": {**rest, **scoring}}


def read(table: str, system: Mapping[str, Any] = {}, **scoring: Any) -> Scheme:
    """A scheme whose indicators come from this table."""
    whole = definition(**scoring)
    rows = list(csv.DictReader(io.StringIO(table)))
    items = sum(row["kind"] == "indicator" for row in rows)
    said = {"ref": "t.csv", "edition": "e", "item_count": items, "additional": len(rows) - items, **system}
    given = with_indicators(said, {"t.csv": table.encode()}, whole["scoring"], {})
    basis = {path: one for path, one in whole["basis"].items() if not path.startswith("/indicator_system")}
    return loader.load({**whole, "indicator_system": given, "basis": basis})


def table(*rows: Mapping[str, str], head: str = HEAD) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, head.split(","))
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return written.getvalue()


def refusal(given: Callable[[], Any]) -> str:
    with pytest.raises(SchemeInvalid) as caught:
        given()
    return str(caught.value)


def found(scheme: Scheme) -> list[tuple[str, str]]:
    return [(one.path, one.rule) for one in problems(scheme) if one.path.startswith("/indicator_system")]


@pytest.mark.req("PDS-A3", "PDS-A4")
def test_a_table_with_every_column_is_read_as_it_comes() -> None:
    scheme = read(SPEC, {"references": {"prev_year_national_mean": {"zh": "上年全国平均", "en": "mean"}}})
    system = scheme.indicator_system
    assert (len(system.indicators), [g.id for g in system.groups]) == (90, [*(f"G{n}" for n in range(1, 9)), "X"])
    assert system.groups[0].title.zh == "职能履行"
    assert [i.kind for i in system.indicators[-4:]] == ["bonus", "bonus", "deduction", "deduction"]
    first, review = system.indicator("PDS-I05"), system.indicator("PDS-I22")
    assert [str(t) for t in first.thresholds] == ["enterprise_startup_time<=5wd"]
    assert review.evidence_since == (
        Since(year=2019, evidence="legality_review"),
        Since(year=2018, evidence="expert_argument"),
    )
    assert review.offices
    assert loader.load(loader.dump(scheme)) == scheme
    assert found(scheme) == []


def test_groups_of_several_levels_lie_below_each_other() -> None:
    system = read(table({}, {"code": "A-2", "level3": ""})).indicator_system
    assert [(g.id, g.parent, g.title.zh) for g in system.groups] == [
        ("L1", None, "一级"),
        ("L2", "L1", "二级"),
        ("L3", "L2", "L3"),
    ]
    assert [i.group for i in system.indicators] == ["L3", "L2"]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"level1": ""}, "no level above level2"),
        ({"level1": "", "level2": "", "level3": ""}, "no group is named"),
        ({"level1_zh": "别的"}, "another title"),
        ({"level1": "L9"}, "below another one"),
        ({"thresholds": "done>=80"}, "neither unit nor period"),
        ({"thresholds": "done"}, "has no operator"),
        ({"zero_tolerance": "broken=none!"}, "no sound value"),
    ],
)
def test_a_row_that_contradicts_the_others_is_refused_with_its_line(row: dict[str, str], complaint: str) -> None:
    said = refusal(lambda: read(table({}, {"code": "A-2", **row})))
    assert "t.csv:3" in said
    assert complaint in said


def test_a_year_of_evidence_is_a_year() -> None:
    said = refusal(lambda: read(SPEC.replace("legality_review:2019", "legality_review:long ago")))
    assert "no year" in said


@pytest.mark.parametrize(
    ("row", "place", "rule"),
    [
        ({"thresholds": "loss<=last_mean"}, "/thresholds/0", "PDS-A3"),
        ({"thresholds": "done>=80%;done>=90%"}, "/thresholds", "PDS-A3"),
        ({"zero_tolerance": "broken<=2times"}, "/zero_tolerance/0", "PDS-A3"),
        ({"offices": ""}, "/offices", "PDS-A4"),
    ],
)
def test_a_condition_that_nobody_could_judge_is_not_published(row: dict[str, str], place: str, rule: str) -> None:
    assert found(read(table(row, {"code": "A-2"}))) == [(f"/indicator_system/indicators/0{place}", rule)]


def test_an_item_is_set_aside_only_for_a_reason_that_the_scheme_lists() -> None:
    head = f"{HEAD},applicability"
    reasons = [{"code": "not_ours", "title": {"zh": "无此职责", "en": "no such duty"}}]
    rows = (
        {"applicability": "always"},
        {"code": "A-2", "applicability": "not_ours"},
        {"code": "A-3", "applicability": "x"},
    )
    given = read(table(*rows, head=head), not_applicable_reasons=reasons)
    assert found(given) == [("/indicator_system/indicators/2/applicability", "GAP-PDS-5")]


def test_extras_have_points_only_where_points_are_given_and_a_veto_never() -> None:
    head = f"{HEAD},max_points"
    rows: tuple[dict[str, str], ...] = (
        {},
        {"code": "A-2", "kind": "bonus", "max_points": "2"},
        {"code": "A-3", "kind": "veto", "max_points": "1"},
    )
    places = [path for path, _ in found(read(table(*rows, head=head)))]
    assert places == [f"/indicator_system/indicators/{n}/max_points" for n in (1, 2)]


@pytest.mark.req("GAP-ALL-1")
@pytest.mark.parametrize("parent", ["B", "missing"])
def test_a_group_lies_neither_below_itself_nor_below_nothing(parent: str) -> None:
    title = {"zh": "组", "en": "group"}
    groups = [{"id": "A", "title": title, "parent": parent}, {"id": "B", "title": title, "parent": "A"}]
    given = read(table({"level1": "A", "level1_zh": "", "level2": "", "level3": ""}), {"groups": groups})
    assert ("/indicator_system/groups/0/parent", "GAP-ALL-1") in found(given)


def test_the_shipped_table_is_read_by_its_own_columns() -> None:
    head = files()["indicators.csv"].decode().splitlines()[0]
    assert head == "code,kind,title_zh,title_en,group,group_zh,methods,max_points,provisional"
    assert loader.read_files(files()) == loader.shipped_scheme("reference")


@pytest.mark.req("INV-29")
@pytest.mark.parametrize(
    ("sample", "refused"),
    [
        ({"allocation": "weights"}, True),
        ({"allocation": "weights", "weights": {"town": "1"}}, False),
        ({"strata": ["town", "village"], "weights": {"town": "1"}}, True),
        ({"strata": ["town", "village"], "weights": {"town": "1", "village": "2.5"}}, False),
    ],
)
def test_the_weights_of_a_sample_are_those_of_its_strata(sample: dict[str, Any], refused: bool) -> None:
    whole = loader.dump(loader.shipped_scheme("reference"))
    rule = {"population": "residents", "size": 10, "seed": "stored", **sample}
    whole["evaluation"]["survey"]["sample"] = rule
    assert (
        ("/evaluation/survey/sample/weights", "INV-29") in [(p.path, p.rule) for p in problems(loader.load(whole))]
    ) is refused
