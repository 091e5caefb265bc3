"""Bodies, offices and who answers for which indicator: formed once for a batch, where its stages ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.cli.simulate.population import HOME
from api.cli.simulate.step import text_of
from service.domain.cases.organization import COUNTED, KEEPERS, LEAD_UNIT, MEMBER, first_level, generic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.schemes.model import Scheme

ORGANIZATION = "simulated-government"
OFFICE = "模拟科室"


def organized_on(scheme: Scheme) -> str:
    """On which file they stand: the batch, where somebody keeps it for all its cases, else each case."""
    return "batch" if scheme.roles.get("organizer") else "case"


def slots() -> tuple[str, ...]:
    return KEEPERS


def bodies(scheme: Scheme, of: str) -> Iterator[dict[str, Any]]:
    """Every body that some stage asks for, with its posts, and the groups of indicators it is in charge of."""
    groups = list(first_level(scheme))
    for kind in {b.kind: b for asked in scheme.organization.values() for b in asked}.values():
        for n in range(kind.count):
            name = f"{kind.kind} {n + 1}"
            posts = {post: [f"{post} {name}.{i}" for i in range(getattr(kind, post))] for post in (*COUNTED, MEMBER)}
            if kind.seat:
                posts[LEAD_UNIT] = [kind.seat]
            mine = groups[n :: kind.count] if kind.one_per_group else []
            yield {"of": of, "kind": kind.kind, "name": name, "groups": mine, **posts}


def answers(scheme: Scheme, of: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """One office that answers for everything, and what it answers for; None where there is nothing to measure."""
    system = scheme.indicator_system
    what = [g.id for g in system.groups] + [i.code for i in system.indicators if generic(scheme, i)]
    if not what:
        return None
    owner = text_of("owner")
    office = {"of": of, "organization": ORGANIZATION, "zh": f"{OFFICE} {of[:8]}", "liaison": [text_of("liaison")]}
    return {**office, "owner": owner}, {"of": of, "assign": {one: {"owner": owner} for one in what}}


GOVERNMENT = {"id": ORGANIZATION, "jurisdiction": HOME, "zh": "模拟政府"}
