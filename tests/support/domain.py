"""Facts for unit tests: a thing, its company and a person, without any record or workflow."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from service.domain.cases.evidence import Paper, Papers
from service.domain.cases.organization import COUNTED, Body, Office, Organization, Tenure
from service.domain.consequences import Entail
from service.domain.facts import Ask, Duty, Facts, Held, Thing, Who
from service.domain.machine import Refused, decide
from service.domain.machines import resolve
from service.domain.perform import Outcome, perform
from service.schemes.loader import official_calendar, shipped_scheme
from service.schemes.model import Scheme

SHANGHAI = ZoneInfo("Asia/Shanghai")
REGION = "cn/sn/yulin/jiaxian"


@cache
def reference() -> Scheme:
    return shipped_scheme("reference")


def person(name: str, *roles: str, scope: str = "region:cn") -> Who:
    """Somebody who holds these concrete roles."""
    return Who(name, name, tuple(Held(role, scope) for role in roles))


def thing(machine: str, state: str = "@new", /, id: str = "", **fields: Any) -> Thing:
    """A thing of the county of Jiaxian. Fields of `Thing` by name; everything else is its data."""
    own = {k: fields.pop(k) for k in list(fields) if k in Thing.__slots__}
    name = id or machine
    base = {
        "chain": "case",
        "track": "area",
        "batch": "batch",
        "subject": "jiaxian",
        "region": REGION,
        "owner": name,
    }
    data = {**own.pop("data", {}), **fields}
    return Thing(name, machine, state, data=data, **{**base, **own})


class Everybody(dict[str, tuple[Tenure, ...]]):
    """People for a test that is about something else: whoever is named may be made responsible."""

    def get(self, _: object, default: object = None) -> Any:
        return tuple(Tenure(role) for roles in reference().roles.values() for role in roles)


class AnyPaper:
    """Evidence for a test that is about something else: whatever it names is registered."""

    struck: frozenset[str] = frozenset()

    def __contains__(self, _: object) -> bool:
        return True

    def stands(self, _: str) -> bool:
        return True


def papers(*ids: str, status: str = "submitted") -> Papers:
    """These pieces of evidence, registered unless another status is given."""
    return Papers({i: Paper(i, status) for i in ids})


def mobilized(scheme: Scheme) -> Organization:
    """Every body that some stage asks for with its posts filled, and one office that answers for each group."""
    bodies = [
        Body(f"{kind.kind}-{n}", kind.kind, f"{kind.kind} {n}", (),
             {post: tuple(f"{kind.kind} {n} {post} {i}" for i in range(getattr(kind, post))) for post in COUNTED})
        for asked in scheme.organization.values() for kind in asked for n in range(kind.count)
    ]  # fmt: skip
    groups = [group.id for group in scheme.indicator_system.groups]
    office = Office("office", "gov", "法规科", {"liaison": ("吴",)})
    return Organization(tuple(bodies), {"office": office}, dict.fromkeys(groups, ("office",)))


def facts(
    about: Thing,
    *company: Thing,
    scheme: Scheme | None = None,
    now: str = "2024-05-20T09:00",
    duties: Iterable[Duty] = (),
    **more: Any,
) -> Facts:
    """Facts about a thing at a local time; `more` is what guards with `needs` read."""
    things = {t.id: t for t in (*company, about)}
    instant = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    read = {"evidence": AnyPaper(), "role_holders": Everybody(), **more}
    return Facts(scheme or reference(), official_calendar(), instant, about, things, tuple(duties), read)


def verdict(given: Facts, event: str, who: Who, /, **form: Any) -> Any:
    """Accepted or Refused, as the one verdict function says."""
    machine, seen = resolve(given, event)
    return decide(machine, seen, Ask(event, form, who))


def done(given: Facts, event: str, who: Who, /, second: str | None = None, **form: Any) -> Outcome:
    """The outcome of an event that must be accepted."""
    numbers = itertools.count(1)
    outcome = perform(given, Ask(event, form, who, second), lambda: f"new-{next(numbers)}")
    assert isinstance(outcome, Outcome), outcome
    return outcome


def refused(given: Facts, event: str, who: Who, /, second: str | None = None, **form: Any) -> list[str]:
    """The codes of what was unmet, for an event that must be refused."""
    machine, seen = resolve(given, event)
    found = decide(machine, seen, Ask(event, form, who, second))
    assert isinstance(found, Refused), found
    return [u.code for u in found.unmet]


def entailed(outcome: Outcome) -> list[Entail]:
    """What an outcome entails outside the file."""
    return [one for one in outcome.desk.outside if isinstance(one, Entail)]
