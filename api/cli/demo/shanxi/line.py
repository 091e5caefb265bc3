"""What the acts of the story of Shanxi hold in their hands beside the scene: the cases, titles and papers of its places."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.scene import ACCEPTED, CREATED, FOLLOWS_WITHIN, POLL, Scene
from api.cli.demo.shanxi.cast import NAMES, OF_DATONG, OF_YUNCHENG, PROJECT, TRACKS, WHOLE
from api.cli.demo.tell import Said


@dataclass
class Line(Scene):
    """The story so far."""

    batch: str = ""
    cases: dict[str, str] = field(default_factory=dict)
    proofs: dict[str, str] = field(default_factory=dict)
    """The document that each place uploaded for its papers."""
    lists: dict[str, str] = field(default_factory=dict)
    """The list of candidates of each track."""
    titles: dict[str, str] = field(default_factory=dict)
    plaque: str = ""
    visit: str = ""
    """The revisit of the county that is below the requirement."""
    revocation: str = ""

    @property
    def office(self) -> Person:
        return self.who("province.wang")

    @property
    def second(self) -> Person:
        """The other one of the provincial office."""
        return self.who("province.li")

    def clerk(self, place: str) -> Person:
        """Who acts for a government, both as applicant and later as designee."""
        return self.who(f"{place}.clerk")

    def city_of(self, place: str) -> Person:
        """Who reviews for the city in which a place lies."""
        return self.who(OF_DATONG if TRACKS[place] == WHOLE else OF_YUNCHENG)

    def case(self, place: str) -> Answer:
        """The case of a place as the provincial office sees it."""
        return self.office.get(f"/cases/{self.cases[place]}")

    def codes(self, track: str) -> list[str]:
        """The indicators that apply to a track."""
        every = self.definition["indicator_system"]["indicators"]
        return [one["code"] for one in every if track in one["classes"]]

    def met(self, track: str, unmet: int) -> dict[str, str]:
        """A score sheet on which all but so many items are met."""
        return {code: "0" if n < unmet else "1" for n, code in enumerate(self.codes(track))}

    def file(self, place: str, key: str) -> None:
        """A paper of the present stage goes on file."""
        author = self.clerk(place)
        form = {"artefact": key, "author": author.name, "date": self.today, "files": [self.proofs[place]]}
        self.tell.step(author.act("cases", self.cases[place], "submit_artefact", **form))

    def both(self, resource: str, thing: str, event: str, *states: str, said: Said, **form: Any) -> Answer:
        """An act of two persons: proposed by one of the office, confirmed by the other."""
        self.tell.step(self.office.act(resource, thing, event, **form), status=ACCEPTED)
        return self.tell.done(self.second.act(resource, thing, event, **form), said, *states)

    def counted(self, number: int, resource: str, state: str, said: Said) -> list[dict[str, Any]]:
        """So many of the batch come to stand there by themselves; which ones."""
        until = time.monotonic() + FOLLOWS_WITHIN
        while True:
            every = self.office.items(f"/{resource}", batch=self.batch)
            found = [one for one in every if one["state"] == state]
            if len(found) == number or time.monotonic() > until:
                break
            time.sleep(10 * POLL)
        self.tell.holds(len(found) == number, said, len(found))
        return found

    def criteria(self, track: str, *without: str) -> dict[str, str]:
        """What the city office attests, condition by condition."""
        asked = next(one["criteria"] for one in self.definition["tracks"] if one["id"] == track)
        return {one["code"]: f"{one['title']['zh']}：属实" for one in asked if one["code"] not in without}

    def proof(self, place: str) -> None:
        """One document of the place, which all its papers show."""
        given = self.clerk(place).upload(self.cases[place], f"{place}.txt", f"{NAMES[place][0]}申报材料", year=2020)
        self.proofs[place] = self.tell.step(given, status=CREATED).id


def of_track(track: str, places: Iterable[str]) -> tuple[str, ...]:
    """Those of the places that apply on a track."""
    return tuple(place for place in places if TRACKS[place] == track)


def named(place: str) -> Said:
    """A place, or its project, in both languages."""
    zh, en = NAMES[place]
    return (f"{zh}的项目", f"Project {en.rpartition(' ')[2]}") if TRACKS[place] == PROJECT else (zh, en)
