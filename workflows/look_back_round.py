"""The life of a yearly look-back: planned, drawn, every title looked at, closed."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["look_back_round"])
class LookBackRound(Owner):
    """One for each year; the look-backs in it are rows of it."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        """Planned, drawn, every title drawn looked at, closed."""
        if not await self.born():
            return self.state
        while not self.over:
            match self.state:
                case "planned":  # a person draws with a seed that anybody can check
                    await self.moved_on("draw")
                case "drawn":  # the days are set, the designees told
                    await self.moved_on("authority")
                case "running":  # each look-back ends with the title kept, reminded, failed or under review
                    await self.moved_on("look_backs")
                case "ranked":  # two people let the bottom rule take effect, or the ranking is returned
                    await self.moved_on("bottom_rule")
                case _:  # consequences_applied: the round is closed
                    await self.moved_on("authority")
        return await self.ended()
