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
        """Mandated, a team formed, fieldwork, scores, report, and accepted as final."""
        if not await self.born():
            return self.state
        while not self.over:
            match self.state:
                case "mandated":  # the evaluator forms its team
                    await self.moved_on("evaluator_lead")
                case "team_formed":  # it goes out
                    await self.moved_on("evaluator_lead")
                case "fieldwork":  # methods are used and recorded
                    await self.moved_on("evaluator_member")
                case "scoring":  # members score; whoever accompanies them never does
                    await self.moved_on("evaluator_member")
                case "locked":  # the report is written
                    await self.moved_on("evaluator_lead")
                case "reported":  # accepted, returned, or its procedure checked again
                    await self.moved_on("authority")
                case _:  # procedure_recheck: confirmed, or scored anew
                    await self.moved_on("authority")
        return await self.ended()
