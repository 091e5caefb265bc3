"""The acts that are the same on every duty or responsible party. They change no state.

`set_due` gives a pending duty its date, `extend_due` moves the date of an open one, `urge` presses for it,
`transfer` hands the work to another unit or person, `take_up` says that the receiving side examines it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from service.domain.duties import Due, DutyRule, anew
from service.domain.effects import Effect, HandOver, LetGo, MoveDuty, Put
from service.domain.facts import NEW, SAME, Ask, Duty, Facts, Unmet, unmet
from service.domain.forms import DUE_DAY, REASON, Form, Part, day, flag, not_past, text
from service.domain.machine import Guard, Machine, Move, guard, holds
from service.domain.plans.action_plan_task import handed_to

DUTY = Part("duty", text, "事项", "key of the duty")
NEW_DATE = Part("date", day, "新时限", "new day due", check=not_past)
URGE = Form("urge", (Part("message", text, "催办内容", "message"),
                     Part("answer", flag, "要求答复", "asks for an answer", optional=True)), ("YL-W3b",))  # fmt: skip
TRANSFER = Form(
    "transfer",
    (
        Part("text", text, "理由", "reason"),
        Part("from", text, "移交方", "unit or person handing over"),
        Part("to_unit", text, "接收单位", "unit taking over"),
        Part("to_person", text, "接收人", "person taking over"),
        Part("day", day, "生效日", "day from which"),
    ),
    ("INV-32",),
)
TRANSFERABLE = ("case", "stage", "rectification_item", "action_plan_task")
SUBMITTED = ("submitted", "reported")
"""States in which something has been handed in and waits to be examined."""
SETTERS = ("stage_office", "organizer", "authority")
WORKERS = ("applicant", "stage_actor", "contributor", "designee", "organizer", "stage_office")
"""Who may be made responsible for work of a file."""
WATCH = "pending_date_watch"


def duty_meant(facts: Facts, ask: Ask) -> Duty | None:
    """The open duty that the act names, on the thing or, for a case, on its present run."""
    key = ask.form.get("duty")
    run = facts.run if facts.thing.machine == "case" else None
    owners = {facts.thing.id, run.id if run else facts.thing.id}
    return next((d for d in facts.duties if d.key == key and d.thing in owners and d.done_at is None), None)


@guard("GAP-YL-2", "YL-2p", "YL-3o", "YL-3r")
def due_is_pending(facts: Facts, ask: Ask) -> Unmet | None:
    """The date of the duty is still marked pending."""
    duty = duty_meant(facts, ask)
    if duty is None:
        return unmet("没有这一待办事项", "there is no such open duty", [ask.form.get("duty")])
    if duty.due_on is None:
        return None
    return unmet(
        f"时限已定为 {duty.due_on}，请用延期",
        f"the date is set ({duty.due_on}); use extend_due",
        [duty.due_on],
    )


def extension_allowed(duties: tuple[DutyRule, ...]) -> Guard:
    """The duty may be extended by this role; number and length of extensions stay within the scheme's limit."""
    rules = {rule.key: rule for rule in duties}

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        duty = duty_meant(facts, ask)
        if duty is None or duty.due_on is None:
            return unmet("没有可延期的事项", "there is no dated duty to extend", [ask.form.get("duty")])
        rule = rules[duty.kind]
        if not holds(rule.extend_by, facts, ask.who):
            return unmet("您无权延长该时限", "this duty is not yours to extend", rule.extend_by or ("-",))
        if day(ask.form.get("date")):
            return None  # the form says so
        return _within_limit(facts.at(facts.things[duty.thing]), duty, rule, date.fromisoformat(ask.form["date"]))

    said = ("GAP-QH-2", "GAP-QH-9", "QH-09c", "INV-21")
    return Guard("extension_allowed", check, said, meaning=extension_allowed.__doc__ or "")


def _within_limit(facts: Facts, duty: Duty, rule: DutyRule, new: date) -> Unmet | None:
    """A later day, not too late, and not too often (INV-21)."""
    due = duty.due_on or new
    if new <= due:
        return unmet("新时限须晚于原时限", "the new day must be later", [due])
    limit = rule.extensions(facts) if rule.extensions else None
    if limit is None:
        return None
    count, max_days = limit
    if duty.extensions < count and new - due <= timedelta(days=max_days):
        return None
    used = f"{duty.extensions}/{count}"
    return unmet(f"已延期 {used} 次，每次至多 {max_days} 天", f"extended {used}, at most {max_days} days each", [used])


@guard("INV-32", needs="role_holders")
def transferee_fits(facts: Facts, ask: Ask) -> Unmet | None:
    """The one taking over is another than the one handing over and holds a role of the file from the day given."""
    to, from_day = ask.form.get("to_person"), ask.form.get("day")
    if to == ask.form.get("from"):
        return unmet("接收人不能是移交人", "somebody else must take over", ["to_person"])
    run = facts.run if facts.thing.track else None
    key = run.data["key"] if run else None
    roles = {r for slot in WORKERS for r in facts.scheme.concrete_roles(slot, facts.thing.track, key)}
    held = facts.more["role_holders"].get(to, ())
    if to is None or from_day is None or day(from_day):
        return None  # the form says so
    if any(t.role in roles and t.on(date.fromisoformat(from_day)) for t in held):
        return None
    listed = sorted(roles)
    zh = f"{to} 自 {from_day} 起不具备本案的角色，须具备：{'、'.join(listed)}"
    return unmet(zh, f"{to} holds no role here from {from_day}; one of {', '.join(listed)} is needed", listed)


