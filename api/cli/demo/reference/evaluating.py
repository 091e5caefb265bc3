"""Evaluation by others, and the public notice (YL-2o, QH-10, QH-11): who may score, 89.9 and 90, objections."""

from __future__ import annotations

from fractions import Fraction

from api.cli.demo.client import Person
from api.cli.demo.reference.cast import APPLICANTS, CITY, NAMES
from api.cli.demo.reference.line import Line
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED

BELOW = "hengshan"
ANNOUNCED = ("jiaxian", "zizhou", CITY)
OBJECTED = "zizhou"
EVALUATOR = "institute"
TEAM = {"lead": "lead.shen", "members": ["member.han", "member.deng"]}
ACCOMPANYING = "liaison.xu"
FULL, NOUGHT, ALMOST = "1", "0", "0.9"
PASS = 90
QUESTIONS = ["执法公正", "办事便利"]
GOOD, POOR = 4, 2


def evaluate(at: Line) -> None:
    """QH-10a..h: third party, satisfaction survey and on-site check, each final before the notice."""
    at.tell.chapter("2024-10-14", ("十一、第三方评估", "11. Evaluation by a third party"))
    at.until("2024-10-14")
    measures = at.definition["evaluation"]["measures"]
    said = "各项评估进行中", "the evaluations go on"
    with at.tell.progress(said, len(APPLICANTS) * len(measures)) as part_done:
        for place in APPLICANTS:
            for measure in measures:
                _evaluate_by(at, place, measure)
                part_done()
            zh, en = NAMES[place]
            done = at.who("province.wang").act("cases", at.cases[place], "complete_stage")
            said = f"{zh}三项评估均已办结", f"All three evaluations of {en} are final"
            at.tell.done(done, said, "publicity")


def _evaluate_by(at: Line, place: str, measure: str) -> None:
    """One measure of the scheme: a survey among the people, or a score sheet by the team."""
    evaluation = mandate(at, at.cases[place], measure)
    if measure == "satisfaction":
        satisfaction(at, evaluation, place)
        return
    third_party = measure == "third_party"
    below = third_party and place == BELOW
    assess(at, evaluation, _almost(at) if below else passing(at), intrude=third_party and place == ANNOUNCED[0])
    if third_party:
        total = at.who("province.wang").get(f"/evaluations/{evaluation}").body["data"]["total"]
        zh, en = NAMES[place]
        said = f"{zh}第三方评估得 {total} 分", f"The third party gives {en} {total} points"
        at.tell.holds(total == ("89.9" if below else str(PASS)), said, total)


def mandate(at: Line, case: str, measure: str) -> str:
    """The office commissions an evaluation; it says who accompanies the evaluators."""
    said = {"measure": measure, "evaluator": EVALUATOR, "independent": True, "accompanying": [ACCOMPANYING]}
    return at.tell.step(at.who("province.wang").create("evaluations", case, **said), "mandated", status=CREATED).id


def passing(at: Line) -> dict[str, str]:
    """Exactly 90 of 100 points: ninety items in full, the rest nothing."""
    codes = at.indicators()
    return {code: FULL if n < PASS else NOUGHT for n, code in enumerate(codes)}


def _almost(at: Line) -> dict[str, str]:
    """89.9 points: one tenth of a point below the line."""
    return {**passing(at), at.indicators()[0]: ALMOST}


def assess(at: Line, evaluation: str, scores: dict[str, str], *, intrude: bool = False) -> None:
    """Team, fieldwork by the methods of the scheme, scores by two members, report, acceptance."""
    lead, office = at.who("lead.shen"), at.who("province.wang")
    _begin(at, evaluation)
    for method in at.definition["evaluation"]["methods"]["required"]:
        use = {"method": method["code"], "date": at.today, "record": f"{method['title']['zh']}：记录在案"}
        at.tell.step(lead.act("evaluations", evaluation, "record_method_use", **use))
    at.tell.step(lead.act("evaluations", evaluation, "start_scoring"), "scoring")
    if intrude:
        _refuse_liaison(at, evaluation, scores)
    half = len(scores) // 2
    rows = list(scores.items())
    at.tell.step(at.who("member.han").score("evaluations", evaluation, dict(rows[:half])))
    if intrude:
        locked = lead.act("evaluations", evaluation, "lock_scores")
        said = "只评了一半指标即锁定评分", "The scores are locked with half of the indicators rated"
        at.tell.refused(locked, said, CONFLICT, "guard", "QH-11a")
    at.tell.step(at.who("member.deng").score("evaluations", evaluation, dict(rows[half:])))
    at.tell.step(lead.act("evaluations", evaluation, "lock_scores"), "locked")
    _report(at, evaluation, lead, office)


