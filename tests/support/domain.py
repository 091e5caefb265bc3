"""Facts for unit tests: a thing, its company and a person, without any record or workflow."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

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
    return Facts(scheme or reference(), official_calendar(), instant, about, things, tuple(duties), more)


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
