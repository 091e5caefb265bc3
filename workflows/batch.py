"""The life of a batch: planned, open for applications, evaluating, named, closed."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["batch"])
class Batch(Owner):
    """Its window ends by the alarm; everything else of it people decide."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        """Planned, open for applications, evaluating, on notice, named, closed."""
        if not await self.born():
            return self.state
        while not self.over:
            match self.state:
                case "planned":  # the plan stands; somebody opens the window
                    await self.moved_on("authority")
                case "open":  # counties apply until the alarm ends the window, or two people end it early
                    await self.moved_on("window")
                case "evaluating":  # the cases go their ways; the naming decision is prepared
                    await self.moved_on("cases")
                case "publicizing":  # a list is on notice
                    await self.moved_on("naming_decision")
                case _:  # named: the batch is closed once every case has ended
                    await self.moved_on("authority")
        return await self.ended()
