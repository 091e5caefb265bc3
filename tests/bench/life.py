"""A whole lifecycle of the reference programme over HTTP, from the opening of a case to its name, by the fewest commands.

Walked by several cases side by side in legs, so that the ruler can walk its own leg in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from service.schemes.loader import shipped_scheme
from tests.bench.loads import Ruler, Service, each

STAGES = 10
"""Of the track `area`: the ruler has one update for each. The optional outside opinion is waived."""
LEGS = (
    ("to the end of creation", 2),
    ("to the application", 4),
    ("to the end of evaluation", 2),
    ("to the name", 2),
)
"""What each leg covers, and how many stages that are."""
FULL = {i.code: "1" for i in shipped_scheme("reference").indicator_system.indicators if i.kind == "indicator"}
METHODS = ("onsite_check", "records_lookup", "visits", "satisfaction_survey")
REPORT = {"level_found": "良好", "trend": "向好", "check_of_self_report": "属实", "proposals": "继续推进"}


@dataclass
class Lives:
    """The cases that walk, and what belongs to each on the way."""

    service: Service
    in_flight: int
    evaluations: dict[str, list[str]] = field(default_factory=dict)

    async def leg(self, number: int, cases: int) -> None:
        """The leg of that number, for all cases. The first one opens them."""
        match number:
            case 0:
                await each(range(cases), self._created, self.in_flight)
            case 1:
                await each(self.service.cases, self._applied, self.in_flight)
            case 2:
                await each(self.service.cases, self._evaluated, self.in_flight)
            case _:
                await self._named()

    async def _created(self, _: int) -> None:
        case = await self.service.open()
        await self.service.paper(case)
        await self.service.minutes(case)
        await self.service.complete(case)
        await self.service.complete(case)

    async def _applied(self, case: str) -> None:
        """A self-check without problems, so that rectification passes by; an inspection; the declaration."""
        at = self.service
        for key in ("score_table", "rectification_plan", "self_check_report"):
            await at.paper(case, key)
        await at.call("county", "PUT", f"/cases/{case}/scores", {"scores": FULL})
        await at.complete(case)
        await at.paper(case, "inspection_report", "inspector")
        await at.paper(case, "rectification_report")
        inspection = {"date": "2024-02-22", "team": ["督察一组"], "written_result": "无问题"}
        await at.act("inspector", "cases", case, "complete_stage", inspection)
        await at.paper(case, "application_form")
        declaration = {"signer": "县长", "true": True, "lawful": True, "complete": True}
        await at.act("county", "cases", case, "complete_stage", declaration)

    async def _evaluated(self, case: str) -> None:
        at = self.service
        await self._recommended(case)
        await at.act("office", "cases", case, "complete_stage")
        await at.look("chief", "cases", case)
        await at.act("chief", "cases", case, "waive_stage", {"text": "无须征求意见"})
        for measure in ("third_party", "onsite", "satisfaction"):
            await self._evaluation(case, measure)
        await at.look("chief", "cases", case)
        await at.act("chief", "cases", case, "complete_stage")

    async def _recommended(self, case: str) -> None:
        at = self.service
        attested: dict[str, Any] = {
            "attainment": "0.95", "verified_by": "prefecture",
            "criteria": {"leading": "全省前列", "copyable": "可以推广"},
        }  # fmt: skip
        recommendation = await at.create("office", "recommendations", case, **attested)
        await at.act("office", "recommendations", recommendation, "submit_recommendation")
        await at.act("chief", "recommendations", recommendation, "accept_recommendation")
        await at.look("office", "cases", case)

    async def _evaluation(self, case: str, measure: str) -> None:
        at = self.service
        team = {"lead": "lead", "members": ["gao", "hao"], "declarations": dict.fromkeys(("lead", "gao", "hao"), "无")}
        mandate: dict[str, Any] = {"measure": measure, "evaluator": "某大学", "independent": True}
        evaluation = await at.create("chief", "evaluations", case, **mandate)

        async def act(event: str, form: dict[str, Any] | None = None, who: str = "lead") -> None:
            await at.act(who, "evaluations", evaluation, event, form)

        await act("form_team", team)
        await act("start_fieldwork")
        for method in METHODS if measure == "third_party" else ():
            await act("record_method_use", {"method": method, "date": "2024-02-22", "record": "已核查"})
        if measure == "satisfaction":
            await self._survey(evaluation)
            await at.look("lead", "evaluations", evaluation)
        await act("start_scoring")
        if measure != "satisfaction":
            await at.call("lead", "PUT", f"/evaluations/{evaluation}/scores", {"scores": FULL})
        await act("lock_scores")
        await act("submit_report", REPORT)
        await act("accept_report", who="chief")

    async def _survey(self, evaluation: str) -> None:
        at = self.service
        plan: dict[str, Any] = {
            "questionnaire": "v1", "scale": 5, "compulsory_questions": ["q1"], "population": "全县",
            "strata": {"town": 1}, "size": 1,
        }  # fmt: skip
        survey = await at.create("lead", "surveys", evaluation, **plan)
        await at.act("lead", "surveys", survey, "open_survey")
        answer = {"form": {"respondent": "r1", "answers": {"q1": 5}}}
        await at.call("respondent", "POST", f"/surveys/{survey}/signals/submit_answer", answer, 200)
        await at.act("lead", "surveys", survey, "close_survey_early", {"text": "答卷已收齐"})
        await at.act("lead", "surveys", survey, "compute_result")
        await at.act("chief", "surveys", survey, "release_result")

    async def _named(self) -> None:
        """Notices for all, the clock past their end, one decision for all; then each learns that it is named."""
        at = self.service
        await each(at.cases, self._noticed, self.in_flight)
        await at.act("chief", "batches", at.batch, "close_window_early", {"text": "申报已齐"}, 202)
        await at.act("second", "batches", at.batch, "close_window_early", {"text": "申报已齐"})
        await at.call("chief", "POST", "/clock/advance", {"to": "2024-03-06T09:00:00+08:00"})
        await self._until_all("naming")
        decision = await at.create("chief", "naming-decisions", at.batch, named=at.cases)
        await at.act("chief", "naming-decisions", decision, "propose_decision")
        await at.act("second", "naming-decisions", decision, "approve_decision")
        document = {"issuer": "省委依法治省办", "number": "1", "date": "2024-03-06"}
        await at.act("chief", "naming-decisions", decision, "issue_decision", document)
        await self._until_all("named")

    async def _noticed(self, case: str) -> None:
        at = self.service
        notice = await at.create("chief", "notices", case)
        await at.act("chief", "notices", notice, "open_notice", {"media": ["省报"]})

    async def _until_all(self, state: str) -> None:
        """Follow-ups are carried out by the workflows: look now and then until the last one has been."""
        waiting = list(self.service.cases)
        while waiting:
            found = await self.service.look("chief", "cases", waiting[-1])
            if found["state"] == state:
                waiting.pop()
            else:
                await asyncio.sleep(0.1)


async def ruler_leg(ruler: Ruler, number: int, cases: int, in_flight: int) -> None:
    """The same leg of the ruler: open at the first one, then one update for each stage."""
    if number == 0:
        await each(range(cases), ruler.open, in_flight)
    steps: Callable[[str], Awaitable[None]] = _steps(ruler, LEGS[number][1])
    await each(ruler.cases, steps, in_flight)


def _steps(ruler: Ruler, count: int) -> Callable[[str], Awaitable[None]]:
    async def walk(case: str) -> None:
        for _ in range(count):
            await ruler.step(case)

    return walk
