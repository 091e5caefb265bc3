"""From the record at the end of a play to its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.cli.simulate import words
from api.cli.simulate.assumptions import assumptions
from api.cli.simulate.leaving import RESULTS
from api.cli.simulate.population import Applicant, percent
from api.cli.simulate.result import Course, Fate, Outcome, Owed, Result, Still
from api.cli.simulate.world import Refusal, World, data
from service.domain.desk import rule_of
from service.domain.duties import DutyRule
from service.domain.facts import Duty, Facts, Thing
from service.domain.machines import machine_for
from service.records.follow_ups import REFUSED
from service.records.rows import DUTY, FOLLOW_UP, THING, duty_of, thing_of

if TYPE_CHECKING:
    from api.cli.simulate.player import Player

QUIET = ("pending_date_watch",)
"""Duties of nobody: an entry that brings a pending date up again."""
COURSES = {
    "batch": ("opens", "closes"), "candidate_list": ("", ""), "public_notice": ("", ""), "naming_decision": ("date", ""),
    "look_back_round": ("", ""), "bulletin": ("", ""), "action_plan": ("", ""), "revocation_case": ("", ""),
    "reminder": ("", ""),
}  # fmt: skip
"""What takes a course of its own, with the parts that say its first and last day."""
ENDS = (
    "name_case", "name_externally", "close_without_naming", "refuse_naming", "refuse_externally", "decline", "drop_case",
    "withdraw", "disqualify", "discontinue", "lapse_draft", "discard_draft",
)  # fmt: skip


class Gathering:
    """Reads the record once, after the last day."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.w: World = player.world
        self.language = self.w.place.language
        self.all_duties: list[Duty] = []

    async def result(self) -> Result:
        """Everything that came of it."""
        w = self.w
        async with w.place.database.read.connect() as db:
            w.things |= {row.id: thing_of(row) for row in await db.execute(select(THING))}
            self.all_duties = [duty_of(row) for row in await db.execute(select(DUTY))]
            refused = (await db.execute(select(FOLLOW_UP).where(FOLLOW_UP.c.outcome.in_(REFUSED)))).all()
        await w.look()
        title = w.scheme.title
        return Result(
            f"{w.scheme.key} {w.scheme.version}", words.said((title.zh, title.en), self.language), w.first, w.last,
            assumptions(w, self.language), tuple(sorted(self._owed())), tuple(sorted(self._courses())),
            tuple(sorted(self._fates())), tuple(sorted([*self._still(), *self._never_followed(refused)])),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ what fell due

    def _owed(self) -> Iterator[Owed]:
        w = self.w
        for duty in self.all_duties:
            about = w.things.get(duty.thing)
            if about is None or duty.due_on is None or duty.kind in QUIET or not w.first <= duty.due_on <= w.last:
                continue
            rule = rule_of(machine_for(about.machine, self._facts(about)), duty)
            nominal = duty.counted_from if duty.counted_from and not duty.working_days else duty.due_on
            moved = nominal if nominal != duty.due_on and not duty.moved_days else None
            outcome, done_on = self._outcome(duty, rule)
            yield Owed(
                duty.due_on, self._who(about, rule, duty), words.duty(duty.kind, self.language), self._name(about, duty),
                duty.kind, self._called(about), self._batch(about), outcome, done_on,
                words.articles(w.scheme, duty.kind, about, duty.tag, rule.rules), duty.wording,
                self._off(moved or duty.due_on), moved, w.calendar.provisional(duty.due_on.year),
            )  # fmt: skip

    def _facts(self, about: Thing) -> Facts:
        """Enough of the facts to find the machine of a thing: a case by its track, a stage by its kind."""
        return Facts(self.w.scheme, self.w.calendar, self.player.cast.began, about, self.w.things)

    def _outcome(self, duty: Duty, rule: DutyRule) -> tuple[Outcome, date | None]:
        done = self.w.calendar.today(duty.done_at) if duty.done_at else None
        by_itself = rule.at_due != "overdue"
        behind = done is not None and not by_itself and duty.due_on is not None and done > duty.due_on
        if duty.overdue or behind:
            return ("late", done) if done else ("overdue", None)
        if done is None:
            return ("came" if by_itself else "open"), None
        if by_itself and duty.due_at and duty.done_at and duty.done_at >= duty.due_at:
            return "came", duty.due_on
        return "done", done

    def _who(self, about: Thing, rule: DutyRule, duty: Duty) -> str:
        """Whoever is named on the duty, else who may do what closes it: an applicant by its name, an office by its role."""
        if duty.person and about.machine in ("stage", "task_occurrence", "action_plan_task"):
            return duty.person
        machine = machine_for(about.machine, self._facts(about))
        slots = [slot for event in rule.closes for row in machine.events.get(event, ()) for slot in row.who]
        track, stage = about.track or None, str(about.data.get("key")) if about.machine == "stage" else None
        roles = [r for slot in slots for r in self.w.scheme.concrete_roles(slot, track, stage)]
        one = self.w.about(about)
        own = {
            r for s in ("applicant", "stage_actor", "designee") for r in self.w.scheme.concrete_roles(s, track, stage)
        }
        if one is not None and (not roles or roles[0] in own):
            return one.called
        return words.said(self.w.scheme.role_title(roles[0]), self.language) if roles else "-"

    def _name(self, about: Thing, duty: Duty) -> str:
        """What the duty is of: a stage or paper by its title, a batch by its number, anything else by its kind."""
        if about.machine == "stage" and about.track:
            stage = self.w.scheme.track(about.track).stage(str(about.data["key"]))
            paper = stage.artefact(duty.tag.partition(":")[0]) if duty.tag else None
            title = (paper.title if paper else stage.title) or None
            return words.said((title.zh, title.en), self.language) if title else duty.tag or stage.key
        if about.machine in ("action_plan_task", "task_occurrence"):
            number = about.data.get("number", about.data.get("task", ""))
            return f"{words.thing('action_plan_task', self.language)} {number}"
        year = about.data.get("due_year") or about.data.get("year") or ""
        return f"{words.thing(about.machine, self.language)} {year}".strip()

    def _called(self, about: Thing) -> str:
        one = self.w.about(about)
        return one.called if one else about.subject

    def _batch(self, about: Thing) -> int:
        batch = about if about.machine == "batch" else self.w.things.get(about.batch or "")
        return int(batch.data["number"]) if batch else 0

    def _off(self, day: date) -> str:
        """Why a day is a day off; empty for a working day."""
        if self.w.calendar.is_working_day(day):
            return ""
        special = self.w.calendar.days.get(day)
        weekday = ("周" + words.WEEKDAYS[0][day.weekday()], words.WEEKDAYS[1][day.weekday()])
        return special.name if special else words.said(weekday, self.language)

    # ------------------------------------------------------------------------------------------ what took its course

    def _courses(self) -> Iterator[Course]:
        for thing in self.w.things.values():
            parts = COURSES.get(thing.machine)
            on = sorted(str(day) for day in thing.data.get("on", {}).values())
            if parts is None or not on:
                continue
            first, last = (thing.data.get(part) if part else None for part in parts)
            began = date.fromisoformat(str(first or on[0]))
            notice = next((d.due_on for d in self.all_duties if d.thing == thing.id and d.kind == "notice_end"), None)
            ended = date.fromisoformat(str(last)) if last else notice or date.fromisoformat(on[-1])
            name = f"{words.thing(thing.machine, self.language)} {self._which(thing)}".strip()
            yield Course(began, thing.machine, name, ended, words.state(self.w.scheme, thing, self.language))

    def _which(self, thing: Thing) -> str:
        kind = next((b for b in self.w.scheme.bulletins if b.key == thing.data.get("kind")), None)
        said = {
            "batch": str(thing.data.get("number", "")),
            "look_back_round": str(thing.data.get("year", "")),
            "bulletin": words.said((kind.title.zh, kind.title.en), self.language) if kind else "",
            "naming_decision": f"({len(thing.data.get('named') or ())})",
            "candidate_list": f"{thing.data.get('purpose', '')} {thing.track} ({len(thing.data.get('entries') or ())})",
        }
        return said.get(thing.machine, self._called(thing))

    # ------------------------------------------------------------------------------------------ what became of whom

    def _fates(self) -> Iterator[Fate]:
        w = self.w
        entered = set()
        for case in w.of("case"):
            one = w.about(case)
            if one is not None:
                entered.add((one.track, one.subject))
                yield self._fate(one, case)
        for key, one in w.applicants.items():
            if key not in entered:
                refusal = next(
                    (r for (_, event, who), r in w.refusals.items() if (event, who) == ("open_case", one.subject)), None
                )
                yield self._row(
                    one, one.batch, "never", words.said(words.STATES["never"], self.language), None, "", refusal
                )

    def _fate(self, one: Applicant, case: Thing) -> Fate:
        on = data(case, "on")
        day = next((date.fromisoformat(str(on[e])) for e in ENDS if e in on), None)
        runs = self.w.below(case, "stage")
        stage = self.w.scheme.track(one.track).stage(str(runs[-1].data["key"])) if runs else None
        title = stage.title if stage else None
        where = words.said((title.zh, title.en), self.language) if title else ""
        refusal = self._ended_by(case) if case.state not in ("named", "closed") else None
        state = words.state(self.w.scheme, case, self.language)
        return self._row(one, self._batch(case), case.state, state, day, where, refusal, case)

    def _row(  # noqa: PLR0917 - what a row of the table says
        self, one: Applicant, batch: int, end: str, state: str, on: date | None, stage: str,
        refusal: Refusal | None, case: Thing | None = None,
    ) -> Fate:  # fmt: skip
        titles = [t for t in self.w.of("designation") if case is not None and t.chain == case.id]
        title = titles[-1] if titles else None
        why = refusal.text if refusal else self._left_out(case) if case and end not in ("named", "closed") else ""
        visits = [v for v in self.w.of("look_back") if title and v.data.get("designation") == title.id]
        since = sorted(str(d) for d in title.data.get("on", {}).values())[-1:] if title else []
        late = sum(
            d.overdue for d in self.all_duties if case and (t := self.w.things.get(d.thing)) and t.chain == case.id
        )
        track = self.w.scheme.track(one.track)
        return Fate(
            batch, words.said((track.title.zh, track.title.en), self.language) if track.title else one.track,
            one.called, one.subject, percent(one.share), words.said(words.PUNCTUAL[one.punctuality], self.language),
            end, state, on, stage, why, words.of_scheme(self.w.scheme, refusal.rules) if refusal else (), late,
            words.state(self.w.scheme, title, self.language) if title else "",
            date.fromisoformat(since[0]) if since else None,
            tuple(f"{v.data.get('year')}: {v.data.get('total') or '-'} {v.data.get('outcome') or v.state}" for v in visits),
        )  # fmt: skip

    def _ended_by(self, case: Thing) -> Refusal | None:
        """The last refusal in the file that no further work turns, else the last one of all on the case itself."""
        file = {case.id, *(t.id for t in self.w.things.values() if t.chain == case.id)}
        mine = [r for r in self.w.refusals.values() if r.thing in file]
        final = [r for r in mine if set(r.codes) & set(RESULTS)]
        return max(final or mine, key=lambda r: r.day, default=None)

    def _left_out(self, case: Thing) -> str:
        """The reason that a list or a decision gives."""
        for listed in self.w.of("candidate_list", batch=case.batch):
            if why := data(listed, "left_out").get(case.id):
                return str(why)
        for decision in self.w.of("naming_decision", batch=case.batch):
            if why := data(decision, "refused").get(case.id):
                return str(why)
        return ""

    # ------------------------------------------------------------------------------------------ what stood still

    def _still(self) -> Iterator[Still]:
        w = self.w
        for thing, refusal in self.player.standing():
            act = words.act(thing.machine, refusal.event, self.language) if refusal else "-"
            since = refusal.day if refusal else self._last_day(thing)
            none = "没有可办的事项", "nothing that anybody could do leads on"
            why = refusal.text if refusal else words.said(none, self.language)
            stands = words.state(w.scheme, thing, self.language)
            name = f"{words.thing(thing.machine, self.language)} ({stands})"
            rules = words.of_scheme(w.scheme, refusal.rules) if refusal else ()
            yield Still(since, name, self._called(thing), act, why, rules)

    def _last_day(self, thing: Thing) -> date:
        days = [str(d) for d in thing.data.get("on", {}).values()]
        return date.fromisoformat(max(days)) if days else self.w.first

    def _never_followed(self, rows: Iterable[Any]) -> Iterator[Still]:
        """What should have followed from something and was refused."""
        for row in rows:
            unmet = ((row.answer or {}).get("refused") or {}).get("unmet", [])
            text = "; ".join(str(u.get(self.language) or u.get("en")) for u in unmet) or str(row.outcome)
            rules = tuple(dict.fromkeys(rule for u in unmet for rule in u.get("rules", ())))
            about = self.w.things.get(row.thing) or self.w.things.get(row.parent or "")
            act, name = words.act(row.machine, row.event, self.language), words.thing(row.machine, self.language)
            yield Still(self.w.calendar.today(row.at), name, self._called(about) if about else "", act, text, rules)
