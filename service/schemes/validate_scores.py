"""The part of the validator that counts: indicators, sums, bands, look-back."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from service.schemes.model import Band, Scheme
from service.schemes.problem import Problem
from service.schemes.vocabulary import METHODS

SCALE = "QH-11a"
STEP = "GAP-QH-3"


def indicator_problems(scheme: Scheme) -> Iterator[Problem]:
    """Codes, groups, methods and the number of rows (PDS-A3, PDS-A4, GAP-ALL-1)."""
    system = scheme.indicator_system
    here = "/indicator_system"
    for code, count in Counter(one.code for one in system.indicators).items():
        if count > 1:
            yield Problem(f"{here}/indicators", f"指标“{code}”重复", f"indicator {code} is listed twice", "PDS-A3")
    for group, count in Counter(one.id for one in system.groups).items():
        if count > 1:
            yield Problem(f"{here}/groups", f"一级指标“{group}”重复", f"group {group} is listed twice", "GAP-ALL-1")
    groups = {one.id for one in system.groups}
    for place, one in enumerate(system.indicators):
        at = f"{here}/indicators/{place}"
        if groups and one.group not in groups:
            yield Problem(f"{at}/group", f"不存在一级指标“{one.group}”", f"there is no group {one.group}", "GAP-ALL-1")
        for method in one.methods:
            if method not in METHODS:
                yield Problem(f"{at}/methods", f"不存在核验方式“{method}”", f"there is no method {method}", "PDS-A4")
    yield from _numbers(scheme)


def _numbers(scheme: Scheme) -> Iterator[Problem]:
    system = scheme.indicator_system
    found = sum(one.kind == "indicator" for one in system.indicators)
    if found != system.item_count:
        yield Problem(
            "/indicator_system/item_count",
            f"应有 {system.item_count} 项指标，表中为 {found} 项",
            f"{system.item_count} indicators are announced, {found} are listed",
            SCALE if scheme.scoring.mode == "points" else "PDS-A3",
        )
    others = len(system.indicators) - found
    if others != system.additional:
        yield Problem(
            "/indicator_system/additional",
            f"应有 {system.additional} 项加减分项，表中为 {others} 项",
            f"{system.additional} bonus and deduction items are announced, {others} are listed",
            "PDS-A3",
        )


def scoring_problems(scheme: Scheme) -> Iterator[Problem]:
    """The sum of the items, the step, the pass bands (QH-11a, QH-11b, GAP-QH-3)."""
    if scheme.scoring.mode == "points":
        yield from _points(scheme)
    if scheme.scoring.mode != "none":
        yield from band_problems("/scoring/pass", scheme.scoring.pass_, _top(scheme))


def _points(scheme: Scheme) -> Iterator[Problem]:
    scoring = scheme.scoring
    items = [one for one in scheme.indicator_system.indicators if one.kind == "indicator"]
    for one in items:
        if one.max_points is None:
            yield Problem("/scoring/per_item", f"{one.code} 没有分值", f"{one.code} has no points", SCALE)
        elif one.max_points % scoring.step:
            yield Problem(
                "/scoring/step",
                f"{one.code} 的满分 {one.max_points} 不是步长 {scoring.step} 的倍数",
                f"the maximum {one.max_points} of {one.code} is no multiple of the step {scoring.step}",
                STEP,
            )
    total = sum((one.max_points for one in items if one.max_points is not None), Decimal(0))
    if scoring.max is None:
        yield Problem("/scoring/max", "未写明总分", "the total is missing", SCALE)
    elif total != scoring.max:
        yield Problem(
            "/scoring/max",
            f"总分 {scoring.max} 与各项之和 {total} 不符",
            f"the total {scoring.max} is not the sum of the items, {total}",
            SCALE,
        )


def _top(scheme: Scheme) -> Decimal:
    """The best result there is: the total in points, or the whole share."""
    if scheme.scoring.mode == "points" and scheme.scoring.max is not None:
        return scheme.scoring.max
    return Decimal(1)


def band_problems(path: str, bands: tuple[Band, ...], top: Decimal) -> Iterator[Problem]:
    """Bands cover every result: highest first, no edge twice, the last one from 0 (GAP-QH-1)."""
    if not bands:
        yield Problem(path, "未写明分档", "no band is given", "GAP-QH-1")
        return
    if any(lower.at_least >= upper.at_least for upper, lower in pairwise(bands)):
        yield Problem(path, "分档应由高到低且不重复", "bands run from high to low, each edge once", "GAP-QH-1")
    if bands[-1].at_least != 0:
        yield Problem(path, "分档未覆盖到 0", "the bands do not reach down to 0", "GAP-QH-1")
    if any(not 0 <= band.at_least <= top for band in bands):
        yield Problem(path, f"分档界限应在 0 与 {top} 之间", f"an edge lies outside 0 to {top}", "GAP-QH-1")


def look_back_problems(scheme: Scheme) -> Iterator[Problem]:
    """Bands, draw, ranking, and that what a band leads to exists (QH-09a, GAP-QH-1, INV-28, INV-29)."""
    look_back = scheme.look_back
    if look_back.mode == "none":
        return
    yield from band_problems("/look_back/bands", look_back.bands, _top(scheme))
    outcomes = {band.outcome for band in look_back.bands}
    if "reminder" in outcomes and not scheme.reminder.present:
        yield Problem(
            "/look_back/bands",
            "方案没有通报提醒",
            "a band leads to a reminder, the scheme has none",
            "GAP-QH-1",
        )
    if "revocation" in outcomes and scheme.revocation.mode != "own":
        yield Problem(
            "/look_back/bands",
            "方案没有撤销程序",
            "a band leads to a revocation, the scheme has none of its own",
            "GAP-QH-1",
        )
    if look_back.mode == "sample" and not look_back.sample.seed:
        yield Problem("/look_back/sample/seed", "抽取未写明种子规则", "a draw needs a seed rule", "INV-29")
    if look_back.mode == "due_date" and scheme.title.recheck.every is None:
        yield Problem("/look_back/mode", "未写明复查周期", "selection by due date needs a re-check interval", "INV-23")
    yield from _ranking(scheme)


def _ranking(scheme: Scheme) -> Iterator[Problem]:
    ranking = scheme.look_back.ranking
    if ranking is None:
        return
    for field in ("strata", "order", "tie_rule", "bottom_k", "then"):
        if not getattr(ranking, field):
            yield Problem(
                f"/look_back/ranking/{field}",
                f"末位规则缺少 {field}",
                f"the bottom rule needs {field}",
                "INV-28",
            )
    missing = {
        "strike": scheme.title.strikes is None,
        "reminder": not scheme.reminder.present,
        "suspension": not scheme.declares("title.suspension"),
    }
    if ranking.then and missing[ranking.then]:
        yield Problem(
            "/look_back/ranking/then",
            f"方案没有“{ranking.then}”",
            f"the scheme has no {ranking.then}",
            "INV-28",
        )
