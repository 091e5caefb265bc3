"""The scheme is published, the batch opens, four applicants enrol and mobilize (YL-1, QH-03, QH-18)."""

from __future__ import annotations

from typing import Any

from api.cli.demo.reference.cast import APPLICANTS, CAST, NAMES
from api.cli.demo.reference.line import Line
from api.cli.demo.scene import ABSENT, CONFLICT, CREATED

PROGRAMME, TRACK = "reference", "area"
FIRST_DAY, WINDOW_END = "2024-02-22", "2024-12-31"
YEAR, YEARS_ON = 2024, 2
"""In which the dates of the shipped scheme lie, and how much later those of its next batch."""
POSTS = ("head", "lead_unit", "liaison")


def publish_scheme(at: Line) -> None:
    """QH-18a, INV-20: rules are data, drafted by one person and published by another."""
    at.tell.chapter(FIRST_DAY, ("一、发布方案", "1. The scheme is published"))
    at.people.settle_in(at.tell)
    at.publish(PROGRAMME, "sn")


def renew_scheme(at: Line) -> str:
    """The dates of a later batch are another version of the scheme: data, and no line of code."""
    later = moved_on(at.definition, YEARS_ON)
    later |= {"version": "1.1.0", "effective_from": "2026-03-01"}
    draft = at.who("editor").post("/schemes", {"region": CAST.path("sn"), "definition": later})
    at.tell.step(draft, status=CREATED)
    said = (
        "新一批的时限写入方案 1.1.0 版，另一人发布",
        "Version 1.1.0 sets the dates of the new batch; published by another",
    )
    at.tell.done(at.who("publisher").post(f"/schemes/{draft.id}/publish"), said, "published")
    return draft.id


def moved_on(part: Any, years: int) -> Any:
    """The same definition, or part of one, with every date of duty so many years later, and its wording."""
    if isinstance(part, list):
        return [moved_on(one, years) for one in part]
    if not isinstance(part, dict):
        return part
    moved = {name: moved_on(value, years) for name, value in part.items()}
    for name in set(moved) & {"date", "wording", "to"}:
        moved[name] = str(moved[name]).replace(str(YEAR), str(YEAR + years)) if moved[name] else moved[name]
    return moved


def open_batch(at: Line) -> None:
    """QH-03a: the window of the first batch."""
    wang = at.who("province.wang")
    plan = {"number": 1, "naming_year": 2024, "opens": FIRST_DAY, "closes": WINDOW_END}
    said = "筹划第一批创建", "The first batch is planned"
    at.batch = at.tell.done(wang.create("batches", scheme=at.scheme, **plan), said, status=CREATED).id
    said = f"开放申报，至 {WINDOW_END} 截止", f"Applications open until {WINDOW_END}"
    at.tell.done(wang.act("batches", at.batch, "open_batch"), said, "open")


def enrol(at: Line) -> None:
    """Three counties and the city enter; nobody enters twice, nobody sees another county's file."""
    at.tell.chapter(FIRST_DAY, ("二、登记创建", "2. Four applicants enrol"))
    for place in APPLICANTS:
        clerk, name = at.clerk(place), at.name(place)
        opened = clerk.create("cases", at.batch, track=TRACK, jurisdiction=place, organization=f"gov.{place}")
        at.cases[place] = at.tell.step(opened, "draft", status=CREATED).id
        enrolled = clerk.act("cases", at.cases[place], "enroll")
        at.tell.done(enrolled, (f"{name}登记创建，进入动员部署", f"{name} enrols and is to mobilize"), "mobilization")
    again = at.clerk("jiaxian").create("cases", at.batch, track=TRACK, jurisdiction="jiaxian")
    said = "佳县在同一批次再次申报", "Jiaxian applies again in the same batch"
    at.tell.refused(again, said, CONFLICT, "guard", "QH-03b")
    foreign = at.clerk("zizhou").get(f"/cases/{at.cases['jiaxian']}")
    said = "子洲县经办人查看佳县的申报：范围之外，如同不存在", "Zizhou's clerk looks for Jiaxian's case: out of scope"
    at.tell.refused(foreign, said, ABSENT, "not_found")


