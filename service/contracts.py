"""What crosses Temporal: payloads, names, task queues, workflow IDs. Nothing else is shared with the workflows.

A history holds only what decides the flow; forms, scores and texts stay in SQL.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TASK_QUEUE = "shifan"

WORKFLOWS = {
    "batch": "Batch",
    "case": "Case",
    "evaluation": "Evaluation",
    "public_notice": "PublicNotice",
    "designation": "Designation",
    "look_back_round": "LookBackRound",
    "action_plan": "ActionPlan",
    "bulletin": "Bulletin",
}
"""The workflow of each kind of owner, by the name under which it is registered for good."""

ACT, WAKE, FACT, LIVE = "act", "wake", "fact", "live"
"""Handlers of every owner: updates `act` and `wake`, the signal `fact`, the query `live`."""

BROKEN = "Broken"
"""Type of the failure of a commit through a fault of our own: it is told, never repeated."""

ILLEGAL_MOVE = "IllegalMove"
"""Type of the failure with which a validator refuses an event that its workflow's state does not admit."""

COMMIT = "commit"
RING = "ring"
READ_STANDING = "read_standing"
DELIVER = "deliver"


def workflow_id(machine: str, thing_id: str) -> str:
    """The ID of the workflow that serves a thing."""
    return f"{machine}:{thing_id}"


@dataclass(frozen=True)
class Command:
    """One request to move a thing, as it travels to the owner of the thing.

    `thing` exists already or, with `creates`, is to be created under `parent`. `owner` is the workflow ID of
    the thing that serves it. `form` is None when it lies in SQL under the key (a fact from outside).
    `revision` is the one the caller saw; None where none is asked for. `kept`: SQL repeats it until it has its
    answer, a refusal too, so it must reach the commit. `said_at` is the business time, in ISO form, at which a fact from
    outside was received: it is judged by that, however late it is carried out.
    """

    key: str
    principal: str
    machine: str
    thing: str
    event: str
    owner: str
    form: dict[str, Any] | None = None
    data: dict[str, Any] = field(default_factory=dict)
    parent: str | None = None
    creates: bool = False
    revision: int | None = None
    body_hash: str = ""
    name: str = ""
    roles: list[list[str]] = field(default_factory=list)
    kept: bool = False
    said_at: str = ""


@dataclass(frozen=True)
class Standing:
    """Where an owner stands, which is all its workflow keeps. Instants are UTC; `year` is the business year.

    `kind` is that of the stage in which a case stands. `follow_ups`: something in other owners waits to be
    carried out. `over`: the workflow may end.
    """

    state: str
    revision: int
    kind: str = ""
    next_due: datetime | None = None
    follow_ups: bool = False
    over: bool = False
    year: int = 0


@dataclass(frozen=True)
class Result:
    """The answer to a command. `status`: done, proposed, refused, stale, gone, or other_body.

    `refused` holds the kind, the unmet parts and guards and the rules of a refusal.
    """

    status: str
    thing: str = ""
    machine: str = ""
    state: str = ""
    revision: int = 0
    standing: Standing | None = None
    proposal: str | None = None
    allowed: list[str] = field(default_factory=list)
    refused: dict[str, Any] | None = None


@dataclass(frozen=True)
class Life:
    """What a run of an owner's workflow begins with, and hands to the next run.

    `moves_by_hand`: the installation runs on a movable clock, so no timer is set; the clock wakes the owner.
    """

    thing: str
    machine: str
    moves_by_hand: bool = False
    standing: Standing | None = None


@dataclass(frozen=True)
class Owner:
    """Which owner an activity is about."""

    thing: str
    machine: str
