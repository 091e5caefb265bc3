"""Who takes part in the reference programme, one open batch, and the way of a case through its stages."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select

from service.records.rows import ORGANIZATION
from service.schemes.loader import shipped_scheme
from tests.support.house import Caller, Installation

INDICATORS = tuple(i.code for i in shipped_scheme("reference").indicator_system.indicators)
FULL = dict.fromkeys(INDICATORS, "1")
CITY = "region:cn/sn/yulin"

OFFICES: dict[str, tuple[tuple[str, str], ...]] = {
    "editor": (("scheme_editor", "region:cn"),),
    "chief": (("scheme_approver", "region:cn"), ("provincial_lbg_office", "region:cn")),
    "deputy": (("provincial_lbg_office", "region:cn"),),
    "third": (("provincial_lbg_office", "region:cn"),),
    "office": (("leading_group_office", CITY),),
    "prefecture": (("prefecture_lbg_office", CITY),),
    "inspector": (("evaluation_committee", CITY),),
    "lead": (("third_party_evaluator", "region:cn"), ("evaluation_team_member", "region:cn")),
    "admin": (("system_administrator", "region:cn"),),
}


@dataclass(frozen=True)
class County:
    """One applicant with its own official, and its case."""

    code: str
    clerk: Caller
    case: str = ""

    async def state(self) -> str:
        """Where the case stands."""
        return str((await self.clerk.get(f"/cases/{self.case}")).json()["state"])

    @property
    def evidence(self) -> str:
        """The one piece of evidence with which every paper of the case is handed in."""
        return f"ev-{self.case}"


@dataclass
class Cast:
    """The people of one installation; `batch` is open."""

    place: Installation
    scheme: str
    batch: str
    people: dict[str, Caller]
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __getattr__(self, name: str) -> Caller:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    async def county(self, level: str = "county") -> County:
        """A county that nobody has heard of yet, with an official."""
        code = f"county{next(self.numbers)}"
        path = await self.place.jurisdiction(code, level=level)
        clerk = await self.place.person(f"clerk.{code}", ("county_government", f"region:{path}"))
        return County(code, clerk)

    async def government(self, at: County) -> str:
        """The organization of a county's government."""
        values = {"id": f"gov.{at.code}", "zh": f"{at.code}政府", "en": at.code, "jurisdiction": at.code}
        async with self.place.database.write.begin() as db:
            known = select(ORGANIZATION.c.id).where(ORGANIZATION.c.id == values["id"])
            if (await db.execute(known)).one_or_none() is None:
                await db.execute(insert(ORGANIZATION).values(**values))
        return values["id"]

    async def draft(self) -> County:
        """A county with a draft of its case."""
        county = await self.county()
        case = await county.clerk.made("cases", self.batch, track="area", jurisdiction=county.code)
        await self.place.evidence(case)
        return County(county.code, county.clerk, case)

    async def enrolled(self) -> County:
        """A county whose case stands in mobilization."""
        county = await self.draft()
        await county.clerk.must("cases", county.case, "enroll")
        return county


async def cast(place: Installation) -> Cast:
    """Everybody at their desks, the reference programme published and its first batch open."""
    people = {name: await place.person(name, *roles) for name, roles in OFFICES.items()}
    drafted = await people["editor"].post("/schemes", {"region": "cn/sn", "shipped": "reference"})
    scheme = drafted.json()["id"]
    published = await people["chief"].post(f"/schemes/{scheme}/publish")
    assert published.status_code == 200, published.text
    window: dict[str, Any] = {"number": 1, "naming_year": 2024, "opens": "2024-02-22", "closes": "2024-12-31"}
    batch = await people["chief"].made("batches", scheme=scheme, **window)
    await people["chief"].must("batches", batch, "open_batch")
    return Cast(place, scheme, batch, people)


