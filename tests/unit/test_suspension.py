"""A suspended title: what it may not do meanwhile, what it still owes, and the ways out."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.titles.designation import MACHINE
from service.schemes.model import Scheme
from tests.support.domain import person, thing
from tests.support.title import Title, scheme

OFFICE = person("li", "provincial_lbg_office")
HOLDER = person("zhao", "designee")
GROUND = {"code": "court_dispute", "title": {"zh": "诉讼", "en": "Court"}}
PLAQUE = thing("insignia", "held", id="plaque", parent="title", owner="title", kind="plaque")


def resting(**said: Any) -> Scheme:
    return scheme(title={"suspension": {"present": True, "grounds": [GROUND], **said}})


def suspended(**said: Any) -> Title:
    held = Title(resting(**said))
    held.put(PLAQUE)
    held.act("suspend", OFFICE, second="wang", grounds={"court_dispute": "案号 1"})
    return held


def use_of(held: Title) -> str:
    insignia = held.facts.scheme.naming.insignia
    assert insignia is not None
    return insignia.permitted_use[0]


@pytest.mark.req("INV-25")
def test_a_suspended_title_displays_nothing_until_it_is_reinstated() -> None:
    held = suspended()
    form = {"use": use_of(held), "purpose": "宣传"}
    assert held.refused("request_use", HOLDER, upon="plaque", **form) == ["use_permitted"]
    held.put(thing("revocation_case", "opened", id="case-1", parent="title", owner="title", grounds={}))
    held.act("open_review")
    assert held.refused("request_use", HOLDER, upon="plaque", **form) == ["use_permitted"]
    held.act("decide_dismissal", person("wang", "provincial_lbg_office"), upon="case-1", second="li", text="查无实据")
    assert held.state == "suspended"
    held.act("reinstate", OFFICE, statements={"court_dispute": "已结案"})
    assert held.act("request_use", HOLDER, upon="plaque", **form).thing.state == "held"


@pytest.mark.req("INV-25")
def test_a_scheme_may_leave_the_use_of_the_plaque_alone() -> None:
    held = suspended(effects=["no_nomination"])
    assert held.act("request_use", HOLDER, upon="plaque", use=use_of(held), purpose="宣传").thing.state == "held"


@pytest.mark.req("INV-25")
@pytest.mark.req("INV-07")
def test_a_suspended_title_is_not_nominated_and_still_owes_its_reports() -> None:
    held = suspended(max_days=1000)
    assert held.refused("nominate_nationally", OFFICE) == ["illegal_in_state"]
    held.on("2025-02-01")
    assert [d.key for d in held.facts.duties if d.overdue] == ["annual_report_due"]


@pytest.mark.req("INV-25")
def test_a_suspension_past_its_limit_is_late_until_somebody_decides() -> None:
    held = suspended(max_days=30).on("2024-04-01")
    assert [d.key for d in held.facts.duties if d.overdue] == ["suspension_limit"]
    assert held.state == "suspended"
    held.act("reinstate", OFFICE, statements={"court_dispute": "已结案"})
    assert held.due("suspension_limit") == []


@pytest.mark.req("INV-25")
def test_a_suspended_title_has_every_way_out() -> None:
    ends = {m.to for m in MACHINE.table if "suspended" in m.source}
    assert {"active", "reminded", "revocation_review", "cancelled", "expired", "exited"} <= ends


@pytest.mark.req("INV-28")
def test_the_bottom_rule_suspends_on_its_own_ground_and_nothing_else_does() -> None:
    last = {"strata": ["class"], "order": ["score desc"], "tie_rule": ["draw"], "bottom_k": 1, "then": "suspension",
            "ground": "court_dispute"}  # fmt: skip
    rules = scheme(title={"suspension": {"present": True, "grounds": [GROUND]}}, look_back={"ranking": last})
    held = Title(rules)
    assert held.act("suspend_by_ranking", grounds={"court_dispute": "末位"}).thing.state == "suspended"
    assert Title(resting()).refused("suspend_by_ranking", grounds={"court_dispute": "末位"}) == ["ranking_suspends"]
    assert Title(rules).refused("suspend_by_ranking", OFFICE, grounds={"court_dispute": "末位"}) == ["role"]
