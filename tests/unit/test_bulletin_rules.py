"""What a scheme may not say of consequences and bulletins, each with its place and rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from service.domain import machines
from service.domain.cases import case, stage
from service.schemes import loader, rules
from service.schemes.problem import SchemeInvalid
from service.schemes.validation.bulletins import bulletin_problems, happenings
from tests.support.schemes import REFERENCE

Edit = Callable[[dict[str, Any]], object]
KIND = {"key": "weekly", "title": {"zh": "周报", "en": "Weekly"}, "audience": "全市"}


def entry(**fields: Any) -> Edit:
    return lambda d: d.update(consequences=[{"on": "case.enroll", "effect": "bonus", **fields}])


def kind(**fields: Any) -> Edit:
    return lambda d: d.update(bulletins=[{**KIND, **fields}], consequences=[])


def found(edit: Edit) -> list[tuple[str, str]]:
    definition = loader.dump(REFERENCE)
    edit(definition)
    return [(p.path, p.rule) for p in bulletin_problems(loader.load(definition))]


def test_the_shipped_programme_says_nothing_of_this() -> None:
    assert list(bulletin_problems(REFERENCE)) == []


REFUSALS: list[tuple[str, Edit, str, str]] = [
    ("an event nobody knows", entry(on="case.fly"), "/consequences/0/on", "GAP-QH-15"),
    ("a machine nobody knows", entry(on="castle.enroll"), "/consequences/0/on", "GAP-QH-15"),
    ("a stage of no track", entry(on="case.harvest"), "/consequences/0/on", "GAP-QH-15"),
    ("a duty nobody owes", entry(on="overdue.sleep"), "/consequences/0/on", "GAP-QH-15"),
    ("a duty that is never late", entry(on="overdue.dispatch_due"), "/consequences/0/on", "GAP-QH-15"),
    ("an end that never comes", entry(removed_on="designation.gone"), "/consequences/0/removed_on", "GAP-QH-15"),
    ("an event counted", entry(times=2), "/consequences/0/times", "GAP-QH-15"),
    ("a kind that is not listed", entry(on="bulletin.issued", kind="gossip"), "/consequences/0/kind", "GAP-QH-16"),
    ("one kind twice", lambda d: d["bulletins"].append(d["bulletins"][0]), "/bulletins", "QH-17a"),
    ("nobody to approve", lambda d: d["roles"].pop("approver"), "/roles", "INV-20"),
    ("both rhythms", kind(cadence={"every_days": 7, "last_working_day_of": "month"}, stages=["review"]),
     "/bulletins/0/cadence", "GAP-YL-6"),
    ("a rhythm of nothing", kind(cadence={}, stages=["review"]), "/bulletins/0/cadence", "GAP-YL-6"),
    ("a rhythm that never starts", kind(cadence={"every_days": 7}), "/bulletins/0/stages", "GAP-YL-6"),
    ("stages without a rhythm", kind(stages=["review"]), "/bulletins/0/stages", "GAP-YL-6"),
    ("a stage of nobody", kind(cadence={"every_days": 7}, stages=["harvest"]), "/bulletins/0/stages/0", "INV-17"),
    ("from outside in a rhythm", kind(received=True, cadence={"every_days": 7}, stages=["review"]),
     "/bulletins/0/received", "GAP-QH-16"),
    ("from outside on an event", kind(received=True, on="case.enroll"), "/bulletins/0/received", "GAP-QH-16"),
    ("an occasion that never comes", kind(on="case.fly"), "/bulletins/0/on", "GAP-QH-15"),
    ("bulletins without end", kind(on="bulletin.issue_bulletin"), "/bulletins/0/on", "GAP-YL-6"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "edit", "path", "rule"), REFUSALS, ids=[r[0] for r in REFUSALS])
def test_what_would_never_come_about_is_refused_at_its_place(what: str, edit: Edit, path: str, rule: str) -> None:
    assert (path, rule) in found(edit)
    assert rules.article(rule, "en")["id"] == rule


GOOD = {
    "a stage reached": entry(on="case.mobilization"),
    "an end": entry(on="case.named", amount="0.5", removed_on="designation.revoke"),
    "a run that ends": entry(on="stage.complete_stage"),
    "late for the third time": entry(on="overdue.stage_due", times=3),
    "no rhythm": kind(cadence="none"),
    "weekly": kind(cadence={"every_days": 7}, stages=["review"], content=["overdue"]),
    "on an event": kind(on="look_back.retained"),
}
MALFORMED = {
    "no machine": entry(on="enroll"),
    "nothing": entry(amount="0"),
    "a binary number": entry(amount=0.5),
    "no time": entry(times=0),
    "no content": kind(content=[]),
    "every no days": kind(cadence={"every_days": 0}),
    "due at once": kind(due=0),
    "for nobody": kind(audience=""),
}


@pytest.mark.parametrize("what", GOOD)
def test_what_can_come_about_is_admitted(what: str) -> None:
    assert found(GOOD[what]) == []


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_not_of_the_right_form_is_refused_when_it_is_read(what: str) -> None:
    with pytest.raises(SchemeInvalid):
        found(MALFORMED[what])


def test_an_event_and_a_state_of_one_thing_never_share_a_name() -> None:
    """Otherwise `machine.word` would mean two things."""
    tables = {**{n: m.table for n, m in machines.PLAIN.items()}, "case": case.TABLE, "stage": stage.TABLE}
    for table in tables.values():
        states = {s for m in table for s in (*m.source, m.to)}
        assert states & {m.event for m in table} == set()
    assert "case.naming" in happenings(REFERENCE)