@guard("INV-30")
def stands_submitted(facts: Facts, ask: Ask) -> Unmet | None:
    """Something stands submitted, or the stage before could still be recalled from this one (INV-19)."""
    run = facts.run if facts.thing.machine == "case" else None
    at = (run or facts.thing).state
    before = facts.track.before(run.data["key"]) if run else None
    if at in SUBMITTED or (at == "open" and before is not None and before.recall):
        return None
    return unmet("没有待审的材料", "nothing stands submitted", [at])


def give_date(facts: Facts, ask: Ask) -> list[Effect]:
    """The date is known from now on, and nobody need be asked for it again."""
    duty = duty_meant(facts, ask)
    assert duty is not None  # the guard has seen it
    return [MoveDuty(duty.id, date.fromisoformat(ask.form["due_day"])), LetGo(duty.thing, WATCH)]


def later_date(facts: Facts, ask: Ask) -> list[Effect]:
    duty = duty_meant(facts, ask)
    assert duty is not None  # the guard has seen it
    return [MoveDuty(duty.id, date.fromisoformat(ask.form["date"]), extends=True)]


def hand_over(facts: Facts, ask: Ask) -> list[Effect]:
    """From today on, or an earlier day, the work has passed; from a later day it stays until then (INV-32)."""
    return [] if _still_to_come(facts) else take_over(facts, ask)


def take_over(facts: Facts, ask: Ask) -> list[Effect]:
    """The duties of the thing move along; with a case those of its present run, with a task those of its occurrences."""
    said = facts.thing.data
    unit, person = said["to_unit"], said["to_person"]
    responsible = Put(facts.thing.id, {"unit": unit, "person": person, "since": said["day"]})
    if facts.thing.machine == "action_plan_task":
        return [*handed_to(facts, facts.thing, unit, person), responsible]
    run = facts.run if facts.thing.machine == "case" else None
    owners = [facts.thing.id, *([run.id] if run else [])]
    return [responsible, *(HandOver(o, unit, person) for o in owners)]


def transfer_day(facts: Facts) -> list[Due]:
    """The day from which somebody else is responsible, where it is still to come."""
    if not _still_to_come(facts):
        return []
    return [Due(date.fromisoformat(facts.thing.data["day"]), anew(facts, "transfer_day"))]


def _still_to_come(facts: Facts) -> bool:
    return date.fromisoformat(facts.thing.data["day"]) > facts.today


def taken_up(facts: Facts, ask: Ask) -> list[Effect]:
    run = facts.run if facts.thing.machine == "case" else None
    return [Put((run or facts.thing).id, {"taken_up_by": ask.who.person})]


def answer_hours(facts: Facts) -> list[Due]:
    """An urging that asks for an answer opens a duty of its own, in clock hours."""
    hours = facts.scheme.case.urge.answer_hours
    if not hours or not facts.thing.data.get("answer"):
        return []
    return [Due(None, anew(facts, "urge_answer_due"), at=facts.now + timedelta(hours=hours))]


ACTS = (
    Move((), "set_due", SAME, SETTERS, "确定时限", "Set a pending date", ("GAP-YL-2", "YL-2p", "YL-3o", "YL-3r"),
         replace(DUE_DAY.also(DUTY), keep=False), (due_is_pending,), (give_date,)),
    Move((), "extend_due", SAME, (*SETTERS, "evaluator_lead"), "延期", "Extend the date",
         ("GAP-QH-2", "GAP-QH-9", "QH-09c", "INV-21"), REASON.also(DUTY, NEW_DATE), then=(later_date,)),
    Move((), "urge", SAME, (*SETTERS, "system"), "催办", "Urge", ("YL-W3b", "YL-3i", "PDS-M3e", "HY-W1c", "HY-W4c"), URGE,
         mark="D"),
    Move((), "take_up", SAME, (*SETTERS, "verifier", "approver"), "受理审阅", "Take up for examination", ("INV-30",),
         guards=(stands_submitted,), then=(taken_up,)),
    Move((), "transfer", SAME, SETTERS, "移交责任", "Transfer responsibility", ("YL-3h", "INV-32"), TRANSFER,
         (transferee_fits,), (hand_over,)),
    Move((), "take_over", SAME, ("timer",), "接手", "Take over", ("YL-3h", "INV-32"), then=(take_over,), kind="timer"),
)  # fmt: skip

NAMES = tuple(a.event for a in ACTS)
ANSWER = DutyRule("urge_answer_due", ("urge",), (), answer_hours, ("YL-W3b", "PDS-M3e"), unit="clock",
                  shifts=lambda facts: True)  # fmt: skip
TRANSFER_DAY = DutyRule("transfer_day", ("transfer",), ("transfer", "take_over"), transfer_day, ("INV-32",),
                        at_due="take_over", at_start=True)  # fmt: skip
DUTIES_OF_ACTS = (ANSWER.key, TRANSFER_DAY.key)
"""The duties that an act opens on whatever it acts on."""


def added_to(machine: Machine, *of_its_runs: DutyRule, work: tuple[str, ...] = ()) -> Machine:
    """The machine with the acts on each of its states that has not ended. The work itself answers an urging.

    `of_its_runs` are duties of other things that are commanded through this one, those of a case's stage runs,
    and `work` the events of those things.
    """
    live = tuple(s for s in machine.known if s not in (*machine.final, NEW))
    passes = machine.name in TRANSFERABLE
    duties = (*machine.duties, replace(ANSWER, closes=(*machine.events, *work)), *([TRANSFER_DAY] if passes else []))
    may_extend = extension_allowed((*duties, *of_its_runs))
    acts = [
        replace(a, source=live, shared=True, guards=(may_extend,) if a.event == "extend_due" else a.guards)
        for a in ACTS
        if passes or a.event not in ("transfer", "take_over")
    ]
    return Machine(machine.name, (*machine.table, *acts), machine.final, duties)
