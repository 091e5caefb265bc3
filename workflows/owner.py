"""What every workflow does: serve commands one at a time, adopt what the record says, ring, follow up, roll over.

Read this once; then each workflow is the life of its thing. A workflow keeps nothing but where its thing stands.
The record decides; the workflow serialises, sleeps, and sees to it that what must follow elsewhere does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from service import contracts
from service.contracts import (
    COMMIT,
    DELIVER,
    ILLEGAL_MOVE,
    READ_STANDING,
    RING,
    Command,
    Life,
    Result,
    Standing,
)
from service.domain.facts import NEW
from service.domain.machines import could
from workflows.retries import COMMIT_WITHIN, DELIVER_HEARTBEAT, DELIVER_WITHIN, FOR_EVER

UNBORN = Standing(NEW, 0)
LONG_HISTORY = 1_000
"""Events after which a run hands over to the next: whoever takes it up replays no more. The engine would say 4,096."""
CATCH_UP = timedelta(seconds=1)
ALARM_AGAIN = timedelta(minutes=10)


class Owner:
    """The base of all workflows. Subclasses add only `run`: how this thing's life goes."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.me = contracts.Owner(life.thing, life.machine)
        self.stands = life.standing or UNBORN
        self.began_in = self.stands.year
        self.turn = asyncio.Lock()
        self.delivering = False
        self.silent_until: datetime | None = None

    # What others ask of it.

    @workflow.update(name=contracts.ACT)
    async def act(self, command: Command) -> Result:
        """One command: one commit, under the lock, so that commands of one owner never overlap."""
        async with self.turn:
            return await self._commit(command)

    @act.validator
    def act_is_legal(self, command: Command) -> None:
        """Memory only: is this event legal in this state? The commit decides the rest, and all of what is kept.

        What was created already may be asked for again: the record finds the first answer under the key.
        """
        mine = command.thing == self.life.thing and not (command.kept or command.creates)
        if mine and not could(self.life.machine, self.stands.state, command.event):
            said = f"{command.event} is not possible in {self.stands.state}"
            raise ApplicationError(said, type=ILLEGAL_MOVE, non_retryable=True)

    @workflow.signal(name=contracts.FACT)
    async def fact(self, command: Command) -> None:
        """Something happened outside. It lies in SQL under its key; the commit reads it there."""
        async with self.turn:
            try:
                await self._commit(command)
            except ActivityError as error:  # nobody waits for the answer; the fact stays on record, to be told again
                workflow.logger.error("a fact could not be recorded: %s", error.cause)

    @workflow.update(name=contracts.WAKE)
    async def wake(self) -> Standing:
        """Look at the record again and serve what is due: the clock moved, or a commit was not adopted."""
        self.silent_until = None
        await self._ring()
        await workflow.wait_condition(lambda: not (self.stands.follow_ups or self.delivering))
        return self.stands

    @workflow.query(name=contracts.LIVE)
    def live(self) -> dict[str, Any]:
        """For diagnosis: where this workflow believes its thing stands."""
        next_due = self.stands.next_due.isoformat() if self.stands.next_due else None
        return {
            "state": self.stands.state, "revision": self.stands.revision, "next_due": next_due,
            "follow_ups": self.stands.follow_ups, "waiting_for": self.waiting_for,
            "history_length": workflow.info().get_current_history_length(),
        }  # fmt: skip

    # What its `run` is written with.

    waiting_for = ""

    @property
    def state(self) -> str:
        return self.stands.state

    @property
    def over(self) -> bool:
        return self.stands.over

    async def born(self) -> bool:
        """Wait for the commit that creates the thing, or find out where it stands if this is a later start.

        False: nothing was created, so there is no life to tell.
        """
        await workflow.wait_condition(lambda: self.state != NEW or workflow.all_handlers_finished())
        if self.state == NEW:
            self._adopt(await self._local(READ_STANDING, self.me, Standing | None))
        return self.state != NEW

    async def until(self, done: Callable[[], bool], waiting_for: str = "") -> None:
        """Serve people, the alarm and what must follow, until something is so."""
        self.waiting_for = waiting_for
        while not done() or self.stands.follow_ups:
            if self.stands.follow_ups:
                await self._follow_up()
            elif self._is_due():
                await self._alarm()
            else:
                await self._sleep(done)
                await self._roll_over()

    async def moved_on(self, waiting_for: str) -> None:
        """Until the thing stands elsewhere than now."""
        here = self.state
        await self.until(lambda: self.state != here or self.over, waiting_for)

    async def ended(self) -> str:
        """Let everybody who still asks have an answer, then end."""
        await self.until(lambda: True)
        while not await self._all_answered():
            await self.until(lambda: True)
        return self.state

    # How it does that.

    async def _commit(self, command: Command) -> Result:
        result: Result = await self._local(COMMIT, command, Result)
        self._adopt(result.standing)
        return result

    async def _alarm(self) -> None:
        """Ring by ourselves. What fails is tried again later, and leaves the commands and follow-ups alone."""
        try:
            await self._ring()
        except ActivityError as error:
            workflow.logger.error("the alarm fails: %s", error.cause)
            self.silent_until = workflow.now() + ALARM_AGAIN
        else:
            # Still due: the clock of the record is behind the engine's. Let it catch up.
            self.silent_until = workflow.now() + CATCH_UP if self._is_due() else None

    async def _ring(self) -> None:
        async with self.turn:
            self._adopt(await self._local(RING, self.me, Standing | None))

    def _adopt(self, standing: Standing | None) -> None:
        """What the record says is so. A follow-up that waits is not forgotten by a later answer."""
        if standing is not None and standing.revision >= self.stands.revision:
            self.stands = replace(standing, follow_ups=standing.follow_ups or self.stands.follow_ups)
            self.began_in = self.began_in or standing.year

    async def _follow_up(self) -> None:
        self.stands, self.delivering = replace(self.stands, follow_ups=False), True
        try:
            await workflow.execute_activity(
                DELIVER, self.me, start_to_close_timeout=DELIVER_WITHIN, heartbeat_timeout=DELIVER_HEARTBEAT,
                retry_policy=FOR_EVER,
            )  # fmt: skip
        finally:
            self.delivering = False

    def _rings_at(self) -> datetime | None:
        """When the alarm should ring by itself: never on a clock that is moved by hand."""
        if self.life.moves_by_hand or self.stands.next_due is None:
            return None
        return max(self.stands.next_due, self.silent_until or self.stands.next_due)

    def _is_due(self) -> bool:
        at = self._rings_at()
        return at is not None and at <= workflow.now()

    async def _sleep(self, done: Callable[[], bool]) -> None:
        """Until woken, or until the alarm. A date that moved later costs nothing: the old alarm finds it out."""
        armed = self._rings_at()
        seconds = None if armed is None else armed - workflow.now()

        def stirred() -> bool:
            at = self._rings_at()
            earlier = at is not None and (armed is None or at < armed)
            return done() or self.stands.follow_ups or earlier or self._should_roll_over()

        try:
            await workflow.wait_condition(stirred, timeout=seconds)
        except TimeoutError:
            return

    def _should_roll_over(self) -> bool:
        turned, run = self.stands.year > self.began_in > 0, workflow.info()
        return turned or run.get_current_history_length() > LONG_HISTORY or run.is_continue_as_new_suggested()

    async def _roll_over(self) -> None:
        """A new run each business year, or when the history grows long; nobody's answer is lost over it."""
        if self._should_roll_over() and await self._all_answered():
            workflow.continue_as_new(replace(self.life, standing=self.stands))

    async def _all_answered(self) -> bool:
        """Wait for those who still ask. False: an answer left a follow-up, which they in turn may wait for."""
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() or self.stands.follow_ups)
        return not self.stands.follow_ups

    async def _local(self, name: str, arg: Any, answer: Any) -> Any:
        return await workflow.execute_local_activity(
            name, arg, result_type=answer, start_to_close_timeout=COMMIT_WITHIN, retry_policy=FOR_EVER,
            local_retry_threshold=timedelta(minutes=1),
        )  # fmt: skip
