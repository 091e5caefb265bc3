"""The demonstration counts what it sees: an expectation that does not hold is told and decides the exit."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from api.cli.demo.client import Answer
from api.cli.demo.story import language_of
from api.cli.demo.tell import Halted, Teller

SAID = "横山区 89.9 分发布公示", "Hengshan goes on notice with 89.9 points"
ARTICLE = {"id": "QH-11b", "document": "《规定》", "article": "第十一条第一款"}
REFUSAL = {"code": "guard", "detail": "得分 89.9，未达标", "rules": [ARTICLE]}


def answer(status: int, **body: Any) -> Answer:
    return Answer(status, body, "POST /notices")


def teller(language: str = "zh") -> tuple[Teller, io.StringIO]:
    told = io.StringIO()
    return Teller(Console(file=told, width=100), language), told


def test_a_refusal_is_told_with_its_rule_and_article() -> None:
    tell, told = teller()
    tell.refused(answer(409, **REFUSAL), SAID, 409, "guard", "QH-11b")
    assert tell.balance(1)
    assert "QH-11b  《规定》 第十一条第一款" in told.getvalue()


@pytest.mark.parametrize(
    ("found", "status", "code", "rule"),
    [
        (answer(409, **REFUSAL), 409, "guard", "INV-09"),
        (answer(409, **REFUSAL), 409, "illegal", "QH-11b"),
        (answer(409, **REFUSAL), 422, "guard", "QH-11b"),
        (answer(200, state="open"), 409, "guard", "QH-11b"),
    ],
    ids=["rule not cited", "another code", "another status", "not refused at all"],
)
def test_a_refusal_that_is_not_the_expected_one_does_not_hold(found: Answer, status: int, code: str, rule: str) -> None:
    tell, told = teller("en")
    tell.refused(found, SAID, status, code, rule)
    assert not tell.balance(1)
    assert "0 expectations held, 1 did not" in told.getvalue()


@pytest.mark.parametrize(
    "found",
    [
        answer(409, **REFUSAL),
        answer(200, state="draft"),
        answer(202, state="open"),
        answer(200, state="open", outcome="refused"),
    ],
    ids=["refused", "another state", "another status", "taken and then refused"],
)
def test_the_story_ends_where_an_act_that_must_succeed_does_not(found: Answer) -> None:
    tell, _ = teller()
    with pytest.raises(Halted):
        tell.step(found, "open")
    assert not tell.balance(1)


def test_what_holds_is_counted_once() -> None:
    tell, told = teller()
    tell.step(answer(200, state="open"), "open")
    tell.done(answer(201, id="1"), SAID, status=201)
    tell.holds(True, SAID)
    assert tell.balance(1)
    assert "3 项预期成立，0 项不成立" in told.getvalue()


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
    ],
)
def test_it_is_told_in_chinese_unless_the_reader_speaks_english(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
