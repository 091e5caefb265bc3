"""The part of the validator that looks up names: roles, rules, calendars, grounds, and what each rests on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from service.schemes.basis import basis_problems, is_article
from service.schemes.loader import dump
from service.schemes.model import Scheme
from service.schemes.problem import FORM, Problem, pointer
from service.schemes.values import Part
from service.schemes.vocabulary import ROLES

SERIAL = frozenset({"kind", "batch", "number"})


def name_problems(scheme: Scheme) -> list[Problem]:
    """Every name that leads nowhere."""
    return [
        *_roles(scheme),
        *_rules(scheme, ""),
        *_grounds(scheme),
        *_serials(scheme),
        *_attainment(scheme),
        *basis_problems(scheme, dump(scheme)),
    ]


def _roles(scheme: Scheme) -> Iterator[Problem]:
    """Each concrete role is known to the service or declared by the scheme."""
    named: list[tuple[str, Iterable[str]]] = [(pointer("roles", slot), roles) for slot, roles in scheme.roles.items()]
    for place, track in enumerate(scheme.tracks):
        for number, stage in enumerate(track.stages):
            here = pointer("tracks", place, "stages", number, "actor")
            named += [(here + pointer(slot), roles) for slot, roles in stage.actor.items()]
    named.append(("/evaluation/no_scoring_roles", scheme.evaluation.no_scoring_roles))
    if scheme.naming.insignia:
        named.append(("/naming/insignia/issuer", (scheme.naming.insignia.issuer,)))
    first: dict[str, str] = {}
    for path, roles in named:
        for role in roles:
            first.setdefault(role, path)
    for role, path in first.items():
        if role not in ROLES and role not in scheme.role_titles:
            zh = f"不认识角色“{role}”，请改正，或在 role_titles 中写明其名称"
            yield Problem(path, zh, f"nobody knows the role {role}: correct it, or declare it in role_titles", FORM)


def _rules(value: Any, path: str) -> Iterator[Problem]:
    """Whatever cites a rule cites one that exists, or an article of the scheme's own document."""
    for name, one in _inside(value):
        here = path + pointer(name)
        if name in ("rules", "prohibitions"):
            unknown = [rule for rule in one if not is_article(rule)]
            yield from (Problem(here, f"不存在条款“{rule}”", f"there is no rule {rule}", FORM) for rule in unknown)
        elif name != "basis":
            yield from _rules(one, here)


def _inside(value: Any) -> list[tuple[str | int, Any]]:
    """The fields of a part, the entries of a mapping, the members of a list."""
    if isinstance(value, Part):
        return [(field.alias or name, getattr(value, name)) for name, field in type(value).model_fields.items()]
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, tuple) else []


def calendar_problems(scheme: Scheme, known: Collection[str], *, blocks: bool) -> list[Problem]:
    """Of a calendar that is not among those known, in an installation or (as a warning) of those that ship."""
    if scheme.calendar.id in known:
        return []
    zh, en = f"不存在工作日历“{scheme.calendar.id}”", f"there is no calendar {scheme.calendar.id}"
    listed = sorted(known)
    zh, en = f"{zh}，应为 {'、'.join(listed)}", f"{en}: one of {', '.join(listed)}"
    return [Problem("/calendar/id", zh, en, "INV-33", blocks=blocks)]


def _grounds(scheme: Scheme) -> Iterator[Problem]:
    """A band that names a ground names one that is listed where it leads to."""
    listed = {"reminder": scheme.reminder.grounds, "revocation": scheme.revocation.grounds}
    for place, band in enumerate(scheme.look_back.bands):
        if band.ground and band.ground not in {one.code for one in listed.get(band.outcome, ())}:
            zh, en = f"不存在情形“{band.ground}”", f"{band.outcome} has no ground {band.ground}"
            yield Problem(pointer("look_back", "bands", place, "ground"), zh, en, "INV-10")


def _serials(scheme: Scheme) -> Iterator[Problem]:
    """A serial number is made of the three fields there are, and of text without braces."""
    pattern = scheme.naming.insignia.serial_pattern if scheme.naming.insignia else ""
    fields = re.findall(r"\{([^{}]*)\}", pattern)
    rest = re.sub(r"\{[^{}]*\}", "", pattern)
    for field in fields:
        if field not in SERIAL:
            zh, en = (
                f"编号中没有 {{{field}}} 这一项",
                f"a serial has no field {{{field}}}: {{kind}}, {{batch}}, {{number}}",
            )
            yield Problem("/naming/insignia/serial_pattern", zh, en, "INV-05")
    if "{" in rest or "}" in rest:
        zh, en = "编号的大括号不成对", "the braces of the serial do not match"
        yield Problem("/naming/insignia/serial_pattern", zh, en, "INV-05")


def _attainment(scheme: Scheme) -> Iterator[Problem]:
    """A least share of the indicators needs indicators that are scored."""
    for place, track in enumerate(scheme.tracks):
        if track.attainment_min and scheme.scoring.mode == "none":
            zh, en = "方案不计分，达标率无从计算", "nothing is scored, so no share is attained"
            yield Problem(pointer("tracks", place, "attainment_min"), zh, en, "QH-08a")
