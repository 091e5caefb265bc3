"""What is said of a list: what it is for, which cases it takes up, who is chosen and why others are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from service.domain.choices import listed
from service.domain.facts import Ask, Facts, Thing
from service.domain.forms import DOCUMENT, REASON, Fault, Form, Part, pairs, text, texts
from service.domain.notices.public_notice import MEDIA, NOTICE


def _known_track(value: str, facts: Facts, ask: Ask) -> Fault | None:
    known = [t.id for t in facts.scheme.tracks]
    return None if value in known else (f"应为 {'、'.join(known)} 之一", f"must be one of {', '.join(known)}")


def _purpose_of_the_scheme(value: str, facts: Facts, ask: Ask) -> Fault | None:
    if facts.scheme.list_rule(value, str(ask.form.get("track"))):
        return None
    known = sorted({rule.purpose for rule in facts.scheme.lists})
    listed = ", ".join(known) or "-"
    return f"方案规定的名单为 {listed}", f"the scheme has lists for {listed}"


PURPOSE = Form(
    "list_purpose",
    (
        Part(
            "purpose",
            text,
            "名单用途",
            "what the list is for",
            check=_purpose_of_the_scheme,
            choices=listed("lists"),
            rests="/lists",
        ),
        Part("track", text, "赛道", "track", check=_known_track, choices=listed("tracks"), rests="/tracks"),
    ),
    ("SX-26", "YL-2n"),
)


def repeated(value: Iterable[str]) -> set[str]:
    """What is listed more than once."""
    return {one for one, times in Counter(value).items() if times > 1}


def cases_of(facts: Facts) -> dict[str, Thing]:
    """The cases that the list may take up: those of its batch and track that are enrolled and have not ended."""
    found = (file["case"] for file in facts.more["files"].values())
    return {c.id: c for c in found if c.track == facts.thing.track and not c.ended and c.state != "draft"}


def _cases_of_the_list(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    mine = cases_of(facts)
    if wrong := sorted({*repeated(value), *(c for c in value if c not in mine)}):
        listed = ", ".join(wrong)
        return (
            f"不是本批次本赛道在办的申报，或重复：{listed}",
            f"no running case of this batch and track, or twice: {listed}",
        )
    return None


def named(facts: Facts, ask: Ask) -> list[str]:
    """The cases that the list takes up: as the call says, else as they were."""
    given = ask.form.get("cases", facts.thing.data.get("cases"))
    return list(given) if isinstance(given, list | tuple) else []


def _taken_up(value: list[str], facts: Facts, ask: Ask) -> Fault | None:
    if wrong := sorted({*repeated(value), *(set(value) - set(named(facts, ask)))}):
        return f"名单没有这些申报：{'、'.join(wrong)}", f"the list does not take up {', '.join(wrong)}"
    return None


def _not_chosen(value: dict[str, str], facts: Facts, ask: Ask) -> Fault | None:
    both = sorted(set(value) & set(ask.form.get("selected") or ()))
    if both:
        return f"既入选又说明未入选理由：{'、'.join(both)}", f"chosen and left out at once: {', '.join(both)}"
    return _taken_up(list(value), facts, ask)


def _none_yet(facts: Facts, given: Mapping[str, Any]) -> bool:
    return not facts.thing.data.get("cases")


RANKING = Form(
    "list_entries",
    (
        Part("cases", texts, "纳入名单的申报", "cases that the list takes up", when=_none_yet, check=_cases_of_the_list),
        Part("selected", texts, "入选的申报", "cases chosen", optional=True, check=_taken_up),
        Part("left_out", pairs, "未入选的申报及理由", "cases left out, each with its reason", optional=True,
             check=_not_chosen),
        Part("excess_reason", text, "超名额理由", "why more than the quota", optional=True),
    ),
    ("SX-26", "YL-2n", "GAP-YL-4"),
    keep=False,
)  # fmt: skip


def _on_the_list(value: str, facts: Facts, ask: Ask) -> Fault | None:
    if value in facts.thing.data.get("cases", ()):
        return None
    return "名单没有这一申报", "the list has no such case"


STRIKE = REASON.also(Part("entry", text, "移出的申报", "case to be struck", check=_on_the_list))


def _stands_by(value: str, facts: Facts, ask: Ask) -> Fault | None:
    return None if value in facts.thing.data.get("reserves", ()) else ("不是候补", "it is no reserve")


RESERVE = Form(
    "list_entry",
    (Part("entry", text, "递补的申报", "reserve to be promoted", check=_stands_by),),
    ("YL-2n",),
    keep=False,
)
DISPATCH = Form(
    "document", (*DOCUMENT.parts, Part("to", text, "报送机关", "body to which it was sent")), ("YL-2n",), keep=False
)


def goes_on_notice(facts: Facts) -> bool:
    """Whether the list is one of candidates whose track has a stage of publicity (SX-27)."""
    stages = facts.scheme.track(facts.thing.track or "").stages
    return facts.thing.data.get("purpose") == "candidates" and any(s.kind == "publicity" for s in stages)


def _needs_media(facts: Facts, given: Mapping[str, Any]) -> bool:
    return goes_on_notice(facts) and MEDIA.asked_for(facts, given)


# A list that goes on notice says so as a notice does; any other one is only made known.
PUBLICATION = Form(
    "notice", tuple(replace(p, when=_needs_media) if p is MEDIA else p for p in NOTICE.parts), NOTICE.rules, draft=True
)
