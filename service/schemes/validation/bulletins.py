"""What a scheme may not say of consequences and bulletins: causes that nothing brings about, rounds that never come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from service.domain import acts, machines
from service.domain.cases import case, stage
from service.domain.consequences import OVERDUE
from service.domain.facts import NEW, SAME
from service.domain.machine import Move
from service.schemes.model import Bulletin, Consequence, Scheme
from service.schemes.problem import FORM, Problem, pointer
from service.schemes.validation.runnable import STATES_OF_A_CASE

ROUNDS = "GAP-YL-6"
OUTSIDE = "GAP-QH-16"
ENTAILED = "GAP-QH-15"
APPRAISAL = "action_plan.appraise_year"


def bulletin_problems(scheme: Scheme) -> Iterator[Problem]:
    """Every reason why consequences or bulletins of this scheme would never come about, or never end."""
    known = happenings(scheme)
    for place, one in enumerate(scheme.consequences):
        yield from _consequence(pointer("consequences", place), one, scheme, known)
    for key, count in Counter(one.key for one in scheme.bulletins).items():
        if count > 1:
            yield Problem("/bulletins", f"通报类别“{key}”重复", f"bulletin {key} is listed twice", FORM)
    if scheme.bulletins and "approver" not in scheme.roles:
        yield Problem("/roles", "通报须有审签人（approver）", "bulletins need the slot approver", "INV-20")
    for place, kind in enumerate(scheme.bulletins):
        yield from _bulletin(pointer("bulletins", place), kind, scheme, known)


def happenings(scheme: Scheme) -> frozenset[str]:
    """All that can happen under a scheme: `machine.event`, `machine.state`, `overdue.duty`."""
    tables = {**{name: m.table for name, m in machines.PLAIN.items()}, "case": case.TABLE, "stage": stage.TABLE}
    found = {f"{name}.{word}" for name, table in tables.items() for word in _words(table)}
    found |= {f"{name}.{act}" for name in tables for act in acts.NAMES}
    found |= {f"case.{s}" for s in STATES_OF_A_CASE} | {f"case.{s.key}" for t in scheme.tracks for s in t.stages}
    duties = [*case.DUTIES, *stage.DUTIES, acts.ANSWER, *(d for m in machines.PLAIN.values() for d in m.duties)]
    return frozenset(found | {f"{OVERDUE}.{d.key}" for d in duties if d.at_due == "overdue"})


def _words(table: tuple[Move, ...]) -> Iterator[str]:
    for move in table:
        yield move.event
        yield from (s for s in (*move.source, move.to) if s not in (NEW, SAME) and not s.startswith("@"))


def _cause(path: str, said: str | None, known: frozenset[str]) -> Iterator[Problem]:
    if said is not None and said not in known:
        zh, en = f"“{said}”不会发生：没有这一事项、状态或时限", f"nothing is called {said}: no event, state or duty"
        yield Problem(path, zh, en, ENTAILED)


def _consequence(here: str, one: Consequence, scheme: Scheme, known: frozenset[str]) -> Iterator[Problem]:
    yield from _cause(f"{here}/on", one.on, known)
    yield from _cause(f"{here}/removed_on", one.removed_on, known)
    group = one.on.partition(".")[0]
    if one.units is not None and one.on != APPRAISAL:
        zh, en = f"按单位的结果只见于 {APPRAISAL}", f"only {APPRAISAL} has results by unit"
        yield Problem(f"{here}/units", zh, en, "HY-T03")
    if wrong := sorted(set(one.classes) - {t.class_ for t in scheme.tracks}):
        zh, en = f"没有 {'、'.join(wrong)} 类的赛道", f"no track is of the class {', '.join(wrong)}"
        yield Problem(f"{here}/classes", zh, en, ENTAILED)
    if one.times > 1 and group != OVERDUE:
        yield Problem(f"{here}/times", "次数只适用于逾期", "only what is overdue is counted", ENTAILED)
    if one.kind is not None and group == "bulletin" and scheme.bulletin(one.kind) is None:
        yield Problem(f"{here}/kind", f"没有通报类别“{one.kind}”", f"there is no bulletin {one.kind}", OUTSIDE)


def _bulletin(here: str, kind: Bulletin, scheme: Scheme, known: frozenset[str]) -> Iterator[Problem]:
    yield from _cause(f"{here}/on", kind.on, known)
    if "appraisal" in kind.content and scheme.action_plan is None:
        zh, en = "没有行动计划，无从通报考评结果", "there is no action plan whose appraisal it could tell of"
        yield Problem(f"{here}/content", zh, en, "HY-T03")
    if kind.on is not None and kind.on.startswith("bulletin."):
        yield Problem(f"{here}/on", "通报不能引出通报", "a bulletin cannot bring about a bulletin", ROUNDS)
    if kind.cadence is not None and kind.cadence.stated != 1:
        zh, en = "周期须写明天数或月末其中一项", "a cadence is every so many days, or the last working day of the month"
        yield Problem(f"{here}/cadence", zh, en, ROUNDS)
    if (kind.cadence is not None) != bool(kind.stages):
        zh, en = "周期与阶段须一并写明", "a cadence and the stages in which it runs belong together"
        yield Problem(f"{here}/stages", zh, en, ROUNDS)
    if kind.received and (kind.cadence is not None or kind.on is not None):
        yield Problem(f"{here}/received", "外来通报不由本机关拟稿", "what is received is never drafted here", OUTSIDE)
    stages = {s.key for t in scheme.tracks for s in t.stages}
    for place, key in enumerate(kind.stages):
        if key not in stages:
            yield Problem(f"{here}/stages/{place}", f"阶段“{key}”不存在", f"there is no stage {key}", "INV-17")
