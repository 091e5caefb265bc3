"""Among which titles a round chooses, and into which strata they fall (QH-09a, INV-23, INV-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.domain.facts import Facts, Thing
from service.domain.measures import draws
from service.domain.titles.title import named_on
from service.domain.titles.validity import grace_ends

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.schemes.model import Scheme

IN_FORCE = ("active", "reminded")
RECHECKED = (*IN_FORCE, "suspended", "revocation_review")
"""A re-check due does not wait for the end of a suspension or a review: the validity of the title hangs on it."""
DRAWN = ("drawn", "running", "ranked", "consequences_applied", "closed")
PLACES = ("nation", "province", "prefecture", "county", "township")


def mode_of(facts: Facts) -> str:
    """How this round selects: as it was planned, else as the scheme says."""
    return str(facts.thing.data.get("mode") or facts.scheme.look_back.mode)


def population(facts: Facts) -> list[Thing]:
    """The titles among which this round chooses: those in force and, by due date, those due in its year."""
    titles: list[Thing] = facts.more["titles"]
    if mode_of(facts) != "due_date":
        return [t for t in titles if t.state in IN_FORCE]
    year, already = facts.thing.data["year"], _taken(facts)
    due = [t for t in titles if falls_due_in(t, year, facts)]
    return [t for t in due if (t.state in RECHECKED and t.id not in already) or _in_grace(t, facts)]


def _taken(facts: Facts) -> set[str]:
    """Who is re-checked in another round of the year."""
    year, own = facts.scheme.title.recheck.same_as_look_back, facts.thing
    rounds = [r for r in facts.more["rounds"] if r.id != own.id and r.state in DRAWN and r.data.get("draw")]
    same = [r for r in rounds if r.data["year"] == own.data["year"]]
    counted = [r for r in same if year or r.data.get("mode", facts.scheme.look_back.mode) == "due_date"]
    return {one for r in counted for one in draws.chosen(r.data["draw"])}


def _in_grace(title: Thing, facts: Facts) -> bool:
    """Whether a title that ran out could still be renewed by a re-check that it passes (INV-23)."""
    last = grace_ends(facts, title)
    return last is not None and facts.today <= last


def falls_due_in(title: Thing, year: int, facts: Facts) -> bool:
    """Whether a re-check of the title falls into a year: the one due last, the next one, or by the cycle alone."""
    every = facts.scheme.title.recheck.every
    if not every:
        return False
    told = title.data
    said = {(told.get("recheck") or {}).get("year"), int(str(told.get("recheck_on") or "0")[:4])}
    if told.get("recheck_on"):
        return year in said
    if not (told.get("named_on") or told.get("date")):
        return False
    years = year - named_on(title).year
    return years > 0 and years % every == 0


def is_recheck(title: Thing, facts: Facts) -> bool:
    """Whether the look-back of this title in this round is its re-check."""
    by_date = mode_of(facts) == "due_date"
    same = facts.scheme.title.recheck.same_as_look_back
    return by_date or (same and falls_due_in(title, facts.thing.data["year"], facts))


def stratum(title: Thing, names: Iterable[str], scheme: Scheme) -> str:
    """The stratum of a title by what the scheme divides by.

    `region` is the territory above the subject, which many share; a level such as `prefecture` the one at that level.
    """
    return "|".join(_value(title, name, scheme) for name in names)


def _value(title: Thing, name: str, scheme: Scheme) -> str:
    path = title.region.split("/")
    if name == "class" and title.track:
        return scheme.track(title.track).class_
    if name == "region":
        return "/".join(path[:-1]) or title.region
    if name in PLACES:
        return "/".join(path[: PLACES.index(name) + 1])
    return str(getattr(title, name, None) or title.data.get(name, "-"))
