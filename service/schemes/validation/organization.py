"""What a scheme may not say of bodies and of who answers for its indicators."""

from __future__ import annotations

from collections.abc import Iterator

from service.domain.cases.organization import first_level
from service.schemes.model import Body, Scheme
from service.schemes.problem import FORM, Problem, pointer
from service.schemes.validation.checks import duplicates

ONE_PATH = "INV-17"
ASKS_FOR_BODIES = "mobilization"
"""The kind of stage that does not end before its bodies exist and its responsibilities are handed out."""


def organization_problems(scheme: Scheme) -> Iterator[Problem]:
    """Bodies asked for where no stage looks at them, listed twice, or without anybody; words of no indicator."""
    kinds: dict[str, set[str]] = {}
    entered = {track.stages[0].key for track in scheme.tracks}
    for track in scheme.tracks:
        for stage in track.stages:
            kinds.setdefault(stage.key, set()).add(stage.kind)
    for key, bodies in scheme.organization.items():
        here = pointer("organization", key)
        if key not in kinds:
            yield Problem(here, f"阶段“{key}”不存在", f"there is no stage {key}", ONE_PATH)
        elif ASKS_FOR_BODIES not in kinds[key]:
            zh, en = (
                f"阶段“{key}”不是动员阶段，不会核对机构",
                f"the stage {key} is no mobilization and looks at no body",
            )
            yield Problem(here, zh, en, "YL-1b")
        yield from duplicates(here, "机构", "body", (one.kind for one in bodies))
        for place, one in enumerate(bodies):
            yield from _body(here + pointer(place), scheme, one, first=key in entered)
    yield from _responsibilities(scheme)


def _body(here: str, scheme: Scheme, one: Body, *, first: bool) -> Iterator[Problem]:
    if not one.head + one.lead_unit + one.liaison:
        zh, en = f"“{one.kind}”没有任何职务", f"nobody is in {one.kind}"
        yield Problem(here, zh, en, "YL-1c")
    if one.seat and not one.lead_unit:
        zh, en = (
            f"“{one.kind}”没有牵头单位，无从设在“{one.seat}”",
            f"{one.kind} has no lead unit that could be its seat",
        )
        yield Problem(f"{here}/seat", zh, en, "PDS-S1b")
    if one.at_entry and not first:
        zh, en = "不是首个阶段，登记时不会核对机构", "nobody enters by this stage, so it is not looked at then"
        yield Problem(f"{here}/at_entry", zh, en, "PDS-S1b")
    groups = len(first_level(scheme))
    if one.one_per_group and one.count != groups:
        zh = f"一级指标有 {groups} 项，“{one.kind}”却为 {one.count} 个，不能各负责一项"
        en = f"{one.count} of kind {one.kind} cannot be in charge of one each of {groups} first-level groups"
        yield Problem(here, zh, en, "YL-1b")


def _responsibilities(scheme: Scheme) -> Iterator[Problem]:
    here, words = pointer("responsibilities", "generic_offices"), scheme.responsibilities.generic_offices
    yield from duplicates(here, "泛称", "generic office", words, "GAP-PDS-4")
    named = {office for indicator in scheme.indicator_system.indicators for office in indicator.offices}
    for place, word in enumerate(words):
        if word not in named:
            zh, en = f"指标表没有责任单位“{word}”", f"no indicator names the office {word}"
            yield Problem(here + pointer(place), zh, en, "GAP-PDS-4")
    at_mobilization = any(stage.kind == ASKS_FOR_BODIES for track in scheme.tracks for stage in track.stages)
    asked = words or scheme.responsibilities.owner or scheme.responsibilities.office_owner
    if asked and not at_mobilization:
        zh, en = "没有动员阶段，分工不会被核对", "no stage is a mobilization, so nothing looks at the breakdown"
        yield Problem(pointer("responsibilities"), zh, en, FORM)
