"""The life of an evaluation: mandated, team, fieldwork, scores locked, report, accepted as final."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["evaluation"])
class Evaluation(Owner):
    """It belongs to a case or a look-back; what its result leads to is told to that by a follow-up."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        if not await self.born():
            return self.state
        while not self.over:
            await self.moved_on("evaluator")
        return await self.ended()
