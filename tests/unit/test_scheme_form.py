"""A part of a scheme that is written wrong is answered in both languages with what may be written there."""

from copy import deepcopy
from typing import Any

import pytest

from service.schemes.loader import definition_of, files_in, load, shipped_folder
from service.schemes.problem import SchemeInvalid

pytestmark = pytest.mark.req("QH-17a")


def complaints(path: str, value: Any) -> dict[str, tuple[str, str]]:
    """What is said about the shipped programme with another value at a path: pointer to both texts."""
    definition = deepcopy(definition_of(files_in(shipped_folder("reference"))))
    *above, last = path.split(".")
    here: Any = definition
    for step in above:
        here = here[int(step)] if isinstance(here, list) else here.setdefault(step, {})
    here[last] = value
    with pytest.raises(SchemeInvalid) as refused:
        load(definition)
    return {one.path: (one.zh, one.en) for one in refused.value.problems}


@pytest.mark.parametrize(
    ("path", "value", "pointer", "zh", "en"),
    [
        ("publicity.unit", "days", "", "可写：working_days、calendar_days", "write working_days or calendar_days"),
        (
            "annual_report.due",
            "1月31日",
            "",
            "写作每年都有的月-日，如 01-31",
            "write a month-day of every year, such as 01-31",
        ),
        (
            "annual_report.due",
            "02-29",
            "",
            "写作每年都有的月-日，如 01-31",
            "write a month-day of every year, such as 01-31",
        ),
        ("title.en", "", "", "不能为空", "write something here"),
        ("publicity.days", 0, "", "不得小于 1", "at least 1"),
        ("publicity.days", "ten", "", "应为整数", "write a whole number"),
        ("effective_from", "soon", "", "应为日期，如 2024-05-20", "write a date, such as 2024-05-20"),
        ("version", "v1", "", "版本号写作 1.0.0", "write a version as 1.0.0"),
        ("tracks", [], "", "至少要有 1 项", "at least 1 of them"),
        ("tracks", "area", "", "应为列表，如 [a, b]", "write a list, such as [a, b]"),
        ("title", {"zh": "称号"}, "/title/en", "缺少 en", "en is missing"),
        (
            "window",
            {"from": "2024-02-01", "to": "2024-01-01"},
            "",
            "结束日早于起始日",
            "the window ends before it begins",
        ),
    ],
)
def test_what_is_written_wrong_is_answered_with_what_may_be_written(
    path: str, value: Any, pointer: str, zh: str, en: str
) -> None:
    assert complaints(path, value) == {pointer or "/" + path.replace(".", "/"): (zh, en)}


def test_an_unknown_field_is_answered_with_the_fields_of_its_part_and_the_likely_one() -> None:
    zh, en = complaints("publicity.unti", "calendar_days")["/publicity/unti"]
    assert zh.startswith("没有 unti 这一项，是否为 unit？此处可写：")
    assert en.startswith("there is no field unti, is it unit? Here may stand: ")


def test_an_unknown_field_like_no_other_is_answered_with_the_fields_alone() -> None:
    assert complaints("title.zzzz", 1)["/title/zzzz"][0].startswith("没有 zzzz 这一项。此处可写：zh、en、validity")


def test_where_values_of_several_kinds_may_stand_one_complaint_names_them_all() -> None:
    assert complaints("batch.window.to", "soon") == {
        "/batch/window/to": (
            "应为日期，如 2024-05-20；或者可写：pending",
            "write a date, such as 2024-05-20, or write pending",
        )
    }


def test_a_list_is_not_called_empty_because_its_members_are_wrong() -> None:
    said = complaints("tracks.0.applicant_levels", ["street"])
    assert list(said) == ["/tracks/0/applicant_levels/0"]
    assert said["/tracks/0/applicant_levels/0"][0].startswith("可写：nation、")
