"""The life of an action plan: issued, assigned, then year after year run and appraised until its last day."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["action_plan"])
class ActionPlan(Owner):
    """Its alarm opens the results of each year, carries tasks over and settles what is left on the last day."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        """Until every task is met, unmet or dropped, or the plan is withdrawn before it started."""
        if not await self.born():
            return self.state
        while not self.over:
            match self.state:
                case "draft" | "issued":  # its tasks are loaded; each gets an owner
                    await self.moved_on("organizer")
                case "assigned":  # every task has an owner; the plan starts
                    await self.moved_on("organizer")
                case "running":  # results are reported and verified; the year is appraised once all are known
                    await self.moved_on("results")
                case _:  # appraised: the next year opens by the alarm, or the plan ends
                    await self.moved_on("next_year")
        return await self.ended()
