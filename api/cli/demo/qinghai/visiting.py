"""What a look-back takes, in the programme as in a copy of it: schedule, self-evaluation, team, methods, scores, notice."""

from __future__ import annotations

from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.qinghai.cast import EVALUATOR
from api.cli.demo.qinghai.register import Register
from api.cli.demo.scene import CREATED

TEAM = {"lead": "lead.shen", "members": ["member.han", "member.deng"]}
SCORERS = ("lead.shen", "member.han", "member.deng")
ACCOMPANYING = "liaison.xu"
REPORT = {
    "level_found": "总体良好", "trend": "稳中有升", "check_of_self_report": "事项、数据及印证信息真实准确",
    "proposals": "加强乡镇执法培训",
}  # fmt: skip
MEDIA = ["青海日报", "省政府门户网站"]
FULL, HALF, NOUGHT = "1", "0.5", "0"


def self_evaluation(at: Register) -> dict[str, str]:
    """QH-09d: every part that the scheme asks of a self-evaluation."""
    return {p["code"]: f"{p['title']['zh']}：见附件" for p in at.definition["look_back"]["self_evaluation"]["parts"]}


def methods(at: Register) -> list[str]:
    """QH-10c: the four methods that the document names."""
    return [m["code"] for m in at.definition["evaluation"]["methods"]["required"]]


def points(at: Register, whole: int, rest: str = NOUGHT) -> dict[str, str]:
    """A sheet: so many items in full, the next one with the rest, nothing behind."""
    items = at.indicators()
    sheet = {code: FULL if n < whole else NOUGHT for n, code in enumerate(items)}
    return {**sheet, items[whole]: rest}


def commission(at: Register, look_back: str) -> str:
    """QH-10a, QH-10f: a third party with no tie, and who accompanies it; the evaluation with its team in the field."""
    said = {"evaluator": EVALUATOR, "independent": True, "accompanying": [ACCOMPANYING]}
    at.tell.step(at.wang.act("look-backs", look_back, "commission_evaluation", **said), "evaluating")
    it = at.found(at.wang, "/evaluations", parent=look_back)["id"]
    lead = at.who("lead.shen")
    declared = dict.fromkeys(SCORERS, "与评估对象无利害关系")
    at.tell.step(lead.act("evaluations", it, "form_team", **TEAM, declarations=declared), "team_formed")
    at.tell.step(lead.act("evaluations", it, "start_fieldwork"), "fieldwork")
    return str(it)


def use(at: Register, evaluation: str, *used: str) -> None:
    """Each use of a method goes on record."""
    for method in used:
        form = {"method": method, "date": at.today, "record": "现场记录在案"}
        at.tell.step(at.who("lead.shen").act("evaluations", evaluation, "record_method_use", **form))


def lock(at: Register, evaluation: str, sheet: dict[str, str]) -> None:
    """The team has scored every item, and the sheet is locked."""
    at.tell.step(at.who("member.han").score("evaluations", evaluation, sheet))
    at.tell.step(at.who("lead.shen").act("evaluations", evaluation, "lock_scores"), "locked")


def report(at: Register, evaluation: str) -> Answer:
    """QH-10d, QH-10e: check of the self-report, level, trend, proposals."""
    return at.who("lead.shen").act("evaluations", evaluation, "submit_report", **REPORT)


def accept(at: Register, evaluation: str) -> None:
    """The office takes the report; the score is final."""
    at.tell.step(at.wang.act("evaluations", evaluation, "accept_report"), "final")


def evaluate(at: Register, look_back: str, sheet: dict[str, str]) -> None:
    """A whole evaluation, from the mandate to the final score."""
    it = commission(at, look_back)
    use(at, it, *methods(at))
    at.tell.step(at.who("lead.shen").act("evaluations", it, "start_scoring"), "scoring")
    lock(at, it, sheet)
    at.tell.step(report(at, it), "reported")
    accept(at, it)


def publish(at: Register, look_back: str) -> tuple[str, Answer]:
    """A notice of a look-back is drafted and opened: its ID and the answer."""
    drafted = at.tell.step(at.wang.create("notices", look_back), "draft", status=CREATED)
    return drafted.id, at.wang.act("notices", drafted.id, "open_notice", media=MEDIA)


def last_day(by: Person, resource: str, thing: str, key: str) -> Any:
    """The day on which a duty of that key falls due."""
    owed = by.get(f"/{resource}/{thing}").body["duties"]
    return next((d["dueOn"] for d in owed if d["key"] == key), None)
