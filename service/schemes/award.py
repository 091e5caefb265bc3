"""What becomes of a title: naming, validity, annual report, look-back, reminder, revocation."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from service.schemes.values import (
    Band,
    Coded,
    Count,
    Days,
    Due,
    Exact,
    Extensions,
    Ground,
    Identifier,
    MonthDay,
    Part,
    SubjectClass,
    Text,
    pending,
)

Years = Annotated[int, Field(ge=1)]


class Insignia(Part):
    """Plaques and certificates (QH-06a..f, GAP-ALL-3)."""

    kinds: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    issuer: str
    """The one concrete role that designs, produces and issues them (QH-06b, INV-05)."""
    serial_pattern: str
    """With the fields {kind}, {batch} and {number}."""
    permitted_use: tuple[Identifier, ...] = ()
    """Any other use is refused (QH-06f, INV-06)."""
    recover_days: Days = 15
    """Working days to hand a piece back (QH-14b, GAP-QH-11)."""


class Naming(Part):
    """What the decision to name rests on, and who takes it (SX-28, QH-06a, INV-11)."""

    inputs: tuple[str, ...] = ("evaluations", "notice")
    by: Literal["own", "external"] = "own"
    insignia: Insignia | None = None


class Validity(Part):
    """How long a title lasts (INV-23)."""

    length: Years | None = None
    """Years; None = no end."""
    renewal_window_days: Days = 180
    """Calendar days before the end."""
    grace_days: Count = 0
    """Calendar days after the end in which a late renewal is possible."""


class Recheck(Part):
    """The periodic re-check of a title (INV-23)."""

    every: Years | None = None
    """Years; None = no re-check."""
    same_as_look_back: bool = True


StrikeSource = Literal["recheck_failed", "look_back_failed", "bottom_k", "report_missed"]


class Strikes(Part):
    """Failures that add up (INV-24). Limit and consequence are tested by the validator."""

    counts: tuple[StrikeSource, ...] = ()
    limit: Annotated[int, Field(ge=1)] | None = None
    within_years: Years | None = None
    """A failure counts for so many years from the day on which it became final; None = for good."""
    consecutive: bool = False
    """Whether a pass clears the count."""
    then: Literal["review", "end"] | None = None
    ground: Identifier | None = None
    """The ground of the revocation case that a review opens; None = the one that rests on INV-24."""


class Suspension(Part):
    """A title that rests for a time (INV-25). Limit and grounds are tested by the validator."""

    present: bool = False
    grounds: tuple[Ground, ...] = ()
    effects: tuple[Literal["no_nomination", "no_insignia_use"], ...] = ("no_nomination", "no_insignia_use")
    max_days: Days | None = 180
    """Calendar days."""
    clock_stops: bool = False
    """Whether validity and re-check of the title stand still meanwhile."""


class BarLength(Part):
    """How long a bar holds: exactly one of batches, years and a last day; the validator tests it (INV-27)."""

    batches: Count | None = None
    """Batches to sit out; 0 = the next batch is open (GAP-QH-5)."""
    years: Years | None = None
    until: dt.date | None = None

    @property
    def stated(self) -> int:
        """How many of the three are given; 1 in a sound scheme."""
        return sum(one is not None for one in (self.batches, self.years, self.until))


class Bar(Part):
    """Who may not apply again for a while, and after what (INV-27)."""

    on: Literal["revoked", "expired", "exited", "disqualified", "withdrawn"]
    length: BarLength = BarLength(batches=0)
    subject: Literal["subject", "applicant", "both"] = "subject"


class Reapplication(Part):
    """Applying again after a title was lost (QH-15a, GAP-QH-4, GAP-QH-5)."""

    classes: tuple[SubjectClass, ...] = ()
    """Empty = all classes."""
    conditions: tuple[Coded, ...] = ()


class Nomination(Part):
    """Being put forward for a higher title (QH-08f, QH-11e, INV-07)."""

    only_active: bool = False
    first_choice_after_look_back: bool = False


class Legacy(Part):
    """Which class a title of earlier times belongs to: by who named it, when and as what (QH-02c, QH-02d)."""

    class_: SubjectClass = Field(alias="class")
    named_by: tuple[str, ...] = ()
    """Bodies by their names; empty = anybody."""
    named_as: Literal["area", "project"] | None = None
    """A whole area or one project of it; None = either."""
    since: dt.date | None = None
    before: dt.date | None = None

    def covers(self, body: str, day: dt.date, named_as: str) -> bool:
        """Whether a title that this body gave on that day, to a whole area or to a project, falls under the rule."""
        in_time = (self.since is None or self.since <= day) and (self.before is None or day < self.before)
        by_them = not self.named_by or body in self.named_by
        return in_time and by_them and self.named_as in (None, named_as)


class Title(Text):
    """The name of the scheme and the rules of the title it awards."""

    validity: Validity = Validity()
    recheck: Recheck = Recheck()
    strikes: Strikes | None = None
    suspension: Suspension | None = None
    on_merger: Literal["cancel", "transfer", "review"] = "cancel"
    bars: tuple[Bar, ...] = ()
    reapplication: Reapplication = Reapplication()
    nomination: Nomination = Nomination()
    legacy: tuple[Legacy, ...] = ()
    """Tested in order; the first that covers a title of earlier times gives its class. Empty = none is imported."""


class AnnualReport(Part):
    """The yearly report of a designee, or on a plan (QH-07d, SX-32, SX-33, HY-T05)."""

    present: bool = False
    of: Literal["title", "plan"] | None = None
    """On what it is owed; None = on every title and on the plan."""
    opens: MonthDay = "01-01"
    due: MonthDay = "03-31"
    """Month-day of the year after the one reported on."""
    extensions: Extensions | None = None
    parts: tuple[Coded, ...] = ()
    publish: Literal["no", "before_acceptance", "after"] = "no"
    publish_days: Days = 20
    """Calendar days after acceptance."""
    first_year: Literal["full", "waive", "naming_year"] = "naming_year"
    """What a designee named in mid-year owes first (GAP-QH-12)."""


class Sample(Part):
    """How designees are drawn (QH-09a, GAP-QH-8, INV-29)."""

    share: Annotated[Exact, Field(gt=0, le=1)] = Decimal("0.2")
    """Share of each stratum; a part of one counts as one."""
    min_per_stratum: Count = 1
    strata: tuple[Identifier, ...] = ("class",)
    cover_all_within: Annotated[int, Field(ge=1)] | None = 4
    """Rounds within which every designee is drawn once."""
    seed: str | None = "stored"
    """The rule for the seed; `stored` = made by the service and kept with the draw."""


class SelfEvaluation(Part):
    """What a drawn designee reports about itself (QH-09c, QH-09d)."""

    parts: tuple[Coded, ...] = ()
    """Required parts; empty = no self-evaluation."""
    due: Due = Field(default_factory=pending)


class LookBackBand(Band):
    """What a look-back result leads to (QH-11b, GAP-QH-1)."""

    outcome: Literal["notice", "retain", "reminder", "revocation", "strike"]
    """`strike`: failed, in a scheme where a failure only counts."""
    ground: Identifier | None = None
    """The ground on which a revocation is opened; None = the one that look-back results are cited under."""


class Ranking(Part):
    """The bottom-K rule (INV-28)."""

    strata: tuple[Identifier, ...] = ()
    order: tuple[str, ...] = ()
    """Such as `score desc`; any other field counts what was recorded on the title in the year under that kind."""
    tie_rule: tuple[str, ...] = ()
    """Further fields, and `draw` last of all."""
    bottom_k: Annotated[int, Field(ge=1)] | None = None
    min_stratum: Count = 0
    then: Literal["strike", "reminder", "suspension"] | None = None
    ground: Identifier | None = None
    """The ground of the suspension, where that is what follows."""

    @property
    def facts(self) -> tuple[str, ...]:
        """The kinds of fact that the order counts beside the score."""
        said = [key.split()[0] for key in (*self.order, *self.tie_rule) if key.split()]
        return tuple(dict.fromkeys(name for name in said if name not in ("score", "draw")))


class LookBack(Part):
    """Coming back to a title that was given (QH-09a..d, QH-11a..d, SX-35)."""

    mode: Literal["none", "sample", "census", "due_date"] = "none"
    every: Years = 1
    draw_by: MonthDay = "06-30"
    sample: Sample = Sample()
    self_evaluation: SelfEvaluation = SelfEvaluation()
    bands: tuple[LookBackBand, ...] = ()
    reevaluations: Count = 1
    ranking: Ranking | None = None


class FixedExtension(Part):
    """How often a period may be extended, and by how many calendar days each time."""

    count: Count = 1
    days: Days = 30


class Reminder(Part):
    """The warning: a circular with an order to rectify (QH-12a, QH-12b, GAP-QH-9)."""

    present: bool = False
    grounds: tuple[Ground, ...] = ()
    rectification_days: Days = 90
    """Calendar days."""
    extension: FixedExtension = FixedExtension()


class Revocation(Part):
    """Taking a title away (QH-13a, QH-14a, GAP-QH-14)."""

    mode: Literal["own", "external", "none"] = "none"
    grounds: tuple[Ground, ...] = ()
    investigation_days: Days = 30
    """Working days."""
    statement_days: Days = 10
    """Working days."""
    review_request_days: Days = 15
    """Working days."""
    review_days: Days = 30
    """Calendar days."""


Cause = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=130)]
"""What happened: `machine.event`, `machine.state` that was reached, or `overdue.duty`."""


class Consequence(Part):
    """What an event brings with it outside the scheme (QH-11e, QH-11f, QH-16a, HY-T03, GAP-QH-15)."""

    on: Cause
    kind: Identifier | None = None
    """Only where the thing is of that kind, as a bulletin is; None = always."""
    times: Annotated[int, Field(ge=1)] = 1
    """Of a duty that is missed: from the how-manieth time on, counted over one owner."""
    classes: tuple[SubjectClass, ...] = ()
    """Only where the thing is of one of these classes; empty = of any (HY-W2d)."""
    units: Literal["met", "unmet"] | None = None
    """Of the appraisal of a plan: the units that met all that the year asked of them, or those that missed some."""
    effect: Literal["bonus", "deduction", "priority", "commendation", "funding", "criticism", "accountability"]
    amount: Annotated[Exact, Field(gt=0)] | None = None
    """None = a flag only; the document names no amount."""
    removed_on: Cause | None = None
    rules: tuple[str, ...] = ()
