"""The life of a bulletin: drafted, approved by another, issued. A later correction begins a run of its own."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["bulletin"])
class Bulletin(Owner):
    """The alarm says when its issue is late; once issued it asks nobody for anything."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        """Drafted, approved, issued; or discarded, or taken on record from outside."""
        if not await self.born():
            return self.state
        while not self.over and self.state != "issued":
            match self.state:
                case "draft":  # a clerk edits what the record has to tell, another person approves it
                    await self.moved_on("approver")
                case _:  # approved: it is issued, or returned
                    await self.moved_on("publicist")
        return await self.ended()
