"""What the acts of the reference story hold in their hands beside the scene: the cases and titles of its places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.reference.cast import NAMES
from api.cli.demo.scene import CREATED, Scene
from api.cli.demo.tell import Said


@dataclass
class Line(Scene):
    """The story so far."""

    batch: str = ""
    cases: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, list[str]] = field(default_factory=dict)
    drawn: str = ""
    """The place whose title the look-back drew."""
    round: str = ""
    look_back: str = ""
    reminder: str = ""
    revocation: str = ""

    def clerk(self, place: str) -> Person:
        """Who acts for a county or the city, both as applicant and later as designee."""
        return self.who(f"{place}.clerk")

    def name(self, place: str) -> str:
        """A place in the reader's language."""
        return self.tell.say(NAMES[place])

    def stage(self, place: str) -> Answer:
        """The case of a place as its clerk sees it."""
        return self.clerk(place).get(f"/cases/{self.cases[place]}")

    def arrives(self, place: str, state: str, said: Said) -> Answer:
        """The case of a place goes on by itself."""
        return self.eventually(lambda: self.stage(place), state, said=said)

    def file(self, place: str, key: str, *, by: Person | None = None, **parts: Any) -> Answer:
        """A paper of the present stage goes on file, with the document that was uploaded for it."""
        author, case = by or self.clerk(place), self.cases[place]
        document = self.tell.step(author.upload(case, f"{key}.txt", f"{place} {key}"), status=CREATED)
        form = {"artefact": key, "author": author.name, "date": self.today, "files": [document.id], **parts}
        return author.act("cases", case, "submit_artefact", **form)
