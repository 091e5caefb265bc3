"""What the acts of the story of Qinghai hold in their hands: batches, files, titles and what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from api.cli.demo.client import Answer, Person
from api.cli.demo.qinghai.cast import HOST, NAMES
from api.cli.demo.scene import ACCEPTED, CREATED, Scene
from api.cli.demo.tell import Said


@dataclass
class Register(Scene):
    """The story so far; what belongs to a holder stands under its code."""

    batches: dict[int, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    recommendations: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    pieces: dict[str, list[str]] = field(default_factory=dict)
    host_project: str = ""
    """The project of earlier times whose host County A is."""
    round: str = ""
    look_backs: dict[str, str] = field(default_factory=dict)
    evaluations: dict[str, str] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    returning: list[str] = field(default_factory=list)
    """The files of 2026 that led to nothing: of the revoked project, and of a county that was never named."""
    reminder: str = ""
    revocation: str = ""

    @property
    def wang(self) -> Person:
        """The provincial office: whoever drafts, proposes and carries out."""
        return self.who("province.wang")

    @property
    def li(self) -> Person:
        """The provincial office: whoever approves."""
        return self.who("province.li")

    def clerk(self, holder: str) -> Person:
        """Who acts for a designee."""
        return self.who(f"{HOST.get(holder, holder)}.clerk")

    def paper(self, by: Person, file: str, name: str) -> str:
        """A document uploaded for a file; its ID."""
        return self.tell.step(by.upload(file, f"{name}.txt", name, int(self.today[:4])), status=CREATED).id

    def both(self, resource: str, thing: str, event: str, said: Said, *states: str, **form: Any) -> Answer:
        """An act of two people of the office: the first proposes it, another confirms."""
        self.tell.step(self.wang.act(resource, thing, event, **form), status=ACCEPTED)
        return self.tell.done(self.li.act(resource, thing, event, **form), said, *states)

    def title(self, holder: str) -> str | None:
        """Where the title of a holder stands, as the public sees it."""
        return self.people.public.get(f"/designations/{self.titles[holder]}").state

    def stands(self, holder: str, state: str, said: Said) -> None:
        """The title of a holder stands so now."""
        zh, en = NAMES[holder]
        found = self.title(holder)
        self.tell.holds(found == state, (f"{zh}：{said[0]}", f"{en}: {said[1]}"), found)

    def take_over(self, code: str, project: str = "", *, scheme: str = "") -> str:
        """QH-02c, QH-02d: a title of earlier times comes under these rules; its ID."""
        by = ("省政府", "2016-09-01") if project else ("省委依法治省办", "2022-06-30")
        form = {"track": "project" if project else "area", "jurisdiction": code, "named_by": by[0], "named_on": by[1],
                **({"project": project} if project else {})}  # fmt: skip
        asked = {"event": "import_legacy_title", "scheme": scheme or self.scheme, "form": form}
        return self.tell.step(self.wang.post("/designations", asked), "active", status=CREATED).id

    def outside(self, title: str, kind: str, number: str, **more: str) -> Answer:
        """A fact from outside goes on the file of a title."""
        file = self.paper(self.wang, title, number)
        fact = {"source": "来文", "number": number, "date": self.today, "file": file, "kind": kind, **more}
        return self.wang.signal("designations", title, "record_fact", **fact)
