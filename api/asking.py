"""What a caller asks of a thing, and what it is answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.contracts import Result
from service.domain.facts import Who
from service.domain.machine import Move
from service.domain.machines import template


@dataclass(frozen=True)
class Request:
    """What a caller asks: an event on a thing, or (`creates`) the making of one."""

    who: Who
    machine: str
    event: str
    thing: str = ""
    parent: str | None = None
    creates: bool = False
    form: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    revision: int | None = None
    dry_run: bool = False
    filed_with: str | None = None  # proves without an account that the objection is one's own

    @property
    def body_hash(self) -> str:
        """Two requests with one key are the same when this is the same. It says nothing about who a person is."""
        personal_parts = {p.name for m in self._rows() for p in m.form.parts if p.personal}
        form = {name: value for name, value in self.form.items() if name not in personal_parts}
        thing = "" if self.creates else self.thing
        said = [self.machine, self.event, thing, self.parent, form, self.data]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @property
    def is_signal(self) -> bool:
        """Whether it tells a fact from outside, which is always answered with 202; a plain edit is done at once."""
        return any(row.kind == "signal" and not row.plain for row in self._rows())

    @property
    def is_open_to_all(self) -> bool:
        """Whether the public may ask for this at all, without an account."""
        return any("member_of_public" in row.who for row in self._rows())

    def _rows(self) -> tuple[Move, ...]:
        return tuple(m for m in template(self.machine) if m.event == self.event)


@dataclass(frozen=True)
class Reply:
    """The answer to a request. `status` is the HTTP status; `result` is missing for 202 and dry runs."""

    status: int
    thing: str
    machine: str
    result: Result | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
