"""A thin client of the API: who calls, with which key, on which revision. It knows no rules."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

BASE = "/api/v1"
GOOD, UNANSWERED, STALE = 200, 202, 412
ANSWER_WITHIN = 60.0
POLL = 0.05
# One look at a slow server is no failure: a clock that moves by a year wakes every owner on its way.
TIMEOUT = httpx.Timeout(300.0, connect=10.0)


@dataclass(frozen=True)
class Answer:
    """What the service answered: the status, the body, and the request that it answers."""

    status: int
    body: Mapping[str, Any]
    asked: str

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def state(self) -> str | None:
        found = self.body.get("state", self.body.get("status"))
        return str(found) if found is not None else None

    @property
    def taken(self) -> bool:
        """Whether a fact from outside, answered later, was not refused then."""
        return self.body.get("outcome") in (None, "done", "proposed")

    @property
    def code(self) -> str:
        """The code of a problem, or nothing."""
        return str(self.body.get("code", ""))

    @property
    def rules(self) -> list[str]:
        """The IDs of the rules that a problem cites."""
        return [str(r["id"]) for r in self.body.get("rules", ())]


@dataclass
class Person:
    """Somebody at the API. Each call has a key of its own, and a command names the revision that it saw."""

    id: str
    name: str
    http: httpx.Client
    token: str | None = None
    seen: dict[str, int] = field(default_factory=dict)
    """The revision of each thing that somebody saw last; everybody in the story looks over one shoulder."""
    keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def get(self, path: str, **params: Any) -> Answer:
        """Read something."""
        found = self.http.get(BASE + path, params=params, headers=self._headers())
        return self._noted(_answer(f"GET {path}", found))

    def items(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.get(path, limit=200, **params).body
            found += page["items"]
            if not page["hasMore"]:
                return found
            params["cursor"] = page["next"]

    def timeline(self, resource: str, thing: str) -> list[dict[str, Any]]:
        """Every entry of the file of a thing, in the order of its chain."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["seq"] if found else 0
            page = self.get(f"/{resource}/{thing}/timeline", after=after, limit=200).body
            found += page["items"]
            if not page["hasMore"]:
                return found

    def post(self, path: str, body: Mapping[str, Any] | None = None, revision: int | None = None) -> Answer:
        """Ask for something; an answer that is still to come is waited for."""
        key = self._key()
        more = {"Idempotency-Key": key}
        if revision is not None:
            more["If-Match"] = f'"{revision}"'
        sent = self.http.post(BASE + path, json=body or {}, headers=self._headers(**more))
        return self._noted(self._finished(_answer(f"POST {path}", sent), key))

    def create(self, resource: str, parent: str | None = None, event: str | None = None, /, **form: Any) -> Answer:
        """Make something, under its parent or (with `scheme`) on its own; `event` where there are several ways."""
        body = {"form": form, "scheme": form.pop("scheme", None), "parent": parent, "event": event}
        return self.post(f"/{resource}", {k: v for k, v in body.items() if v is not None})

    def act(self, resource: str, thing: str, event: str, /, **form: Any) -> Answer:
        """A command on something, on the revision last seen; where others have moved it on, it is read again."""
        path = f"/{resource}/{thing}/actions/{event}"
        if thing in self.seen:
            answer = self.post(path, {"form": form}, revision=self.seen[thing])
            if answer.status != STALE:
                return answer
        read = self.get(f"/{resource}/{thing}")
        return self.post(path, {"form": form}, revision=read.body["revision"]) if read.status == GOOD else read

    def signal(self, resource: str, thing: str, name: str, /, **form: Any) -> Answer:
        """A fact from outside."""
        return self.post(f"/{resource}/{thing}/signals/{name}", {"form": form})

    def put(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Say something as a whole."""
        headers = self._headers(**{"Idempotency-Key": self._key()})
        return _answer(f"PUT {path}", self.http.put(BASE + path, json=body, headers=headers))

    def score(self, resource: str, thing: str, scores: Mapping[str, str]) -> Answer:
        """Points by indicator, all in one request."""
        return self.put(f"/{resource}/{thing}/scores", {"scores": scores})

    def upload(self, case: str, name: str, content: str, year: int = 2024, last: int | None = None) -> Answer:
        """A piece of evidence for a case, about the work of a year, or from that year to the last one."""
        file = (name, content.encode(), "text/plain")
        headers = self._headers(**{"Idempotency-Key": self._key()})
        said = {"case": case, "issuer": self.name, "covers_from": f"{year}-01-01", "covers_to": f"{last or year}-12-31"}
        sent = self.http.post(f"{BASE}/evidence", data=said, files={"file": file}, headers=headers)
        return _answer("POST /evidence", sent)

    def _finished(self, answer: Answer, key: str) -> Answer:
        """A command that was taken but not answered yet: what became of it. A proposal is an answer."""
        if answer.status != UNANSWERED or "command" not in answer.body:
            return answer
        until = time.monotonic() + ANSWER_WITHIN
        while time.monotonic() < until:
            found = self.get(f"/commands/{key}")
            if found.status != UNANSWERED:
                return Answer(answer.status, {**answer.body, **found.body}, answer.asked)
            time.sleep(POLL)
        return answer

    def _noted(self, answer: Answer) -> Answer:
        if answer.status < STALE and answer.body.get("revision") and "id" in answer.body:
            self.seen[answer.id] = int(answer.body["revision"])
        return answer

    def _key(self) -> str:
        """Keys that are the same in every run: so are the IDs made from them, and whom a seed draws."""
        return f"demo-{self.id}-{next(self.keys):06}"

    def _headers(self, **more: str) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {**bearer, **more}


def _answer(asked: str, found: httpx.Response) -> Answer:
    is_json = "json" in found.headers.get("Content-Type", "")
    return Answer(found.status_code, found.json() if is_json else {}, asked)
