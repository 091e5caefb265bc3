"""The part of the validator that looks at one track: its stages, their dates and papers, the ways back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from service.schemes.model import Stage, Track
from service.schemes.problem import FORM, Problem, pointer
from service.schemes.track import Artefact
from service.schemes.validation.checks import codes, duplicates, slot, slots, stated_once
from service.schemes.vocabulary import KINDS

ONE_PATH = "INV-17"
BACK = "INV-19"


def track_problems(place: int, track: Track) -> Iterator[Problem]:
    """What a track may not say of its stages, its quota and its end."""
    here = pointer("tracks", place)
    yield from duplicates(f"{here}/stages", "阶段", "stage", (one.key for one in track.stages), ONE_PATH)
    yield from codes(f"{here}/criteria", track.criteria)
    yield from _ending(here, track)
    yield from _topics(here, track)
    yield from _quota(f"{here}/quota", track)
    for number, stage in enumerate(track.stages):
        yield from _stage(f"{here}/stages/{number}", track, number, stage)


def _quota(here: str, track: Track) -> Iterator[Problem]:
    quota = track.quota
    if quota is None:
        return
    if quota.mode in ("range", "about") and quota.margin is None and quota.least is None:
        yield Problem(f"{here}/margin", "未写明浮动比例", "a margin is needed", "GAP-SX-4")
    if quota.least is not None and (quota.mode != "range" or quota.margin is not None or quota.least > quota.target):
        zh = "下限只用于区间（range），不与浮动比例并用，且不大于 target"
        en = "only a range has a least number, instead of a margin and no greater than the target"
        yield Problem(f"{here}/least", zh, en, "HY-T01")


def _ending(here: str, track: Track) -> Iterator[Problem]:
    last = track.last
    at_last = f"{here}/stages/{len(track.stages) - 1}"
    if last.can_be_skipped:
        yield Problem(at_last, f"最后阶段“{last.key}”不得跳过", f"the last stage {last.key} can be skipped", ONE_PATH)
    for number, stage in enumerate(track.stages[:-1]):
        if stage.kind == "naming":
            yield Problem(
                f"{here}/stages/{number}",
                "命名只能是最后阶段",
                "naming comes before the last place",
                ONE_PATH,
            )
    names = last.kind in ("naming", "external")
    if track.outcome == "named" and not names:
        yield Problem(
            f"{here}/outcome",
            "以命名为结果的赛道须以命名或外部程序收尾",
            "a track whose outcome is named ends in naming or external",
            ONE_PATH,
        )
    if track.outcome == "closed" and last.kind == "naming":
        yield Problem(f"{here}/outcome", "以命名收尾的赛道结果应为命名", "a track that ends in naming names", ONE_PATH)


def _stage(here: str, track: Track, number: int, stage: Stage) -> Iterator[Problem]:
    if stage.kind not in KINDS:
        zh = f"不存在阶段类别“{stage.kind}”，应为 {'、'.join(KINDS)} 之一"
        en = f"there is no stage kind {stage.kind}: it is one of {', '.join(KINDS)}"
        yield Problem(f"{here}/kind", zh, en, ONE_PATH)
    yield from stated_once(f"{here}/due", stage.due)
    yield from slots(f"{here}/actor", stage.actor)
    if stage.acceptance is not None:
        yield from slot(f"{here}/acceptance", stage.acceptance)
    yield from duplicates(f"{here}/artefacts", "材料", "artefact", (one.key for one in stage.artefacts))
    for place, artefact in enumerate(stage.artefacts):
        yield from _artefact(f"{here}/artefacts/{place}", track, stage, artefact)
    if stage.judgement and stage.kind != "self_check":
        zh, en = "只有自查阶段才作自我判断", "only a self-check ends with the applicant's own judgement"
        yield Problem(f"{here}/judgement", zh, en, "SX-20")
    yield from _returns(here, track, number, stage)


def _artefact(here: str, track: Track, stage: Stage, artefact: Artefact) -> Iterator[Problem]:
    if artefact.by is not None:
        yield from slot(f"{here}/by", artefact.by)
    for level in artefact.levels:
        if level not in track.applicant_levels:
            zh, en = f"本赛道没有“{level}”一级的申报主体", f"nobody of level {level} applies on this track"
            yield Problem(f"{here}/levels", zh, en, FORM)
    if artefact.due is None:
        return
    yield from stated_once(f"{here}/due", artefact.due)
    if artefact.due.date and stage.due.date and artefact.due.date > stage.due.date:
        yield Problem(
            f"{here}/due",
            "材料期限晚于阶段期限",
            "the artefact is due after the stage ends",
            "GAP-YL-3",
        )


def _returns(here: str, track: Track, number: int, stage: Stage) -> Iterator[Problem]:
    places = {one.key: place for place, one in enumerate(track.stages)}
    yield from duplicates(f"{here}/returns", "退回目标", "target", (one.to for one in stage.returns), BACK)
    for place, back in enumerate(stage.returns):
        at = f"{here}/returns/{place}/to"
        if back.to not in places:
            yield Problem(at, f"退回的阶段“{back.to}”不存在", f"there is no stage {back.to}", BACK)
        elif places[back.to] >= number:
            yield Problem(at, f"只能退回更早的阶段，“{back.to}”不是", f"{back.to} is not an earlier stage", BACK)


def _topics(here: str, track: Track) -> Iterator[Problem]:
    topics = track.topics
    if topics is None:
        return
    yield from duplicates(f"{here}/topics/items", "选题", "topic", (one.id for one in topics.items))
    if not topics.items and not topics.open:
        yield Problem(f"{here}/topics", "没有可选的题目", "there is no topic to choose", FORM)


def track_warnings(place: int, track: Track) -> Iterator[Problem]:
    """What a track may say and yet hardly means."""
    here = pointer("tracks", place)
    kinds = [one.kind for one in track.stages]
    for number, stage in enumerate(track.stages):
        if stage.findings == "next_rectification" and "rectification" not in kinds[number + 1 :]:
            zh = f"“{stage.key}”的问题转入整改，其后却没有整改阶段"
            en = f"findings of {stage.key} wait for a rectification stage, and none follows"
            yield Problem(f"{here}/stages/{number}/findings", zh, en, "INV-18", blocks=False)
    dated = [(number, one.due.date) for number, one in enumerate(track.stages) if one.due.date]
    for (_, before), (number, after) in pairwise(dated):
        if after < before:
            zh, en = f"期限早于前一阶段的 {before}", f"due before the stage that precedes it ({before})"
            yield Problem(f"{here}/stages/{number}/due", zh, en, ONE_PATH, blocks=False)
