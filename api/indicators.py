"""How the indicators of a case stand: what each asks for, what was measured, and every assessor side by side."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from service.domain.evaluations.evaluation import ratings_of_team
from service.domain.facts import Facts, Thing
from service.domain.measures import scores
from service.domain.measures.indicators import Known, Standing, is_inflated, met_of_applicable, put_right, standings
from service.records.readers import needs
from service.records.readers.measuring import measuring

SETTLED = ("locked", "reported", "procedure_recheck", "final")
"""Scores of an evaluation are shown beside the self-rating once they are locked, not while they are given."""
BY_MEASURE = {"third_party": "third_party", "look_back": "look_back"}
REVIEW, SELF = "review", "self"


async def of_case(db: AsyncConnection, facts: Facts) -> dict[str, Any]:
    """Every indicator of the scheme, as the case stands in it."""
    read = await measuring(db, facts)
    known = Known(read["references"], read["evidence"], read["earlier"])
    every: Mapping[str, scores.Ratings] = await needs.ratings(db, facts)
    assessed = {by: (thing, _ratings(facts, thing, every)) for by, thing in _assessors(facts).items()}
    found = {by: standings(facts.scheme, rated, known) for by, (_, rated) in assessed.items()}
    system = facts.scheme.indicator_system
    items = [_item(facts, one.code, found) for one in system.indicators]
    return {
        "case": facts.thing.id,
        "edition": system.edition,
        "groups": [g.model_dump(mode="json") for g in system.groups],
        "references": read["references"],
        "assessments": [_sheet(facts, by, thing, rated, found[by]) for by, (thing, rated) in assessed.items()],
        "items": items,
        "result": _result(facts, found[SELF]) if SELF in found else None,
        "inflated": [item["code"] for item in items if item["inflatedAgainst"]],
        "missing": [item["code"] for item in items if item["assessed"].get(SELF, {}).get("missing")],
    }


def _assessors(facts: Facts) -> dict[str, Thing]:
    """The newest assessment of each kind: the self-check, a review by the offices, the third party, a look-back."""
    found: dict[str, Thing] = {}
    checks = [r for r in facts.of("stage", parent=facts.thing.id) if r.data.get("kind") == "self_check"]
    if checks:
        found[SELF] = checks[-1]
    for one in facts.of("evaluation"):
        if one.state in SETTLED and one.data.get("total"):
            found[BY_MEASURE.get(one.data.get("measure", ""), REVIEW)] = one
    return found


def _ratings(facts: Facts, thing: Thing, every: Mapping[str, scores.Ratings]) -> scores.Ratings:
    if thing.machine == "stage":
        return every.get(thing.id, {})
    return ratings_of_team(Facts(facts.scheme, facts.calendar, facts.now, thing, more={"ratings": every}))


def _sheet(facts: Facts, by: str, thing: Thing, rated: scores.Ratings, found: Mapping[str, Standing]) -> dict[str, Any]:
    scheme = facts.scheme
    met, applicable = met_of_applicable(scheme, found)
    return {
        "by": by, "thing": thing.id, "type": thing.machine, "state": thing.state,
        "met": met, "applicable": applicable,
        "attainment": scores.text(scores.attainment(scheme, rated)), "total": scores.text(scores.total(scheme, rated)),
        "vetoed": scores.vetoed(scheme, rated), "unrated": scores.unrated(scheme, rated),
    }  # fmt: skip


def _result(facts: Facts, own: Mapping[str, Standing]) -> dict[str, Any]:
    """What the case has reached: the self-check with what was put right since; extras are facts (GAP-PDS-2, GAP-PDS-10)."""
    scheme = facts.scheme
    now = put_right(scheme, own, facts.of("rectification_item", parent=facts.thing.id))
    met, applicable = met_of_applicable(scheme, now)
    kinds = {one.code: one.kind for one in scheme.indicator_system.indicators}

    def those(kind: str, outcome: str) -> list[str]:
        return [code for code, one in now.items() if kinds[code] == kind and one.outcome == outcome]

    return {
        "met": met, "applicable": applicable, "share": scores.text(Fraction(met, applicable)) if applicable else "0",
        "rectified": [code for code, one in now.items() if one.outcome != own[code].outcome],
        "unmet": those("indicator", "unmet"), "notApplicable": those("indicator", "not_applicable"),
        "bonuses": those("bonus", "met"), "deductions": those("deduction", "unmet"),
    }  # fmt: skip


def _item(facts: Facts, code: str, found: Mapping[str, Mapping[str, Standing]]) -> dict[str, Any]:
    one = facts.scheme.indicator_system.indicator(code)
    own = found.get(SELF, {}).get(code)
    others = {by: at[code] for by, at in found.items() if by != SELF}
    return {
        "code": code, "kind": one.kind, "title": one.title.model_dump(), "group": one.group,
        "methods": list(one.methods), "offices": list(one.offices),
        "thresholds": [str(t) for t in one.thresholds], "zeroTolerance": [str(t) for t in one.zero_tolerance],
        "evidenceSince": [{"year": s.year, "evidence": s.evidence} for s in one.evidence_since],
        "maxPoints": None if one.max_points is None else format(one.max_points, "f"), "provisional": one.provisional,
        "assessed": {by: _standing(at[code]) for by, at in found.items()},
        "inflatedAgainst": [by for by, at in others.items() if own is not None and is_inflated(facts.scheme, own, at)],
    }  # fmt: skip


def _standing(found: Standing) -> dict[str, Any]:
    def said(points: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
        return [{"zh": zh, "en": en} for zh, en in points]

    return {
        "verdict": found.outcome,
        "points": None if found.value is None else scores.text(found.value),
        "faults": said(found.faults),
        "missing": said(found.missing),
        "reasons": list(found.reasons),
        "measured": [dict(m) for m in found.measured],
    }
