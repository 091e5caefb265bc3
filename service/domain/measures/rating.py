"""What a rating says, and what it may not say: scores, facts and what does not apply, for many indicators at once.

A call may give only the facts of an indicator; the value follows from them as soon as they say enough. What a
person put on record before and does not give again stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import Fault, Form, Part, number, pairs, text, texts
from service.domain.machine import guard
from service.domain.measures import scores
from service.domain.measures.indicators import Known, contradicted_by, derived, judged, pieces_of
from service.domain.measures.thresholds import exact, measurable

if TYPE_CHECKING:
    from service.schemes.measures import Indicator

PARTS = ("scores", "not_applicable", "measured", "evidence")
ALWAYS = "always"


def points(value: Any) -> Fault | None:
    """Values by item, each a decimal given as a string."""
    if isinstance(value, dict) and value and all(text(k) is None and number(v) is None for k, v in value.items()):
        return None
    return "应为指标与分值的对照表", "must map items to decimals, given as strings"


def _measured(value: Any) -> Fault | None:
    def one(metrics: Any) -> bool:
        return isinstance(metrics, dict) and all(text(k) is None and measurable(v) for k, v in metrics.items())

    if isinstance(value, dict) and value and all(text(k) is None and v and one(v) for k, v in value.items()):
        return None
    return "应为指标、度量与测量值的对照表", "must map items to metrics and these to what was measured"


def _evidence(value: Any) -> Fault | None:
    def ids(given: Any) -> bool:
        return texts(given) is None

    def one(given: Any) -> bool:
        by_set = isinstance(given, dict) and given and all(text(k) is None and ids(v) for k, v in given.items())
        return bool(by_set) or ids(given)

    if isinstance(value, dict) and value and all(text(k) is None and one(v) for k, v in value.items()):
        return None
    return "应为指标与佐证编号的对照表", "must map items to IDs of evidence, or to IDs by set"


def _metrics_known(value: dict[str, Any], facts: Facts, ask: Ask) -> Fault | None:
    """Every metric is one that the indicator asks for."""
    asked = {i.code: {c.metric for c in i.conditions} for i in facts.scheme.indicator_system.indicators}
    wrong = [f"{code}.{m}" for code, given in value.items() if code in asked for m in given if m not in asked[code]]
    return (f"没有这些度量：{'、'.join(wrong)}", f"no such metrics: {', '.join(wrong)}") if wrong else None


def _sets_known(value: dict[str, Any], facts: Facts, ask: Ask) -> Fault | None:
    """Every set of evidence is one that the indicator tells apart."""
    named = {i.code: {s.evidence for s in i.evidence_since} for i in facts.scheme.indicator_system.indicators}
    by_set = {code: given for code, given in value.items() if code in named and isinstance(given, dict)}
    wrong = [f"{code}.{one}" for code, given in by_set.items() for one in given if one not in named[code]]
    return (f"没有这些佐证类别：{'、'.join(wrong)}", f"no such sets: {', '.join(wrong)}") if wrong else None


def _nothing_else_is_said(facts: Facts, given: Mapping[str, Any]) -> bool:
    return not any(given.get(part) for part in PARTS[1:])


RATING = Form(
    "rating",
    (
        Part("scores", points, "各项分值", "indicator to points", when=_nothing_else_is_said),
        Part("not_applicable", pairs, "不适用及理由", "what does not apply, with reasons", optional=True),
        Part(
            "measured",
            _measured,
            "测量值",
            "what was measured",
            optional=True,
            check=_metrics_known,
            rests="/indicator_system",
        ),
        Part(
            "evidence",
            _evidence,
            "佐证",
            "IDs of evidence",
            optional=True,
            check=_sets_known,
            rests="/indicator_system",
        ),
    ),
    ("PDS-S2b", "PDS-A5", "QH-10b"),
    keep=False,
)


def known(facts: Facts) -> Known:
    """What was read beside the ratings."""
    read: Mapping[str, Any] = facts.more.get("measuring", {})
    return Known(read.get("references", {}), read.get("evidence", {}), read.get("earlier", {}))


def _before(facts: Facts, ask: Ask, code: str) -> Mapping[str, Any]:
    """What the same person put on record of an indicator before."""
    ratings = facts.more.get("measuring", {}).get("ratings", {}).get(facts.thing.id, {})
    return next((row for row in ratings.get(code, ()) if row["person"] == ask.who.person), {})


def _parts(ask: Ask) -> dict[str, Mapping[str, Any]]:
    return {part: given if isinstance(given := ask.form.get(part), Mapping) else {} for part in PARTS}


def _rated(facts: Facts, ask: Ask) -> dict[str, Indicator]:
    """The indicators that the call is about."""
    named = {code for given in _parts(ask).values() for code in given}
    return {one.code: one for one in facts.scheme.indicator_system.indicators if one.code in named}


def settled(facts: Facts, ask: Ask) -> dict[str, dict[str, Any]]:
    """What is on record of each indicator after the call: value, reason, measured, evidence."""
    said = _parts(ask)
    rows = {}
    for code, indicator in _rated(facts, ask).items():
        before = _before(facts, ask, code)
        row: dict[str, Any] = {
            "value": before.get("value"),
            "reason": before.get("reason"),
            "measured": {**(before.get("measured") or {}), **said["measured"].get(code, {})} or None,
            "evidence": said["evidence"].get(code) or before.get("evidence"),
        }
        if code in said["scores"]:
            row |= {"value": str(said["scores"][code]), "reason": None}
        elif code in said["not_applicable"]:
            row |= {"value": None, "reason": said["not_applicable"][code]}
        else:
            row |= _by_facts(facts, indicator, row)
        rows[code] = row
    return rows


def _by_facts(facts: Facts, indicator: Indicator, row: Mapping[str, Any]) -> dict[str, Any]:
    """The value that the facts leave: an earlier rating they do not contradict, otherwise what follows from them."""
    found = judged(indicator, row, known(facts))
    value = exact(row["value"])
    if value is not None and not contradicted_by(facts.scheme, indicator, value, found):
        return {"value": row["value"], "reason": None}
    follows = derived(facts.scheme, indicator, found) if facts.scheme.scoring.mode != "none" else None
    return {"value": None if follows is None else scores.text(Fraction(follows)), "reason": None}


@guard("GAP-PDS-5", rests="/scoring/not_applicable /scoring/not_applicable_reasons")
def indicator_applicable(facts: Facts, ask: Ask) -> Unmet | None:
    """The indicator applies to the case, or it is marked not applicable with a reason the scheme admits."""
    aside = _parts(ask)["not_applicable"]
    if not aside:
        return None
    scoring = facts.scheme.scoring
    if scoring.not_applicable == "forbid":
        return unmet("本方案不允许列为不适用，请评分", "every item applies in this scheme; rate it", sorted(aside))
    admitted = [reason.code for reason in scoring.not_applicable_reasons]
    wrong = []
    for code, indicator in _rated(facts, ask).items():
        own = [one for one in indicator.applicability if one != ALWAYS] or admitted
        reason = str(aside.get(code, "")).partition(":")[0].strip()
        if code in aside and (ALWAYS in indicator.applicability or (own and reason not in own)):
            wrong.append(f"{code}: {', '.join([] if ALWAYS in indicator.applicability else own) or '-'}")
    if not wrong:
        return None
    return unmet("不适用的事由不被方案认可", "the scheme does not admit this reason for setting it aside", wrong)


@guard("PDS-A5", "PDS-S2b", "INV-14", needs="measuring", rests="/indicator_system")
def rating_consistent(facts: Facts, ask: Ask) -> Unmet | None:
    """The rating does not contradict a broken zero-tolerance condition, a missed threshold or evidence that starts too late."""
    said = _parts(ask)
    codes = {i.code for i in facts.scheme.indicator_system.indicators}
    if wrong := sorted({str(code) for given in said.values() for code in given} - codes):
        outside = unmet("指标体系中没有这些指标", "the indicator system has no such items", wrong)
        return replace(outside, rules=("QH-10b", "PDS-S2b"))
    if both := sorted(set(said["scores"]) & set(said["not_applicable"])):
        return unmet("同一指标不能既评分又列为不适用", "an item is either rated or not applicable", both)
    registered = known(facts).evidence
    named = [one for given in said["evidence"].values() for one in pieces_of(given)]
    if strange := [one for one in dict.fromkeys(named) if one not in registered]:
        return unmet("不是本案已登记的佐证", "no registered evidence of this file", strange)
    return _contradictions(facts, ask)


def _contradictions(facts: Facts, ask: Ask) -> Unmet | None:
    told = []
    indicators = _rated(facts, ask)
    for code, row in settled(facts, ask).items():
        value = exact(row["value"])
        if value is not None:
            found = judged(indicators[code], row, known(facts))
            told += [(code, said) for said in contradicted_by(facts.scheme, indicators[code], value, found)]
    if not told:
        return None
    zh, en = "；".join(f"{code} {said[0]}" for code, said in told), "; ".join(f"{c} {said[1]}" for c, said in told)
    listed = [f"{code}: {said[1]}" for code, said in told]
    return unmet(f"评分与登记的事实矛盾：{zh}", f"the rating contradicts what is on record: {en}", listed)
