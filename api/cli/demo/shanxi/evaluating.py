"""Step 8: three measures for every applicant, and the list that follows the result on site (SX-25, SX-26)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from api.cli.demo.client import Person
from api.cli.demo.scene import CONFLICT, CREATED
from api.cli.demo.shanxi.cast import PROJECT, TRACKS, WHOLE
from api.cli.demo.shanxi.line import Line, named, of_track
from api.cli.demo.shanxi.recommending import RECOMMENDED, SHORT

TEAMS = {
    "lead.shen": ["member.han", "member.deng"],
    "checker.qin": ["checker.bao", "checker.lu"],
}
WEAK, WEIGHED = "county-j", "host-w"
"""Whose result on site does not carry it, and who fails when the four results are weighed together."""
CANDIDATES = tuple(place for place in RECOMMENDED if place != WEAK)
ELEVEN = of_track(WHOLE, CANDIDATES)
SIXTEEN = of_track(PROJECT, CANDIDATES)
UNMET_ON_SITE = {**{place: 4 * n % 11 for n, place in enumerate(ELEVEN)}, WEAK: 25, WEIGHED: 1}
"""Of a hundred items, those not met on site: 0 to 10 of who stays, 25 of who does not; of five criteria one."""
LAST = ELEVEN[-1]
GOOD, POOR = 2, 1


def evaluate(at: Line) -> None:
    """SX-25: the third party, the people's satisfaction, the verification on site."""
    at.until("2021-08-16")
    at.tell.chapter(at.today, ("步骤 8　三项评估与候选名单", "Step 8. Three measures, and the list"))
    at.lists = {track: _new_list(at, track) for track in (WHOLE, PROJECT)}
    said = "对 28 个申报开展三项评估", "the three measures go on for 28 applicants"
    with at.tell.progress(said, len(RECOMMENDED)) as one_done:
        for place in RECOMMENDED:
            _scored(at, place, "third_party", "lead.shen", 5 if TRACKS[place] == WHOLE else 0)
            _surveyed(at, place)
            if place != LAST:
                _scored(at, place, "onsite", "checker.qin", UNMET_ON_SITE.get(place, 0))
            one_done()
    lacking = at.office.act("candidate-lists", at.lists[WHOLE], "rank_list", cases=_cases(at, ELEVEN))
    zh, en = named(LAST)
    said = f"{zh}缺实地核查结果即列入候选名单", f"{en} is listed without a result on site"
    at.tell.refused(lacking, said, CONFLICT, "guard", "SX-25", "SX-26")
    early = at.office.act("cases", at.cases[LAST], "complete_stage")
    at.tell.refused(
        early, (f"{zh}评估未齐即办结评估", f"The evaluation of {en} ends too early"), CONFLICT, "guard", "SX-25"
    )
    _scored(at, LAST, "onsite", "checker.qin", UNMET_ON_SITE[LAST])
    dropped = at.office.act("cases", at.cases[WEAK], "drop_case", text="实地核查结果不足以列入候选")
    said = (
        "J县实地核查只有 75%，不列入候选，理由在案",
        "County J met 75 % on site: it is dropped, with the reason on file",
    )
    at.tell.done(dropped, said, "not_named")
    rank(at)


def _new_list(at: Line, track: str) -> str:
    made = at.office.create("candidate-lists", at.batch, purpose="candidates", track=track)
    return at.tell.step(made, status=CREATED).id


def _cases(at: Line, places: tuple[str, ...]) -> list[str]:
    return [at.cases[place] for place in places]


def begin(at: Line, evaluation: str, lead: Person) -> None:
    """The team is formed, each member having declared to have no tie; fieldwork, then scoring."""
    members = TEAMS[lead.id]
    declared = dict.fromkeys((lead.id, *members), "与评估对象无利害关系")
    formed = lead.act("evaluations", evaluation, "form_team", lead=lead.id, members=members, declarations=declared)
    at.tell.step(formed, "team_formed")
    at.tell.step(lead.act("evaluations", evaluation, "start_fieldwork"), "fieldwork")
    at.tell.step(lead.act("evaluations", evaluation, "start_scoring"), "scoring")


