"""A title whose subject merges, splits or ceases is cancelled or passed on by a decision, never silently (INV-26)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.domain.effects import Effect, Place, Put, Send
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import MERGER_DOCUMENT, Form, Part, text
from service.domain.machine import Guard, guard
from service.domain.titles.title import LOOK_BACK_OPEN

TRANSFER = replace(
    MERGER_DOCUMENT,
    parts=(
        *(replace(p, optional=False) for p in MERGER_DOCUMENT.parts),
        Part("organization", text, "承继单位", "organization of the successor", optional=True),
    ),
)
HEIR = Form(
    "heir",
    tuple(Part(name, text, name, name, optional=True) for name in ("subject", "organization", "region")),
    ("INV-26",),
    keep=False,
)


def merger_leads_to(way: str) -> Guard:
    """The scheme wants this when a subject merges, or has it decided each time (`review`)."""

    def check(facts: Facts, ask: Ask) -> Unmet | None:
        found = facts.scheme.title.on_merger
        if found in (way, "review"):
            return None
        return unmet(f"方案规定合并时 {found}", f"the scheme says {found} on a merger", ["title.on_merger"])

    meaning = f"The scheme sets title.on_merger to {way} or leaves it to a review."
    return Guard(f"scheme:title.on_merger={way}/review", check, ("INV-26",), meaning=meaning)


def _subject(title_subject: str, code: str) -> str:
    """The successor in place of the subject; a project keeps its name."""
    _, slash, project = title_subject.partition("/")
    return f"{code}{slash}{project}"


@guard("INV-26", needs="successors")
def successor_fits(facts: Facts, ask: Ask) -> Unmet | None:
    """The successor named exists, fits the track and holds no title of its own on it."""
    code, title, track = str(ask.form.get("successor")), facts.thing, facts.track
    found = facts.more["successors"].get(code)
    if found is None:
        return unmet(
            "没有这个承继主体，或其级别不适用于本赛道", "no such successor, or not of a level of the track", [code]
        )
    if code == title.subject.partition("/")[0]:
        return unmet("承继主体不能是原主体", "the successor is the subject itself", [code])
    if track.named_applicants and found["name"] not in track.named_applicants:
        return unmet("承继主体不在本赛道名单内", "the track admits only those it names", track.named_applicants)
    if held := found["holds"].get(_subject(title.subject, code)):
        return unmet("承继主体在本赛道已有命名", "the successor holds a title on this track", [held])
    organization = ask.form.get("organization")
    if organization and organization not in found["organizations"]:
        return unmet("承继单位不属于该行政区划", "the organization belongs elsewhere", [organization])
    return None


def pass_on(facts: Facts, ask: Ask) -> list[Effect]:
    """The title and everything live that hangs on it belong to the successor; the file keeps the old subject."""
    title, code = facts.thing, str(ask.form["successor"])
    found = facts.more["successors"][code]
    heir: dict[str, Any] = {
        "subject": _subject(title.subject, code),
        "organization": ask.form.get("organization") or next(iter(found["organizations"]), ""),
        "region": found["path"],
    }
    before = {"subject": title.subject, "organization": title.organization, "region": title.region}
    handed = {**before, "on": facts.today.isoformat(), "document": ask.form["document"]}
    rows = [t for t in facts.things.values() if t.owner == title.id and t.id != title.id and not t.ended]
    visits = [v for v in facts.of("look_back") if v.data.get("designation") == title.id and v.state in LOOK_BACK_OPEN]
    told = {name: value for name, value in heir.items() if value}
    return [
        Place(title.id, {**heir, "natural": None}),
        Put(title.id, {"passed_on": [*title.data.get("passed_on", ()), handed]}),
        *(Place(row.id, heir) for row in rows),
        *(Send("look_back", "follow_title", visit.id, form=told) for visit in visits),
    ]


def follow(facts: Facts, ask: Ask) -> list[Effect]:
    """A look-back that runs goes on with whoever holds the title now."""
    return [Place(facts.thing.id, {name: str(value) for name, value in ask.form.items()})]
