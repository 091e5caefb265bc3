"""What SQL repeats until it is answered is never turned away by a workflow: the commit gives the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from service.clock import Clock
from service.contracts import Command, Life, Standing
from service.records.commit import Commit
from service.records.database import Database
from service.records.inbox import receive, status_of
from service.records.migrate import migrate
from service.records.outbox import received
from workflows.evaluation import Evaluation

LATE = Command("key", "system", "evaluation", "e1", "terminate_evaluation", "evaluation:e1")


def over() -> Evaluation:
    """The workflow of an evaluation that was terminated already."""
    return Evaluation(Life("e1", "evaluation", standing=Standing("terminated", 9, over=True)))


def test_a_command_that_came_too_late_is_turned_away_without_a_commit() -> None:
    with pytest.raises(ApplicationError, match="terminate_evaluation is not possible in terminated"):
        over().act_is_legal(LATE)


def test_a_command_that_is_kept_reaches_the_commit_however_late_it_comes() -> None:
    over().act_is_legal(replace(LATE, kept=True))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite+aiosqlite:///{tmp_path}/record.db"
    migrate(url)
    database = Database(url)
    yield database
    await database.close()


async def test_a_command_kept_for_later_says_so_when_it_is_sent_again(database: Database) -> None:
    assert await receive(database, LATE) is None
    assert await received(database, older_than=0) == [replace(LATE, kept=True)]
    assert (await status_of(database, "system", "key")).status == "received"


async def test_a_command_on_what_is_no_longer_there_has_its_answer_and_is_not_repeated(database: Database) -> None:
    await receive(database, LATE)
    answer = await Commit(database, await Clock.of(database))(LATE)
    assert answer.status == "gone"
    assert await received(database, older_than=0) == []
    assert (await status_of(database, "system", "key")).result["status"] == "gone"
