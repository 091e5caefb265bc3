"""Bulletins: what is circulated, to whom, how often, and what the service writes into a draft that is due."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from service.schemes.award import Cause
from service.schemes.values import Days, Identifier, Part, Text

Block = Literal["standing", "items", "overdue", "open", "appraisal"]
"""What a draft reports of each case: its stage, its findings, what is late, what is open; of a plan: its appraisal."""
ALL: tuple[Block, ...] = ("standing", "items", "overdue", "open")


def _none(value: Any) -> Any:
    return None if value == "none" else value


class Rhythm(Part):
    """When a bulletin is due again: exactly one of the two; the validator tests it (GAP-YL-6)."""

    every_days: Days | None = None
    """Calendar days, counted from the start of the stage; a day off moves to the next working day."""
    last_working_day_of: Literal["month"] | None = None

    @property
    def stated(self) -> int:
        """How many of the two are given; 1 in a sound scheme."""
        return (self.every_days is not None) + (self.last_working_day_of is not None)


class Bulletin(Part):
    """One kind of bulletin (PDS-M3d, YL-3i, YL-3j, GAP-QH-16)."""

    key: Identifier
    title: Text
    audience: Annotated[str, Field(min_length=1)]
    content: Annotated[tuple[Block, ...], Field(min_length=1)] = ALL
    cadence: Annotated[Rhythm | None, BeforeValidator(_none)] = None
    """None = drafted when somebody has something to say."""
    on: Cause | None = None
    """Drafted whenever this happens to a thing, under that thing (QH-11d, QH-12a)."""
    due: Days = 2
    """Working days from the draft to the issue."""
    stages: tuple[Identifier, ...] = ()
    """The stages during which it comes round."""
    received: bool = False
    """Comes from outside and is only taken on record (GAP-QH-16)."""
    rules: tuple[str, ...] = ()