async def everything(cast: Cast) -> Caller:
    """Somebody who holds every role there is, so that nothing is refused for who asks."""
    roles = ["county_government", "responsible_department", "designee", "leading_group_office", "prefecture_lbg_office",
             "provincial_lbg_office", "evaluation_committee", "third_party_evaluator", "evaluation_team_member",
             "survey_respondent", "provincial_media", "member_of_public", "central_lbg_office", "system_administrator",
             "security_administrator", "scheme_editor", "scheme_approver", "calendar_keeper", "calendar_approver"]  # fmt: skip
    return await cast.place.person("everything", *((role, "region:cn") for role in roles))


def paper(key: str, at: County, **more: Any) -> dict[str, Any]:
    """The form of an artefact of a case."""
    return {"artefact": key, "author": "Wang", "date": "2024-02-22", "files": [at.evidence], **more}


async def organize(cast: Cast, at: County) -> None:
    """Nine task forces, a leading group, and one office of the county's government that answers for every group."""
    government = await cast.government(at)
    for n in range(9):
        posts = {post: [f"{post} {n}"] for post in ("head", "lead_unit", "liaison")}
        await at.clerk.did("/bodies", {"of": at.case, "kind": "task_force", "name": f"t{n}", **posts})
    await at.clerk.did("/bodies", {"of": at.case, "kind": "leading_group", "name": "g", "head": ["the mayor"]})
    office = {"of": at.case, "organization": government, "zh": "法规科", "liaison": ["Wu"]}
    answers = {"offices": [(await at.clerk.did("/offices", office))["id"]]}
    groups = [group.id for group in shipped_scheme("reference").indicator_system.groups]
    given = await at.clerk.put("/responsibilities", {"of": at.case, "assign": dict.fromkeys(groups, answers)})
    assert given.status_code == 200, given.text


async def _mobilization(cast: Cast, at: County) -> None:
    await organize(cast, at)
    for form in (paper("work_plan", at), paper("meeting_minutes", at)):
        await at.clerk.must("cases", at.case, "submit_artefact", **form)
    await at.clerk.must("cases", at.case, "complete_stage")


async def _creation(cast: Cast, at: County) -> None:
    await at.clerk.must("cases", at.case, "complete_stage")


async def _self_check(cast: Cast, at: County) -> None:
    rated = await at.clerk.put(f"/cases/{at.case}/scores", {"scores": FULL})
    assert rated.status_code == 200, rated.text
    for key in ("score_table", "rectification_plan", "self_check_report"):
        await at.clerk.must("cases", at.case, "submit_artefact", **paper(key, at))
    await at.clerk.must("cases", at.case, "complete_stage")


async def _inspection(cast: Cast, at: County) -> None:
    await cast.inspector.must("cases", at.case, "submit_artefact", **paper("inspection_report", at))
    await at.clerk.must("cases", at.case, "submit_artefact", **paper("rectification_report", at))
    found = {"date": "2024-02-22", "team": ["Li"], "written_result": "in order"}
    await cast.inspector.must("cases", at.case, "complete_stage", **found)


async def _application(cast: Cast, at: County) -> None:
    await at.clerk.must("cases", at.case, "submit_artefact", **paper("application_form", at))
    declared = {"signer": "Zhao", "true": True, "lawful": True, "complete": True}
    await at.clerk.must("cases", at.case, "complete_stage", **declared)


async def recommend(cast: Cast, at: County) -> str:
    """A recommendation of the case, accepted by another office; its ID."""
    attested: dict[str, Any] = {
        "attainment": "0.95", "verified_by": "prefecture",
        "criteria": {"leading": "it leads the province", "copyable": "it can be copied"},
    }  # fmt: skip
    it = await cast.prefecture.made("recommendations", at.case, **attested)
    await cast.prefecture.must("recommendations", it, "submit_recommendation")
    await cast.chief.must("recommendations", it, "accept_recommendation")
    return it


async def _review(cast: Cast, at: County) -> None:
    await recommend(cast, at)
    await cast.prefecture.must("cases", at.case, "complete_stage")


