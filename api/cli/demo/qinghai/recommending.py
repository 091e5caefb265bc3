"""Step 3: who recommends whom, and on what (QH-08a..e, QH-04b, INV-08)."""

from __future__ import annotations

from typing import Any

from api.cli.demo.client import Answer
from api.cli.demo.qinghai.cast import AREAS, HOST, NAMES, PROJECT
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import CONFLICT, CREATED, FORBIDDEN

HOST_PROJECT, P = "村级事务公开", "一窗通办"
AREA = {"leading": "连续三年居全省前列", "copyable": "三个县已学习推广"}
WORK = {"innovative": "全省首创", "leading": "牵头制定省级规范", "typical": "可代表同类地区"}


def recommend(at: Register) -> None:
    """County A hosts a project of earlier times; its prefecture recommends it with 90 %, no other and not with less."""
    at.tell.chapter("2024-04-10", ("步骤 3：市州推荐", "Step 3: recommendation by the prefecture"))
    at.until("2024-04-10")
    at.host_project = at.take_over("a", HOST_PROJECT)
    track = at.wang.get(f"/designations/{at.host_project}").body["track"]
    said = "省办成立前命名的单位纳入示范项目管理", "A unit named before the office existed is managed as a project"
    at.tell.holds(track == "project", said, track)
    case = enrol(at, "a")
    holds = at.wang.get(f"/cases/{case}").body["data"]["place_holds"]
    at.tell.holds(holds == [at.host_project], ("甲县是该项目所在县", "County A is its host"), holds)
    _refuse_neighbour(at, case)
    drafted = at.who("east.chen").create("recommendations", case, **_attested("a", "0.899"))
    draft = at.tell.step(drafted, "drafted", status=CREATED).id
    at.recommendations["a"] = draft
    low = _submit(at, draft)
    said = "甲县核验达标率 89.9%", "County A with a verified attainment of 89.9 %"
    at.tell.refused(low, said, CONFLICT, "guard", "QH-08a", "INV-08")
    own = _submit(at, draft, attainment="0.900", verified_by="self")
    at.tell.refused(own, ("达标率只凭自评", "An attainment by the self-score alone"), CONFLICT, "guard", "GAP-QH-6")
    for lacking, rule in (("leading", "QH-08b"), ("copyable", "QH-08c")):
        rest = {code: said for code, said in AREA.items() if code != lacking}
        zh, en = {"leading": ("在全省领先", "leading"), "copyable": ("可复制推广", "copyable")}[lacking]
        tried = _submit(at, draft, attainment="0.900", criteria=rest)
        at.tell.refused(
            tried, (f"达标 90.0% 但未说明{zh}", f"90.0 %, but not said to be {en}"), CONFLICT, "guard", rule
        )
    sent = _submit(at, draft, attainment="0.900", criteria=AREA)
    said = "达标 90.0%、领先、可复制推广：予以推荐", "90.0 %, leading and copyable: recommended"
    at.tell.done(sent, said, "submitted")
    said = "省办接收甲县的推荐", "The provincial office accepts the recommendation of County A"
    at.tell.done(accept(at, "a"), said, "accepted")
    _bring_the_others(at)


def enrol(at: Register, holder: str, year: int = 2024, **form: Any) -> str:
    """The prefecture brings the file of one that it will recommend; it waits for the recommendation then."""
    chen = at.who("east.chen")
    case = open_case(at, holder, year)
    at.tell.step(chen.act("cases", case.id, "enroll", **form), "recommendation")
    at.cases[holder] = case.id
    return case.id


def open_case(at: Register, holder: str, year: int) -> Answer:
    """The draft of an application in the batch of a year."""
    return at.tell.step(ask_for_case(at, holder, year), "draft", status=CREATED)


def ask_for_case(at: Register, holder: str, year: int, project: str = P) -> Answer:
    """A file is to be opened in the batch of a year."""
    place = HOST[holder]
    what = {"track": "project", "project": project} if holder == PROJECT else {"track": "area"}
    form = {"jurisdiction": place, "organization": f"gov.{place}", **what}
    return at.who("east.chen").create("cases", at.batches[year], **form)


def accept(at: Register, holder: str) -> Answer:
    """The provincial office takes the recommendation; of a prefecture's own government it reads the papers itself."""
    checked = {"paper_check": "材料齐全属实"} if holder == PROJECT else {}
    return at.wang.act("recommendations", at.recommendations[holder], "accept_recommendation", **checked)


def recommended(at: Register, holder: str, attainment: str = "0.90") -> Answer:
    """Drafted and sent by two people of the prefecture."""
    drafted = at.who("east.chen").create("recommendations", at.cases[holder], **_attested(holder, attainment))
    at.recommendations[holder] = at.tell.step(drafted, "drafted", status=CREATED).id
    return at.who("east.liu").act("recommendations", at.recommendations[holder], "submit_recommendation")


def _submit(at: Register, draft: str, **said: Any) -> Answer:
    return at.who("east.chen").act("recommendations", draft, "submit_recommendation", **said)


def _attested(holder: str, attainment: str) -> dict[str, Any]:
    """What the prefecture says of an area or of a project."""
    if holder == PROJECT:
        return {"criteria": WORK}
    return {"criteria": AREA, "attainment": attainment, "verified_by": "prefecture"}


def _refuse_neighbour(at: Register, case: str) -> None:
    """QH-04b: an office recommends what lies in its own territory."""
    tried = at.who("west.ma").create("recommendations", case, **_attested("a", "0.900"))
    said = "邻州的办公室推荐甲县", "The office of the neighbouring prefecture recommends County A"
    at.tell.refused(tried, said, FORBIDDEN, "forbidden", "QH-04b", "QH-08d")


def _bring_the_others(at: Register) -> None:
    """Counties C and D and Project P go the same way; each file then waits for the naming."""
    chen = at.who("east.chen")
    for holder in (*AREAS[1:], PROJECT):
        enrol(at, holder)
        sent = recommended(at, holder)
        zh, en = NAMES[holder]
        at.tell.done(sent, (f"东州推荐{zh}", f"East Prefecture recommends {en}"), "submitted")
        at.tell.step(accept(at, holder), "accepted")
    for holder, case in at.cases.items():
        key = "project_description" if holder == PROJECT else "attainment_sheet"
        form = {"artefact": key, "author": chen.name, "date": at.today, "files": [at.paper(chen, case, key)]}
        at.tell.step(chen.act("cases", case, "submit_artefact", **form))
        at.tell.step(chen.act("cases", case, "complete_stage"), "evaluation")
        why = {"text": "依推荐命名，不另行评估"}
        at.tell.step(at.wang.act("cases", case, "waive_stage", **why), "naming")
