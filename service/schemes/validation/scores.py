"""The part of the validator that counts: indicators, sums, bands, look-back."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from service.schemes.measures import ALWAYS
from service.schemes.model import Band, Indicator, Scheme
from service.schemes.problem import Problem
from service.schemes.vocabulary import METHODS

SCALE = "QH-11a"
STEP = "GAP-QH-3"


def indicator_problems(scheme: Scheme) -> Iterator[Problem]:
    """Codes, groups, methods, offices, conditions and the number of rows (PDS-A3..A5, GAP-ALL-1, GAP-PDS-5)."""
    system = scheme.indicator_system
    here = "/indicator_system"
    for code, count in Counter(one.code for one in system.indicators).items():
        if count > 1:
            yield Problem(f"{here}/indicators", f"指标“{code}”重复", f"indicator {code} is listed twice", "PDS-A3")
    yield from _groups(scheme)
    groups = {one.id for one in system.groups}
    with_offices = any(one.offices for one in system.indicators)
    for place, one in enumerate(system.indicators):
        at = f"{here}/indicators/{place}"
        if groups and one.group not in groups:
            yield Problem(f"{at}/group", f"不存在指标分组“{one.group}”", f"there is no group {one.group}", "GAP-ALL-1")
        for method in one.methods:
            if method not in METHODS:
                yield Problem(f"{at}/methods", f"不存在核验方式“{method}”", f"there is no method {method}", "PDS-A4")
        if with_offices and not one.offices:
            yield Problem(f"{at}/offices", f"{one.code} 没有责任单位", f"no office answers for {one.code}", "PDS-A4")
        yield from _conditions(at, scheme, one)
    yield from _classes(scheme)
    yield from _numbers(scheme)


def _classes(scheme: Scheme) -> Iterator[Problem]:
    """An indicator of some classes measures a class of a track, and every track that is scored has indicators left."""
    known = {track.class_ for track in scheme.tracks}
    for place, one in enumerate(scheme.indicator_system.indicators):
        if wrong := sorted(set(one.classes) - known):
            zh, en = f"没有 {'、'.join(wrong)} 类的赛道", f"no track is of the class {', '.join(wrong)}"
            yield Problem(f"/indicator_system/indicators/{place}/classes", zh, en, "GAP-SX-3")
    for place, track in enumerate(scheme.tracks):
        if scheme.indicator_system.indicators and not scheme.of_track(track.id).indicator_system.indicators:
            zh, en = f"没有适用于 {track.class_} 类的指标", f"no indicator measures the class {track.class_}"
            yield Problem(f"/tracks/{place}/class", zh, en, "GAP-SX-3")


def _groups(scheme: Scheme) -> Iterator[Problem]:
    """Each group once, each parent there, and no group below itself."""
    here, groups = "/indicator_system/groups", scheme.indicator_system.groups
    for group, count in Counter(one.id for one in groups).items():
        if count > 1:
            yield Problem(here, f"指标分组“{group}”重复", f"group {group} is listed twice", "GAP-ALL-1")
    above = {one.id: one.parent for one in groups}
    for place, one in enumerate(groups):
        seen, at = {one.id}, one.parent
        while at is not None and at in above and at not in seen:
            seen.add(at)
            at = above[at]
        if at is not None:
            zh, en = f"“{one.id}”的上级分组不存在或循环", f"no group lies above {one.id}, or it lies above itself"
            yield Problem(f"{here}/{place}/parent", zh, en, "GAP-ALL-1")


def _conditions(at: str, scheme: Scheme, one: Indicator) -> Iterator[Problem]:
    """What is measured is named once, compared with a known reference, and set aside for a known reason only."""
    system, scoring = scheme.indicator_system, scheme.scoring
    for rule, conditions in (("zero_tolerance", one.zero_tolerance), ("thresholds", one.thresholds)):
        for place, threshold in enumerate(conditions):
            named = threshold.reference
            if named is not None and named not in system.references:
                zh, en = f"参照值“{named}”未在方案中列明", f"the reference {named} is not declared"
                yield Problem(f"{at}/{rule}/{place}", zh, en, "PDS-A3")
            if rule == "zero_tolerance" and not (threshold.operator == "=" and threshold.value == Fraction(0)):
                zh, en = "零容忍条件应写为“=0”", "a zero-tolerance condition reads =0"
                yield Problem(f"{at}/{rule}/{place}", zh, en, "PDS-A3")
    for (metric, _), count in Counter((c.metric, c.operator) for c in one.conditions).items():
        if count > 1:
            zh, en = f"度量“{metric}”重复", f"the metric {metric} is asked for twice"
            yield Problem(f"{at}/thresholds", zh, en, "PDS-A3")
    known = {ALWAYS, *(reason.code for reason in scoring.not_applicable_reasons)}
    if wrong := sorted(set(one.applicability) - known):
        zh, en = f"不存在不适用事由：{'、'.join(wrong)}", f"there is no such reason: {', '.join(wrong)}"
        yield Problem(f"{at}/applicability", zh, en, "GAP-PDS-5")
    if one.kind == "veto" and one.max_points is not None:
        yield Problem(f"{at}/max_points", "一票否决项没有分值", "a veto has no points", "GAP-PDS-2")
    if one.kind in ("bonus", "deduction") and one.max_points is not None and scoring.mode != "points":
        zh, en = "本方案不计分，加减分项不得有分值", "without points, a bonus or deduction has none"
        yield Problem(f"{at}/max_points", zh, en, "GAP-PDS-2")


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
            f"应有 {system.additional} 项附加项（加分、减分、否决），表中为 {others} 项",
            f"{system.additional} bonus, deduction and veto items are announced, {others} are listed",
            "PDS-A3",
        )


def scoring_problems(scheme: Scheme) -> Iterator[Problem]:
    """The sum of the items, the step, the pass bands (QH-11a, QH-11b, GAP-QH-3).

    Bands are needed where a notice rests on the result of the third party; a scheme may also only rank.
    """
    if scheme.scoring.mode == "points":
        yield from _points(scheme)
    noticed = any(stage.kind == "publicity" for track in scheme.tracks for stage in track.stages)
    passes = bool(scheme.scoring.pass_) or (noticed and "third_party" in scheme.evaluation.measures)
    if passes and scheme.scoring.mode != "none":
        yield from band_problems("/scoring/pass", scheme.scoring.pass_, _top(scheme))


def _points(scheme: Scheme) -> Iterator[Problem]:
    scoring = scheme.scoring
    items = [one for one in scheme.indicator_system.indicators if one.kind == "indicator"]
    others = [i for i in scheme.indicator_system.indicators if i.kind != "indicator" and i.max_points is not None]
    for one in (*items, *others):
        if one.max_points is None:
            yield Problem("/scoring/per_item", f"{one.code} 没有分值", f"{one.code} has no points", SCALE)
        elif one.max_points % scoring.step:
            yield Problem(
                "/scoring/step",
                f"{one.code} 的满分 {one.max_points} 不是步长 {scoring.step} 的倍数",
                f"the maximum {one.max_points} of {one.code} is no multiple of the step {scoring.step}",
                STEP,
            )
    if scoring.max is None:
        yield Problem("/scoring/max", "未写明总分", "the total is missing", SCALE)
        return
    measured = [scheme.of_track(track.id).indicator_system.indicators for track in scheme.tracks]
    totals = {sum((i.max_points or Decimal(0) for i in mine if i.kind == "indicator"), Decimal(0)) for mine in measured}
    for total in sorted(totals - {scoring.max}):
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


def survey_problems(scheme: Scheme) -> Iterator[Problem]:
    """Weights are of the strata that are drawn, and there where they divide the sample (PDS-I58, INV-29)."""
    sample = scheme.evaluation.survey.sample
    if sample is None:
        return
    at = "/evaluation/survey/sample"
    if sample.allocation == "weights" and not sample.weights:
        yield Problem(f"{at}/weights", "按权重分配样本，须写明权重", "to divide by weights, give weights", "INV-29")
    if sample.strata and sample.weights and set(sample.strata) != set(sample.weights):
        wrong = "、".join(sorted(set(sample.strata) ^ set(sample.weights)))
        en = f"strata and weights differ: {wrong}"
        yield Problem(f"{at}/weights", f"分层与权重不一致：{wrong}", en, "INV-29")


def look_back_problems(scheme: Scheme) -> Iterator[Problem]:
    """Bands and draw (QH-09a, GAP-QH-1, INV-29)."""
    look_back = scheme.look_back
    if look_back.mode == "none":
        return
    if scheme.scoring.mode == "none":
        yield Problem(
            "/look_back/mode", "方案不计分，回访得不出结果", "nothing is scored: no look-back has a result", "GAP-QH-1"
        )
    yield from band_problems("/look_back/bands", look_back.bands, _top(scheme))
    if look_back.mode == "sample" and not look_back.sample.seed:
        yield Problem("/look_back/sample/seed", "抽取未写明种子规则", "a draw needs a seed rule", "INV-29")
