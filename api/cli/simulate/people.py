"""Who takes part: two people for each role of the scheme, and one clerk for each applicant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from api.cli.simulate.place import Person, Place, morning
from api.cli.simulate.population import APPLICANTS_OWN, HOME, LEVELS, Applicant

if TYPE_CHECKING:
    from datetime import date

    from service.domain.facts import Thing
    from service.schemes.model import Scheme

KEEPERS = {
    "keeper": ("scheme_editor", "calendar_keeper", "system_administrator"),
    "approver": ("scheme_approver", "calendar_approver"),
}
EVERYWHERE = ("region:cn", f"region:{HOME}")
OF_LEVEL = {"nation": "cn", "province": "p", "prefecture": "c", "county": "x", "township": "t"}
CITIES = 2
"""Over so many places between the scheme and its applicants these are spread where a quota counts them by region."""


class Cast:
    """Everybody, by role and by applicant. Accounts of roles are `role.a` and `role.b`."""

    def __init__(self, place: Place, scheme: Scheme, begins: date) -> None:
        self.place = place
        self.scheme = scheme
        self.began = morning(begins)
        self.keepers: dict[str, Person] = {}
        self.offices: dict[str, tuple[Person, Person]] = {}
        self.clerks: dict[tuple[str, str], Person] = {}
        self._paths: dict[str, str] = {}

    async def assemble(self) -> None:
        """The keepers, the territory of the scheme, and two people for each of its roles."""
        for name, roles in KEEPERS.items():
            self.keepers[name] = await self._account(name, roles)
        await self._territory()
        for role in dict.fromkeys(self._roles()):
            first, second = [await self._account(f"{role}.{which}", (role,)) for which in ("a", "b")]
            self.offices[role] = (first, second)

    def _roles(self) -> Iterable[str]:
        """Every concrete role of the scheme and of its stages."""
        for filled in self.scheme.roles.values():
            yield from filled
        for track in self.scheme.tracks:
            for stage in track.stages:
                for filled in stage.actor.values():
                    yield from filled

    async def _account(self, name: str, roles: Iterable[str]) -> Person:
        return await self.place.person(name, [(role, where) for role in roles for where in EVERYWHERE], self.began)

    async def _territory(self) -> None:
        """From the nation down to what the scheme covers."""
        above, path = None, ""
        for level in LEVELS[: LEVELS.index(self.scheme.jurisdiction.level) + 1]:
            itself = level == self.scheme.jurisdiction.level
            code = HOME if itself else OF_LEVEL[level]
            name = self.scheme.jurisdiction.name if itself else {"nation": "中国"}.get(level, f"上级（{level}）")
            await self._jurisdiction(code, above, level, name)
            above, path = code, f"{path}/{code}".strip("/")
        self._paths[HOME] = path

    async def _jurisdiction(self, code: str, above: str | None, level: str, name: str) -> None:
        body = {"code": code, "level": level, "zh": name, "en": code, **({"parent": above} if above else {})}
        said = await self.keepers["keeper"].ask("POST", "/jurisdictions", body)
        if not said.good:
            raise RuntimeError(f"jurisdiction {code}: {said.body}")

    @property
    def home(self) -> str:
        """The path of the territory of the scheme."""
        return self._paths[HOME]

    async def arrive(self, one: Applicant, number: int) -> None:
        """An applicant with its place, its organization and its clerk. `number` spreads them over the cities."""
        path = await self._place_of(one, number)
        if one.organization:
            body = {"id": one.organization, "jurisdiction": one.code, "zh": one.name}
            await self.keepers["keeper"].ask("POST", "/organizations", body)
        roles = [r for slot in APPLICANTS_OWN for r in self._in_slot(slot, one.track)]
        scopes = [f"region:{path}", *([f"organization:{one.organization}"] if one.organization else [])]
        held = [(role, scope) for role in dict.fromkeys(roles) for scope in scopes]
        name = f"clerk.{len(self.clerks) + 1}"
        self.clerks[one.track, one.subject] = await self.place.person(name, held, self.began)

    def _in_slot(self, slot: str, track: str) -> list[str]:
        stages = self.scheme.track(track).stages
        return [*self.scheme.roles.get(slot, ()), *(r for stage in stages for r in stage.actor.get(slot, ()))]

    async def _place_of(self, one: Applicant, number: int) -> str:
        if one.code in self._paths:
            return self._paths[one.code]
        above = HOME
        between = LEVELS[LEVELS.index(self.scheme.jurisdiction.level) + 1 : LEVELS.index(one.level)]
        for level in between:
            code = f"{OF_LEVEL[level]}{number % self._cities() + 1}"
            if code not in self._paths:
                await self._jurisdiction(code, above, level, f"{level} {code}")
                self._paths[code] = f"{self._paths[above]}/{code}"
            above = code
        await self._jurisdiction(one.code, above, one.level, one.name)
        self._paths[one.code] = f"{self._paths[above]}/{one.code}"
        return self._paths[one.code]

    def _cities(self) -> int:
        by_region = any(t.quota and "region" in t.quota.per_stratum for t in self.scheme.tracks)
        return CITIES if by_region else 1

    def clerk(self, thing: Thing) -> Person | None:
        """The clerk of whoever a thing is about."""
        return self.clerks.get((thing.track or "", thing.subject))

    def filling(self, slots: Iterable[str], thing: Thing, stage: str | None) -> list[Person]:
        """Everybody who fills one of these slots for a thing, the applicant's own clerk first, then slot by slot."""
        found: list[Person] = []
        clerk = self.clerk(thing)
        for slot in slots:
            roles = self.scheme.concrete_roles(slot, thing.track or None, stage)
            if slot in APPLICANTS_OWN and clerk is not None and roles:
                found.append(clerk)
            found += [person for role in roles for person in self.offices[role]]
        return list({person.name: person for person in found}.values())