def _begin(at: Line, evaluation: str) -> None:
    """The team is formed, each member having declared to have no tie, and fieldwork starts."""
    lead = at.who("lead.shen")
    declared = {
        person: "与评估对象无利害关系" for person in (TEAM["lead"], *TEAM["members"]) if isinstance(person, str)
    }
    formed = lead.act("evaluations", evaluation, "form_team", **TEAM, declarations=declared)
    at.tell.step(formed, "team_formed")
    at.tell.step(lead.act("evaluations", evaluation, "start_fieldwork"), "fieldwork")


def _report(at: Line, evaluation: str, lead: Person, office: Person) -> None:
    """QH-10d, QH-10e: level, trend, check of the self-report, proposals; the office accepts it as final."""
    report = {"level_found": "良好", "trend": "上升", "check_of_self_report": "基本属实", "proposals": "加强决策公开"}
    at.tell.step(lead.act("evaluations", evaluation, "submit_report", **report), "reported")
    at.tell.step(office.act("evaluations", evaluation, "accept_report"), "final")


def _refuse_liaison(at: Line, evaluation: str, scores: dict[str, str]) -> None:
    """QH-10g, QH-10h, INV-04: who accompanies takes no part and touches no score; the try is on record."""
    tried = at.who(ACCOMPANYING).score("evaluations", evaluation, scores)
    said = "随同联络员为佳县打分", "The accompanying official scores Jiaxian"
    at.tell.refused(tried, said, CONFLICT, "guard", "QH-10g", "QH-10h", "INV-04")
    timeline = at.who("province.wang").timeline("evaluations", evaluation)
    noted = [e for e in timeline if e["event"] == "submit_score" and e["person"] == ACCOMPANYING]
    logged = bool(noted) and all(e["result"] == "refused" and "INV-04" in e["rules"] for e in noted)
    at.tell.holds(logged, ("该次尝试已记入审计链", "The try stands in the audit chain"), noted)


def satisfaction(at: Line, evaluation: str, place: str) -> None:
    """A drawn sample answers; the share of the satisfied is exact, and a code answers once."""
    lead, office = at.who("lead.shen"), at.who("province.wang")
    _begin(at, evaluation)
    register = {s: [f"{place}-{s}-{n}" for n in range(1, 5)] for s in ("urban", "rural")}
    plan = {"questionnaire": "2024-1", "scale": 5, "compulsory_questions": QUESTIONS, "population": "常住居民",
            "strata": {s: len(codes) for s, codes in register.items()}, "size": 4}  # fmt: skip
    survey = at.tell.step(lead.create("surveys", evaluation, **plan), "planned", status=CREATED).id
    source = {"seed_source": "中国体育彩票排列五 2024-10-14 开奖号", "register": register}
    at.tell.step(lead.act("surveys", survey, "fix_draw", **source), "planned")
    seed = {"seed": "2 0 4 1 7", "register": register}
    at.tell.step(lead.act("surveys", survey, "draw_respondents", **seed), "sampled")
    at.tell.step(lead.act("surveys", survey, "open_survey"), "open")
    sample = lead.get(f"/surveys/{survey}").body["data"]["sample"]
    sheets = [
        {"respondent": code, "stratum": stratum, "answers": dict.fromkeys(QUESTIONS, GOOD)}
        for stratum, codes in sample.items()
        for code in codes
    ]
    sheets[0]["answers"] = dict.fromkeys(QUESTIONS, POOR)
    # In one county people answer from home, without an account; elsewhere at a desk that notes their answers.
    from_home = place == ANNOUNCED[0]
    respondent = at.people.public if from_home else at.who("poll.desk")
    for sheet in sheets:
        at.tell.step(respondent.signal("surveys", survey, "submit_answer", **sheet))
    if from_home:
        twice = respondent.signal("surveys", survey, "submit_answer", **sheets[0])
        at.tell.refused(twice, ("同一编码再次答卷", "A code answers a second time"), CONFLICT, "guard", "SX-25")
    at.tell.step(lead.act("surveys", survey, "close_survey_early", text="样本已全部答卷"), "closed")
    at.tell.step(lead.act("surveys", survey, "compute_result"), "computed")
    at.tell.step(office.act("surveys", survey, "release_result"), "final")
    found = lead.get(f"/surveys/{survey}").body["data"]["satisfaction"]
    zh, en = NAMES[place]
    at.tell.holds(
        Fraction(found) == Fraction(len(sheets) - 1, len(sheets)),
        (f"{zh}满意度 {found}", f"Satisfaction in {en}: {found}"),
        found,
    )
    at.tell.step(lead.act("evaluations", evaluation, "start_scoring"), "scoring")
    at.tell.step(lead.act("evaluations", evaluation, "lock_scores"), "locked")
    _report(at, evaluation, lead, office)


