"""Who applies: a made-up population of each track, the same in every play, and what its work is worth.

Shares of the total are spread evenly over a range round the threshold, so that another threshold makes a difference.
One hands everything in on the last day, one some days late, all the others some days early.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Literal

from service.domain.measures import scores
from service.domain.titles.title import LIVE

if TYPE_CHECKING:
    from service.domain.dates.calendar import Calendar
    from service.domain.facts import Thing
    from service.schemes.model import Scheme
    from service.schemes.track import Track

Punctuality = Literal["early", "last_day", "late"]
EARLY, LATE = timedelta(days=30), timedelta(days=7)
"""So long before a date whoever is early, and after it whoever is late, does what is due."""
AROUND = Fraction(8, 100)
"""How far the shares reach to either side of the threshold."""
PLAIN = (Fraction(70, 100), Fraction(98, 100))
"""The range of the shares where a scheme has no threshold."""
FADES = Fraction(1, 100)
"""What a title holder loses of the total every year, until it puts things right."""
USUAL, MOST_NAMED, MOST = 3, 12, 13
LEVELS = ("nation", "province", "prefecture", "county", "township")
WHOLE_AREA = ("area", "comprehensive")
APPLICANTS_OWN = ("applicant", "stage_actor", "designee", "contributor")
"""The slots that an applicant's own clerk fills; every other one is an office's."""


@dataclass(frozen=True)
class Applicant:
    """One of the population: where it lies, what it brings, how punctual it is. `share` is of the full result."""

    track: str
    code: str
    name: str
    level: str
    share: Fraction
    punctuality: Punctuality
    project: str = ""
    organization: str = ""
    batch: int = 1

    @property
    def subject(self) -> str:
        """As the record calls it."""
        return "/".join(part for part in (self.code, self.organization, self.project) if part)

    @property
    def called(self) -> str:
        """As people call it: a project by its own name."""
        return self.project or self.name


@dataclass(frozen=True)
class Wish:
    """What is asked of a population: so many for each track (None: as the scheme suggests), called in a language."""

    threshold: Fraction | None
    number: int | None
    language: str


def population(scheme: Scheme, batch: int, wish: Wish) -> list[Applicant]:
    """The new applicants of a batch, the best of each track first. Whoever is named in the scheme comes once."""
    return [one for track in scheme.tracks for one in _of_track(scheme, track, batch, wish)]


def size(scheme: Scheme, track: Track, number: int | None) -> int:
    """How many apply for a track: as asked, all whom it names, or one more than a quota admits or a ranking needs."""
    if number is not None:
        return number
    if track.named_applicants:
        return min(len(track.named_applicants), MOST_NAMED)
    quota, ranking = track.quota, scheme.look_back.ranking
    tight = quota.target if quota and quota.mode != "about" else 0
    wanted = max(tight, ranking.min_stratum if ranking else 0) + 1
    return max(USUAL, wanted) if wanted <= MOST else USUAL


def _of_track(scheme: Scheme, track: Track, batch: int, wish: Wish) -> list[Applicant]:
    here = scheme.jurisdiction.level
    below = [level for level in track.applicant_levels if LEVELS.index(level) > LEVELS.index(here)]
    level = next((one for one in below if not track.title_needed.get(one)), below[0] if below else here)
    wanted = size(scheme, track, wish.number)
    if track.named_applicants:
        named: tuple[str, ...] = track.named_applicants[:wanted] if batch == 1 else ()
    elif level == here and track.class_ in WHOLE_AREA:
        named = (scheme.jurisdiction.name,) if batch == 1 else ()
    else:
        named = ("",) * wanted
    shares = spread(wish.threshold, len(named))
    return [
        _one(scheme, track, level, Entrant(name, n, shares[n], batch), wish.language) for n, name in enumerate(named)
    ]


@dataclass(frozen=True)
class Entrant:
    """One of a track by its place in the order of worth; `name` is empty where the scheme names nobody."""

    name: str
    place: int
    share: Fraction
    batch: int

    @property
    def mark(self) -> str:
        return f"{self.batch}-{self.place + 1}"

    @property
    def punctuality(self) -> Punctuality:
        return "last_day" if self.place == 0 else "late" if self.place == 1 else "early"


def _one(scheme: Scheme, track: Track, level: str, it: Entrant, language: str) -> Applicant:
    """The place, or the project or department of a place, that applies."""
    title = (track.title.zh if language == "zh" else track.title.en) if track.title else track.id
    called, code = f"{title} {it.mark}", f"{track.id.replace('_', '-')}-{it.mark}"
    itself, home = it.name == scheme.jurisdiction.name, level == scheme.jurisdiction.level
    department = track.class_ == "department_participation"
    project = "" if track.class_ in WHOLE_AREA or department else called
    return Applicant(
        track.id, HOME if itself or home else code, it.name or (called if department or not home else scheme.jurisdiction.name),
        scheme.jurisdiction.level if itself else level, it.share, it.punctuality, project, code if department else "",
        it.batch,
    )  # fmt: skip


HOME = "home"
"""The code of the jurisdiction that the scheme itself covers."""


def spread(threshold: Fraction | None, number: int) -> list[Fraction]:
    """So many shares, the highest first, evenly over the range and in whole percent."""
    low, high = PLAIN if threshold is None else (threshold - AROUND, min(threshold + AROUND, Fraction(1)))
    if number == 1:
        return [high]
    steps = (low + (high - low) * n / (number - 1) for n in reversed(range(number)))
    return [Fraction(round(one * 100), 100) for one in steps]


def act_on(who: Applicant | None, due: date | None, today: date, calendar: Calendar) -> date:
    """On which working day somebody does what is due on a day; at once where there is none, or nobody in particular."""
    if due is None or who is None:
        return today
    match who.punctuality:
        case "early":
            day = calendar.shift(due - EARLY, "previous")
        case "last_day":
            day = calendar.shift(due, "previous")
        case _:
            day = calendar.shift(due + LATE, "next")
    return max(day, today)


def sheet(scheme: Scheme, track: str | None, share: Fraction) -> dict[str, str]:
    """A score sheet as near to that share of the whole as its steps allow, full items from the front."""
    mine = scheme.of_track(track)
    items = scores.items(mine)
    whole = sum((scores.full(mine, item) for item in items), Fraction(0))
    binary = scheme.scoring.mode == "binary"
    step = Fraction(1) if binary else Fraction(scheme.scoring.step)
    left = Fraction(round(share * (len(items) if binary else whole) / step)) * step
    found = {}
    for item in items:
        most = scores.full(mine, item)
        given = min(most, left) if not binary else Fraction(left >= 1)
        given -= given % step
        found[item.code] = scores.text(given)
        left -= given
    return found


def worth(title: Thing, who: Applicant, today: date) -> Fraction:
    """What a title holder would reach today: its share, less what has faded since it was named or put things right."""
    on = title.data.get("on", {})
    since = max((str(day) for event, day in on.items() if event in RENEWED), default=title.data.get("named_on", ""))
    years = today.year - int(since[:4]) if since else 0
    return max(who.share - FADES * years, Fraction(0))


RENEWED = ("lift_reminder", "reinstate", "dismiss_review", "renew", "renew_late")
HELD = LIVE


def percent(share: Fraction) -> str:
    """A share in words: `93%`."""
    return f"{scores.text(share * 100)}%"


def decimal(share: Fraction) -> str:
    """A share as a form takes it: `0.93`, never rounded up."""
    return format(Decimal(ceil(share * 10_000)) / 10_000, "f")
