"""How an applicant comes in: who may, on which day, and what enrolling asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from api.cli.simulate.population import Applicant
from api.cli.simulate.step import PAPER, Item, Step, text_of
from api.cli.simulate.world import World
from service.domain.facts import Thing
from service.domain.titles.title import LIVE

LOST = ("revoked", "expired", "exited")


def who_may_enter(w: World, batch: Thing) -> Iterable[Applicant]:
    """The applicants of this batch, those who still climb a ladder, and whoever lost a title and may come back."""
    number = batch.data["number"]
    there = {(c.track, c.subject) for c in w.cases(batch)}
    for one in w.applicants.values():
        fresh = one.batch == number
        if (one.track, one.subject) not in there and (fresh or (one.batch < number and _comes_again(w, one))):
            yield one


def _titles(w: World, one: Applicant) -> list[Thing]:
    return w.of("designation", track=one.track, subject=one.subject)


def _comes_again(w: World, one: Applicant) -> bool:
    titles = _titles(w, one)
    if not titles:
        return len(w.scheme.ladder(one.track)) > 1
    if titles[-1].state in LOST:
        return bool(w.scheme.title.reapplication.classes or w.scheme.title.bars)
    return titles[-1].state in LIVE and next_tier(w, one) is not None


def next_tier(w: World, one: Applicant) -> str | None:
    """The rung after the one that is held; None above the highest."""
    rungs, held = w.scheme.ladder(one.track), [t for t in _titles(w, one) if t.state in LIVE]
    at = rungs.index(held[-1].data["tier"]) + 1 if held and held[-1].data.get("tier") in rungs else 0
    return rungs[at] if at < len(rungs) else None


def opening_day(w: World, batch: Thing, one: Item) -> date:
    """Whoever is not early applies on the last working day of the window: one who misses it is no applicant."""
    closes = date.fromisoformat(batch.data["closes"])
    return w.today if one.punctuality == "early" else max(w.calendar.shift(closes, "previous"), w.today)


def opening(w: World, batch: Thing, one: Item) -> Mapping[str, Any]:
    given = {"organization": one.organization, "project": one.project}
    return {"track": one.track, "jurisdiction": one.code, **{k: v for k, v in given.items() if v}}


def enrolment(w: World, case: Thing, _: Item) -> Mapping[str, Any]:
    """Topic, tier and the conditions of applying again, each where the scheme asks for it."""
    one = w.about(case)
    assert one is not None
    form: dict[str, Any] = {}
    topics = w.scheme.track(one.track).topics
    if topics is not None:
        plain = [t.id for t in topics.items if not t.needs_text] or [t.id for t in topics.items]
        form["topic"] = plain[len(one.subject) % len(plain)] if plain else text_of("topic")
        if not plain or form["topic"] in [t.id for t in topics.items if t.needs_text]:
            form["description"] = text_of()
    if len(w.scheme.ladder(one.track)) > 1:
        form["tier"] = next_tier(w, one)
    conditions = w.scheme.title.reapplication.conditions
    if conditions and any(t.state in LOST for t in _titles(w, one)):
        form["conditions"] = {c.code: PAPER for c in conditions}
    return form


def organization_lacks(w: World, case: Thing, _: Item) -> bool:
    """The bodies of a track that mobilizes, and who answers for which indicator, are formed before it is enrolled."""
    formed = {("organized", case.id), ("organized", case.batch or "")}
    return any(s.kind == "mobilization" for s in w.scheme.track(case.track or "").stages) and not formed & w.done


def all_have_entered(w: World, batch: Thing, track: str | None = None) -> bool:
    """Nobody can still apply: the window is over, or every applicant of the track has a case."""
    number = batch.data["number"]
    there = {(c.track, c.subject) for c in w.cases(batch) if c.state != "draft"}
    mine = [a for a in w.applicants.values() if a.batch == number and track in (None, a.track)]
    return batch.state != "open" or all((a.track, a.subject) in there for a in mine)


STEPS = (
    Step("batch", "open", "open_case", opening, each=who_may_enter, on=opening_day, makes="case", call="make"),
    Step("case", "draft", "form_bodies", when=organization_lacks, call="form_body", in_turn=True),
    Step("case", "draft", "enroll", enrolment),
)