def announce(at: Line) -> None:
    """QH-11b..d: 90 points go on notice for five working days, 89.9 do not."""
    at.tell.chapter("2024-11-18", ("十二、公示", "12. Public notice"))
    at.until("2024-11-18")
    wang = at.who("province.wang")
    media = {"media": ["省政府门户网站", "陕西日报"]}
    for place in APPLICANTS:
        drafted = wang.create("notices", at.cases[place], text=f"拟命名{NAMES[place][0]}")
        at.notices[place] = at.tell.step(drafted, "draft", status=CREATED).id
    low = wang.act("notices", at.notices[BELOW], "open_notice", **media)
    said = "横山区 89.9 分发布公示", "Hengshan goes on notice with 89.9 points"
    at.tell.refused(low, said, CONFLICT, "guard", "QH-11b", "INV-09")
    dropped = wang.act("cases", at.cases[BELOW], "drop_case", text="评估得分 89.9，未达到公示分数")
    at.tell.done(
        dropped, ("横山区本批不予命名，理由在案", "Hengshan is dropped, with the reason on record"), "not_named"
    )
    for place in ANNOUNCED:
        zh, en = NAMES[place]
        opened = wang.act("notices", at.notices[place], "open_notice", **media)
        at.tell.done(
            opened, (f"{zh} 90 分，公示 5 个工作日", f"{en}: 90 points; the notice runs for 5 working days"), "open"
        )
    _object(at)
    _settle(at)


def _object(at: Line) -> None:
    """QH-11d, GAP-QH-2: anybody may object, without an account but with a name."""
    at.until("2024-11-21")
    letter = {"reasons": "公示材料中的决策公开情况与事实不符", "identity": "居民 张某", "way_to_answer": "139****0000"}
    filed = at.people.public.create("objections", at.notices[OBJECTED], **letter)
    said = "群众未登录即对子洲县的公示提出异议", "Somebody without an account objects to Zizhou's notice"
    at.tell.done(filed, said, status=ACCEPTED)
    at.until("2024-11-22")
    part, other = at.who("province.wang"), at.who("province.zhao")
    objection = at.found(other, "/objections", parent=at.notices[OBJECTED])["id"]
    said = "经办过该案的人受理异议", "Somebody who had a part in the case takes it up"
    at.tell.refused(part.act("objections", objection, "admit_objection"), said, CONFLICT, "guard", "INV-31")
    admitted = other.act("objections", objection, "admit_objection")
    at.tell.done(admitted, ("由未经办的人受理核查", "Somebody without a part in it verifies"), "verifying")


def _settle(at: Line) -> None:
    """The notice waits for the ruling, and then closes by itself; so does the stage of the case."""
    at.until("2024-11-26")
    for place in ANNOUNCED:
        zh, en = NAMES[place]
        if place == OBJECTED:
            notice = at.people.public.get(f"/notices/{at.notices[place]}")
            said = f"公示期满，{zh}因异议未办结继续等待", f"The period is over, but {en}'s notice waits for the ruling"
            at.tell.holds(
                notice.state == "objections_pending" and at.stage(place).state == "publicity", said, notice.state
            )
            continue
        said = f"{zh}公示无异议届满，自动进入命名环节", f"{en}'s notice ends clear; the case goes on by itself"
        at.arrives(place, "naming", said)
    at.until("2024-12-02")
    zhao = at.who("province.zhao")
    objection = at.found(zhao, "/objections", parent=at.notices[OBJECTED])["id"]
    ruling = {"what_was_checked": "决策公开台账和网站记录", "what_was_found": "公开及时，异议不成立"}
    done = zhao.act("objections", objection, "dismiss_objection", **ruling)
    at.tell.done(done, ("核查后异议不成立", "After verification the objection is dismissed"), "dismissed")
    read = at.people.public
    said = "子洲县公示随即办结", "Zizhou's notice closes at once"
    at.eventually(lambda: read.get(f"/notices/{at.notices[OBJECTED]}"), "closed_clear", said=said)
    said = "子洲县自动进入命名环节", "Zizhou goes on to naming by itself"
    at.arrives(OBJECTED, "naming", said)
    answered = zhao.act("objections", objection, "answer_objector", text="经核查不成立", identity_masked=True)
    at.tell.done(answered, ("书面答复异议人", "The objector is answered"), "answered")
