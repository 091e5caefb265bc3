"""Two or three single projects of departments, and money for the one that wins a title (HY-T01, HY-W2d)."""

from __future__ import annotations

from api.cli.demo.client import Answer
from api.cli.demo.haiyuan import climbing
from api.cli.demo.haiyuan.cast import COUNTY, DISPUTES, ENFORCEMENT, MARKET, SERVICES, UNITS
from api.cli.demo.haiyuan.county import County
from api.cli.demo.scene import CONFLICT, CREATED

PROJECTS = {SERVICES: "差评闭环整改", MARKET: "一业一查", ENFORCEMENT: "首违不罚", DISPUTES: "争议专班"}
REASONS = {"innovative": "全区首创", "leading": "走在前列", "copyable": "已有三县照搬"}


def select(at: County) -> None:
    """HY-T01: two to three, each innovative, leading and copyable; a fourth finds no place."""
    at.tell.chapter("2025-03-03", ("十一、单项示范项目", "11. Single projects"))
    cases = [_propose(at, unit, project) for unit, project in PROJECTS.items()]
    *three, fourth = cases
    half = _draft(at, fourth, {"leading": "走在前列"})
    said = "只说明引领性即推荐", "A project is recommended that is no more than leading"
    at.tell.refused(_send(at, half), said, CONFLICT, "guard", "HY-T01")
    at.tell.step(at.justice.act("recommendations", half, "withdraw_recommendation", text="理由不全"), "withdrawn")
    for case in three:
        it = _draft(at, case, REASONS)
        at.tell.step(_send(at, it), "submitted")
        accepted = at.county.act("recommendations", it, "accept_recommendation", paper_check="材料齐全")
        at.tell.step(accepted, "accepted")
    said = "推荐第四个项目（至多三个）", "A fourth project is recommended: three at most"
    at.tell.refused(_send(at, _draft(at, fourth, REASONS)), said, CONFLICT, "guard", "HY-T01")
    _list(at, cases)


def _propose(at: County, unit: str, project: str) -> str:
    """A department puts its project forward."""
    clerk, (zh, en, _) = at.clerk(unit), UNITS[unit]
    said = {"track": "single_item", "jurisdiction": COUNTY, "organization": unit, "project": project}
    case = at.tell.step(clerk.create("cases", at.year_batch, **said), "draft", status=CREATED).id
    entered = clerk.act("cases", case, "enroll")
    at.tell.done(entered, (f"{zh}申报“{project}”", f"{en.capitalize()} proposes a project"), "selection")
    return case


def _draft(at: County, case: str, criteria: dict[str, str]) -> str:
    drafted = at.justice.create("recommendations", case, criteria=criteria)
    return at.tell.step(drafted, "drafted", status=CREATED).id


def _send(at: County, it: str) -> Answer:
    """The justice department belongs to the county that it recommends: a second person of it sends (GAP-SX-2)."""
    return at.who("justice.yang").act("recommendations", it, "submit_recommendation")


def _list(at: County, cases: list[str]) -> None:
    """HY-T01: one project is too few; two are listed and the others told why not."""
    made = at.justice.create("candidate-lists", at.year_batch, purpose="recommendation", track="single_item")
    it = at.tell.step(made, status=CREATED).id
    at.tell.step(_rank(at, it, cases, 1))
    said = "只选一个项目", "One project only is selected"
    at.tell.refused(at.county.act("candidate-lists", it, "approve_list"), said, CONFLICT, "guard", "HY-T01")
    at.tell.step(at.justice.act("candidate-lists", it, "return_list", text="少于2个"))
    at.tell.step(_rank(at, it, cases, 2))
    at.tell.step(at.county.act("candidate-lists", it, "approve_list"))
    chosen = at.data(f"/candidate-lists/{it}")
    good = chosen["entries"] == cases[:2] and set(chosen["left_out"]) == set(cases[2:])
    at.tell.holds(good, ("选定两个项目，未选的附理由", "Two are selected; the others are told why not"), chosen)
    at.projects = cases[:2]
    for case in at.projects:
        at.tell.step(at.justice.act("cases", case, "complete_stage"), "regional_recognition")


def _rank(at: County, it: str, cases: list[str], places: int) -> Answer:
    left = dict.fromkeys(cases[places:], "成效尚待巩固")
    form = {"cases": cases, "selected": cases[:places], "left_out": left}
    return at.justice.act("candidate-lists", it, "rank_list", **form)


def fund(at: County) -> None:
    """HY-W2d, HY-T01: the region's decision of the year; money follows a title, and nothing else."""
    at.until("2025-12-18")
    first, second = at.projects
    at.tell.step(at.decides(first, "宁法治办〔2025〕6号"))
    refused = at.decides(second, "宁法治办〔2025〕7号", favourable=False)
    at.tell.done(refused, ("第二个项目未获认定", "The second project is not recognised"), status=202)
    title = at.found(at.county, "/designations", track="single_item")
    tier = title["data"]["tier"]
    at.tell.holds(tier == "single_item_project", ("第一个项目获自治区命名", "The first project wins a title"), tier)
    money = at.found(at.county, "/consequences", effect="funding")
    said = "县级经费支持只及于获命名的项目", "County funding follows the titled project alone"
    at.tell.holds(money["thing"] == title["id"], said, money)
    document = {"issuer": "海原县财政局", "number": "海财发〔2025〕61号", "date": at.today}
    grant = {"amount": "50000", "document": document}
    granted = at.county.post(f"/consequences/{money['id']}/grant", grant, revision=1)
    shown = at.tell.step(granted).body["granted"]["amount"]
    at.tell.holds(shown == "50000", ("经费 50000 元在案，附文号", "The amount and its document are on record"), shown)
    _count(at)
    at.claim = climbing.consolidate(at, at.third_rung)


def _count(at: County) -> None:
    """HY-T01: at the close of 2025 one counts as unmet, and so do four."""
    count = at.on_demand(1, "single_item_projects_selected")
    for number, state in ((1, "unmet"), (4, "unmet"), (3, "met"), (2, "met")):
        said = (
            f"2025 年底单项项目 {number} 个：{'达标' if state == 'met' else '未达标'}",
            f"{number} projects at the close: {state}",
        )
        at.judged(1, count, state, said, single_item_projects_selected=str(number))
