"""From a rule ID to the article behind it, so that every refusal can cite its source.

`rules.csv` lists every rule of the five documents with its place in the document, the decisions taken where
documents are silent or contradict themselves (GAP-…), and the invariants of the service (INV-…).
"""

import csv
import re
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict

Language = Literal["zh", "en"]

# Short names: (zh, en).
DOCUMENTS = {
    "qinghai": (
        "《青海省法治政府建设示范命名动态管理工作规定（试行）》",
        "Qinghai: rules on the dynamic management of demonstration titles (on trial)",
    ),
    "shanxi": (
        "山西省法治政府建设示范创建办法及2020—2021年实施方案（据山西长安网报道）",
        "Shanxi: demonstration-creation measures and 2020-2021 plan (as reported)",
    ),
    "pingdingshan": (
        "《平顶山市教育体育局创建全国法治政府建设示范市工作方案》",
        "Pingdingshan Education and Sports Bureau: work plan for the national demonstration city",
    ),
    "haiyuan": (
        "《海原县推进法治政府建设“八大提升行动”实施方案》",
        "Haiyuan County: implementation plan of the eight improvement actions",
    ),
    "yulin": (
        "《榆林市法治政府建设示范创建行动计划（2024—2025年）》",
        "Yulin City: demonstration-creation action plan 2024-2025",
    ),
    "decision": ("文件未规定，由本服务约定", "decision of this service where the documents are silent"),
    "invariant": ("本服务的不变规则", "invariant of this service"),
}
_FILE = Path(__file__).with_name("rules.csv")
_DIGITS = "零一二三四五六七八九十"
_TEN = 10
_PLACES = {
    "preamble": ("序言", "preamble"),
    "heading, preamble": ("标题、序言", "heading and preamble"),
    "Lead": ("导语", "lead paragraph"),
}
_ARTICLE = re.compile(r"Art\. (?P<article>\d+)(?: ¶(?P<paragraph>\d+))?(?:\((?P<item>\d+)\))?")
_NUMBERED = {
    "§": ("第{}部分", "section {}"),
    "item ": ("第{}项指标", "indicator {}"),
    "bonus ": ("附加项指标加分项{}", "bonus item {}"),
    "deduction ": ("附加项指标减分项{}", "deduction item {}"),
    "二, task ": ("二、第{}项任务", "part 二, task {}"),
}


class Article(TypedDict):
    """Where a rule stands, in one language. `article` is empty for a decision of the service."""

    id: str
    document: str
    article: str


@cache
def article(rule_id: str, language: Language = "zh") -> Article:
    """Document and article behind a rule ID such as QH-11b. Raises KeyError for an unknown one."""
    try:
        row = _rows()[rule_id]
    except KeyError:
        raise KeyError(f"no rule {rule_id}") from None
    return {
        "id": rule_id,
        "document": DOCUMENTS[row["document"]][language == "en"],
        "article": place(row["pointer"], language),
    }


def rule_ids() -> frozenset[str]:
    """Every rule ID there is."""
    return frozenset(_rows())


def place(pointer: str, language: Language) -> str:
    """A pointer of the catalogue in words: `Art. 12(1)` is 第十二条第（一）项 or Art. 12(1)."""
    if pointer in _PLACES:
        return _PLACES[pointer][language == "en"]
    found = _ARTICLE.fullmatch(pointer)
    if found:
        return pointer if language == "en" else _zh_article(found)
    for start, words in _NUMBERED.items():
        if pointer.startswith(start):
            return words[language == "en"].format(pointer.removeprefix(start))
    return pointer


def _zh_article(found: re.Match[str]) -> str:
    words = f"第{_numeral(int(found['article']))}条"
    if found["paragraph"]:
        words += f"第{_numeral(int(found['paragraph']))}款"
    if found["item"]:
        words += f"第（{_numeral(int(found['item']))}）项"
    return words


def _numeral(number: int) -> str:
    """A number from 1 to 19 in Chinese; the longest document has 18 articles."""
    return _DIGITS[number] if number <= _TEN else f"十{_DIGITS[number - _TEN]}"


@cache
def _rows() -> dict[str, dict[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}