def assess(at: Line, evaluation: str, lead: Person, track: str, unmet: int) -> None:
    """Scored by the team on the sheet of the track, reported, and accepted as final."""
    begin(at, evaluation, lead)
    at.tell.step(lead.score("evaluations", evaluation, at.met(track, unmet)))
    end(at, evaluation, lead)


def end(at: Line, evaluation: str, lead: Person) -> None:
    """The sheet is locked, the report handed in, and the office accepts it."""
    at.tell.step(lead.act("evaluations", evaluation, "lock_scores"), "locked")
    report = {"level_found": "良好", "trend": "上升", "check_of_self_report": "属实", "proposals": "加强决策公开"}
    at.tell.step(lead.act("evaluations", evaluation, "submit_report", **report), "reported")
    at.tell.step(at.office.act("evaluations", evaluation, "accept_report"), "final")


def _commissioned(at: Line, place: str, measure: str, evaluator: str) -> str:
    said = {"measure": measure, "evaluator": evaluator, "independent": True}
    return at.tell.step(at.office.create("evaluations", at.cases[place], **said), "mandated", status=CREATED).id


def _scored(at: Line, place: str, measure: str, lead: str, unmet: int) -> None:
    evaluator = "institute" if measure == "third_party" else "verification"
    assess(at, _commissioned(at, place, measure, evaluator), at.who(lead), TRACKS[place], unmet)


def _surveyed(at: Line, place: str) -> None:
    """The people's satisfaction: so many answer, and the share of the satisfied is kept exactly."""
    lead, evaluation = at.who("lead.shen"), _commissioned(at, place, "satisfaction", "institute")
    begin(at, evaluation, lead)
    sheets = answers(place)
    plan: dict[str, Any] = {"questionnaire": "2021-1", "scale": 2, "compulsory_questions": ["q1"],
                            "population": "常住居民", "strata": {"all": 20000}, "size": len(sheets)}  # fmt: skip
    survey = at.tell.step(lead.create("surveys", evaluation, **plan), "planned", status=CREATED).id
    at.tell.step(lead.act("surveys", survey, "open_survey"), "open")
    desk = at.who("poll.desk")
    for sheet in sheets:
        at.tell.step(desk.signal("surveys", survey, "submit_answer", **sheet))
    at.tell.step(lead.act("surveys", survey, "close_survey_early", text="样本已全部答卷"), "closed")
    at.tell.step(lead.act("surveys", survey, "compute_result"), "computed")
    at.tell.step(at.office.act("surveys", survey, "release_result"), "final")
    end(at, evaluation, lead)
    if place == SHORT:
        share = Fraction(at.office.get(f"/surveys/{survey}").body["data"]["satisfaction"])
        said = "K县群众满意度 87.3%（63 人中 55 人满意）", "In County K 87.3 % are satisfied: 55 of 63 people"
        at.tell.holds(share == Fraction(55, 63) and round(share * 1000) == 873, said, share)


def answers(place: str) -> list[dict[str, Any]]:
    """Who answered, and how: of 63 people of County K 55 are satisfied, which is 87.3 %; elsewhere who is asked."""
    size, satisfied = (63, 55) if place == SHORT else (1, 1)
    grades = [GOOD if n < satisfied else POOR for n in range(size)]
    return [{"respondent": f"{place}-{n:02}", "answers": {"q1": grade}} for n, grade in enumerate(grades)]


def rank(at: Line) -> None:
    """SX-26: the list follows the result on site; equals are told apart by the other two, then by a draw on record."""
    for track, places in ((WHOLE, ELEVEN), (PROJECT, SIXTEEN)):
        cases = _cases(at, places)
        at.tell.step(at.office.act("candidate-lists", at.lists[track], "rank_list", cases=cases, selected=cases))
        read = at.office.get(f"/candidate-lists/{at.lists[track]}").body["data"]
        onsite = [read["ranking"]["entries"][case]["onsite"] for case in read["ranking"]["result"]]
        n = len(places)
        said = f"{n} 个候选按实地核查结果排序", f"The {n} candidates stand in the order of their results on site"
        at.tell.holds(onsite == sorted(onsite, key=float, reverse=True) and len(onsite) == n, said, onsite)
