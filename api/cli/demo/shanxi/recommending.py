"""Steps 5 to 7: the city office reviews and recommends the best; nobody else is evaluated (SX-11..15, SX-22..24)."""

from __future__ import annotations

from typing import Any

from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE
from api.cli.demo.shanxi.applying import LEAVES
from api.cli.demo.shanxi.cast import CITY, PROJECT, TRACKS, WHOLE
from api.cli.demo.shanxi.line import Line, named

SHORT, UNLIKE, PASSED_OVER = "county-k", "host-t", "county-l"
RECOMMENDED = tuple(place for place in TRACKS if place not in (LEAVES, UNLIKE, PASSED_OVER))
UNDER_REVIEW = {"measure": "third_party", "evaluator": "institute", "independent": True}


def review(at: Line) -> None:
    """SX-12, SX-15: nine tenths of the indicators for the whole, every condition for a project."""
    at.until("2021-08-02")
    at.tell.chapter(at.today, ("步骤 5　初审推荐", "Step 5. Preliminary review and recommendation"))
    city = at.city_of(SHORT)
    draft = _drafted(at, SHORT, attainment="0.89")
    low = city.act("recommendations", draft, "submit_recommendation")
    said = "K县符合 89% 的指标，报送综合示范推荐", "County K shows 89 % of the indicators and is to be recommended"
    at.tell.refused(low, said, CONFLICT, "guard", "SX-12")
    own = city.act("recommendations", draft, "submit_recommendation", attainment="0.90", verified_by="self")
    said = "90% 只凭K县自评", "90 %, but by its own rating alone"
    at.tell.refused(own, said, CONFLICT, "guard", "SX-12")
    for criterion in at.criteria(WHOLE):
        less = {"attainment": "0.90", "criteria": at.criteria(WHOLE, criterion)}
        refused = city.act("recommendations", draft, "submit_recommendation", **less)
        said = f"K县缺少“{_title(at, WHOLE, criterion)[0]}”", f"County K lacks: {_title(at, WHOLE, criterion)[1]}"
        at.tell.refused(refused, said, CONFLICT, "guard", "SX-11")
    full = {"attainment": "0.90", "criteria": at.criteria(WHOLE)}
    sent = city.act("recommendations", draft, "submit_recommendation", **full)
    at.tell.done(sent, ("K县符合 90%，报送推荐", "County K at 90 % is recommended"), "submitted")
    _accepted(at, SHORT, draft)
    _unlike(at)
    for place in RECOMMENDED:
        if place not in (SHORT, CITY):
            draft = _drafted(at, place)
            at.tell.step(at.city_of(place).act("recommendations", draft, "submit_recommendation"), "submitted")
            _accepted(at, place, draft)
    said = "其余各县和项目择优推荐，省办接收", "The best of the others are recommended, and the province accepts them"
    at.tell.note(said)


def _unlike(at: Line) -> None:
    """SX-13..15: each of the five conditions is asked for by itself; T cannot be copied."""
    city, draft = at.city_of(UNLIKE), _drafted(at, UNLIKE)
    asked = {"innovative": "SX-13", "leading": "SX-13", "typical": "SX-13", "ahead": "SX-14", "copyable": "SX-15"}
    for criterion, rule in asked.items():
        less = at.criteria(PROJECT, criterion)
        refused = city.act("recommendations", draft, "submit_recommendation", criteria=less)
        zh, en = _title(at, PROJECT, criterion)
        at.tell.refused(refused, (f"T区的项目缺少“{zh}”", f"Project T lacks: {en}"), CONFLICT, "guard", rule)
    declined = city.act("cases", at.cases[UNLIKE], "decline", text="经验和做法不可复制推广")
    at.tell.done(
        declined, ("T区的项目不予推荐，理由在案", "Project T is not recommended; the reason is on file"), "declined"
    )


def _title(at: Line, track: str, criterion: str) -> tuple[str, str]:
    asked = next(one["criteria"] for one in at.definition["tracks"] if one["id"] == track)
    title = next(one["title"] for one in asked if one["code"] == criterion)
    return title["zh"], title["en"]


def _drafted(at: Line, place: str, **said: Any) -> str:
    """What the city office says of an applicant."""
    track = TRACKS[place]
    shown = {"attainment": "0.95", "verified_by": "prefecture"} if track == WHOLE else {}
    form = {**shown, "criteria": at.criteria(track), **said}
    drafted = at.city_of(place).create("recommendations", at.cases[place], **form)
    return at.tell.step(drafted, "drafted", status=CREATED).id


def _accepted(at: Line, place: str, draft: str, **form: str) -> None:
    """The province takes the recommendation up, and the case goes on to evaluation."""
    at.tell.step(at.office.act("recommendations", draft, "accept_recommendation", **form), "accepted")
    at.tell.step(at.city_of(place).act("cases", at.cases[place], "complete_stage"), "evaluation")


def own_government(at: Line) -> None:
    """GAP-SX-2: the city applies, its own office reviews it: flagged, signed by two, looked at by the province."""
    at.until("2021-08-03")
    at.tell.chapter(at.today, ("步骤 6　市政府自己申报", "Step 6. A city government applies"))
    draft = _drafted(at, CITY)
    alone = at.city_of(CITY).act("recommendations", draft, "submit_recommendation")
    said = "市办推荐本级政府，起草人自己报送", "The city office recommends its own government, and the drafter sends it"
    at.tell.refused(alone, said, CONFLICT, "guard", "GAP-SX-2", "INV-20")
    sent = at.who("datong.tian").act("recommendations", draft, "submit_recommendation")
    at.tell.done(sent, ("另一人签署报送", "A second person signs and sends it"), "submitted")
    flagged = at.office.get(f"/recommendations/{draft}").body["data"].get("own_government")
    said = "该推荐标明为“推荐本级政府”", "The file is flagged: an office has reviewed its own government"
    at.tell.holds(flagged is True, said, flagged)
    unseen = at.office.act("recommendations", draft, "accept_recommendation")
    said = "省办未作书面核查即接收", "The province accepts it without a look at the papers"
    at.tell.refused(unseen, said, INCOMPLETE, "form", "GAP-SX-2")
    _accepted(at, CITY, draft, paper_check="材料与推荐意见一致")
    at.tell.note(("省办核查材料后接收", "Its papers looked at, the province accepts it"))


def never_recommended(at: Line) -> None:
    """SX-24, INV-12: only whom a city office recommended is evaluated."""
    at.until("2021-08-04")
    at.tell.chapter(at.today, ("步骤 7　未经推荐不得评估", "Step 7. Nobody is evaluated without a recommendation"))
    tried = at.office.create("evaluations", at.cases[PASSED_OVER], **UNDER_REVIEW)
    said = "对从未获推荐的L县委托评估", "An evaluation of County L, which nobody recommended, is commissioned"
    at.tell.refused(tried, said, INCOMPLETE, "form", "SX-24", "INV-12")
    passed = at.city_of(PASSED_OVER).act("cases", at.cases[PASSED_OVER], "complete_stage")
    said = "未经推荐即完成L县的初审", "The review of County L is completed without a recommendation"
    at.tell.refused(passed, said, CONFLICT, "guard", "SX-22", "SX-23")
    declined = at.city_of(PASSED_OVER).act("cases", at.cases[PASSED_OVER], "decline", text="择优推荐其他县")
    zh, en = named(PASSED_OVER)
    at.tell.done(declined, (f"{zh}不予推荐，理由在案", f"{en} is not recommended; the reason is on file"), "declined")
