"""The part of the validator that looks at lists, quotas and what a naming rests on."""

from __future__ import annotations

from collections.abc import Iterator

from service.domain.measures import inputs
from service.domain.measures.rankings import DRAW, RuleError, key_of
from service.schemes.measures import ListRule
from service.schemes.model import Scheme
from service.schemes.problem import FORM, Problem, pointer


def list_problems(scheme: Scheme) -> list[Problem]:
    """Every list that could not be drawn up, and every naming that could not be decided."""
    return [
        *(one for place, rule in enumerate(scheme.lists) for one in _rule(scheme, place, rule)),
        *_twice(scheme),
        *_asked_by_stages(scheme),
        *_naming_inputs(scheme),
        *_named_by(scheme),
    ]


def _rule(scheme: Scheme, place: int, rule: ListRule) -> Iterator[Problem]:
    here = pointer("lists", place)
    if rule.track is not None and rule.track not in {t.id for t in scheme.tracks}:
        zh, en = f"赛道“{rule.track}”不存在", f"there is no track {rule.track}"
        yield Problem(f"{here}/track", zh, en, FORM)
    yield from _order(here, "order", rule.order)
    yield from _order(here, "tie_rule", [said for said in rule.tie_rule if said != DRAW])
    if rule.order and (not rule.tie_rule or rule.tie_rule[-1] != DRAW or rule.tie_rule.count(DRAW) > 1):
        zh, en = "结果相同时须以抽签（draw）收尾", "the tie rule ends in a draw, or equal entries have no order"
        yield Problem(f"{here}/tie_rule", zh, en, "INV-28")
    for at, name in enumerate(rule.inputs):
        if name not in inputs.INPUTS:
            yield _unknown(f"{here}/inputs/{at}", name, tuple(inputs.INPUTS), "SX-26")
    for name in dict.fromkeys([*rule.inputs, *(said.partition(" ")[0] for said in (*rule.order, *rule.tie_rule))]):
        if name in inputs.MEASURES and name not in scheme.evaluation.measures:
            zh, en = f"方案不开展“{name}”评估", f"the scheme commissions no evaluation {name}"
            yield Problem(here, zh, en, "SX-25")
        for track in (t for t in scheme.tracks if rule.track in (None, t.id)):
            if name in inputs.INPUTS and not any(inputs.brings(name, stage) for stage in track.stages):
                zh = f"赛道“{track.id}”没有产生“{name}”的阶段"
                yield Problem(here, zh, f"no stage of the track {track.id} brings {name}", "SX-26")


def _order(here: str, field: str, order: list[str] | tuple[str, ...]) -> Iterator[Problem]:
    for place, said in enumerate(order):
        try:
            key = key_of(said)
        except RuleError:
            zh, en = f"“{said}”应写作“结果 asc”或“结果 desc”", f"{said!r} is not `result asc` or `result desc`"
            yield Problem(f"{here}/{field}/{place}", zh, en, "INV-28")
            continue
        if key.field not in inputs.NUMBERS:
            yield _unknown(f"{here}/{field}/{place}", key.field, inputs.NUMBERS, "INV-28")


def _unknown(path: str, name: str, known: tuple[str, ...], rule: str) -> Problem:
    zh = f"不存在“{name}”，应为 {'、'.join(known)} 之一"
    return Problem(path, zh, f"there is no {name}: one of {', '.join(known)}", rule)


def _twice(scheme: Scheme) -> Iterator[Problem]:
    """One rule for each purpose and track; that of a track goes before that of every track."""
    seen: set[tuple[str, str | None]] = set()
    for place, rule in enumerate(scheme.lists):
        if (rule.purpose, rule.track) in seen:
            zh, en = f"名单用途“{rule.purpose}”重复", f"purpose {rule.purpose} is listed twice"
            yield Problem(pointer("lists", place), zh, en, FORM)
        seen.add((rule.purpose, rule.track))


def _asked_by_stages(scheme: Scheme) -> Iterator[Problem]:
    """A stage that only those on the recommended list can leave belongs to a track that has such a list (YL-2n)."""
    for place, track in enumerate(scheme.tracks):
        for number, stage in enumerate(track.stages):
            if "on_recommended_list" in stage.guards and scheme.list_rule("recommendation", track.id) is None:
                zh, en = f"赛道“{track.id}”没有推荐名单", f"the track {track.id} has no list of recommendations"
                yield Problem(pointer("tracks", place, "stages", number, "guards"), zh, en, "YL-2n")


def _naming_inputs(scheme: Scheme) -> Iterator[Problem]:
    """Whatever a naming rests on comes from a stage, or a list, of each track that ends in one (INV-11)."""
    known = (*inputs.INPUTS, *inputs.LISTS)
    for place, name in enumerate(scheme.naming.inputs):
        here = pointer("naming", "inputs", place)
        if name not in known:
            yield _unknown(here, name, known, "INV-11")
            continue
        for track in (t for t in scheme.tracks if t.last.kind == "naming"):
            if name in inputs.LISTS and scheme.list_rule(inputs.LISTS[name], track.id) is None:
                zh, en = f"赛道“{track.id}”没有这种名单", f"the track {track.id} has no such list"
                yield Problem(here, zh, en, "INV-11")
            if name in inputs.INPUTS and not any(inputs.brings(name, stage) for stage in track.stages):
                zh = f"赛道“{track.id}”没有提供“{name}”的阶段"
                yield Problem(here, zh, f"no stage of the track {track.id} provides {name}", "INV-11")


def _named_by(scheme: Scheme) -> Iterator[Problem]:
    """A scheme whose titles are given outside decides none itself, and waits for an outside body at the end."""
    if scheme.naming.by == "own":
        return
    for place, track in enumerate(scheme.tracks):
        if track.last.kind == "naming":
            zh, en = (
                "由上级命名的方案，赛道不能以命名阶段收尾",
                "titles are given outside, yet the track ends in naming",
            )
            yield Problem(pointer("tracks", place, "stages", len(track.stages) - 1), zh, en, "YL-2o")
    if not any(t.outcome == "named" and t.last.kind == "external" for t in scheme.tracks):
        zh, en = (
            "由上级命名，却没有以外部程序收尾的赛道",
            "titles are given outside, yet no track ends in an external stage",
        )
        yield Problem("/naming/by", zh, en, "YL-2o")
