"""Every activity of the house, with what it works on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from activities.commit import Commits
from activities.courier import Courier
from activities.follow_ups import FollowUps
from service.clock import Clock
from service.records.commit import Commit
from service.records.database import Database


def every_activity(database: Database, clock: Clock, courier: Courier) -> list[Callable[..., Any]]:
    """What a worker registers beside the workflows."""
    commits = Commits(Commit(database, clock))
    follow_ups = FollowUps(database, clock, courier)
    return [commits.commit, commits.ring, commits.read_standing, follow_ups.deliver]
