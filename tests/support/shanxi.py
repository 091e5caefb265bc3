"""Playing Shanxi over HTTP: its people, and the way of a city, a county or a project from the self-check to the title."""

from __future__ import annotations

import contextlib
import itertools
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from api.cli.processes import EmbeddedTemporal
from service.domain.evaluations.survey_forms import respondent
from service.records.rows import ANSWER, THING
from service.schemes.loader import shipped_scheme
from tests.support.house import SHANGHAI, START, Caller, Installation, installation
from tests.support.programme import DECLARED, Programme
from tests.support.temporal import connect

PROVINCE = "cn/sx"
CITY = f"{PROVINCE}/datong"
PROJECT = "single_item"
WHOLE = "comprehensive"
NEWSPAPERS = ["山西日报", "山西法治报"]
NAMING = {"issuer": "山西省委依法治省办", "number": "1号", "date": "2021-11-15"}
ITEMS = {
    track: [i.code for i in shipped_scheme("shanxi").of_track(track).indicator_system.indicators]
    for track in (WHOLE, PROJECT)
}
CRITERIA = {
    track: {c.code: f"seen: {c.title.en}" for c in shipped_scheme("shanxi").track(track).criteria}
    for track in (WHOLE, PROJECT)
}
PEOPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "editor": (("scheme_editor", "region:cn"),),
    "publisher": (("scheme_approver", "region:cn"),),
    "office": (("provincial_lbg_office", f"region:{PROVINCE}"),),
    "second": (("provincial_lbg_office", f"region:{PROVINCE}"),),
    "city": (("prefecture_lbg_office", f"region:{CITY}"),),
    "city2": (("prefecture_lbg_office", f"region:{CITY}"),),
    "lead": (("third_party_evaluator", f"region:{PROVINCE}"), ("evaluation_team_member", f"region:{PROVINCE}")),
    "checker": (("inspector", f"region:{PROVINCE}"), ("evaluation_team_member", f"region:{PROVINCE}")),
    "asked": (("survey_respondent", "region:cn"),),
}


def met(track: str, unmet: int = 0) -> dict[str, str]:
    """A score sheet on which all but so many items are met."""
    codes = ITEMS[track]
    return {code: "0" if n < unmet else "1" for n, code in enumerate(codes)}


@dataclass(frozen=True)
class Applicant:
    """A government with its official and its case."""

    code: str
    clerk: Caller
    track: str
    case: str


