"""The player: everybody does what can be done now; then the clock goes to the next day on which something matters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from api.asking import Request
from api.cli.simulate import organizing
from api.cli.simulate.judging import LEAD
from api.cli.simulate.people import Cast
from api.cli.simulate.place import Answer, Person
from api.cli.simulate.population import Wish, population
from api.cli.simulate.step import PAPER, Item, Step
from api.cli.simulate.table import by_machine
from api.cli.simulate.world import GROUND, Refusal, World
from api.resources import BY_MACHINE
from service.domain.cases.evidence import KEEPERS
from service.domain.cases.stage import KINDS
from service.domain.dates.calendar import end_of_day
from service.domain.facts import Duty, Thing
from service.domain.machines import template

SOMEBODY_ELSE = frozenset(
    [
        "role",
        "two_persons",
        "verifier_not_responsible",
        "reviewer_not_decider",
        "handler_independent",
        "evaluator_independent",
        "acceptance_respected",
        "handed_in_by_its_author",
        "two_signatures_if_own",
        "issuer_authorized",
    ]
)
"""Refusals that are about who asks: another person of the same slots is asked."""
MOST_TRIES = 4
MOST_ROUNDS = 400
"""So often everybody may act on one day; more would be a table that runs in a circle."""
RAREST = 8
"""What is refused again and again is tried every 2 to the power of this many days."""
SINCE = "2010-01-01"


AT_ONCE = 6
"""So many acts are on their way at the same time, where they do not touch each other."""
Act = tuple[Thing, Step, Item]
WATCHES = ("pending_date_watch", "dispatch_due", "progress_report_due")
RESTS: dict[str, tuple[str, ...]] = {
    "batch": ("planned", "open"),
    "stage": ("planned", "open", "submitted", "held", "completed", "skipped", "set_aside"),
    "rectification_item": ("closed",),
    "recommendation": ("accepted",),
    "evaluation": ("final",),
    "public_notice": ("open",),
    "candidate_list": ("approved", "published"),
    "designation": ("active", "reminded", "suspended", "revocation_review", "revoked", "expired", "exited"),
    "insignia": ("held", "replaced"),
    "annual_report": ("scheduled", "accepted", "published"),
    "bulletin": ("issued",),
    "action_plan": ("running", "appraised"),
    "action_plan_task": ("planned", "assigned", "in_progress", "met"),
    "task_occurrence": ("met", "unmet", "open"),
    "look_back": ("evaluating", "in_notice", "reminded", "in_revocation"),
    "look_back_round": ("running",),
    "revocation_case": ("hearing", "notified"),
    "survey": ("open",),
}
"""Where a thing may stay: it is done, it waits for its day, or for something else that is looked at by itself."""


class Circle(RuntimeError):
    """The table of the player leads round and round on one day: a fault of ours."""


@dataclass
class Player:
    """Plays one scheme in one world."""

    world: World
    cast: Cast
    steps: Mapping[str, tuple[Step, ...]] = field(default_factory=by_machine)
    tell: Callable[[date], None] = lambda day: None
    applicants: int | None = None
    _arrived: set[int] = field(default_factory=set)
    _tries: dict[tuple[str, str, str], int] = field(default_factory=dict)

    async def play(self) -> None:
        """From today to the last day."""
        w = self.world
        while True:
            self.tell(w.today)
            later = await self._everything_now()
            day = min((d for d in (later, w.next_date(w.last)) if d is not None), default=None)
            if day is None or day > w.last:
                break
            w.today = w.calendar.shift(day, "next")
            if w.today > w.last:
                break
            await w.place.advance(w.today)
        w.today = w.last
        await w.place.house.travel.advance(end_of_day(w.last) - timedelta(seconds=1))
        await w.place.settled()
        await w.look()

    async def _everything_now(self) -> date | None:
        """Everybody acts until nobody can any more; the first later day on which somebody means to act."""
        w = self.world
        now: list[Act] = []
        for _ in range(MOST_ROUNDS):
            await w.look()
            await self._newcomers()
            later: date | None = None
            now = []
            for act, day in self._meant():
                if day <= w.today:
                    now.append(act)
                else:
                    later = day if later is None else min(later, day)
            if not any(await self._together(now)):
                return later
            await w.place.settled()
        raise Circle(f"{w.today}: {[(a[0].id, a[1].event) for a in now[:3]]}")

    async def _together(self, acts: list[Act]) -> list[bool]:
        """All of them: what shares places of a quota one after the other, the best first, the rest side by side."""
        done = [await self._do(*act) for act in acts if act[1].in_turn]
        places = asyncio.Semaphore(AT_ONCE)

        async def one(act: Act) -> bool:
            async with places:
                return await self._do(*act)

        return [*done, *await asyncio.gather(*(one(act) for act in acts if not act[1].in_turn))]

    def _meant(self) -> Iterator[tuple[Act, date]]:
        """For each thing what comes next: everything that is put off, up to the first row that can be done now.

        Of several items of one row only the first is done at a look, unless they do not touch each other.
        """
        w = self.world
        for thing in w.live():
            for step in self.steps.get(thing.machine, ()):
                found = [(item, step.on(w, thing, item)) for item in self._open(thing, step)]
                yield from (((thing, step, item), day) for item, day in found if day > w.today)
                if ready := [item for item, day in found if day <= w.today]:
                    yield from (((thing, step, item), w.today) for item in (ready if step.many else ready[:1]))
                    break

    def _open(self, thing: Thing, step: Step) -> list[Item]:
        """The items of a row that are to be done on a thing as it stands, and were not just refused."""
        if not step.fits(thing):
            return []
        w = self.world
        return [i for i in step.each(w, thing) if step.when(w, thing, i) and not self._waits(thing, step, i)]

    def _waits(self, thing: Thing, step: Step, item: Item) -> bool:
        """Whether it was refused: it is tried again when the thing stands otherwise, else less and less often."""
        key = _key(thing, step, item)
        refusal = self.world.refusals.get(key)
        if refusal is None:
            return False
        again = refusal.day + timedelta(days=2 ** min(self._tries.get(key, 0), RAREST))
        return refusal.revision == thing.revision and self.world.today < again

    async def _newcomers(self) -> None:
        """With each batch comes its population."""
        w = self.world
        for batch in w.of("batch"):
            if (number := batch.data["number"]) not in self._arrived:
                self._arrived.add(number)
                for one in population(w.scheme, number, Wish(w.threshold, self.applicants, w.place.language)):
                    w.applicants[one.track, one.subject] = one
                    await self.cast.arrive(one, len(w.applicants))

    def standing(self) -> Iterator[tuple[Thing, Refusal | None]]:
        """What does not go on: in no state of rest, nothing to come on a later day, and what was refused last, if so."""
        w = self.world
        moving: dict[str, Refusal | None] = {}
        for thing in w.live():
            if thing.machine == GROUND or thing.state in RESTS.get(thing.machine, ()):
                continue
            steps = [s for s in self.steps.get(thing.machine, ()) if s.fits(thing)]
            mine = [r for r in w.refusals.values() if r.thing == thing.id and r.revision == thing.revision]
            later = any(s.on(w, thing, i) > w.last for s in steps for i in s.each(w, thing) if s.when(w, thing, i))
            owed = any(d.due_on is None or d.due_on >= w.last for d in self._awaited(thing))
            if mine or not (later or owed or any(t.machine != "stage" for t in self._in_motion(thing))):
                moving[thing.id] = mine[-1] if mine else None
        yield from ((w.things[one], refusal) for one, refusal in moving.items())

    def _awaited(self, thing: Thing) -> list[Duty]:
        """The dates of a thing, and of its present stage, by which something happens of itself or may still be done."""
        run = self.world.run(thing) if thing.machine == "case" else None
        owners = [thing.id, *([run.id] if run else [])]
        return [d for one in owners for d in self.world.duties.get(one, ()) if d.kind not in WATCHES and d.due_on]

    def _in_motion(self, thing: Thing) -> list[Thing]:
        """What belongs to it, or has it on a list, and does not rest: it waits for that."""
        w = self.world
        below = [t for t in w.children(thing) if not t.ended and t.state not in RESTS.get(t.machine, ())]
        batch = w.things.get(thing.batch or "")
        lists = (
            w.below(batch, "candidate_list", live=True) + w.below(batch, "naming_decision", live=True) if batch else []
        )
        waits = [batch] if batch and batch.state == "open" else []
        return [*below, *waits, *(x for x in lists if thing.machine == "case")]

    # ------------------------------------------------------------------------------------------ one act

    async def _do(self, thing: Thing, step: Step, item: Item) -> bool:
        """One act, asked for by whoever may: whether anything has come of it. A refusal is kept."""
        w = self.world
        if step.call == "form_body":
            return await self._organize(thing)
        form = await self._filled(thing, step.form(w, thing, item))
        people = self._people(thing, step, item)
        answer, who = Answer(0, {}), ""
        for person in people[:MOST_TRIES]:
            answer, who = await self._ask(person, thing, step, _signed(form, person)), person.name
            if answer.body.get("proposal"):
                second = next((p for p in people if p.name != person.name), person)
                answer, who = await self._ask(second, thing, step, _signed(form, person)), second.name
            if answer.good or not SOMEBODY_ELSE & set(_codes(answer)):
                break
        w.acts += 1
        key = _key(thing, step, item)
        if answer.good:
            self._tries.pop(key, None)
            w.refusals.pop(key, None)
            if step.call == "score":
                w.done.add(("scored", self._scored(thing)))
            elif step.event == "record_problems":
                w.done.add(("problem", thing.id, thing.state))
            elif step.event == "submit_answer":
                w.done.add(("answer", thing.id, str(item)))
            return True
        self._tries[key] = self._tries.get(key, 0) + 1
        w.refusals[key] = _refusal(thing, step, w.today, answer, who)
        return False

    def _scored(self, thing: Thing) -> str:
        run = self.world.run(thing) if thing.machine == "case" else None
        return run.id if run else thing.id

    async def _ask(self, person: Person, thing: Thing, step: Step, form: Mapping[str, Any]) -> Answer:
        if step.call == "score":
            return await person.ask("PUT", f"/{BY_MACHINE[thing.machine].name}/{thing.id}/scores", form)
        request = Request(person.who, step.makes or thing.machine, step.event, form=dict(form))
        if step.call in ("make", "make_outside"):
            ground = thing.machine == GROUND
            data = {"scheme": thing.scheme} if ground else {}
            return await person.command(replace(request, parent=None if ground else thing.id, creates=True, data=data))
        seen = thing.revision if step.call == "act" else None
        return await person.command(replace(request, thing=thing.id, revision=seen))

    def _people(self, thing: Thing, step: Step, item: Item) -> list[Person]:
        """Whoever may ask for it; first who has not worked on the thing, where another has to judge it."""
        slots = step.slots or self._slots(thing, step, item)
        run = self.world.run(thing) if thing.machine == "case" else None
        people = self.cast.filling(slots, thing, run.data["key"] if run else None)
        if (lead := thing.data.get("lead")) is not None:
            return sorted(people, key=lambda p: p.name != lead)
        if not {"approver", "verifier"} & set(slots):
            return people
        above = self.world.above(thing)
        worked = {*thing.by.values(), *(above.by.values() if above and thing.machine != "action_plan" else ())}
        return sorted(people, key=lambda p: p.name in worked)

    def _slots(self, thing: Thing, step: Step, item: Item) -> tuple[str, ...]:
        """The slots of the row; for the stage of a case those of its kind, of a paper those that it names."""
        if step.event == "submit_artefact":
            by = item.artefact.by
            return (by, "organizer") if by else ("stage_actor", "contributor", "organizer")
        stage = self.world.stage(thing) if thing.machine == "case" else None
        if step.event == "complete_stage" and stage is not None:
            return (stage.acceptance,) if stage.acceptance else KINDS[stage.kind].who
        rows = [m for m in template(step.makes or thing.machine) if m.event == step.event]
        return tuple(dict.fromkeys(slot for row in rows for slot in row.who))

    # ------------------------------------------------------------------------------------------ papers and bodies

    async def _filled(self, thing: Thing, form: Mapping[str, Any]) -> dict[str, Any]:
        """The form with the evidence of the file where it asks for papers."""
        if PAPER not in _leaves(form):
            return dict(form)
        file = thing.chain or thing.id
        if file not in self.world.evidence:
            self.world.evidence[file] = await self._refer(thing)
        found: dict[str, Any] = _put(form, self.world.evidence[file])
        return found

    async def _refer(self, thing: Thing) -> str:
        today = self.world.today.isoformat()
        body = {
            "case": thing.chain or thing.id, "address": "https://simulation.invalid/evidence", "read_on": today,
            "name": "simulated", "issuer": "simulated", "covers_from": SINCE, "covers_to": today,
        }  # fmt: skip
        answer = Answer(0, {})
        for person in self.cast.filling(KEEPERS, thing, None)[:MOST_TRIES]:
            answer = await person.ask("POST", "/evidence/addresses", body)
            if answer.good:
                return str(answer.body["id"])
        raise RuntimeError(f"no evidence for {thing.machine} {thing.id}: {answer.body}")

    async def _organize(self, case: Thing) -> bool:
        """Everything that the mobilization asks for beside its papers."""
        w = self.world
        of = case.batch or case.id if organizing.organized_on(w.scheme) == "batch" else case.id
        file = w.things[of]
        w.done.add(("organized", of))
        people = self.cast.filling(organizing.slots(), file if of != case.id else case, None)
        if not people:
            return False
        keeper = people[0]
        for body in organizing.bodies(w.scheme, of):
            await keeper.ask("POST", "/bodies", body)
        if (found := organizing.answers(w.scheme, of)) is not None:
            office, assigned = found
            await self.cast.keepers["keeper"].ask("POST", "/organizations", organizing.GOVERNMENT)
            made = await keeper.ask("POST", "/offices", office)
            offices = {what: {**one, "offices": [made.body.get("id")]} for what, one in assigned["assign"].items()}
            await keeper.ask("PUT", "/responsibilities", {**assigned, "assign": offices})
        w.acts += 1
        return True


def _key(thing: Thing, step: Step, item: Item) -> tuple[str, str, str]:
    return thing.id, step.event, str(getattr(item, "key", getattr(item, "subject", item)))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


def _put(value: Any, paper: str, of: str = PAPER) -> Any:
    if isinstance(value, Mapping):
        return {_put(k, paper, of): _put(v, paper, of) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_put(v, paper, of) for v in value]
    return paper if value == of else value


def _signed(form: Mapping[str, Any], person: Person) -> Mapping[str, Any]:
    """The form with the account of whoever asks, where it names him."""
    found: Mapping[str, Any] = _put(form, person.name, LEAD)
    return found


def _errors(answer: Answer) -> list[Mapping[str, Any]]:
    body: Mapping[str, Any] = answer.body.get("refused") or answer.body
    found = body.get("errors") or body.get("unmet") or []
    return [one for one in found if isinstance(one, Mapping)]


def _codes(answer: Answer) -> tuple[str, ...]:
    return tuple(str(one.get("code", "")) for one in _errors(answer))


def _refusal(thing: Thing, step: Step, day: date, answer: Answer, who: str) -> Refusal:
    errors = _errors(answer)
    rules = dict.fromkeys(str(rule) for one in errors for rule in one.get("rules", ()))
    text = "; ".join(str(one.get("detail") or one.get("en") or "") for one in errors)
    said = text or str(
        answer.body.get("detail") or answer.body.get("title") or answer.status or "nobody fills the role"
    )
    return Refusal(thing.id, step.event, day, thing.revision, _codes(answer), tuple(rules), said, who)
