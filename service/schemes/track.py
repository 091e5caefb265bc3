"""Tracks and their stages. A stage that a track does not list does not exist for its cases (INV-17)."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from service.schemes.values import (
    Coded,
    Count,
    Days,
    Due,
    Exact,
    Extensions,
    Identifier,
    Level,
    Part,
    SubjectClass,
    Text,
    pending,
)

Findings = Literal["this_stage", "next_rectification", "none"]

# What a kind of stage implies when the scheme is silent (6.3).
_FINDINGS_OF_KIND: dict[str, Findings] = {"inspection": "this_stage", "self_check": "next_rectification"}
_SKIP_OF_KIND = {"rectification": "no_open_items"}


class Artefact(Part):
    """Something a stage hands in: a report, a table, a set of minutes (INV-01, YL-2d)."""

    key: Identifier
    title: Text | None = None
    required: bool = False
    """A required artefact holds the stage until it is submitted."""
    by: str | None = None
    """The role slot that hands it in; None = whoever acts in the stage."""
    due: Due | None = None
    """None = the end of the stage (GAP-YL-3)."""
    every: Days | None = None
    """Repeated every so many calendar days from the start of the stage."""
    each_office: bool = False
    """Owed by each office that answers for something in the file, and not by the applicant as a whole."""
    parts: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    """Asked only of applicants of these levels, as a city owes what its counties do not; empty = of everybody."""

    def asked_of(self, level: str | None) -> bool:
        """Whether an applicant of that level hands it in."""
        return not self.levels or level in self.levels


class Return(Part):
    """A way back to an earlier stage of the same track (INV-19)."""

    to: str
    resume: bool = False
    """Whether the case goes straight back to where it came from once the earlier stage is done."""
    reason_codes: tuple[Identifier, ...] = ()


class Stage(Part):
    """One stage of a track. Its `kind` decides what completing it needs; everything else is data."""

    key: Identifier
    kind: str
    """One of the eleven stage kinds; the validator names an unknown one."""
    title: Text | None = None
    presence: Literal["required", "optional"]
    skip_when: Literal["none", "no_open_items"] = "none"
    """A stage of kind rectification is passed over when there is nothing to do, unless stated."""
    due: Due = Field(default_factory=pending)
    actor: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Role slot to concrete roles, instead of those of the scheme."""
    acceptance: str | None = None
    """The role that accepts the work before the stage can end (YL-2m, PDS-S2d)."""
    artefacts: tuple[Artefact, ...] = ()
    guards: tuple[str, ...] = ()
    """Names of guards that this stage adds to those of its kind (YL-2n, YL-3p)."""
    findings: Findings = "none"
    """What a finding raised here holds; by kind unless stated (INV-18)."""
    returns: tuple[Return, ...] = ()
    recall: bool = False
    judgement: bool = False
    """Whether a self-check ends only with the applicant's own words that it meets the requirements (SX-20)."""
    extensions: Extensions = Extensions()

    @model_validator(mode="before")
    @classmethod
    def _defaults_of_kind(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        kind = value.get("kind")
        if not isinstance(kind, str):
            return value
        return {
            "findings": _FINDINGS_OF_KIND.get(kind, "none"),
            "skip_when": _SKIP_OF_KIND.get(kind, "none"),
            **value,
        }

    @property
    def can_be_skipped(self) -> bool:
        """Whether the case may pass this stage without doing it."""
        return self.presence == "optional" or self.skip_when != "none"

    def artefact(self, key: str) -> Artefact | None:
        """The artefact of that key, or None when the stage does not list it."""
        return next((one for one in self.artefacts if one.key == key), None)


class Topic(Part):
    """A subject a project may choose (YL-2b, SX-10)."""

    id: Identifier
    zh: str
    needs_text: bool = False


class Topics(Part):
    """The topics of a track; an open list admits others, with a description (GAP-ALL-4)."""

    items: tuple[Topic, ...] = ()
    open: bool = False


class AttainmentMin(Part):
    """Least share of the indicator system that must be attained, and the assessment it rests on."""

    share: Annotated[Exact, Field(gt=0, le=1)]
    """An exact share, as in 0.90 (QH-08a)."""
    assessment: Literal["verified", "self"] = "verified"
    """Verified by an office or a third party, or the applicant's own rating (GAP-QH-6)."""


Stratum = Literal["region", "level", "topic", "organization"]


class Quota(Part):
    """How many may be recommended, listed or named (YL-2n, SX-06, GAP-SX-4, GAP-YL-4)."""

    target: Count
    mode: Literal["exact", "max", "range", "about"]
    margin: Annotated[Exact, Field(ge=0)] | None = None
    """Share by which `range` or `about` may differ from the target."""
    least: Count | None = None
    """Of a `range` in numbers, as 2 to 3, the lower end; the target is then the upper one (HY-T01)."""
    per_stratum: tuple[Stratum, ...] = ()
    """The target holds in each stratum by itself; `region` is the place next below that of the scheme."""


class Track(Part):
    """A path through a scheme: for whom, at which level, through which stages."""

    id: Identifier
    title: Text | None = None
    class_: SubjectClass = Field(alias="class")
    level: Level
    tiers: tuple[Identifier, ...] = ()
    """The tiers of the scheme that are the rungs of this track; empty = all of them."""
    applicant_levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    named_applicants: tuple[str, ...] = ()
    """The applicants admitted by name; empty = all (YL-B1)."""
    title_needed: dict[Level, tuple[SubjectClass, ...]] = Field(default_factory=dict)
    """At such a level only a place with a title of one of these classes applies (QH-08e, GAP-QH-7)."""
    topics: Topics | None = None
    criteria: tuple[Coded, ...] = ()
    """What the recommending office attests, yes or no (QH-08b, QH-08c)."""
    attainment_min: AttainmentMin | None = None
    quota: Quota | None = None
    outcome: Literal["named", "closed"] = "named"
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=200)]

    @property
    def first(self) -> Stage:
        """Where a case of this track begins."""
        return self.stages[0]

    @property
    def last(self) -> Stage:
        """Where a case of this track ends."""
        return self.stages[-1]

    def position(self, key: str) -> int:
        """The place of a stage in the track, from 0. Raises KeyError for a key the track does not list."""
        for place, stage in enumerate(self.stages):
            if stage.key == key:
                return place
        raise KeyError(f"track {self.id} has no stage {key}")

    def stage(self, key: str) -> Stage:
        """The stage of that key. Raises KeyError for a key the track does not list."""
        return self.stages[self.position(key)]

    def after(self, key: str) -> Stage | None:
        """The stage that follows, or None after the last one."""
        place = self.position(key) + 1
        return self.stages[place] if place < len(self.stages) else None

    def before(self, key: str) -> Stage | None:
        """The stage that precedes, or None before the first one."""
        place = self.position(key)
        return self.stages[place - 1] if place else None