@dataclass
class Shanxi(Programme):
    """The programme with the places of its province."""

    codes: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def opened(self, opens: str = "2020-07-29", closes: str = "2021-08-31") -> None:
        """The first batch, open from the day of the report until the end of August."""
        window: dict[str, Any] = {"number": 1, "naming_year": 2021, "opens": opens, "closes": closes}
        self.batch = await self.office.made("batches", scheme=self.scheme, **window)
        await self.office.must("batches", self.batch, "open_batch")

    async def government(self, level: str = "county") -> tuple[str, Caller]:
        """A city, or a county of Datong, that nobody has heard of yet, with an official who also speaks for its title."""
        if level == "prefecture":
            code, path = "datong", CITY
        else:
            code = f"c{next(self.codes):02}"
            path = await self.place.jurisdiction(code, CITY)
        role = "city_government" if level == "prefecture" else "county_government"
        at = f"region:{path}"
        return code, await self.place.person(f"clerk.{code}", (role, at), ("designee", at))

    async def checks_itself(
        self, track: str = WHOLE, level: str = "county", topic: str = "reconsideration", **said: Any
    ) -> Applicant:
        """A government enrolled in its self-check, not rated yet."""
        code, clerk = await self.government(level)
        project = {"project": f"project of {code}"} if track == PROJECT else {}
        case = await clerk.made("cases", self.batch, track=track, jurisdiction=code, **project)
        await self.place.evidence(case)
        await clerk.must("cases", case, "enroll", **({"topic": topic} if track == PROJECT else {}), **said)
        return Applicant(code, clerk, track, case)

    async def rates_itself(self, at: Applicant) -> None:
        """Every item is rated and the report is there; the judgement is still to be written."""
        rated = await at.clerk.put(f"/cases/{at.case}/scores", {"scores": met(at.track)})
        assert rated.status_code == 200, rated.text
        await self.paper(at, "self_check_report")

    async def paper(self, at: Applicant, key: str) -> None:
        form = {"artefact": key, "author": "Wang", "date": "2020-07-29", "files": [f"ev-{at.case}"]}
        await at.clerk.must("cases", at.case, "submit_artefact", **form)

    async def applies(self, at: Applicant) -> Applicant:
        """From the self-check to the review by the city office."""
        await self.rates_itself(at)
        await at.clerk.must("cases", at.case, "complete_stage", judgement="we meet the requirements")
        await self.paper(at, "application_form")
        await at.clerk.must("cases", at.case, "complete_stage", **DECLARED)
        return at

    def attested(self, at: Applicant, share: str = "0.95") -> dict[str, Any]:
        """What the city office says of an applicant."""
        shown = {"attainment": share, "verified_by": "prefecture"} if at.track == WHOLE else {}
        return {**shown, "criteria": CRITERIA[at.track]}

    async def recommended(self, at: Applicant) -> Applicant:
        """Recommended by its city and taken up by the province: it stands in evaluation."""
        it = await self.city.made("recommendations", at.case, **self.attested(at))
        await self.city.must("recommendations", it, "submit_recommendation")
        await self.office.must("recommendations", it, "accept_recommendation")
        await self.city.must("cases", at.case, "complete_stage")
        return at

    async def begun(self, parent: str, measure: str, lead: Caller) -> str:
        """An evaluation of a case up to scoring."""
        it = await self.office.made("evaluations", parent, measure=measure, evaluator="institute", independent=True)
        await self.field(it, lead)
        return it

    async def field(self, it: str, lead: Caller) -> None:
        team = [lead.name, "member1", "member2"]
        told = dict.fromkeys(team, "no tie")
        await lead.must("evaluations", it, "form_team", lead=team[0], members=team[1:], declarations=told)
        await lead.must("evaluations", it, "start_fieldwork")
        await lead.must("evaluations", it, "start_scoring")

    async def ended(self, it: str, lead: Caller) -> None:
        await lead.must("evaluations", it, "lock_scores")
        report = dict.fromkeys(("level_found", "trend", "check_of_self_report", "proposals"), "as seen")
        await lead.must("evaluations", it, "submit_report", **report)
        await self.office.must("evaluations", it, "accept_report")

    async def scored(self, at: Applicant, measure: str, unmet: int = 0) -> str:
        """An evaluation by scores, final."""
        lead = self.lead if measure == "third_party" else self.checker
        it = await self.begun(at.case, measure, lead)
        given = await lead.put(f"/evaluations/{it}/scores", {"scores": met(at.track, unmet)})
        assert given.status_code == 200, given.text
        await self.ended(it, lead)
        return it

    async def surveyed(self, at: Applicant, satisfied: int = 2, size: int = 2) -> str:
        """The satisfaction by a survey of so many, of whom two answer over HTTP; the ID of the survey."""
        evaluation = await self.begun(at.case, "satisfaction", self.lead)
        plan: dict[str, Any] = {"questionnaire": "2021", "scale": 2, "compulsory_questions": ["q"],
                                "population": "residents", "strata": {"all": 2000}, "size": size}  # fmt: skip
        it = await self.office.made("surveys", evaluation, **plan)
        await self.office.must("surveys", it, "open_survey")
        await self.answered(it, satisfied, size)
        await self.office.must("surveys", it, "close_survey_early", text="everybody asked has answered")
        await self.lead.must("surveys", it, "compute_result")
        await self.office.must("surveys", it, "release_result")
        await self.ended(evaluation, self.lead)
        return it

    async def answered(self, survey: str, satisfied: int, size: int) -> None:
        """The first two answer over HTTP; of the others the answers lie there as they came in."""
        answers = [{"q": 2 if n < satisfied else 1} for n in range(size)]
        for n, given in enumerate(answers[:2]):
            answer = {"respondent": f"r{n}", "answers": given}
            sent = await self.asked.post(f"/surveys/{survey}/signals/submit_answer", {"form": answer})
            assert sent.status_code < 300, sent.text
        rows = [
            {
                "survey": survey,
                "respondent": respondent(survey, f"r{n}"),
                "stratum": "all",
                "answers": given,
                "at": START,
            }
            for n, given in enumerate(answers)
        ][2:]
        async with self.place.database.write.begin() as db:
            if rows:
                await db.execute(insert(ANSWER), rows)

    async def evaluated(self, at: Applicant, onsite: int = 0) -> Applicant:
        """All three measures are final."""
        await self.scored(at, "third_party")
        await self.surveyed(at)
        await self.scored(at, "onsite", onsite)
        return at

    async def evaluated_like(self, model: Applicant, at: Applicant, onsite: str) -> None:
        """The same final results as those of another case, but for the one on site; they lie there as if they had come."""
        async with self.place.database.write.begin() as db:
            mine = (await db.execute(select(THING).where(THING.c.id == at.case))).one()
            chosen = (THING.c.chain == model.case) & THING.c.machine.in_(("evaluation", "survey"))
            found = (await db.execute(select(THING).where(chosen))).all()
            ids = {model.case: at.case, **{row.id: uuid.uuid4().hex for row in found}}
            of_case = {"chain": at.case, "subject": mine.subject, "region": mine.region}
            for row in found:
                data = {**row.data, "total": onsite} if row.data.get("measure") == "onsite" else row.data
                places = {name: ids[getattr(row, name)] for name in ("id", "owner", "parent")}
                await db.execute(insert(THING).values(**{**row._mapping, **places, **of_case, "data": data}))

    async def candidate(self, track: str = WHOLE, onsite: int = 0) -> Applicant:
        """From nothing to a case that the list of candidates may take up."""
        return await self.evaluated(await self.recommended(await self.applies(await self.checks_itself(track))), onsite)

    async def listed_up(self, track: str, entries: list[Applicant]) -> str:
        """The approved list of a track, and its cases in publicity."""
        it = await self.office.made("candidate-lists", self.batch, purpose="candidates", track=track)
        cases = [at.case for at in entries]
        await self.office.must("candidate-lists", it, "rank_list", cases=cases, selected=cases)
        await self.second.must("candidate-lists", it, "approve_list")
        for case in cases:
            await self.office.must("cases", case, "complete_stage")
        return it

    async def refusal(self, who: Caller, resource: str, thing: str, event: str, /, **form: Any) -> dict[str, list[str]]:
        """A command that must be refused: what was unmet, with the rules behind it."""
        answer = await who.act(resource, thing, event, **form)
        assert answer.status_code in (409, 422), f"{event}: {answer.status_code} {answer.text}"
        return {e["code"]: e.get("rules", []) for e in answer.json()["errors"]}


@contextlib.asynccontextmanager
async def shanxi(server: EmbeddedTemporal, home: Path, day: str = "2020-07-29") -> AsyncIterator[Shanxi]:
    """An installation on that day, with the shipped programme published and no batch yet."""
    url, at = f"sqlite+aiosqlite:///{home}/s.db", datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=SHANGHAI)
    async with installation(await connect(server), url, home, create_at=at) as place:
        await place.jurisdiction("sx", "cn", "province")
        await place.jurisdiction("datong", PROVINCE, "prefecture")
        yield Shanxi(place, *await _published(place))


async def _published(place: Installation) -> tuple[str, dict[str, Caller]]:
    people = {name: await place.person(name, *roles) for name, roles in PEOPLE.items()}
    drafted = await people["editor"].did("/schemes", {"region": PROVINCE, "shipped": "shanxi"})
    published = await people["publisher"].post(f"/schemes/{drafted['id']}/publish")
    assert published.status_code == 200, published.text
    return drafted["id"], people
