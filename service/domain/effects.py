"""What follows from a move. Within one owner it happens in the same transaction; across owners it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.domain.dates.calendar import Counted

OWNERS = (
    "batch", "case", "evaluation", "public_notice", "designation", "look_back_round", "action_plan", "bulletin",
)  # fmt: skip
"""The kinds of thing with a clock of their own: one workflow each. All others are rows of one of these."""
OWN_FILE = ("batch", "case", "look_back_round", "action_plan", "bulletin")
"""The owners whose audit entries stand in a file of their own; the others' stand in that of their parent."""


@dataclass(frozen=True, slots=True)
class Fire:
    """A further event on a thing of the same owner. Of several events the first that is accepted happens.

    `optional`: nothing happens when none is accepted. Otherwise the whole command is refused with the reason.
    """

    thing: str
    events: tuple[str, ...]
    form: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False


@dataclass(frozen=True, slots=True)
class New:
    """A new thing of the same owner, made by an event of its own machine.

    `data` is what it says of itself beside the form; `chain` and the like default to those of the parent.
    """

    machine: str
    event: str
    parent: str
    form: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    place: Mapping[str, Any] = field(default_factory=dict)
    then: tuple[str, ...] = ()  # system events on the new thing, one after the other


@dataclass(frozen=True, slots=True)
class Put:
    """Parts that a thing of the same owner says of itself from now on."""

    thing: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Another subject, organization, region or natural key that a thing of the same owner has from now on.

    Its file stays where it is, so that the past can still be read there.
    """

    thing: str
    at: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Send:
    """A follow-up to another owner: an event on a thing there, or (with a `parent`) the creation of one.

    `thing` then names what may be made only once: whoever asks for it later finds it made. The workflow of this
    owner carries it out and repeats it until it is answered. With a parent of `""` what is made stands on its own,
    under the version of the scheme that `data` names.
    """

    machine: str
    event: str
    thing: str = ""
    parent: str | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MoveDuty:
    """Another date for a duty. `extends` counts it as an extension; `counted` begins the period anew."""

    duty: str
    to: date
    extends: bool = False
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """The open duties of a thing pass to another unit and person; past acts stay with who did them."""

    thing: str
    unit: str
    person: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """The open duties of a thing (with a key: those of it) have nothing to ask any more; its own state stays.

    The key may be one of the table of duties or, with its tag, that of a single duty.
    """

    thing: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class StandStill:
    """The duties that shift on a pause stand still, or go on again (INV-22); with keys only those of them."""

    going_on: bool = False
    keys: tuple[str, ...] = ()


Effect = Fire | New | Put | Place | Send | MoveDuty | HandOver | LetGo | StandStill
