"""Who acts in a story: places, organizations, persons and their roles, registered as an administrator does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from api.cli.demo.client import Person
from api.cli.demo.tell import Teller

CREATED = 201


@dataclass(frozen=True)
class Cast:
    """Everything that stands before a story begins. Codes of places are unique; a place comes after the one above."""

    places: Sequence[tuple[str, str | None, str, str, str]]
    """Code, code of the place above, level, Chinese, English."""
    organizations: Sequence[tuple[str, str, str, str]]
    """ID, place, Chinese, English."""
    persons: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]
    """ID, name, and each role with its place."""

    def path(self, place: str) -> str:
        """The path of a place, such as `cn/sn/yulin`."""
        above = next(up for code, up, *_ in self.places if code == place)
        return f"{self.path(above)}/{place}" if above else place


class People:
    """Everybody at the API, by ID; `public` is anybody without an account."""

    def __init__(self, cast: Cast, http: httpx.Client, admin_token: str, issue_token: Callable[[str], str]) -> None:
        self.cast = cast
        self.http = http
        self.issue_token = issue_token
        self.admin = Person("admin", "系统管理员", http, admin_token)
        self.public = Person("public", "群众", http)
        self._known: dict[str, Person] = {}
        self._seen: dict[str, int] = {}

    def __getitem__(self, person: str) -> Person:
        return self._known[person]

    def settle_in(self, tell: Teller) -> None:
        """Register places, organizations, persons and roles."""
        there = {j["code"] for j in self.admin.get("/jurisdictions").body["items"]}
        for code, above, level, zh, en in self.cast.places:
            if code not in there:
                place = {"code": code, "parent": above, "level": level, "zh": zh, "en": en}
                tell.step(self.admin.post("/jurisdictions", place), status=CREATED)
        for id_, at, zh, en in self.cast.organizations:
            body = {"id": id_, "jurisdiction": at, "zh": zh, "en": en}
            tell.step(self.admin.post("/organizations", body), status=CREATED)
        with tell.waiting(("登记人员和职责", "registering persons and roles")):
            for person, name, roles in self.cast.persons:
                self.add(person, name, roles, tell)
        n, m = len(self.cast.organizations), len(self.cast.persons)
        tell.note(
            (f"登记 {n} 个单位、{m} 名人员及其职责和范围", f"{n} organizations and {m} persons with roles and scopes")
        )

    def add(self, person: str, name: str, roles: Sequence[tuple[str, str]], tell: Teller) -> Person:
        """One more person with roles, each at a place."""
        tell.step(self.admin.post("/people", {"id": person, "name": name}), status=CREATED)
        for role, at in roles:
            self.give(person, role, f"region:{self.cast.path(at)}", tell)
        self._known[person] = Person(person, name, self.http, self.issue_token(person), self._seen)
        return self._known[person]

    def give(self, person: str, role: str, scope: str, tell: Teller) -> None:
        """A role for a scope."""
        tell.step(self.admin.post(f"/people/{person}/roles", {"role": role, "scope": scope}), status=CREATED)