async def _central_opinion(cast: Cast, at: County) -> None:
    await cast.chief.must("cases", at.case, "waive_stage", text="no opinion is asked for")


async def evaluation(cast: Cast, at: County, measure: str, lead: Caller | None = None) -> str:
    """An evaluation up to scoring, with a team whose lead scores alone."""
    lead = lead or cast.lead
    it = await cast.chief.made("evaluations", at.case, measure=measure, evaluator="institute", independent=True)
    people = [lead.name, "member1", "member2"]
    declared = dict.fromkeys(people, "no tie")
    await lead.must("evaluations", it, "form_team", lead=lead.name, members=people[1:], declarations=declared)
    await lead.must("evaluations", it, "start_fieldwork")
    if measure == "third_party":
        for method in ("onsite_check", "records_lookup", "visits", "satisfaction_survey"):
            used = {"method": method, "date": "2024-02-22", "record": "seen"}
            await lead.must("evaluations", it, "record_method_use", **used)
    await lead.must("evaluations", it, "start_scoring")
    return it


async def finish(cast: Cast, it: str) -> None:
    """From scoring to final."""
    await cast.lead.must("evaluations", it, "lock_scores")
    report = dict.fromkeys(("level_found", "trend", "check_of_self_report", "proposals"), "good")
    await cast.lead.must("evaluations", it, "submit_report", **report)
    await cast.chief.must("evaluations", it, "accept_report")


async def survey(cast: Cast, of: str) -> None:
    """A small survey of an evaluation, answered and final."""
    plan: dict[str, Any] = {
        "questionnaire": "q1", "scale": 5, "compulsory_questions": ["q"], "population": "residents",
        "strata": {"all": 10}, "size": 2,
    }  # fmt: skip
    it = await cast.chief.made("surveys", of, **plan)
    await cast.chief.must("surveys", it, "open_survey")
    respondents = await cast.place.person("respondent", ("survey_respondent", "region:cn"))
    for code in ("a", "b"):
        given = {"form": {"respondent": code, "answers": {"q": 5}}}
        sent = {"key": f"{it}-{code}"}
        answered, again = [
            await respondents.post(f"/surveys/{it}/signals/submit_answer", given, **sent) for _ in range(2)
        ]
        assert answered.status_code < 300, answered.text
        assert (again.status_code, again.json()) == (answered.status_code, answered.json())
    await cast.chief.must("surveys", it, "close_survey_early", text="everybody has answered")
    await cast.lead.must("surveys", it, "compute_result")
    await cast.chief.must("surveys", it, "release_result")


async def _evaluation(cast: Cast, at: County) -> None:
    for measure in ("third_party", "satisfaction", "onsite"):
        it = await evaluation(cast, at, measure)
        if measure == "satisfaction":
            await survey(cast, it)
        else:
            scored = await cast.lead.put(f"/evaluations/{it}/scores", {"scores": FULL})
            assert scored.status_code == 200, scored.text
        await finish(cast, it)
    await cast.chief.must("cases", at.case, "complete_stage")


async def notice(cast: Cast, at: County) -> str:
    """An open notice of the case."""
    it = await cast.chief.made("notices", at.case)
    await cast.chief.must("notices", it, "open_notice", media=["the daily"])
    return it


Step = Callable[[Cast, County], Awaitable[Any]]
STEPS: dict[str, Step] = {
    "mobilization": _mobilization,
    "creation": _creation,
    "self_check": _self_check,
    "inspection": _inspection,
    "application": _application,
    "review": _review,
    "central_opinion": _central_opinion,
    "evaluation": _evaluation,
}
"""What people do in each stage; publicity and naming go on when the clock does."""


async def bring(cast: Cast, at: County, to: str) -> None:
    """Take a case through its stages until it stands in one of them."""
    for _ in range(len(STEPS)):
        if (state := await at.state()) == to:
            return
        await STEPS[state](cast, at)
    assert await at.state() == to
