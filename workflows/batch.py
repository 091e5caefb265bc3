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
        if not await self.born():
            return self.state
        while not self.over:
            await self.moved_on("authority")
        return await self.ended()
