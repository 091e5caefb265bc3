"""Steps 2 to 4: self-check and own judgement, an application of one's own will, eight headings for a project (SX-16..21)."""

from __future__ import annotations

from api.cli.demo.scene import CONFLICT, CREATED, INCOMPLETE
from api.cli.demo.shanxi.cast import GOVERNMENTS, HOSTS, PROJECT, TOWN, TRACKS, WHOLE
from api.cli.demo.shanxi.line import Line, named

HASTY, LEAVES, AGAIN = "county-a", "county-m", "host-g"
HEADINGS = {
    "resource_transition": "SX-16-1", "business_environment": "SX-16-2", "ongoing_supervision": "SX-16-3",
    "administration_by_law": "SX-16-4", "enforcement_reform": "SX-16-5", "three_systems": "SX-16-6",
    "reconsideration": "SX-16-7", "other": "SX-16-8",
}  # fmt: skip
OTHER = {"topic": "other", "description": "为进城务工人员提供法律援助"}


def check(at: Line) -> None:
    """SX-20: first the self-check; only who judges that it meets the requirements applies."""
    at.until("2021-07-05")
    at.tell.chapter(at.today, ("步骤 2　自查自评", "Step 2. Self-check"))
    chosen = [OTHER if topic == "other" else {"topic": topic} for topic in HEADINGS]
    for place in GOVERNMENTS:
        _enrol(at, place)
    for number, place in enumerate(HOSTS):
        _enrol(at, place, **chosen[number % len(chosen)])
    began = [one["state"] for one in at.office.items("/cases", batch=at.batch)]
    said = "14 个市县政府和 17 个项目单位开始自查自评", "14 governments and 17 hosts of projects start their self-check"
    at.tell.holds(began == ["self_check"] * 31 and (len(GOVERNMENTS), len(HOSTS)) == (14, 17), said, began)
    _neither_city_nor_county(at)
    at.until("2021-07-12")
    for place in TRACKS:
        at.tell.step(at.clerk(place).score("cases", at.cases[place], at.met(TRACKS[place], 0)))
        at.file(place, "self_check_report")
    silent = at.clerk(HASTY).act("cases", at.cases[HASTY], "complete_stage")
    said = "A县未作自我评价即要申报", "County A wants to apply without a judgement of its own"
    at.tell.refused(silent, said, INCOMPLETE, "form", "SX-20")
    for place in TRACKS:
        judged = at.clerk(place).act("cases", at.cases[place], "complete_stage", judgement="能够达到示范要求")
        at.tell.step(judged, "application")
    said = "各单位认为能够达到示范要求，可以自愿申报", "Each judges that it meets the requirements, and may apply"
    at.tell.note(said)


def _enrol(at: Line, place: str, **topic: str) -> None:
    """The case of a place, in its self-check, with the document that its papers show."""
    clerk, track = at.clerk(place), TRACKS[place]
    project = {"project": f"{named(place)[0]}"} if track == PROJECT else {}
    opened = clerk.create("cases", at.batch, track=track, jurisdiction=place, **project)
    at.cases[place] = at.tell.step(opened, "draft", status=CREATED).id
    at.proof(place)
    at.tell.step(clerk.act("cases", at.cases[place], "enroll", **topic), "self_check")


def _neither_city_nor_county(at: Line) -> None:
    """SX-03: the activity addresses the governments of cities and counties."""
    clerk = at.clerk(TOWN)
    case = at.tell.step(clerk.create("cases", at.batch, track=WHOLE, jurisdiction=TOWN), "draft", status=CREATED).id
    said = "乡镇要求参加创建", "A township wants to take part"
    at.tell.refused(clerk.act("cases", case, "enroll"), said, CONFLICT, "guard", "SX-03")
    at.tell.step(clerk.act("cases", case, "discard_draft"), "withdrawn")


def withdraw(at: Line) -> None:
    """SX-21: whoever applies of its own will may leave before the review, and nothing is held against it."""
    at.until("2021-07-19")
    at.tell.chapter(at.today, ("步骤 3　自愿申报", "Step 3. A voluntary application"))
    clerk, case = at.clerk(LEAVES), at.cases[LEAVES]
    apply(at, LEAVES)
    at.tell.done(
        clerk.act("cases", case, "recall"), ("M县收回申报", "County M takes its application back"), "application"
    )
    at.tell.done(
        clerk.act("cases", case, "withdraw"), ("M县自愿退出", "County M withdraws of its own will"), "withdrawn"
    )
    bars = at.case(LEAVES).body["data"].get("bars", [])
    at.tell.holds(bars == [], ("退出不留任何限制", "Its withdrawal leaves no mark"), bars)
    anew = clerk.create("cases", at.batch, track=WHOLE, jurisdiction=LEAVES)
    at.tell.step(anew, "draft", status=CREATED)
    back = clerk.act("cases", anew.id, "enroll")
    at.tell.done(back, ("M县可以在同一批次重新开始", "County M may begin again in the same batch"), "self_check")
    at.tell.step(clerk.act("cases", anew.id, "withdraw"), "withdrawn")


def apply(at: Line, place: str) -> None:
    """The material is declared to be true, lawful and complete, and goes to the city office."""
    at.file(place, "application_form")
    declared = {"signer": at.clerk(place).name, "true": True, "lawful": True, "complete": True}
    at.tell.step(at.clerk(place).act("cases", at.cases[place], "complete_stage", **declared), "review")


def choose(at: Line) -> None:
    """SX-16: a project takes the heading that fits local reality; the last one takes up any other work."""
    at.until("2021-07-26")
    at.tell.chapter(at.today, ("步骤 4　选择单项主题", "Step 4. The topic of a project"))
    topics = next(one["topics"]["items"] for one in at.definition["tracks"] if one["id"] == PROJECT)
    hosts = {at.cases[host] for host in HOSTS}
    taken = {one["data"]["topic"] for one in at.office.items("/cases", batch=at.batch) if one["id"] in hosts}
    said = "17 个项目选用了全部 8 个方面", "The 17 projects have taken all of the 8 headings"
    at.tell.holds([one["id"] for one in topics] == list(HEADINGS) and taken == set(HEADINGS), said, taken)
    clerk = at.clerk(AGAIN)
    more = clerk.create("cases", at.batch, track=PROJECT, jurisdiction=AGAIN, project="G区的另一个项目")
    case = at.tell.step(more, "draft", status=CREATED).id
    said = "G区另一个项目未选主题", "Another project of District G has no topic"
    at.tell.refused(clerk.act("cases", case, "enroll"), said, INCOMPLETE, "form", "SX-16")
    said = "选“其他工作”而不说明内容", "It takes the eighth heading and describes nothing"
    at.tell.refused(clerk.act("cases", case, "enroll", topic="other"), said, INCOMPLETE, "form", "SX-16")
    said = "选八个方面以外的主题", "It takes a ninth heading"
    at.tell.refused(clerk.act("cases", case, "enroll", topic="ninth"), said, INCOMPLETE, "form", "SX-16")
    enrolled = clerk.act("cases", case, "enroll", **OTHER)
    at.tell.done(enrolled, ("说明内容后登记", "With its description it is enrolled"), "self_check")
    at.tell.step(clerk.act("cases", case, "withdraw"), "withdrawn")
    for place in (one for one in TRACKS if one != LEAVES):
        apply(at, place)
    at.tell.note(("13 个市县和 17 个项目自愿申报", "13 governments and 17 projects apply of their own will"))
