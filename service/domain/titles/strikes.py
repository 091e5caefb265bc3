"""Strikes: failures of a title that add up, and what the limit of the scheme leads to (INV-24).

What counts is a history of failures and passes, each with the day on which it became final. Nothing is
remembered beside it: how many count is worked out each time. Failures that led to a review are spent with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from service.domain.dates.calendar import years_after
from service.domain.effects import Effect, Fire, New, Put, Send
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import Form, Part, day, text
from service.domain.machine import guard
from service.domain.words import stands_in_words

if TYPE_CHECKING:
    from service.schemes.award import Strikes
    from service.schemes.model import Scheme

Result = Mapping[str, Any]
FAILED, PASSED = "failed", "passed"

STRIKE = Form(
    "strike",
    (
        Part("source", text, "计入情形", "kind of failure"),
        Part("of", text, "所属事项", "what failed"),
        Part("on", day, "确定日期", "day on which it became final"),
    ),
    ("INV-24",),
    keep=False,
)
PASS = Form(
    "pass",
    (
        Part("of", text, "所属回访", "look-back that was passed"),
        Part("on", day, "确定日期", "day on which it became final"),
    ),
    ("INV-24",),
    keep=False,
)


def counting(history: Iterable[Result], rule: Strikes) -> list[Result]:
    """The failures that count as of the newest one, in the order in which they became final.

    A pass clears what was before it where failures must be consecutive. With `within_years` a failure counts up to
    the day before so many years have passed.
    """
    found = sorted(history, key=lambda one: str(one["on"]))  # of one day the order in which they were told stays
    if rule.consecutive:
        last_pass = max((n for n, one in enumerate(found) if one["result"] == PASSED), default=-1)
        found = found[last_pass + 1 :]
    failures = [one for one in found if one["result"] == FAILED and not one.get("spent")]
    if rule.within_years is None or not failures:
        return failures
    newest = date.fromisoformat(failures[-1]["on"])
    return [one for one in failures if newest < years_after(date.fromisoformat(one["on"]), rule.within_years)]


def history(title: Thing) -> list[Result]:
    """Every failure and every pass of a title so far."""
    return list(title.data.get("strikes", ()))


def waiting(title: Thing) -> list[Result]:
    """Failures that became final while the title was under review; they count once it stands again."""
    return list(title.data.get("strikes_waiting", ()))


def counts(scheme: Scheme, *sources: str) -> str | None:
    """The first of these kinds of failure that the scheme counts."""
    rule = scheme.title.strikes
    return next((s for s in sources if rule and s in rule.counts), None)


def strike(title: str, source: str, of: str, on: date) -> Send:
    """A failure is told to the title."""
    return Send("designation", "record_strike", title, form={"source": source, "of": of, "on": on.isoformat()})


def passed(title: str, of: str, on: date) -> Send:
    """A pass is told to the title."""
    return Send("designation", "clear_strikes", title, form={"of": of, "on": on.isoformat()})


def ground_of_strikes(scheme: Scheme) -> str | None:
    """The ground on which a review of too many strikes is opened."""
    rule = scheme.title.strikes
    named = rule.ground if rule else None
    return named or next((g.code for g in scheme.revocation.grounds if "INV-24" in g.rules), None)


def _new(facts: Facts, ask: Ask) -> dict[str, Any]:
    on = ask.form.get("on", facts.today.isoformat())
    return {"result": FAILED, "source": ask.form.get("source"), "of": ask.form.get("of"), "on": on}


def _same(one: Result, ask: Ask) -> bool:
    return one["result"] == FAILED and (one.get("source"), one["of"]) == (ask.form.get("source"), ask.form.get("of"))


@guard("INV-24", rests="/title/strikes")
def strike_source_counts(facts: Facts, ask: Ask) -> Unmet | None:
    """The scheme counts this kind of failure and the failure is final; it counts only once."""
    rule = facts.scheme.title.strikes
    kinds = rule.counts if rule else ()
    if ask.form.get("source") not in kinds:
        return unmet("方案不计入该情形", "the scheme does not count this", kinds or ("title.strikes",))
    visit = facts.things.get(ask.form.get("of", ""))
    if visit is not None and visit.machine == "look_back" and not visit.ended:
        zh, en = stands_in_words(facts, visit)
        return unmet(f"回访尚未办结（{zh}）", f"the look-back is not closed ({en})", [visit.state])
    if any(_same(one, ask) for one in (*history(facts.thing), *waiting(facts.thing))):
        return unmet("该次不合格已计入", "this failure is counted already", [ask.form.get("of")])
    return None


def _reached(facts: Facts, ask: Ask) -> tuple[int, int, str]:
    """The count with this failure, the limit, and what the limit leads to."""
    rule = facts.scheme.title.strikes
    if rule is None or rule.limit is None or rule.then is None:
        return 0, 1, "end"
    return len(counting([*history(facts.thing), _new(facts, ask)], rule)), rule.limit, rule.then


def _told(facts: Facts, ask: Ask, wanted: str) -> Unmet | None:
    count, limit, then = _reached(facts, ask)
    found = then if count >= limit else "below"
    if found == wanted:
        return None
    return unmet(f"累计 {count} 次，上限 {limit} 次", f"{count} strikes, the limit is {limit}", [count, limit, then])


@guard("INV-24", choice="strike_result", rests="/title/strikes")
def strikes_below_limit(facts: Facts, ask: Ask) -> Unmet | None:
    """With this strike the count stays below the limit."""
    return _told(facts, ask, "below")


@guard("INV-24", choice="strike_result", rests="/title/strikes")
def strikes_end_title(facts: Facts, ask: Ask) -> Unmet | None:
    """With this strike the limit is reached and the scheme lets the title end by itself."""
    return _told(facts, ask, "end")


@guard("INV-24", choice="strike_result", rests="/title/strikes")
def strikes_open_review(facts: Facts, ask: Ask) -> Unmet | None:
    """With this strike the limit is reached and the scheme opens a revocation case."""
    return _told(facts, ask, "review")


@guard("INV-24")
def run_passed(facts: Facts, ask: Ask) -> Unmet | None:
    """A look-back or re-check of the title closed with the title kept."""
    visit = facts.things.get(ask.form.get("of", ""))
    if visit is not None and visit.state == "closed" and visit.data.get("result") == PASSED:
        return None
    at = visit.state if visit else "none"
    return unmet(f"没有合格办结的回访（{at}）", f"no look-back closed with a pass ({at})", [at])


def note_strike(facts: Facts, ask: Ask) -> list[Effect]:
    """The failure stays on file with its day."""
    return [Put(facts.thing.id, {"strikes": [*history(facts.thing), _new(facts, ask)]})]


def note_pass(facts: Facts, ask: Ask) -> list[Effect]:
    """A pass stays on file too: it clears what was before it."""
    one = {"result": PASSED, "of": ask.form["of"], "on": ask.form["on"]}
    return [Put(facts.thing.id, {"strikes": [*history(facts.thing), one]})]


def keep_for_later(facts: Facts, ask: Ask) -> list[Effect]:
    """Under review nothing is decided on it: the failure waits for the end of the review."""
    return [Put(facts.thing.id, {"strikes_waiting": [*waiting(facts.thing), _new(facts, ask)]})]


def count_what_waited(facts: Facts, ask: Ask) -> list[Effect]:
    """The title stands again: failures that became final meanwhile count now, in their order."""
    title = facts.thing
    waited = sorted(waiting(title), key=lambda one: str(one["on"]))
    if not waited:
        return []
    told = [{name: one[name] for name in ("source", "of", "on")} for one in waited]
    counted = (Fire(title.id, ("record_strike",), form, optional=True) for form in told)
    return [Put(title.id, {"strikes_waiting": []}), *counted]


def review_by_strikes(facts: Facts, ask: Ask) -> list[Effect]:
    """A revocation case is opened on the failures that reached the limit, and they are spent with it."""
    title, rule = facts.thing, facts.scheme.title.strikes
    counted = counting(history(title), rule) if rule else []
    spent = [{**one, "spent": True} if one in counted else one for one in history(title)]
    form = {"grounds": {ground_of_strikes(facts.scheme): _fact(counted)}}
    return [Put(title.id, {"strikes": spent}), New("revocation_case", "open_revocation", title.id, form=form)]


def _fact(counted: Sequence[Result]) -> str:
    listed = "; ".join(f"{one['source']} {one['on']}" for one in counted)
    return f"不合格累计 {len(counted)} 次 ({len(counted)} failures that count): {listed}"
