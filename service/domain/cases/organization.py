"""Who is organized how: bodies and their posts, offices and their liaison, who answers for which indicator.

A scheme says which bodies a stage asks for and which words of its indicator table name no office (GAP-PDS-4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from service.domain.facts import Unmet

if TYPE_CHECKING:
    from service.schemes.measures import Indicator
    from service.schemes.model import Body as Asked
    from service.schemes.model import Scheme

HEAD, LEAD_UNIT, LIAISON, MEMBER, OWNER = "head", "lead_unit", "liaison", "member", "owner"
COUNTED = (HEAD, LEAD_UNIT, LIAISON)
"""Posts of a body whose number a scheme states."""

KEEPERS = ("organizer", "stage_actor")
"""Slots that form bodies and hand out responsibilities in their file."""

FORMED = ("YL-1a", "YL-1b", "YL-1c", "YL-1d", "PDS-S1b")
ASSIGNED = ("PDS-A4", "PDS-M2c", "PDS-M3a", "GAP-PDS-4", "YL-W2a")


@dataclass(frozen=True, slots=True)
class Body:
    """A leading group or task force as it stands on a day."""

    id: str
    kind: str
    name: str
    groups: tuple[str, ...] = ()
    posts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def holders(self, post: str) -> tuple[str, ...]:
        return self.posts.get(post, ())


@dataclass(frozen=True, slots=True)
class Office:
    """A named office of an organization as it stands on a day."""

    id: str
    organization: str
    name: str
    posts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def liaisons(self) -> tuple[str, ...]:
        return self.posts.get(LIAISON, ())


@dataclass(frozen=True, slots=True)
class Tenure:
    """A role that somebody holds for a scope which is not said again here, from and to a day."""

    role: str
    from_day: date | None = None
    to_day: date | None = None

    def on(self, day: date) -> bool:
        return (self.from_day is None or self.from_day <= day) and (self.to_day is None or day <= self.to_day)


@dataclass(frozen=True, slots=True)
class Organization:
    """Everything of a file (and its batch) on a day. `answers` and `owners` go by indicator, group or task."""

    bodies: tuple[Body, ...] = ()
    offices: Mapping[str, Office] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def fault(code: str, rules: Sequence[str], zh: str, en: str, *missing: str, at: str = "") -> Unmet:
    """One reason why an edit is refused."""
    return Unmet(code, zh, en, tuple(rules), missing, at)


# ------------------------------------------------------------------------------------------ what a stage asks for


def bodies_lacking(asked: Iterable[Asked], bodies: Sequence[Body], groups: Sequence[str] = ()) -> list[str]:
    """The bodies and posts that are missing or doubled, as `kind: found/wanted` and `name.post: found/wanted`.

    A body with another seat than the document names is told as `name.lead_unit: seat`.

    Of a kind that is in charge of one first-level group of indicators each, also `group: found/1`.
    """
    lacking = []
    for kind in asked:
        of_kind = [b for b in bodies if b.kind == kind.kind]
        if len(of_kind) != kind.count:
            lacking.append(f"{kind.kind}: {len(of_kind)}/{kind.count}")
        for one in of_kind:
            for post in COUNTED:
                found, wanted = len(one.holders(post)), getattr(kind, post)
                if found != wanted:
                    lacking.append(f"{one.name}.{post}: {found}/{wanted}")
            if kind.seat and one.holders(LEAD_UNIT) and kind.seat not in one.holders(LEAD_UNIT):
                lacking.append(f"{one.name}.{LEAD_UNIT}: {kind.seat}")
            if (found := len(set(one.holders(MEMBER)))) < kind.member:
                lacking.append(f"{one.name}.{MEMBER}: {found}/{kind.member}")
        if kind.one_per_group:
            lacking += [f"{one.name}.groups: {len(one.groups)}/1" for one in of_kind if len(one.groups) != 1]
            charged = [group for one in of_kind for group in one.groups]
            lacking += [f"{group}: {charged.count(group)}/1" for group in groups if charged.count(group) != 1]
    return lacking


def first_level(scheme: Scheme) -> tuple[str, ...]:
    """The first-level groups of the indicators of a scheme."""
    return tuple(group.id for group in scheme.indicator_system.groups if group.parent is None)


def unassigned(scheme: Scheme, found: Organization) -> list[str]:
    """What no office is named for: whole groups by their ID, single indicators of the others by their code."""
    system = scheme.indicator_system
    above = {group.id: group.parent for group in system.groups}
    parents = set(above.values())
    lacking: list[str] = []
    for group in system.groups:
        mine = [i.code for i in system.indicators if i.group == group.id]
        if group.id in parents and not mine:
            continue  # its own groups answer for it
        at: str | None = group.id
        while at is not None and at not in found.answers:
            at = above.get(at)
        if at is None:
            bare = [code for code in mine if code not in found.answers]
            lacking += [group.id] if len(bare) == len(mine) else bare
    return lacking


def generic(scheme: Scheme, indicator: Indicator) -> tuple[str, ...]:
    """What the table says of an indicator that names no office, such as 相关责任科室."""
    return tuple(o for o in indicator.offices if o in scheme.responsibilities.generic_offices)


def unresolved(scheme: Scheme, found: Organization) -> dict[str, tuple[str, ...]]:
    """Indicator -> the generic words that no named office has replaced yet.

    They are replaced once the indicator itself is given to an office that its row does not name already.
    """
    bare = {}
    for indicator in scheme.indicator_system.indicators:
        if not (words := generic(scheme, indicator)):
            continue
        given = {found.offices[o].name for o in found.answers.get(indicator.code, ()) if o in found.offices}
        if not given - set(indicator.offices):
            bare[indicator.code] = words
    return bare


def ill_staffed(scheme: Scheme, found: Organization) -> list[str]:
    """Offices that answer for something without exactly one liaison, or what has no owner where one is asked for."""
    offices = dict.fromkeys(o for answer in found.answers.values() for o in answer)
    lacking = [
        f"{office.name}.{LIAISON}: {len(office.liaisons)}/1"
        for o in offices
        if (office := found.offices.get(o)) is not None and len(office.liaisons) != 1
    ]
    lacking += [f"{o}: dissolved" for o in offices if o not in found.offices]
    if scheme.responsibilities.office_owner:
        answering = (found.offices[o] for o in offices if o in found.offices)
        lacking += [f"{o.name}.{OWNER}: {n}/1" for o in answering if (n := len(o.posts.get(OWNER, ()))) != 1]
    if scheme.responsibilities.owner:
        lacking += [f"{what}.{OWNER}: 0/1" for what in found.answers if len(found.owners.get(what, ())) != 1]
    return lacking


# -------------------------------------------------------------------------------------------------- single edits


def kinds_asked(scheme: Scheme) -> dict[str, Asked]:
    """Every kind of body that some stage of the scheme asks for."""
    return {body.kind: body for bodies in scheme.organization.values() for body in bodies}


def body_faults(scheme: Scheme, body: Body, others: Sequence[Body]) -> list[Unmet]:
    """Why a body cannot stand as it is said beside the others of its file. Posts may still be empty, not doubled."""
    kinds = kinds_asked(scheme)
    asked = kinds.get(body.kind)
    found = []
    if kinds and asked is None:
        known = "、".join(kinds)
        zh, en = f"方案没有“{body.kind}”这类机构，只有：{known}", f"the scheme knows the bodies {', '.join(kinds)}"
        found.append(fault("body_kind", FORMED, zh, en, *kinds, at="/kind"))
    if asked is not None:
        same = [b for b in others if b.kind == body.kind]
        if len(same) >= asked.count:
            zh, en = (
                f"“{body.kind}”只需 {asked.count} 个，请先撤销一个",
                f"{asked.count} of kind {body.kind} exist already",
            )
            found.append(fault("body_count", FORMED, zh, en, *(b.name for b in same), at="/kind"))
        for post in COUNTED:
            wanted, named = getattr(asked, post), body.holders(post)
            if len(named) > wanted:
                zh, en = f"{post} 只能有 {wanted} 名", f"there is room for {wanted} {post}"
                found.append(fault("one_post", FORMED, zh, en, *named, at=f"/{post}"))
    found += _several_heads(kinds, body, others)
    groups = {g.id for g in scheme.indicator_system.groups}
    if wrong := [g for g in body.groups if g not in groups]:
        zh, en = f"没有一级指标：{'、'.join(wrong)}", f"there is no group of indicators {', '.join(wrong)}"
        found.append(fault("unknown_group", ("YL-1c",), zh, en, *wrong, at="/groups"))
    return found


def _several_heads(kinds: Mapping[str, Asked], body: Body, others: Sequence[Body]) -> list[Unmet]:
    """Nobody heads two bodies of one case, unless the scheme lets the heads of one of the kinds do so."""

    def shared(kind: str) -> bool:
        return kind in kinds and kinds[kind].shared_head

    if shared(body.kind):
        return []
    found = []
    for other in others:
        both = [h for h in body.holders(HEAD) if h in other.holders(HEAD)]
        if both and not shared(other.kind):
            zh, en = f"{both[0]} 已任“{other.name}”负责人", f"{both[0]} heads {other.name} already"
            found.append(fault("heads_one_body", ("YL-1b", "YL-1c"), zh, en, other.name, at="/head"))
    return found


def office_faults(liaisons: Sequence[str], twin: str | None) -> list[Unmet]:
    """An office has one name in its organization and exactly one liaison (PDS-M2c)."""
    found = []
    if len(liaisons) != 1:
        zh, en = "每个科室须有且只有一名联络人", "each office has exactly one liaison"
        found.append(fault("one_liaison", ("PDS-M2c",), zh, en, *liaisons, at="/liaison"))
    if twin is not None:
        zh, en = "本单位已有同名科室", "the organization has an office of that name"
        found.append(fault("office_exists", ("PDS-M2c",), zh, en, twin, at="/zh"))
    return found


def answer_faults(
    scheme: Scheme,
    what: str,
    offices: Sequence[str],
    owners: Sequence[str],
    known: Collection[str],
    tasks: Collection[str],
) -> list[Unmet]:
    """Why these offices cannot answer for that: an indicator, a group of indicators, or a task of a plan."""
    system = scheme.indicator_system
    here = f"/assign/{what}"
    found = []
    if what not in {i.code for i in system.indicators} | {g.id for g in system.groups} | set(tasks):
        zh, en = f"没有指标、一级指标或任务“{what}”", f"there is no indicator, group or task {what}"
        found.append(fault("unknown_item", ASSIGNED, zh, en, what, at=here))
    if wrong := [o for o in offices if o not in known]:
        zh, en = f"没有登记这些科室：{'、'.join(wrong)}", f"no such offices are registered: {', '.join(wrong)}"
        found.append(fault("unknown_office", ASSIGNED, zh, en, *wrong, at=f"{here}/offices"))
    if len(owners) > 1:
        zh, en = "只能有一名责任人", "it has one owner"
        found.append(fault("one_owner", ("PDS-M2c",), zh, en, *owners, at=f"{here}/owner"))
    return found


def handover_faults(person: str, successor: str, day: date, today: date) -> list[Unmet]:
    """A handover names two different people and a day that has not passed; past acts stay (INV-32)."""
    found = []
    if person == successor:
        zh, en = "接收人不能是移交人", "somebody else must take over"
        found.append(fault("both_sides", ("INV-32",), zh, en, successor, at="/to"))
    if day < today:
        zh, en = "生效日不得早于今天", "the day must not lie in the past"
        found.append(fault("handover_day", ("INV-32",), zh, en, day.isoformat(), at="/day"))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """An organization, where it lies, and into which it has merged already."""

    id: str
    path: str
    merged_into: str | None = None


def merger_faults(merging: Sequence[Place], into: Place) -> list[Unmet]:
    """Why these organizations cannot merge into that one.

    The successor lies in the territory of each or one above, or beside it in the same one: a county merges into
    its city or its neighbour, not into an office of another prefecture.
    """
    found = []
    for one in (*merging, into):
        if one.merged_into is not None:
            zh, en = f"{one.id} 已并入 {one.merged_into}", f"{one.id} has merged into {one.merged_into} already"
            found.append(fault("merged_already", ("INV-26",), zh, en, one.id))
    for one in merging:
        above = one.path.rpartition("/")[0] or one.path
        beside = f"{into.path}/".startswith(f"{above}/")
        if one.id == into.id:
            zh, en = f"{one.id} 不能并入自身", f"{one.id} cannot merge into itself"
            found.append(fault("successor_other", ("INV-26",), zh, en, one.id, at="/into"))
        elif not beside and not f"{one.path}/".startswith(f"{into.path}/"):
            zh, en = f"{into.id} 不在 {one.id} 所属地域", f"{into.id} lies elsewhere than {one.id}"
            found.append(fault("successor_near", ("INV-26",), zh, en, into.path, at="/into"))
    return found
