"""A case of the reference programme walked by `perform` alone: what a person asks, and what then stands on file.

The world outside the case (recommendation, evaluations, notice, decision) is put beside it as it would stand.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.domain.alarm import ring
from service.domain.cases.organization import Organization
from service.domain.desk import Desk, Entry, newborn
from service.domain.effects import Send
from service.domain.facts import THE_SYSTEM, Ask, Duty, Facts, Thing, Who
from service.domain.perform import Outcome, perform
from service.schemes.loader import official_calendar
from service.schemes.model import Scheme
from tests.support.domain import REGION, SHANGHAI, Everybody, mobilized, papers, person, reference, thing

COUNTY = person("zhao", "county_government")
GROUP = person("qian", "leading_group_office")
COMMITTEE = person("sun", "evaluation_committee")
PREFECTURE = person("zhou", "prefecture_lbg_office")
PROVINCE = person("li", "provincial_lbg_office")
PROVINCE_2 = person("wang", "provincial_lbg_office")
STAGES = [s.key for s in reference().track("area").stages]
FINDING = {"source": "督察", "finding": "台账不全", "basis": "PDS-I11"}
PLAN = {"measure": "补齐台账", "unit": "县司法局", "person": "chen", "due": "2024-07-31"}


class Walk:
    """One case and everything in its file, at a business time that the test moves."""

    def __init__(self, scheme: Scheme | None = None, now: str = "2024-03-04T09:00") -> None:
        self.scheme = scheme or reference()
        self.batch = thing("batch", "open", parent=None, opens="2024-03-01", closes="2024-12-31", number=1)
        case = newborn("case", "case", self.batch, 1, {"level": "county", "name": "佳县"})
        case = replace(case, track="area", region=REGION, subject="610828", scheme="reference")
        self.ids = itertools.count(1)
        self.sends: list[Send] = []
        self.entries: list[Entry] = []
        self.facts = Facts(
            self.scheme,
            official_calendar(),
            _instant(now),
            case,
            {"batch": self.batch, "case": case},
            more={
                "version": {"status": "published", "effective_from": "2024-02-22"},
                "same_case": None,
                "history": [],
                "ratings": {},
                "places": [],
                "bars": [],
                "evidence": papers("ev-1", "ev-3", "ev-7"),
                "organization": Organization(),
                "role_holders": Everybody(),
            },
        )

    # ------------------------------------------------------------------------------------ asking

    def ask(self, event: str, who: Who = THE_SYSTEM, on: str = "case", second: str | None = None, **form: Any) -> Any:
        given = replace(self.facts, thing=self.facts.things[on])
        return perform(given, Ask(event, form, who, second), self._fresh)

    def act(
        self, event: str, who: Who = THE_SYSTEM, on: str = "case", second: str | None = None, **form: Any
    ) -> Outcome:
        """What must be accepted; the file then stands as it would after the commit."""
        outcome = self.ask(event, who, on, second, **form)
        assert isinstance(outcome, Outcome), f"{event}: {outcome}"
        if not outcome.proposes:
            self._take(outcome.desk)
        return outcome

    def refused(
        self, event: str, who: Who = THE_SYSTEM, on: str = "case", second: str | None = None, **form: Any
    ) -> list[str]:
        """The codes of what was unmet; nothing has changed."""
        outcome = self.ask(event, who, on, second, **form)
        assert not isinstance(outcome, Outcome), f"{event} was accepted"
        return [u.code for u in outcome.unmet]

    def ring(self) -> list[str]:
        """The alarm at this instant: what it put on record."""
        desk = ring(self.facts, self._fresh)
        self._take(desk)
        return [e.event for e in desk.entries]

    def at(self, now: str) -> None:
        self.facts = replace(self.facts, now=_instant(now))

    def put(self, machine: str, state: str, id: str = "", **fields: Any) -> None:
        """Something of another owner, or of the case, as it stands on file."""
        beside = thing(machine, state, id=id, **{"parent": "case", "chain": "case", **fields})
        beside = replace(beside, number=1 + max(t.number for t in self.facts.things.values()))
        self.facts = replace(self.facts, things={**self.facts.things, beside.id: beside})

    def _fresh(self) -> str:
        return f"id-{next(self.ids)}"

    def _take(self, desk: Desk) -> None:
        self.sends += desk.sends
        self.entries += desk.entries
        self.facts = replace(self.facts, things=desk.facts.things, duties=desk.facts.duties)

    # ----------------------------------------------------------------------------------- looking

    @property
    def case(self) -> Thing:
        return self.facts.things["case"]

    @property
    def run(self) -> Thing:
        found = replace(self.facts, thing=self.case).run
        assert found is not None
        return found

    @property
    def runs(self) -> list[tuple[str, int, str]]:
        """Every run in the order in which it began: key of the stage, number of the pass, state."""
        return [(r.data["key"], r.data["run"], r.state) for r in self.facts.of("stage")]

    def duty(self, key: str, thing_id: str = "") -> Duty:
        found = self.facts.duty(key, thing_id or self.run.id)
        assert found is not None, key
        return found

    def owed(self) -> list[str]:
        """The keys of the duties that are open."""
        return sorted(d.key for d in self.facts.duties if d.done_at is None)

    # ----------------------------------------------------------------------------------- walking

    def paper(self, *keys: str, who: Who = GROUP, **said: Any) -> None:
        for key in keys:
            self.act("submit_artefact", who, artefact=key, author="县司法局", date="2024-05-01", files=["ev-1"], **said)

    def rated(self) -> None:
        """Every indicator of the present self-check has a rating."""
        rows = {
            i.code: [{"person": "zhao", "value": "1", "reason": None}] for i in self.scheme.indicator_system.indicators
        }
        ratings = {**self.facts.more["ratings"], self.run.id: rows}
        self.facts = replace(self.facts, more={**self.facts.more, "ratings": ratings})

    def read(self, **more: Any) -> None:
        """What lies outside the file is read as this from now on."""
        self.facts = replace(self.facts, more={**self.facts.more, **more})

    def organized(self, found: Organization) -> None:
        """These bodies, offices and responsibilities are on record."""
        self.read(organization=found)

    def enter(self) -> None:
        self.act("open_case", COUNTY, track="area", jurisdiction="610828")
        self.act("enroll", COUNTY)

    def done_with(self, stage: str) -> None:
        """Everything that the stage asks for, and the one act that ends it."""
        getattr(self, f"_{stage}")()

    def walked_to(self, stage: str) -> Walk:
        """Enter, and end every stage before this one in the plainest way."""
        self.enter()
        for key in STAGES[: STAGES.index(stage)]:
            if key != "rectification":  # nothing was found: it is passed over
                self.done_with(key)
        assert self.case.state == stage
        return self

    def _mobilization(self) -> None:
        self.organized(mobilized(self.scheme))
        self.paper("work_plan")
        self.paper("meeting_minutes")
        self.act("complete_stage", COUNTY)

    def _creation(self) -> None:
        self.act("complete_stage", COUNTY)

    def _self_check(self) -> None:
        self.rated()
        self.paper("score_table", "rectification_plan", "self_check_report")
        self.act("complete_stage", COUNTY, judgement="符合条件")

    def _rectification(self) -> None:
        self.paper("problem_list", "rectification_report")
        self.act("complete_stage", COUNTY)

    def _inspection(self) -> None:
        self.paper("inspection_report", "rectification_report")
        self.act("complete_stage", COMMITTEE, date="2024-07-10", team=["孙", "周"], written_result="合格")

    def _application(self) -> None:
        self.paper("application_form")
        self.act("complete_stage", COUNTY, signer="县长", true=True, lawful=True, complete=True)

    def _review(self) -> None:
        self.put("recommendation", "accepted")
        self.act("complete_stage", PREFECTURE)

    def _central_opinion(self) -> None:
        self.act("waive_stage", PROVINCE, text="无须征求意见")

    def _evaluation(self) -> None:
        for measure in self.scheme.evaluation.measures:
            self.put("evaluation", "final", id=f"evaluation-{measure}", measure=measure)
        self.act("complete_stage", PROVINCE)

    def _publicity(self) -> None:
        self.put("public_notice", "closed_clear")
        self.act("complete_stage")

    def _naming(self) -> None:
        self.put("naming_decision", "effective", named=["case"], date="2024-12-20", number="青政〔2024〕9号")
        self.act("complete_stage")

    def closed_out(self, item: str) -> None:
        """A finding from its assignment to its close."""
        self.act("assign_item", GROUP, on=item, **PLAN)
        self.act("start_item", COUNTY, on=item)
        self.act("submit_item", COUNTY, on=item, evidence=["ev-7"], statement="已补齐")
        self.act("verify_item", GROUP, on=item)
        self.act("close_item", GROUP, on=item, date="2024-03-04", verifier="qian")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
