"""How titles go on for years: pieces, reports, look-backs, reminders, reviews, bulletins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from api.cli.simulate.judging import COMMISSION, document
from api.cli.simulate.step import Item, Step, by, said, text_of
from api.cli.simulate.world import World
from service.domain.facts import Thing
from service.domain.measures.draws import STORED

SELF_EVALUATION, EVALUATION = timedelta(days=30), timedelta(days=60)
"""After the start of a round its office sets these days for the self-evaluation and the evaluation."""
RESTS = timedelta(days=90)
"""So long a suspension lasts, until its grounds are gone."""
LIVE = "active|reminded|suspended"
OVER = ("revoked", "expired", "exited", "cancelled")

# ------------------------------------------------------------------------------------------------------- pieces


def pieces(w: World, title: Thing) -> Iterable[str]:
    """The kinds of insignia that a title founded by an own decision has not been given yet."""
    rule = w.scheme.naming.insignia
    made = {p.data.get("kind") for p in w.below(title, "insignia")}
    named = title.data.get("decision") is not None
    return (kind for kind in rule.kinds if kind not in made) if rule and named else ()


def serial(w: World, piece: Thing, _: Item) -> Mapping[str, Any]:
    """The next number of its kind within the batch; a piece keeps the one that it was given."""
    taken = w.serials.setdefault((piece.batch or "", str(piece.data.get("kind"))), [])
    if piece.id not in taken:
        taken.append(piece.id)
    return {"number": 1 + taken.index(piece.id)}


def title_is_over(w: World, piece: Thing, _: Item) -> bool:
    title = w.above(piece)
    return title is not None and title.state in OVER


# ------------------------------------------------------------------------------------------------------ reports


def report(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    rule = w.scheme.annual_report
    parts = {p.code: text_of() for p in rule.parts} or {"report": text_of()}
    form: dict[str, Any] = {"year": it.data["due_year"], "parts": parts}
    return {**form, "address": ADDRESS} if rule.publish == "before_acceptance" else form


ADDRESS = "https://simulation.invalid/report"


def published_after(w: World, _: Thing, __: Item) -> bool:
    return w.scheme.annual_report.publish == "after"


def publication(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    return {"address": ADDRESS, "published_on": w.today.isoformat()}


# --------------------------------------------------------------------------------------------------- look-backs


def by_lot(w: World, it: Thing, _: Item) -> bool:
    """A draw rests on a seed that is published after the population was fixed, so that two plays draw alike."""
    return (it.data.get("mode") or w.scheme.look_back.mode) == "sample"


def to_fix(w: World, it: Thing, _: Item) -> bool:
    return by_lot(w, it, None) and not it.data.get("frame")


def source(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    rule = w.scheme.look_back.sample.seed
    return {"seed_source": text_of("seed") if rule in (None, STORED) else str(rule)}


def seed(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    return {"seed": f"simulated {it.data['year']}"} if it.data.get("frame") else {}


def schedule(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    days = ("self_evaluation_day", w.today + SELF_EVALUATION), ("evaluation_day", w.today + EVALUATION)
    return {name: day.isoformat() for name, day in days}


def self_evaluation(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    parts = w.scheme.look_back.self_evaluation.parts
    return {"parts": {p.code: text_of() for p in parts} or {"report": text_of()}}


def on_notice(w: World, visit: Thing, _: Item) -> bool:
    total = visit.data.get("total")
    shown = [n for n in w.below(visit, "public_notice") if n.state != "cancelled"]
    return bool(total) and not [n for n in shown if n.state in ("draft", "open", "objections_pending")]


def _visits(w: World, it: Thing) -> list[Thing]:
    return [v for v in w.below(it, "look_back") if v.state != "cancelled"]


def all_closed(w: World, it: Thing, _: Item) -> bool:
    visits = _visits(w, it)
    ranks = w.scheme.look_back.ranking is not None and it.state == "running"
    return bool(visits) and all(v.ended for v in visits) and not ranks


SCORED = ("reminded", "in_revocation", "retained", "closed")


def all_scored(w: World, it: Thing, _: Item) -> bool:
    visits = _visits(w, it)
    ranks = w.scheme.look_back.ranking is not None
    return ranks and bool(visits) and all(v.state in SCORED and v.data.get("total") for v in visits)


def has_bottom(w: World, _: Thing, __: Item) -> bool:
    rule = w.scheme.look_back.ranking
    return bool(rule and rule.bottom_k and rule.then)


# -------------------------------------------------------------------------------------------- reminders, reviews


def grounds(*fields: str) -> Any:
    """The grounds on file, else the first of the scheme that fits the class of the title."""

    def form(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
        if it.data.get("grounds"):
            return {}
        class_ = next((t.class_ for t in w.scheme.tracks if t.id == it.track), "")
        known = [g for f in fields for g in w.scheme.setting(f) or () if not g.classes or class_ in g.classes]
        return {"grounds": {known[0].code: text_of() * (1 + known[0].free_text_min // 8)}} if known else {}

    return form


def plan_of_order(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    due = (w.today + SELF_EVALUATION).isoformat()
    return {"measure": text_of(), "unit": text_of("unit"), "person": text_of("person"), "due": due}


def items_done(w: World, it: Thing, _: Item) -> bool:
    return all(i.state in ("closed", "void") for i in w.below(it, "rectification_item"))


def findings(_: World, it: Thing, __: Item) -> Mapping[str, Any]:
    found = it.data.get("grounds") or {}
    return {"report": text_of(), "answers": dict.fromkeys(found, text_of("confirmed")) or {"-": text_of()}}


def served(w: World, _: Thing, __: Item) -> Mapping[str, Any]:
    return {"received": w.today.isoformat()} if w.scheme.calendar.day_zero == "receipt" else {}


def serving(w: World, it: Thing, _: Item) -> Mapping[str, Any]:
    return {**document(w, it, None), **served(w, it, None)}


def ground_gone(w: World, title: Thing, _: Item) -> Mapping[str, Any]:
    return {"statements": dict.fromkeys(title.data.get("grounds") or ("-",), text_of("gone"))}


def rested(w: World, title: Thing, _: Item) -> date:
    since = title.data.get("suspended_since")
    return max(date.fromisoformat(since) + RESTS, w.today) if since else w.today


# ----------------------------------------------------------------------------------------------------- bulletins


def approval(_: World, it: Thing, __: Item) -> Mapping[str, Any]:
    """What the service wrote stands; a draft with nothing to tell says so."""
    return {} if it.data.get("facts") else {"facts": [{"text": text_of("nothing to report 本期无事项")}]}


STEPS = (
    Step("designation", LIVE, "order_insignia", lambda w, title, kind: {"kind": kind}, each=pieces, makes="insignia",
         call="make"),
    Step("insignia", "ordered", "produce_insignia", serial),
    Step("insignia", "produced", "issue_insignia"),
    Step("insignia", "issued", "confirm_receipt"),
    Step("insignia", "recall_ordered", "confirm_return", on=by("insignia_return_due")),
    Step("insignia", "recovered", "cancel_insignia", when=title_is_over),
    Step("annual_report", "open", "submit_report", report, on=by("annual_report_due")),
    Step("annual_report", "submitted", "accept_report"),
    Step("annual_report", "accepted", "publish_report", publication, published_after,
         by("annual_report_publication_due")),
    Step("look_back_round", "planned", "fix_draw", source, to_fix),
    Step("look_back_round", "planned", "select_designees", seed),
    Step("look_back_round", "drawn", "start_round", schedule),
    Step("look_back_round", "running", "rank_results", when=all_scored),
    Step("look_back_round", "ranked", "apply_bottom_rule", when=has_bottom),
    Step("look_back_round", "running|ranked|consequences_applied", "close_round", when=all_closed),
    Step("look_back", "notified", "submit_self_evaluation", self_evaluation, on=by("self_evaluation_due")),
    Step("look_back", "self_evaluated", "commission_evaluation", said(**COMMISSION)),
    Step("look_back", "scored", "apply_band"),
    Step("look_back", "in_notice", "draft_notice", when=on_notice, makes="public_notice", call="make"),
    Step("look_back", "retained", "close_look_back"),
    Step("reminder", "drafted", "issue_reminder", grounds("reminder.grounds")),
    Step("reminder", "issued", "acknowledge_reminder", plan_of_order),
    Step("reminder", "rectifying", "submit_rectification", said(report=text_of()), items_done,
         by("reminder_rectification_due")),
    Step("reminder", "submitted", "verify_rectification", when=items_done),
    Step("reminder", "verified", "lift_reminder"),
    Step("revocation_case", "opened", "start_investigation"),
    Step("revocation_case", "investigating", "file_investigation_report", findings),
    Step("revocation_case", "reported", "open_statement_period", served),
    Step("revocation_case", "heard", "propose_decision", said(proposal=text_of())),
    Step("revocation_case", "proposed", "decide_revocation"),
    Step("revocation_case", "decided", "notify_decision", serving),
    Step("revocation_case", "final", "settle_case"),
    Step("designation", "suspended", "reinstate", ground_gone, on=rested),
    Step("bulletin", "draft", "approve_bulletin", approval),
    Step("bulletin", "approved", "issue_bulletin"),
)  # fmt: skip