def mobilize(at: Line) -> None:
    """YL-1b..1f: nine task forces, a leading group, a plan and a meeting, by the end of March."""
    at.tell.chapter("2024-03-11", ("三、动员部署", "3. Mobilization"))
    at.until("2024-03-11")
    clerk, case = at.clerk("jiaxian"), at.cases["jiaxian"]
    said = "佳县未成立专班、未交方案和会议记录即完成动员", "Jiaxian completes it with no task force, plan or minutes"
    rules = ("YL-1b", "YL-1c", "INV-01")
    at.tell.refused(clerk.act("cases", case, "complete_stage"), said, CONFLICT, "guard", *rules)
    bodies = _bodies(at)
    _form(at, "jiaxian", bodies[1:])
    _assign(at, "jiaxian")
    for paper in ("work_plan", "meeting_minutes"):
        at.tell.step(at.file("jiaxian", paper))
    said = "佳县只成立八个专班", "Jiaxian has formed eight task forces only"
    at.tell.refused(clerk.act("cases", case, "complete_stage"), said, CONFLICT, "guard", "YL-1b")
    at.until("2024-03-25")
    _form(at, "jiaxian", bodies[:1])
    for place in APPLICANTS:
        if place != "jiaxian":
            _form(at, place, bodies)
            _assign(at, place)
            for paper in ("work_plan", "meeting_minutes"):
                at.tell.step(at.file(place, paper))
        done = at.clerk(place).act("cases", at.cases[place], "complete_stage")
        name = at.name(place)
        at.tell.done(done, (f"{name}动员完成，进入全面创建", f"{name} is mobilized; creation begins"), "creation")


def _bodies(at: Line) -> list[dict[str, object]]:
    """The bodies that the scheme asks for, each with its posts filled."""
    asked = at.definition["organization"]["mobilization"]
    return [
        {
            "kind": body["kind"], "name": f"{body['kind']} {n}",
            **{post: [f"{body['kind']} {n} {post} {i}" for i in range(body[post])] for post in POSTS},
        }
        for body in asked
        for n in range(1, body["count"] + 1)
    ]  # fmt: skip


def _form(at: Line, place: str, bodies: list[dict[str, object]]) -> None:
    """YL-1b..1d: these bodies are formed for the case of a place."""
    for body in bodies:
        at.tell.step(at.clerk(place).post("/bodies", {"of": at.cases[place], **body}), status=CREATED)


def _assign(at: Line, place: str) -> None:
    """PDS-M3a: one office of its government, with its liaison, answers for each group of indicators."""
    clerk, case = at.clerk(place), at.cases[place]
    office = {"of": case, "organization": f"gov.{place}", "zh": "法治科", "liaison": [f"{NAMES[place][0]}联络人"]}
    registered = at.tell.step(clerk.post("/offices", office), status=CREATED)
    groups = at.definition["indicator_system"]["groups"]
    answers = {group["id"]: {"offices": [registered.id]} for group in groups}
    at.tell.step(clerk.put("/responsibilities", {"of": case, "assign": answers}))


def create(at: Line) -> None:
    """YL-2a: creation by the middle of May."""
    at.tell.chapter("2024-05-10", ("四、全面创建", "4. Creation"))
    at.until("2024-05-10")
    for place in APPLICANTS:
        at.tell.step(at.file(place, "creation_record"))
        done = at.clerk(place).act("cases", at.cases[place], "complete_stage")
        zh, en = NAMES[place]
        at.tell.done(
            done, (f"{zh}创建完成，进入自查自纠", f"{en} has done its creation work; self-check begins"), "self_check"
        )
