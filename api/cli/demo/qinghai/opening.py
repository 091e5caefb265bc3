"""Steps 1 and 2: a hundred items of one point; one batch in two years (QH-11a, QH-03a)."""

from __future__ import annotations

from api.cli.demo.client import Answer
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import ACCEPTED, CONFLICT, CREATED, INCOMPLETE

PROGRAMME, PROVINCE = "qinghai", "qh"
FIRST_DAY = "2024-02-26"
WINDOWS = {
    2024: {"number": 1, "naming_year": 2024, "opens": "2024-03-01", "closes": "2024-12-31"},
    2025: {"number": 2, "naming_year": 2025, "opens": "2025-03-01", "closes": "2025-12-31"},
    2026: {"number": 2, "naming_year": 2026, "opens": "2026-03-01", "closes": "2026-12-31"},
}


def publish_scheme(at: Register) -> None:
    """QH-11a: 100 items of 1 point make 100; with 99 items nobody can publish it."""
    at.tell.chapter(FIRST_DAY, ("步骤 1：发布方案", "Step 1: the scheme is published"))
    at.people.settle_in(at.tell)
    at.publish(PROGRAMME, PROVINCE)
    items, scoring = len(at.indicators()), at.definition["scoring"]
    total = items * int(scoring["per_item"])
    said = (
        f"{items} 项 × {scoring['per_item']} 分 = {total} 分",
        f"{items} items × {scoring['per_item']} point = {total}",
    )
    found = at.who("publisher").post(f"/schemes/{at.scheme}/validate").body
    good = found["publishable"] and not found["problems"]
    at.tell.holds(good and (items, total, int(scoring["max"])) == (100, 100, 100), said, found)
    system = at.definition["indicator_system"]
    marked = at.definition["trial"] and all(one["provisional"] for one in system["indicators"])
    said = (
        "规定标明试行，指标为导入前的暂用清单",
        "The rules are on trial; the items are a list of our own until the official one",
    )
    at.tell.holds(marked, said, at.definition["trial"])
    short = {**system, "indicators": system["indicators"][:99]}
    copy = draft(at, {**at.definition, "version": "1.0.1", "indicator_system": short})
    said = "只有 99 项的副本请求发布", "A copy with 99 items is to be published"
    at.tell.refused(at.who("publisher").post(f"/schemes/{copy}/publish"), said, INCOMPLETE, "invalid", "QH-11a")
    _refuse_before_its_day(at)


def _refuse_before_its_day(at: Register) -> None:
    """QH-18a: nothing is done under rules that are not in force."""
    later = draft(at, {**at.definition, "key": "qinghai_later", "effective_from": "2024-03-02"})
    at.tell.step(at.who("publisher").post(f"/schemes/{later}/publish"), "published")
    early = at.wang.create("batches", scheme=later, **WINDOWS[2024])
    said = (
        "自 3 月 2 日起施行的副本，3 月 1 日即开放申报",
        "A copy in force from 2 March is to open a batch on the first",
    )
    at.tell.refused(early, said, CONFLICT, "guard", "QH-18a")


def draft(at: Register, definition: dict[str, object]) -> str:
    """A scheme of one's own, as a draft."""
    body = {"region": at.people.cast.path(PROVINCE), "definition": definition}
    return at.tell.step(at.who("editor").post("/schemes", body), status=CREATED).id


def open_first_batch(at: Register) -> None:
    """QH-03a: the first batch takes applications from 1 March to 31 December 2024."""
    at.tell.chapter("2024-03-01", ("步骤 2：第一批", "Step 2: the first batch"))
    at.until("2024-03-01")
    opened = _open(at, 2024)
    said = "开放申报，2024-03-01 至 2024-12-31", "Applications are open from 2024-03-01 to 2024-12-31"
    at.tell.done(opened, said, "open")


def open_too_early(at: Register) -> None:
    """QH-03a, INV-13: a year later is too early."""
    at.tell.chapter("2025-03-01", ("步骤 2（续）：未满两年", "Step 2, continued: two years have not run"))
    at.until("2025-03-01")
    refused = _open(at, 2025)
    said = "2025-03-01 开放第二批", "The second batch is to open on 2025-03-01"
    at.tell.refused(refused, said, CONFLICT, "guard", "QH-03a", "INV-13")
    first = refused.body["errors"][0]["missing"]
    at.tell.holds(first == ["2026-03-01"], ("最早 2026-03-01 开放", "It opens on 2026-03-01 at the earliest"), first)
    why = {"text": "未满两年"}
    at.tell.step(at.wang.act("batches", at.batches[2025], "cancel_batch", **why), status=ACCEPTED)
    at.tell.step(at.li.act("batches", at.batches[2025], "cancel_batch", **why), "cancelled")


def open_second_batch(at: Register) -> None:
    """QH-03a: two years to the day."""
    at.tell.chapter("2026-03-01", ("步骤 2（续）：第二批", "Step 2, continued: the second batch"))
    at.until("2026-03-01")
    said = "满两年，2026-03-01 开放第二批", "Two years have run: the second batch opens on 2026-03-01"
    at.tell.done(_open(at, 2026), said, "open")


def _open(at: Register, year: int) -> Answer:
    planned = at.wang.create("batches", scheme=at.scheme, **WINDOWS[year])
    at.batches[year] = at.tell.step(planned, "planned", status=CREATED).id
    return at.wang.act("batches", at.batches[year], "open_batch")
