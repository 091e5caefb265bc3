"""The life of a title: kept year by year, reminded, reviewed, revoked, or given up."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["designation"])
class Designation(Owner):
    """No title is for life (QH-05b): whatever its state, something falls due or somebody may act."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        """Until the title is revoked and settled, cancelled, expired or given up. A new run each year."""
        if not await self.born():
            return self.state
        while not self.over:
            match self.state:
                case "active":  # report, re-check and end of validity fall due; a look-back may draw the title
                    await self.moved_on("annual_report")
                case "reminded":  # rectification under an order with a date; lifted, or it has failed
                    await self.moved_on("rectification")
                case "suspended":  # until reinstated or reviewed
                    await self.moved_on("authority")
                case "revocation_review":  # investigation, report, statement, then two people decide
                    await self.moved_on("revocation_case")
                case "expired":  # the days of grace: a late renewal, or plaque and certificate come back
                    await self.moved_on("grace")
                case _:  # revoked: a review may be asked for, plaque and certificate come back, bars are written
                    await self.moved_on("settlement")
        return await self.ended()
