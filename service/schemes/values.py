"""The small values a scheme is built from: exact numbers, texts in two languages, dates with their wording.

Exact numbers are `Decimal`, never binary float: 89.99 must fail where 90 passes (INV-09). Every duration
names its unit, because working days, calendar days and clock hours are never converted into each other.
"""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from service.schemes.problem import Unfit

Level = Literal["nation", "province", "prefecture", "county", "township"]
SubjectClass = Literal["area", "project", "comprehensive", "single_item", "department_participation"]
Unit = Literal["working_days", "calendar_days"]
PENDING: Literal["pending"] = "pending"

# Wide enough for any share or point total, narrow enough that "1e999999" cannot fill the memory.
_MOST_DIGITS = 20


def _exact(value: object) -> Decimal:
    if isinstance(value, (bool, float)):
        raise Unfit("应为十进制数，如 0.2", "write an exact decimal, not a binary number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Unfit(
            "应为十进制数，如 0.2（百分之二十）", "write a decimal number, such as 0.2 (twenty percent)"
        ) from None
    if not number.is_finite() or len(number.as_tuple().digits) > _MOST_DIGITS:
        raise Unfit("应为不超过 20 位的十进制数", "write a decimal number of at most 20 digits")
    if number and abs(number.adjusted()) > _MOST_DIGITS:
        raise Unfit("应为不超过 20 位的十进制数", "write a decimal number of at most 20 digits")
    # One spelling for each value (0.50 = 0.5), so that equal schemes have equal hashes.
    return Decimal(format(number.normalize(), "f"))


Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(lambda number: format(number, "f"), return_type=str),
]
"""An exact decimal; text in JSON."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$", max_length=64)]


def _month_day(value: object) -> object:
    if isinstance(value, str):
        # 2023 has no 29 February: a yearly date must exist in every year.
        try:
            dt.date.fromisoformat(f"2023-{value}")
        except ValueError:
            raise Unfit("写作每年都有的月-日，如 01-31", "write a month-day of every year, such as 01-31") from None
    return value


MonthDay = Annotated[str, BeforeValidator(_month_day), Field(pattern=r"^\d\d-\d\d$")]
"""A date of every year, month-day, as in 01-31."""

Days = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """Base of every part of a scheme: immutable, and an unknown field is an error (6.3)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Text(Part):
    """A text in Chinese and English."""

    zh: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


class Coded(Part):
    """A member of a list: its code, its words, and the rules that ask for it (IDs such as QH-08b)."""

    code: Identifier
    title: Text
    rules: tuple[str, ...] = ()


class Ground(Coded):
    """A ground for a reminder, a revocation or a suspension (QH-12a, QH-13a)."""

    classes: tuple[SubjectClass, ...] = ()
    """The classes the ground fits; empty = every class (GAP-QH-13)."""
    free_text_min: Count = 0
    """Least length of the explanation, in characters; 0 = none needed (GAP-QH-10)."""
    proved_by: Literal["look_back", "reminder"] | None = None
    """What must stand on file before a decision rests on it: a look-back that failed, a reminder that was issued."""

    def fits(self, subject_class: str) -> bool:
        """Whether the ground is open to a class."""
        return not self.classes or subject_class in self.classes


class Duration(Part):
    """A length of time with its unit; written `30 calendar_days` in YAML."""

    count: Days
    unit: Unit

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        count, _, unit = value.partition(" ")
        return {"count": count, "unit": unit}


class Due(Part):
    """When something is due: one of a date, an offset from the start, or pending (GAP-YL-2).

    Written `pending`, `{date: 2024-05-20, wording: 5月中旬前}` or `{offset: 30 calendar_days}`.
    """

    date: dt.date | None = None
    offset: Duration | None = None
    pending: bool = False
    wording: str | None = None
    """The words of the document behind a resolved date (GAP-YL-1)."""
    watch_days: Days = 30
    """A pending date is brought up again every so many calendar days."""
    shifts: bool = False
    """Whether a pause moves the date: false for printed dates, true for offsets, unless stated (INV-22)."""

    @model_validator(mode="before")
    @classmethod
    def _shorthand(cls, value: Any) -> Any:
        if value == PENDING:
            return {"pending": True}
        if isinstance(value, dt.date):
            return {"date": value}
        if isinstance(value, dict) and "shifts" not in value:
            return {**value, "shifts": value.get("offset") is not None}
        return value

    @property
    def stated(self) -> int:
        """How many of date, offset and pending are given; 1 in a sound scheme."""
        return (self.date is not None) + (self.offset is not None) + self.pending


def pending() -> Due:
    """A date that a named role sets later."""
    return Due(pending=True)


class Window(Part):
    """A range of dates, both ends included; an open end is None."""

    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ and self.to and self.to < self.from_:
            raise Unfit("结束日早于起始日", "the window ends before it begins")
        return self


class Extensions(Part):
    """How often a date may be put off, and by how many calendar days at most each time."""

    count: Count = 1
    max_days: Days = 30


class Band(Part):
    """What follows from a result of at least so many points (mode points) or so great a share (binary)."""

    at_least: Exact
    outcome: str


B = TypeVar("B", bound=Band)


def band_of(bands: tuple[B, ...], result: Decimal) -> B | None:
    """The highest band whose lower edge the exact result reaches; edges are inclusive (QH-11b, INV-09)."""
    reached = [band for band in bands if result >= band.at_least]
    return max(reached, key=lambda band: band.at_least, default=None)
