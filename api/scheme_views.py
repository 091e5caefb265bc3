"""What is told about schemes: problems with their places, what values rest on, what a new version alters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.problems import Problem
from service.schemes.basis import MARKS, Basis
from service.schemes.diff import difference
from service.schemes.model import Scheme
from service.schemes.problem import FORM
from service.schemes.problem import Problem as Fault
from service.schemes.reading.places import place_of
from service.schemes.rules import Language, article, rule_ids

MOST_TOLD = 200
_REFUSALS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "exists": (
        "conflict",
        "该版本号已用于其他内容，请换一个版本号",
        "this version has another content: use another number",
        ("INV-30",),
    ),
    "owned": (
        "conflict",
        "该方案代码已由其他地区使用",
        "another region uses this key: choose another one",
        ("INV-30",),
    ),
    "other_key": ("conflict", "草稿不能更改方案代码", "a draft keeps its key: import another one", ("INV-30",)),
    "not_draft": ("illegal", "不是草稿，不能更改", "it is no draft any more", ("INV-30",)),
    "not_published": ("illegal", "不是已发布的版本", "it is no published version", ("GAP-SX-10",)),
    "same_person": (
        "person",
        "您参与了编辑或已先行提出，须由另一人办理",
        "you have edited it, or asked for it first: another person must do this",
        ("INV-20",),
    ),
}


def found_by(code: str) -> Problem:
    """Why a version cannot be changed, from the code of the record."""
    if code == "unknown":
        return Problem("not_found")
    if code == "stale":
        return Problem("stale")
    problem, zh, en, rules = _REFUSALS[code]
    said = {"code": "two_persons" if code == "same_person" else code, "zh": zh, "en": en, "rules": list(rules)}
    return Problem(problem, errors=[said], rules=rules)


def faults(
    problems: Iterable[Fault], files: Mapping[str, bytes] | None = None, refs: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Problems of a scheme as errors: with file, line and column where they came as files, and what to do.

    The first ones: more nobody reads, and looking up the place of each takes its time. `refs` as in `place_of`.
    """
    found = list(problems)
    told = [_fault(one, files, refs) for one in found[:MOST_TOLD]]
    if (more := len(found) - MOST_TOLD) > 0:
        zh, en = f"另有 {more} 个问题，请先解决以上各项", f"{more} more: solve these first"
        told.append({"pointer": "", "code": "more", "zh": zh, "en": en, "rules": [FORM]})
    return told


def _fault(problem: Fault, files: Mapping[str, bytes] | None, refs: Mapping[str, str] | None) -> dict[str, Any]:
    said = {"pointer": problem.path, "code": "scheme", "zh": problem.zh, "en": problem.en, "rules": [problem.rule]}
    advice = {tongue: problem.advice(tongue) for tongue in ("zh", "en")}
    if not files:
        return {**said, "advice": advice}
    place = place_of(problem.path, files, refs)
    if not place.file:
        return {**said, "advice": advice}
    at = {"file": place.file, "line": place.line, "column": place.column}
    return {**said, "advice": advice, **at, **({"sheet": place.sheet} if place.sheet else {})}


def basis_view(scheme: Scheme, path: str, basis: Basis, language: str) -> dict[str, Any]:
    """A basis with its articles in words."""
    tongue: Language = "zh" if language == "zh" else "en"
    own = scheme.source.doc_no or scheme.source.issuer
    articles = [
        article(one, tongue) if one in rule_ids() else {"id": one, "document": own, "article": one}
        for one in basis.articles
    ]
    mark = MARKS.get(basis.mark)
    said = mark[tongue == "en"] if mark else basis.mark
    return {"pointer": path, "mark": basis.mark, "meaning": said, "articles": articles, "note": basis.note}


def differences(old: Scheme, new: Scheme) -> dict[str, Any]:
    """What a new version alters, for JSON."""
    found = difference(old, new)
    return {
        "changes": [
            {
                "pointer": one.path, "how": one.how, "title": one.title.model_dump(), "old": one.old, "new": one.new,
                "track": one.track or None, "stage": one.stage or None, "roles": list(one.roles),
            }
            for one in found.changes
        ],
        "tracks": list(found.tracks),
        "appear": [one._asdict() for one in found.appear],
        "disappear": [one._asdict() for one in found.disappear],
    }  # fmt: skip
