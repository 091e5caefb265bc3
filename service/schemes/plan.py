"""An action plan: the tasks a county sets itself for some years, each with metrics, targets and periods (HY-G4)."""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from service.domain.measures.thresholds import Threshold
from service.schemes.problem import Unfit
from service.schemes.reading.thresholds import from_columns
from service.schemes.values import Coded, Identifier, MonthDay, Part, Text


class PlanMetric(Part):
    """One metric of a task with its target, in the columns of the table (GAP-HY-6, GAP-HY-8)."""

    metric: Identifier
    operator: str
    target: str = ""
    unit: str = ""
    period: str
    deadline: dt.date | None = None
    """None = the last day of the plan (GAP-HY-2)."""

    @model_validator(mode="after")
    def _is_a_threshold(self) -> Self:
        _ = self.condition
        return self

    @property
    def condition(self) -> Threshold:
        """What the columns say, as a threshold. Raises ThresholdError."""
        return from_columns(self.metric, self.operator, self.target, self.unit, self.period)


class PlanTask(Part):
    """One task of the plan: at least one metric, or an attestation of what no number says (GAP-HY-8)."""

    number: Annotated[int, Field(ge=1)]
    action: Annotated[int, Field(ge=1)]
    """The number of the action it belongs to."""
    title: Text
    statement: Text | None = None
    """What the document asks for in full; None = the title says it all."""
    metrics: tuple[PlanMetric, ...] = ()
    attestation: str | None = None
    """What is attested where there is no metric."""
    period: str | None = None
    """That of the attestation."""
    occurrence_due: MonthDay | None = None
    """Month-day on which a yearly result is due; None = as the plan says."""
    basis: Literal["stated", "derived", "qualitative"] | None = None
    """Whether the number stands in the document, follows from its words, or there is none."""
    note: str = ""


class PlanAction(Part):
    """One action of the plan and how many tasks it has."""

    title: Text
    tasks: Annotated[int, Field(ge=1)]


class TaskTable(Part):
    """The tasks, read from a table beside the definition."""

    ref: str
    rows: tuple[PlanTask, ...] = ()


class PlanWindow(Part):
    """From when and until when the plan runs; both days included (GAP-HY-2)."""

    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to < self.from_:
            raise Unfit("规划的结束日早于起始日", "the plan ends before it begins")
        return self


class YearlyDay(Part):
    """A month-day on which something is due in every plan year."""

    due: MonthDay = "12-31"


class Measures(Part):
    """What an inspection may lead to; an open list admits others in words (HY-W4b, GAP-ALL-4)."""

    listed: tuple[Coded, ...] = ()
    open: bool = True


class Inspection(YearlyDay):
    """At least one inspection in each plan year (HY-W4a), and the measures it may end with."""

    measures: Measures = Measures()


class ActionPlan(Part):
    """The plan as a whole (6.3 `action_plan`)."""

    actions: Annotated[tuple[PlanAction, ...], Field(min_length=1)]
    """Numbered through from 1."""
    tasks: TaskTable
    window: PlanWindow
    year_end: MonthDay = "12-31"
    """The last day of each plan year."""
    occurrence_day: MonthDay = "01-01"
    """The day on which the results of a plan year are opened."""
    occurrence_due: MonthDay = "12-31"
    appraisal: YearlyDay = YearlyDay()
    """The first such day from the end of the plan year on (HY-T03)."""
    inspection: Inspection = Inspection()
    ladder: dict[Identifier, Identifier] = Field(default_factory=dict)
    """Status metric to tier: reached when a title of the scheme in this place holds that tier, or a higher one."""
    members: dict[Identifier, tuple[str, ...]] = Field(default_factory=dict)
    """Who must each reach the target: `township` for the unit `times_per_township`. Empty = whoever is reported."""
    sequences: dict[Identifier, tuple[Coded, ...]] = Field(default_factory=dict)
    """Metric to the steps that it counts: each has its day, and none comes before the one ahead of it (HY-T09)."""
