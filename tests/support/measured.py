"""A scheme with indicators that can be measured, for tests of ratings and of what they rest on."""

from __future__ import annotations

from typing import Any

from service.schemes.measures import Indicator
from service.schemes.model import Scheme
from tests.support.domain import reference

ROWS: tuple[dict[str, Any], ...] = (
    {"code": "M-1", "thresholds": ["startup_time<=5wd", "online_rate>=80%"]},
    {"code": "M-2", "zero_tolerance": ["disguised_approvals=0"], "thresholds": ["window_rate>=80%"]},
    {"code": "M-3", "evidence_since": [{"year": 2019, "evidence": "review"}, {"year": 2018, "evidence": "argument"}]},
    {"code": "M-4", "thresholds": ["loss_rate<=prev_year_mean"], "evidence_since": [{"year": 2018}]},
    {"code": "M-5", "thresholds": ["cases trend_down cases/y"]},
    {"code": "M-6"},
    {"code": "M-B", "kind": "bonus", "thresholds": ["award_level>=provincial_ministerial"]},
    {"code": "M-D", "kind": "deduction", "zero_tolerance": ["grave_acts=0"]},
    {"code": "M-V", "kind": "veto", "zero_tolerance": ["false_material=0"]},
)
ITEMS = tuple(row["code"] for row in ROWS if "kind" not in row)


def measured(
    points: dict[str, str] | None = None, changed: dict[str, dict[str, Any]] | None = None, **scoring: Any
) -> Scheme:
    """By points (of so many each) where points are given, otherwise met or unmet."""
    title = {"zh": "指标", "en": "indicator"}
    indicators = tuple(
        Indicator.model_validate(
            {"kind": "indicator", "title": title, "group": "G", "methods": ["exam"], "max_points": (points or {}).get(row["code"]),
             **row, **(changed or {}).get(row["code"], {})}
        )
        for row in ROWS
    )  # fmt: skip
    base = reference()
    declared = {"prev_year_mean": {"zh": "上年平均", "en": "mean of the year before"}}
    system = type(base.indicator_system).model_validate(
        {"ref": "t.csv", "edition": "m", "item_count": len(ITEMS), "additional": 3, "references": declared}
    )
    rules = {"mode": "points" if points else "binary", "not_applicable": "leave_out", "step": "0.5", **scoring}
    return base.model_copy(
        update={
            "indicator_system": system.model_copy(update={"indicators": indicators}),
            "scoring": type(base.scoring).model_validate(rules),
        }
    )
