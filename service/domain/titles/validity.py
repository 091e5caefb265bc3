"""How long a title holds: its last day, the re-checks on the way, renewal and the days of grace (INV-23).

A title ends on its last day unless a passed re-check renews it; a re-check that was due in time lets it stand until
that is decided. The days are those of its duties; the title says them too, for whoever does not see its duties.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

from service.domain.dates.calendar import years_after
from service.domain.duties import Due, anew, last_day
from service.domain.effects import Effect, Fire, LetGo, Put, Send, StandStill
from service.domain.facts import Ask, Duty, Facts, Thing, Unmet, unmet
from service.domain.guards import TITLE_ENDED
from service.domain.machine import guard

KEPT = ("retained", "dismissed", "reversed")
"""How a look-back ended that left the title where it was."""
CLOCKS = ("validity_end", "renewal_window", "recheck_due")
"""The duties that stand still with the title where the scheme stops its clock."""
DATED = (*CLOCKS, "round_due", "suspension_limit")


def _day(title: Thing, part: str) -> date | None:
    said = title.data.get(part)
    return date.fromisoformat(said) if said else None


def valid_until(title: Thing) -> date | None:
    """The last day of the present term; None for a title without end."""
    return _day(title, "valid_until")


def is_past(facts: Facts, title: Thing) -> bool:
    """Whether the last day of the title lies behind."""
    last = valid_until(title)
    return last is not None and last < facts.today


def grace_ends(facts: Facts, title: Thing) -> date | None:
    """The last day on which a title that ran out can still be renewed. One that ended otherwise has none."""
    last, ran_out, renewed = valid_until(title), title.on("expire"), title.on("renew_late")
    if last is None or ran_out is None or title.state != "expired" or (renewed and renewed >= ran_out):
        return None
    return last + timedelta(days=facts.scheme.title.validity.grace_days)


# ------------------------------------------------------------------------------------------------ re-checks


def visits_of(facts: Facts, title: Thing) -> list[Thing]:
    """The look-backs of a title that were not called off, oldest first."""
    found = [v for v in facts.of("look_back") if v.data.get("designation") == title.id and v.state != "cancelled"]
    return sorted(found, key=lambda v: (v.on("create_look_back") or date.min, v.number))


def rechecks_of(facts: Facts, title: Thing) -> list[Thing]:
    """Its re-checks within the present term."""
    since = _day(title, "term_from") or date.min
    found = [v for v in visits_of(facts, title) if v.data.get("recheck")]
    return [v for v in found if (v.on("create_look_back") or date.max) > since]


def undecided(facts: Facts, title: Thing) -> str | None:
    """The re-check that was due in time and is not decided yet: a look-back that runs, or one still to be held."""
    last = valid_until(title)
    if last is None:
        return None
    mine = rechecks_of(facts, title)
    if running := next((v for v in mine if not v.ended and (v.on("create_look_back") or last) <= last), None):
        return running.id
    opened = title.data.get("recheck")
    if not opened or date.fromisoformat(opened["due"]) > last:
        return None
    held = any(v.ended and v.data.get("year") == opened["year"] for v in mine)
    return None if held else f"{opened['due']}"


def passed(facts: Facts, title: Thing) -> bool:
    """Whether the latest re-check of this term left the title where it was, and no other is to come within it."""
    mine = rechecks_of(facts, title)
    if not mine or mine[-1].state != "closed" or mine[-1].data.get("outcome") not in KEPT:
        return False
    coming, last = _day(title, "recheck_on"), valid_until(title)
    if coming is None or last is None or coming > last:
        return True
    return any(v.ended and v.data.get("year") == coming.year for v in mine)


@guard("INV-23")
def no_renewal_pending(facts: Facts, ask: Ask) -> Unmet | None:
    """No re-check for renewal was opened in time and is still undecided; one that was passed renews the title."""
    waits = undecided(facts, facts.thing)
    if waits:
        return unmet(f"按期启动的复查尚未作出结论：{waits}", f"a re-check due in time is undecided: {waits}", [waits])
    if passed(facts, facts.thing):
        return unmet("复查合格，应予延续", "the re-check was passed: the title is renewed", ["renew"])
    return None


@guard("INV-23", rests="/title/recheck /title/validity")
def recheck_passed(facts: Facts, ask: Ask) -> Unmet | None:
    """The latest re-check for this period is closed with the title kept, and the time to renew has come."""
    title, last = facts.thing, valid_until(facts.thing)
    if not passed(facts, title):
        return unmet("本期复查尚未合格办结", "the re-check of this period is not passed", ["recheck"])
    if last is None:
        return None
    opens = last - timedelta(days=facts.scheme.title.validity.renewal_window_days)
    if facts.today < opens:
        return unmet(f"自 {opens} 起方可延续", f"it can be renewed from {opens} on", [opens])
    return None


@guard("INV-23", rests="/title/validity/grace_days")
def within_grace(facts: Facts, ask: Ask) -> Unmet | None:
    """The day lies within the grace period after the end of validity."""
    last = grace_ends(facts, facts.thing)
    if last is not None and facts.today <= last:
        return None
    return unmet(f"宽限期至 {last or '-'}", f"the grace period ended on {last or '-'}", [last or "-"])


# --------------------------------------------------------------------------------------- the days of a title


def _term_end(facts: Facts) -> date | None:
    """The last day of the term that begins now: counted from the old last day, at first from the naming."""
    length = facts.scheme.title.validity.length
    start = valid_until(facts.thing) or _day(facts.thing, "named_on")
    return years_after(start, length) if length and start else None


def validity_ends(facts: Facts) -> list[Due]:
    """`title.validity.length` years; each term has an end of its own."""
    last = _term_end(facts)
    return [Due(last, tag=anew(facts, "validity_end"))] if last else []


def renewal_window(facts: Facts) -> list[Due]:
    """`title.validity.renewal_window_days` before the last day."""
    last = _term_end(facts)
    days = timedelta(days=facts.scheme.title.validity.renewal_window_days)
    return [Due(last - days, tag=anew(facts, "renewal_window"))] if last else []


def recheck_days(facts: Facts) -> list[Due]:
    """The next day in the cycle of `title.recheck.every` years from the naming on."""
    every, named = facts.scheme.title.recheck.every, _day(facts.thing, "named_on")
    if not every or named is None:
        return []
    behind = max(facts.today.year - named.year, 0) // every
    cycle = (years_after(named, every * (behind + n)) for n in (0, 1))
    return [_recheck(next(day for day in cycle if day > max(facts.today, named)))]


def recheck_again(facts: Facts, duty: Duty) -> list[Due]:
    """The next one, so many years after the last."""
    every = facts.scheme.title.recheck.every
    if not every or duty.due_on is None or facts.thing.state in TITLE_ENDED:
        return []
    return [_recheck(years_after(duty.due_on, every))]


def _recheck(day: date) -> Due:
    return Due(day, tag=day.isoformat())


def grace_days(facts: Facts) -> list[Due]:
    """The end of the days of grace; for a title that ended by strikes there are none."""
    if facts.thing.state != "expired":
        return []
    return [Due(grace_ends(facts, facts.thing) or facts.today, tag=anew(facts, "grace_end"))]


def clock_stops(facts: Facts) -> bool:
    """Whether the clock of the title stands still while it is suspended."""
    rule = facts.scheme.title.suspension
    return rule is not None and rule.clock_stops


def keep_days(facts: Facts, ask: Ask) -> list[Effect]:
    """The title says the days of its duties."""
    days = {"valid_until": last_day(facts, "validity_end"), "recheck_on": last_day(facts, "recheck_due")}
    return [Put(facts.thing.id, {name: day.isoformat() for name, day in days.items() if day})]


def new_term(facts: Facts, ask: Ask) -> list[Effect]:
    """The new term begins with the old last day. Under a suspension that stops the clock it rests at once."""
    title = facts.thing
    begins = Put(title.id, {"term_from": title.data.get("valid_until")})
    rests = title.state == "suspended" and clock_stops(facts)
    return [begins, StandStill(keys=CLOCKS)] if rests else [begins]


def over_by_time(facts: Facts, duty: Duty) -> list[Effect]:
    """On its last day a title is renewed by the re-check it passed, stands for one undecided, or ends."""
    return [Fire(facts.thing.id, ("renew", "expire"), optional=True)]


def ends_or_goes_on(facts: Facts, ask: Ask) -> list[Effect]:
    """What the last day left open while a review ran is made good as soon as the title stands again."""
    title = facts.thing
    past = is_past(facts, title) and title.state not in (*TITLE_ENDED, "revocation_review")
    return [Fire(title.id, ("renew", "expire"), optional=True)] if past else []


def owes_no_more(facts: Facts, ask: Ask) -> list[Effect]:
    """A title that has ended is neither re-checked nor looked at in a round any more."""
    return [LetGo(facts.thing.id, key) for key in DATED]


def rests(facts: Facts, duty: Duty) -> list[Effect]:
    """After the days of grace nothing can be done about the title any more; with its last piece its life is over."""
    title = facts.thing
    if title.state != "expired":
        return []
    pieces = facts.of("insignia", parent=title.id, live=True)
    cancelled = [Fire(p.id, ("cancel_insignia", "write_off"), optional=True) for p in pieces]
    return [*cancelled, *([] if pieces else [Put(title.id, {"closed": True})])]


# ---------------------------------------------------------------------------------------------------- rounds


def round_key(scheme: str, mode: str, year: object, number: object) -> str:
    """What makes a round of look-backs unique: its programme, how it selects, its year and number."""
    return f"round:{scheme}:{mode}:{year}:{number}"


def plan_round(facts: Facts, mode: str, year: int) -> Send:
    """A round falls due. Whoever asks for the same one finds it planned."""
    there = [r.data["number"] for r in facts.more["schedule"]["rounds"] if _is(r, mode, year)]
    number = 1 + max(there, default=0)
    once = sha256(round_key(facts.scheme.key, mode, year, number).encode()).hexdigest()[:32]
    form = {"year": year, "number": number, "mode": mode}
    data = {"scheme": facts.more["schedule"]["newest"] or facts.thing.scheme}
    return Send("look_back_round", "plan_due_round", once, parent="", form=form, data=data)


def _is(one: Thing, mode: str, year: int) -> bool:
    return one.data.get("year") == year and one.data.get("mode", mode) == mode


def holds_recheck(facts: Facts, ask: Ask) -> list[Effect]:
    """The re-check that fell due is under way: in a round that reaches the title anyway, or in one of its own."""
    title, rule = facts.thing, facts.scheme.title.recheck
    mine = [d for d in facts.duties if d.thing == title.id and d.key.startswith("recheck_due")]
    due = max((d.due_on for d in mine if d.done_at and d.due_on and d.due_on < facts.today), default=None)
    if due is None or not rule.every:
        return []
    told = {"due": due.isoformat(), "year": due.year}
    note = Put(title.id, {"recheck": told, "recheck_on": years_after(due, rule.every).isoformat()})
    if any(v.data.get("recheck") and v.data.get("year") == due.year for v in visits_of(facts, title)):
        return [note]
    census = facts.scheme.look_back.mode == "census" and rule.same_as_look_back
    modes = ("due_date", "census") if census else ("due_date",)
    open_to_all = (r for r in facts.more["schedule"]["rounds"] if r.state == "planned")
    if any(_is(r, mode, due.year) for r in open_to_all for mode in modes):
        return [note]
    return [note, plan_round(facts, "due_date", due.year)]


def round_days(facts: Facts) -> list[Due]:
    """1 January of the year that is `look_back.every` years after the naming, or the first one still to come."""
    every, named = facts.scheme.look_back.every, _day(facts.thing, "named_on")
    if facts.scheme.look_back.mode == "none" or named is None:
        return []
    behind = max(facts.today.year - named.year, 0) // every
    return [_new_year(named.year + (behind + 1) * every)]


def _new_year(year: int) -> Due:
    return Due(date(year, 1, 1), tag=str(year))


def _last_round(facts: Facts) -> int | None:
    mode = facts.scheme.look_back.mode
    rounds = [
        r for r in facts.more["schedule"]["rounds"] if r.state != "cancelled" and r.data.get("mode", mode) == mode
    ]
    return max((int(r.data["year"]) for r in rounds), default=None)


def _year_of(duty: Duty) -> int:
    return int(duty.tag)


def _is_served(facts: Facts, year: int) -> bool:
    """Whether the interval since the last round is not over yet, or somebody has planned the round of the year."""
    last = _last_round(facts)
    return last is not None and last + facts.scheme.look_back.every > year


def round_falls_due(facts: Facts, duty: Duty) -> list[Effect]:
    """The oldest title in force asks for the round of the programme, unless one was planned for the year."""
    if facts.more["schedule"]["first"] != facts.thing.id or _is_served(facts, _year_of(duty)):
        return []
    return [plan_round(facts, facts.scheme.look_back.mode, _year_of(duty))]


def round_again(facts: Facts, duty: Duty) -> list[Due]:
    """The next interval, counted from the last round: the schedule lives as long as any title does."""
    if facts.thing.state in TITLE_ENDED:
        return []
    year, every = _year_of(duty), facts.scheme.look_back.every
    last = _last_round(facts)
    return [_new_year((last if last is not None and _is_served(facts, year) else year) + every)]
