"""The life of a case: one applicant's way from its draft through the stages of its track to a title, or not."""

from __future__ import annotations

from temporalio import workflow

from service.contracts import WORKFLOWS, Life
from workflows.owner import Owner


@workflow.defn(name=WORKFLOWS["case"])
class Case(Owner):
    """Which stages there are, in which order, is data of the track; what each kind of stage waits for stands here."""

    @workflow.init
    def __init__(self, life: Life) -> None:
        super().__init__(life)

    @workflow.run
    async def run(self, life: Life) -> str:
        """Draft, then stage after stage. A case that is named founds a title, which then lives its own life."""
        if not await self.born():
            return self.state
        if self.state == "draft":
            await self.moved_on("applicant")  # enrols, discards the draft, or lets it lapse with the window
        while not self.over:
            await self.stage()
        return await self.ended()  # the follow-up of naming has founded the designation

    async def stage(self) -> None:
        """One stage, until the case moves on from it: forward, back where the track says so, or out."""
        match self.stands.kind:
            case "mobilization":  # bodies are formed, duties named, the plan made and the meeting held
                await self.moved_on("stage_actor")
            case "creation":  # the applicant works to the indicator system
                await self.moved_on("stage_actor")
            case "self_check":  # every indicator is rated by the applicant, every problem gets a plan
                await self.moved_on("stage_actor")
            case "rectification":  # problems are closed out to zero; passed over when there is none
                await self.moved_on("contributor")
            case "inspection":  # the inspector looks; a finding holds the stage until it is closed out
                await self.moved_on("inspector")
            case "application":  # the responsible person declares the material true, lawful and complete
                await self.moved_on("stage_actor")
            case "preliminary_review":  # the office of the territory recommends; the next office accepts
                await self.moved_on("recommending_office")
            case "evaluation":  # third party, survey, on-site: each evaluation lives in a workflow of its own
                await self.moved_on("evaluations")
            case "publicity":  # the notice's own workflow completes this stage when it closes clear
                await self.moved_on("public_notice")
            case "naming":  # the naming decision of the batch names the case or refuses it
                await self.moved_on("naming_decision")
            case "external":  # somebody outside decides
                await self.moved_on("external_body")
            case _:  # paused: until it is resumed, withdrawn or ended
                await self.moved_on("stage_office")
