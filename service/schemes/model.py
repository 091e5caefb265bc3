"""A scheme: every difference between two programmes, as one immutable value.

    Scheme
      title, source, jurisdiction, window, calendar, roles, tiers, cadence, batch
      tracks[]            class, level, criteria, quota, stages[]                       (track.py)
      indicator_system, scoring, rectification, evaluation, lists, publicity            (measures.py)
      naming, title, annual_report, look_back, reminder, revocation, consequences       (award.py)
      bulletins[]           audience, content, cadence, due, stages                     (bulletins.py)
      action_plan           actions, tasks with metrics, window, ladder                 (plan.py)

Attribute names are those of the scheme schema, so a dotted path of the schema is a path through these
objects; `class`, `from` and `pass` are spelt `class_`, `from_` and `pass_` in Python. Defaults apply where a
scheme is silent. What a scheme may not say is tested by `validator.problems`.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from service.schemes.award import (
    AnnualReport,
    Bar,
    Consequence,
    Insignia,
    LookBack,
    LookBackBand,
    Naming,
    Reminder,
    Revocation,
    Suspension,
    Title,
)
from service.schemes.basis import Basis
from service.schemes.bulletins import Bulletin
from service.schemes.measures import (
    Evaluation,
    Indicator,
    IndicatorSystem,
    ListRule,
    Publicity,
    Rectification,
    Scoring,
)
from service.schemes.plan import ActionPlan
from service.schemes.problem import pointer
from service.schemes.reading.pointers import parents
from service.schemes.rules import rule_ids
from service.schemes.track import Artefact, Return, Stage, Track
from service.schemes.values import (
    Band,
    Coded,
    Count,
    Days,
    Due,
    Duration,
    Ground,
    Identifier,
    Level,
    MonthDay,
    Part,
    Text,
    Version,
    Window,
    band_of,
)
from service.schemes.vocabulary import ROLES

__all__ = [
    "ActionPlan",
    "AnnualReport",
    "Artefact",
    "Band",
    "Bar",
    "Batch",
    "Body",
    "Bulletin",
    "Cadence",
    "CalendarRules",
    "CaseRules",
    "Coded",
    "Consequence",
    "Due",
    "Duration",
    "Evaluation",
    "Ground",
    "Indicator",
    "IndicatorSystem",
    "Insignia",
    "LookBack",
    "LookBackBand",
    "Naming",
    "Publicity",
    "Rectification",
    "Reminder",
    "Responsibilities",
    "Return",
    "Revocation",
    "Scheme",
    "Scoring",
    "Stage",
    "Suspension",
    "Text",
    "Title",
    "Track",
]


class Source(Part):
    """The document a scheme comes from."""

    issuer: str
    doc_no: str | None = None
    issued_on: dt.date | None = None
    url: str | None = None
    seed: str | None = None
    """Under which name the text is kept that the values were taken from."""
    secondary: bool = False
    """Only a report about the document is at hand (GAP-SX-10)."""


class Jurisdiction(Part):
    """The territory a scheme covers."""

    level: Level
    name: str


class CalendarRules(Part):
    """How dates and working days are counted."""

    id: Identifier = "cn"
    day_zero: Literal["publication", "receipt"] = "publication"
    ten_day_rule: Literal["period_end", "period_start"] = "period_end"
    shift_off_day: Literal["none", "next", "previous"] = "none"
    """Where a date on a day off moves; dates that come from a cadence always move to the next working day."""
    confirm_by: MonthDay = "12-20"
    """Month-day of the year before, by which the official calendar of a year is confirmed (INV-33)."""


class Tier(Part):
    """A grade of the title."""

    id: Identifier
    zh: str
    rank: Annotated[int, Field(ge=1)]
    level: Level | None = None
    """None = the level of the track."""


class Cadence(Part):
    """How often a batch opens (QH-03a, SX-04, INV-13). Years."""

    years: Annotated[int, Field(ge=1)]
    first_start: int | None = None
    first_naming: int | None = None


class BatchWindow(Part):
    """Until when a batch takes applications."""

    to: dt.date | Literal["pending"]


class Batch(Part):
    """What each batch needs to know."""

    window: BatchWindow


class Pause(Part):
    """When a case may rest (INV-22)."""

    max_days: Days = 180
    """Calendar days."""
    grounds: tuple[Identifier, ...] = ("superior_order", "disaster", "boundary_change", "court_dispute")


class Urge(Part):
    """Urging somebody who is slow (YL-W3b)."""

    answer_hours: Days | None = None
    """Clock hours within which an answer is due; None = no answer is asked for."""


class CaseRules(Part):
    """What holds for every case."""

    pause: Pause = Pause()
    fact_finding_days: Days = 20
    """Working days (INV-15)."""
    urge: Urge = Urge()


class Body(Part):
    """A kind of body a stage asks for, and the posts each one has (YL-1b, YL-1c, YL-1d, PDS-S1b)."""

    kind: Identifier
    count: Annotated[int, Field(ge=1)]
    head: Count = 1
    lead_unit: Count = 1
    liaison: Count = 1
    member: Count = 0
    """The least number of other members, such as the heads of all counties (YL-1a)."""
    shared_head: bool = False
    """Whether whoever heads it may head another body of the same case too."""
    seat: str = ""
    """The unit that must be its lead unit, where the document names one (PDS-S1b); empty = whichever."""
    at_entry: bool = False
    """Whether nobody enters the track before it stands: the stage that asks for it is the first (PDS-S1b)."""
    one_per_group: bool = False
    """Whether each of them is in charge of exactly one first-level group of indicators, and every group has one."""


class Responsibilities(Part):
    """How indicators are broken down among offices (PDS-A4, PDS-M3a, GAP-PDS-4)."""

    owner: bool = False
    """Whether each indicator, or group of them, also has one person who owns it (YL-W2a)."""
    office_owner: bool = False
    """Whether each office that answers for some has one person in charge of its share (PDS-M2c)."""
    generic_offices: tuple[str, ...] = ()
    """Words of the indicator table that name no office and must be replaced by named ones at the breakdown."""


class Obligation(Part):
    """What the document asks of people and no service can test: recorded, shown to whoever owes it, and never faked."""

    code: str
    by: str
    """The role slot that owes it."""
    title: Text
    rules: tuple[str, ...] = ()


class Scheme(Part):
    """One version of one programme."""

    key: Identifier
    version: Version
    title: Title
    source: Source
    effective_from: dt.date | None = None
    """Required at publication (GAP-QH-17)."""
    trial: bool = False
    jurisdiction: Jurisdiction
    window: Window = Window()
    calendar: CalendarRules = CalendarRules()
    roles: dict[str, tuple[str, ...]]
    """Role slot to the concrete roles that fill it."""
    role_titles: dict[Identifier, Text] = Field(default_factory=dict)
    """The roles of this scheme that the service does not know, in words."""
    two_person: tuple[Identifier, ...] = ()
    """Events that need two persons beside those the tables name (INV-20)."""
    prohibitions: tuple[str, ...] = ()
    """Rule IDs of what is always refused and logged."""
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)] = (Tier(id="title", zh="示范称号", rank=1),)
    cadence: Cadence | None = None
    batch: Batch
    tracks: Annotated[tuple[Track, ...], Field(min_length=1, max_length=200)]
    case: CaseRules = CaseRules()
    organization: dict[str, tuple[Body, ...]] = Field(default_factory=dict)
    """Stage key to the bodies that must exist before the stage can end."""
    responsibilities: Responsibilities = Responsibilities()
    indicator_system: IndicatorSystem
    scoring: Scoring
    rectification: Rectification = Rectification()
    evaluation: Evaluation = Evaluation()
    lists: tuple[ListRule, ...] = ()
    publicity: Publicity = Publicity()
    naming: Naming = Naming()
    annual_report: AnnualReport = AnnualReport()
    look_back: LookBack = LookBack()
    reminder: Reminder = Reminder()
    revocation: Revocation = Revocation()
    consequences: tuple[Consequence, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    bulletins: tuple[Bulletin, ...] = ()
    action_plan: ActionPlan | None = None

    basis: dict[str, Basis] = Field(default_factory=dict)
    """On what each value rests: stable pointer to mark, articles and note."""

    def rules_of(self, *steps: str) -> tuple[str, ...]:
        """The rules on which a part rests, by the names that lead to it: its own mark, else that of what it lies in."""
        return tuple(rule for rule in self._articles(pointer(*steps)) if rule in rule_ids())

    def own_articles(self, path: str) -> tuple[str, ...]:
        """The articles of the scheme's own document on which the value at a stable pointer rests, in its words.

        What is marked for its members alone, such as each bar, rests on all of their articles.
        """
        inside = {at: one for at, one in self.basis.items() if at.rpartition("/")[0] == path}
        marks = inside.values() if inside and path not in self.basis else ()
        cited = [article for mark in marks for article in mark.articles] or self._articles(path)
        return tuple(one for one in dict.fromkeys(cited) if one not in rule_ids())

    def _articles(self, path: str) -> tuple[str, ...]:
        marks = (self.basis.get(at) for at in (f"{path}/key", *parents(path)))
        return next((mark.articles for mark in marks if mark is not None), ())

    def bulletin(self, key: str) -> Bulletin | None:
        """The kind of bulletin of that key, or None."""
        return next((one for one in self.bulletins if one.key == key), None)

    def track(self, track_id: str) -> Track:
        """The track of that ID. Raises KeyError for an unknown one."""
        for one in self.tracks:
            if one.id == track_id:
                return one
        raise KeyError(f"scheme {self.key} has no track {track_id}")

    def of_track(self, track_id: str | None) -> "Scheme":
        """The scheme as a subject of that track is measured by it: without the indicators of other classes (GAP-SX-3)."""
        system, class_ = self.indicator_system, next((t.class_ for t in self.tracks if t.id == track_id), None)
        mine = tuple(i for i in system.indicators if not i.classes or class_ is None or class_ in i.classes)
        if len(mine) == len(system.indicators):
            return self
        return self.model_copy(update={"indicator_system": system.model_copy(update={"indicators": mine})})

    def ladder(self, track_id: str | None) -> list[str]:
        """The tiers of a track, without one those of the scheme, from the lowest to the highest (HY-T01)."""
        mine = next((t.tiers for t in self.tracks if t.id == track_id), ())
        return [t.id for t in sorted(self.tiers, key=lambda t: t.rank) if not mine or t.id in mine]

    def list_rule(self, purpose: str, track_id: str | None) -> ListRule | None:
        """How the list of that purpose is drawn up for a track: by a rule of its own, else by that of every track."""
        found = [one for one in self.lists if one.purpose == purpose and one.track in (track_id, None)]
        return max(found, key=lambda one: one.track is not None, default=None)

    def concrete_roles(self, slot: str, track_id: str | None = None, stage_key: str | None = None) -> tuple[str, ...]:
        """The concrete roles behind a slot: those of the stage where it names some, else of the scheme."""
        if track_id is not None and stage_key is not None:
            filled = self.track(track_id).stage(stage_key).actor.get(slot)
            if filled is not None:
                return filled
        return self.roles.get(slot, ())

    def role_title(self, role: str) -> tuple[str, str]:
        """A role in words, Chinese and English: those of this scheme, else of the service, else its name."""
        own = self.role_titles.get(role)
        return (own.zh, own.en) if own else ROLES.get(role, (role, role))

    def setting(self, path: str) -> Any:
        """The value at a dotted path of the schema, or None. A part that says `present: false` is None."""
        here: Any = self
        for name in path.split("."):
            here = _step(here, name)
        if isinstance(here, BaseModel) and getattr(here, "present", True) is False:
            return None
        return here

    def declares(self, path: str, value: str | None = None) -> bool:
        """Whether a setting equals `value` or, without one, is neither absent, none nor false."""
        found = self.setting(path)
        if value is not None:
            return bool(found == value)
        return found is not None and found is not False and found not in ("none", (), {})

    def band(self, points: Decimal) -> Band | None:
        """What an exact total leads to by `scoring.pass`; None where no band is reached (QH-11b, INV-09)."""
        return band_of(self.scoring.pass_, points)

    def look_back_band(self, points: Decimal) -> LookBackBand | None:
        """What an exact look-back total leads to (QH-11b, GAP-QH-1)."""
        return band_of(self.look_back.bands, points)


def _step(here: Any, name: str) -> Any:
    if isinstance(here, Mapping):
        return here.get(name)
    if isinstance(here, BaseModel):
        fields = type(here).model_fields
        field = next((one for one in (name, f"{name}_") if one in fields), None)
        return getattr(here, field) if field else None
    return None
