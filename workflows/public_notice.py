"""The life of a public notice: open for its working days, then clear, or as long as an objection is open."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["public_notice"])
class PublicNotice(Owner):
    """The alarm ends its period; an open objection keeps it waiting for the ruling."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        if not await self.born():
            return self.state
        while not self.over:
            await self.moved_on("period_or_objection")
        return await self.ended()
