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
        """Open for its working days; then clear, or as long as an objection waits for its ruling."""
        if not await self.born():
            return self.state
        while not self.over:
            match self.state:
                case "draft":  # the text is published
                    await self.moved_on("publicist")
                case "open":  # the alarm ends the period at the end of its last working day
                    await self.moved_on("period")
                case _:  # objections_pending: the last ruling settles it
                    await self.moved_on("objections")
        return await self.ended()
