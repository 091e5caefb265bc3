"""How a subject is measured: indicators, scores, rectification, evaluation, lists, public notice."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from service.schemes.reading.thresholds import Condition
from service.schemes.values import (
    Band,
    Coded,
    Count,
    Days,
    Exact,
    Extensions,
    Identifier,
    Part,
    SubjectClass,
    Text,
    Unit,
)

LedgerView = Literal["problem", "responsibility", "task", "close_out"]
Measure = Literal["third_party", "satisfaction", "onsite", "inspection"]


class Group(Part):
    """A group of indicators, of the first level or below another one; groups belong to the edition (GAP-ALL-1)."""

    id: str
    title: Text
    parent: str | None = None


class Since(Part):
    """From which year on evidence must exist: all of it, or one set of it (PDS-A5)."""

    year: Annotated[int, Field(ge=1900, le=2199)]
    evidence: str = ""
    """Name of the set, such as legality_review; empty = everything that proves the indicator."""


class Statement(Part):
    """The words of an indicator, as far as they are at hand."""

    zh: str = ""
    en: str = ""


ALWAYS = "always"


class Indicator(Part):
    """One row of an indicator table."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$")]
    kind: Literal["indicator", "bonus", "deduction", "veto"]
    """A bonus and a deduction enter no sum unless they have points; a broken veto makes the whole result fail."""
    title: Text
    group: str
    methods: Annotated[tuple[str, ...], Field(min_length=1)]
    """How it is verified; the validator names an unknown method (PDS-V1)."""
    offices: tuple[str, ...] = ()
    """Who answers for it (PDS-A4)."""
    statement: Statement = Statement()
    thresholds: tuple[Condition, ...] = ()
    """What must be measured, all of it."""
    zero_tolerance: tuple[Condition, ...] = ()
    """What must not have happened once, as `disguised_approvals=0`."""
    evidence_since: tuple[Since, ...] = ()
    applicability: tuple[str, ...] = ()
    """`always`, or the reasons of `scoring.not_applicable_reasons` for which it may be set aside; empty = all of them."""
    classes: tuple[SubjectClass, ...] = ()
    """The classes of subjects that it measures; empty = every class (GAP-SX-3)."""
    max_points: Annotated[Exact, Field(ge=0)] | None = None
    """Points, exact; None where the scheme gives no points (GAP-PDS-2)."""
    provisional: bool = False
    """Own wording that stands in for an official list until that is imported (GAP-QH-19)."""
    notes: str = ""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that can be measured of it."""
        return (*self.zero_tolerance, *self.thresholds)


class IndicatorSystem(Part):
    """The measuring rod of a scheme (QH-05c, SX-12, PDS-A3)."""

    ref: str
    """The table the indicators were read from: a file beside the definition, or a sheet of one as `book.xlsx#sheet`."""
    edition: str
    item_count: Count
    """How many rows are of kind indicator."""
    additional: Count = 0
    """How many rows are of another kind: bonus, deduction, veto."""
    groups: tuple[Group, ...] = ()
    """Where the scheme lists none, those that the table names, level by level."""
    references: dict[Identifier, Text] = Field(default_factory=dict)
    """Values from outside that thresholds compare with, recorded for each batch: prev_year_national_mean."""
    indicators: tuple[Indicator, ...] = ()

    def indicator(self, code: str) -> Indicator:
        """The indicator of that code. Raises KeyError for an unknown one."""
        for one in self.indicators:
            if one.code == code:
                return one
        raise KeyError(f"edition {self.edition} has no indicator {code}")


class Scoring(Part):
    """How ratings become a result (6.3 Scoring; QH-11a, INV-09). Points are exact and never rounded."""

    mode: Literal["points", "binary", "none"]
    max: Annotated[Exact, Field(gt=0)] | None = None
    """Points; equals the exact sum of the items."""
    per_item: Exact | Literal["max_points"] = Field(default=Decimal(1), union_mode="left_to_right")
    """Points of each item, or the column of the table that holds them (QH-11a)."""
    step: Annotated[Exact, Field(gt=0)] = Decimal("0.5")
    """Points; each value is a multiple of it (GAP-QH-3)."""
    pass_: tuple[Band, ...] = Field(default=(), alias="pass")
    """Points, or a share in mode binary (QH-11b, SX-12)."""
    not_applicable: Literal["forbid", "leave_out", "full"] = "forbid"
    """By mode unless stated: points forbid, binary leave_out (GAP-PDS-5)."""
    not_applicable_reasons: tuple[Coded, ...] = ()
    """The reasons that are admitted; empty = any reason in words."""
    inflation_margin: Annotated[Exact, Field(ge=0)] = Decimal(0)
    """By how much a self-rating may lie above one by others before it is flagged, in points of the item."""
    combine: Literal["mean", "median", "agreed"] = "agreed"

    @model_validator(mode="before")
    @classmethod
    def _default_of_mode(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("mode") == "binary":
            return {"not_applicable": "leave_out", **value}
        return value


class Rectification(Part):
    """What putting problems right asks for (YL-2l, YL-3g, YL-3h, PDS-S3c)."""

    item_days: Days | None = None
    """Calendar days for each item; None = a date is given with each item."""
    extensions: Extensions = Extensions()
    zero_open: bool = True
    """Whether every item must be closed before the stage ends (INV-03)."""
    lists: tuple[LedgerView, ...] = ("problem", "close_out")
    shifts: bool = True
    """Whether a pause moves the dates."""


class Methods(Part):
    """The methods an evaluation must use at least once; an open list admits others (QH-10c, GAP-ALL-4)."""

    required: tuple[Coded, ...] = ()
    open: bool = True


class SurveySample(Part):
    """How many are asked, and how they are drawn (PDS-I58, GAP-PDS-7, INV-29)."""

    population: str
    strata: tuple[str, ...] = ()
    size: Count
    min_per_stratum: Count = 0
    min_coverage: Annotated[Exact, Field(gt=0, le=1)] | None = None
    """Share of the register that must answer."""
    weights: dict[str, Annotated[Exact, Field(gt=0)]] = Field(default_factory=dict)
    """Stratum to its weight in the result; empty = every answer counts the same."""
    allocation: Literal["register", "weights"] = "register"
    """Whether the sample is divided by the size of the strata in the register or by their weights."""
    seed: str | None = None
    """The rule for the seed of the draw; `stored` = made by the service and kept with the draw."""


class Survey(Part):
    """A satisfaction survey (SX-25, HY-T04)."""

    days: Days = 15
    """Calendar days it stays open."""
    sample: SurveySample | None = None


class Evaluation(Part):
    """Evaluation by others (QH-10a..h, SX-25)."""

    measures: tuple[Measure, ...] = ()
    methods: Methods = Methods()
    team_min: Annotated[int, Field(ge=1)] = 3
    """Persons."""
    no_scoring_roles: tuple[str, ...] = ("accompanying_liaison",)
    """Roles that may be present and never write a score (QH-10g, QH-10h, INV-04)."""
    accompanied: bool = False
    """Whether the body in charge must send somebody along, for contact and discipline (QH-10f)."""
    mandate_days: Days = 60
    """Calendar days from the mandate."""
    survey: Survey = Survey()


class ListRule(Part):
    """How a list of a batch is drawn up: whom to recommend, who is a candidate, who comes first (SX-26, YL-2n)."""

    purpose: Literal["recommendation", "candidates", "ranking"]
    track: str | None = None
    """None = each track has a list of its own by this rule."""
    order: tuple[str, ...] = ()
    """Results to order by, as in `onsite desc`; empty = the office orders and gives its reasons."""
    tie_rule: tuple[str, ...] = ("draw",)
    """Further results that tell equal entries apart, and last `draw` (INV-28)."""
    inputs: tuple[str, ...] = ()
    """Results that must be there for each entry, whether it is ordered by them or not (SX-25)."""
    reserves: Count = 0
    """How many stand by in order, in each stratum of the quota."""


class Media(Part):
    """Where a notice appears: the kinds asked for, and in how many at least (SX-27, GAP-SX-5)."""

    kinds: tuple[str, ...] = ()
    least: Count = 1


class ObjectionRules(Part):
    """How objections are handled (GAP-QH-2). All periods in working days."""

    anonymous: bool = False
    admission_days: Days = 2
    supplement_days: Days = 3
    verification_days: Days = 10
    """One extension of the same length is possible."""


class Publicity(Part):
    """The public notice (QH-11b, QH-11c, SX-27)."""

    scope: Text = Text(zh="本行政区域", en="own jurisdiction")
    media: Media = Media()
    days: Days = 5
    """In the unit below; the day of publication is day zero."""
    unit: Unit = "working_days"
    objection: ObjectionRules = ObjectionRules()
