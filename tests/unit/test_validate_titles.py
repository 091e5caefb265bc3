"""What a scheme may not say of its title: each refusal names its place and the rule it breaks."""

from __future__ import annotations

from typing import Any

import pytest

from service.schemes import loader, rules
from service.schemes.validation.titles import title_problems
from service.schemes.validation.validator import problems

REFERENCE = loader.shipped_scheme("reference")
LAST = {"code": "last", "title": {"zh": "末位", "en": "Last"}}
FAILURES = {"code": "failures", "title": {"zh": "累计不合格", "en": "Failures"}, "rules": ["INV-24"]}
OTHER = {"code": "other", "title": {"zh": "其他", "en": "Other"}, "free_text_min": 20, "rules": ["INV-24"]}
RANKING = {"strata": ["region"], "order": ["score desc"], "tie_rule": ["complaints asc", "draw"], "bottom_k": 2,
           "min_stratum": 8, "then": "strike"}  # fmt: skip
STRIKES = {"counts": ["recheck_failed", "bottom_k", "report_missed"], "limit": 2, "consecutive": True, "then": "end"}
WHOLE: dict[str, dict[str, Any]] = {
    "title": {
        "validity": {"length": 3, "renewal_window_days": 180, "grace_days": 60},
        "recheck": {"every": 3},
        "strikes": STRIKES,
        "suspension": {"present": True, "grounds": [LAST]},
        "on_merger": "review",
        "legacy": [{"class": "area", "before": "2020-01-01"}],
        "bars": [{"on": "expired", "length": {"years": 3}}],
    },
    "look_back": {"mode": "census", "ranking": RANKING},
    "annual_report": {"present": True},
}


def found(**changed: dict[str, Any]) -> set[tuple[str, str]]:
    definition = loader.dump(REFERENCE)
    for part in ("title", "look_back", "annual_report", "revocation", "reminder"):
        definition[part] = {**definition[part], **WHOLE.get(part, {}), **changed.get(part, {})}
    told = list(title_problems(loader.load(definition)))
    for one in told:
        assert one.zh != one.en
        assert one.rule in rules.rule_ids()
    return {(one.path, one.rule) for one in told}


def test_everything_that_a_scheme_can_state_of_a_title_can_be_published() -> None:
    definition = loader.dump(REFERENCE)
    for part, said in WHOLE.items():
        definition[part] = {**definition[part], **said}
    definition["basis"] = {}  # marks of values that are others now
    assert problems(loader.load(definition)) == []


@pytest.mark.req("GAP-QH-1")
def test_nobody_is_looked_back_at_where_nothing_is_scored() -> None:
    definition = loader.dump(REFERENCE)
    definition["scoring"] = {"mode": "none"}
    definition["look_back"] = {"mode": "census", "bands": [{"at_least": "0", "outcome": "retain"}]}
    assert "/look_back/mode" in {one.path for one in problems(loader.load(definition))}
    definition["look_back"] = {"mode": "none"}
    assert "/look_back/mode" not in {one.path for one in problems(loader.load(definition))}


@pytest.mark.parametrize(
    ("changed", "path", "rule"),
    [
        ({"title": {"recheck": {"every": 4}}}, "/title/recheck/every", "INV-23"),
        ({"look_back": {"mode": "none", "ranking": None}}, "/title/recheck/every", "INV-23"),
        ({"look_back": {"mode": "due_date"}, "title": {"recheck": {"every": None}}}, "/look_back/mode", "INV-23"),
        ({"title": {"validity": {"length": 101}}}, "/title/validity/length", "INV-23"),
        ({"look_back": {"every": 101}}, "/look_back/every", "INV-23"),
        ({"title": {"strikes": {**STRIKES, "within_years": 101}}}, "/title/strikes/within_years", "INV-23"),
        ({"title": {"strikes": {**STRIKES, "counts": ["report_missed"] * 2}}}, "/title/strikes/counts", "INV-24"),
        ({"title": {"recheck": {"every": None}}}, "/title/strikes/counts/0", "INV-24"),
        ({"look_back": {"ranking": None}}, "/title/strikes/counts/1", "INV-24"),
        ({"annual_report": {"present": False}}, "/title/strikes/counts/2", "INV-24"),
        ({"title": {"strikes": {**STRIKES, "then": "review"}}}, "/title/strikes/then", "INV-24"),
        ({"title": {"strikes": {**STRIKES, "then": "review", "ground": "x"}}}, "/title/strikes/ground", "INV-24"),
        (
            {"title": {"strikes": {**STRIKES, "then": "review"}}, "revocation": {"grounds": [OTHER]}},
            "/title/strikes/then",
            "INV-24",
        ),
        (
            {"title": {"strikes": {**STRIKES, "then": "review"}},
             "revocation": {"grounds": [{**FAILURES, "classes": ["project"]}]}},
            "/title/strikes/then",
            "INV-24",
        ),
        ({"title": {"legacy": [{"class": "project"}]}}, "/title/legacy/0/class", "QH-02c"),
        (
            {"title": {"legacy": [{"class": "area", "since": "2020-01-01", "before": "2019-01-01"}]}},
            "/title/legacy/0",
            "QH-02c",
        ),
        (
            {"title": {"strikes": None, "validity": {}, "recheck": {}},
             "look_back": {"ranking": None, "bands": [{"at_least": 0, "outcome": "strike"}]}},
            "/look_back/bands",
            "GAP-QH-1",
        ),
        ({"look_back": {"ranking": {**RANKING, "strata": ["size"]}}}, "/look_back/ranking/strata/0", "INV-28"),
        ({"look_back": {"ranking": {**RANKING, "tie_rule": ["complaints asc"]}}}, "/look_back/ranking/tie_rule", "INV-28"),
        ({"look_back": {"ranking": {**RANKING, "order": ["score"]}}}, "/look_back/ranking/order/0", "INV-28"),
        ({"look_back": {"ranking": {**RANKING, "tie_rule": ["draw", "draw"]}}}, "/look_back/ranking/tie_rule/0", "INV-28"),
        ({"title": {"strikes": None}}, "/look_back/ranking/then", "INV-28"),
        ({"look_back": {"ranking": {**RANKING, "then": "suspension"}}}, "/look_back/ranking/ground", "INV-28"),
    ],
)  # fmt: skip
def test_what_no_event_could_ever_serve_is_refused(changed: Any, path: str, rule: str) -> None:
    assert (path, rule) in found(**changed)


def test_a_review_of_strikes_names_a_ground_of_the_scheme_that_the_engine_can_use() -> None:
    review: dict[str, dict[str, Any]] = {
        "title": {"strikes": {**STRIKES, "then": "review"}},
        "revocation": {"mode": "own", "grounds": [FAILURES]},
    }
    assert found(**review) == set()
