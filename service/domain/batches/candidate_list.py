"""A list of a batch: whom to recommend, who is a candidate, or who comes first (`purpose`; SX-26, YL-2n, INV-28).

The scheme says by which results it is ordered; where it says nothing the office orders and gives its reasons. Every
case taken up ends as chosen, as a reserve or as left out with a reason. An entry whose case ends is struck, and
reserves move up in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.domain.batches.list_forms import (
    DISPATCH,
    PUBLICATION,
    PURPOSE,
    RANKING,
    RESERVE,
    STRIKE,
    goes_on_notice,
    named,
)
from service.domain.batches.list_ranking import (
    findings_cleared,
    list_inputs_complete,
    order_follows_rule,
    order_of,
    quota_of,
    ranked,
    seed_of,
    selected,
    under,
)
from service.domain.effects import Effect, Fire, Put, Send
from service.domain.facts import SAME, Ask, Facts, Thing, Unmet, unmet
from service.domain.forms import REASON
from service.domain.machine import Machine, Move, guard, states
from service.domain.measures import quotas

RANKED = ("approved", "published")
DROPPED = ("withdrawn", "disqualified", "not_named", "declined", "closed")


def placed(new: Thing, form: Mapping[str, Any], company: Sequence[Thing]) -> Thing:
    """A list to be opened belongs to its track. Of each purpose there is one at a time; the next follows its end."""
    track, purpose = form.get("track"), form.get("purpose")
    ended = sum(
        t.machine == new.machine and t.ended and (t.track, t.data.get("purpose")) == (track, purpose) for t in company
    )
    natural = f"list:{new.batch}:{track}:{purpose}:{ended}"
    return replace(new, track=track if isinstance(track, str) else None, natural=natural)


def entries_of(facts: Facts, purpose: str, track: str | None) -> set[str]:
    """The cases on the approved lists of that purpose of a track, be they used up since or not."""
    lists = [x for x in facts.of("candidate_list") if x.track == track and x.data.get("purpose") == purpose]
    return {case for x in lists if x.state in (*RANKED, "closed") for case in x.data.get("entries", ())}


# ------------------------------------------------------------------------------------------------ ranking


def keep_ranking(facts: Facts, ask: Ask) -> list[Effect]:
    """What the list says from now on, with the record from which anybody can order it again (INV-28)."""
    ranking = ranked(facts, ask)
    found = selected(facts, ask, order_of(facts, ask))
    said = {
        "cases": named(facts, ask),
        "seed": seed_of(facts),
        "ranking": dict(ranking.record) if ranking else {"order": [], "result": list(found.order)},
        "entries": list(found.entries),
        "reserves": list(found.reserves),
        "left_out": dict(found.left_out),
        "excess_reason": ask.form.get("excess_reason"),
    }
    warned = _warnings(replace(facts, thing=facts.thing.with_data(**said)))
    return [Put(facts.thing.id, {**said, "quota_warnings": warned})]


# -------------------------------------------------------------------------------------------------- quota


def _judged(facts: Facts, entries: Sequence[str], *, whole: bool) -> dict[str, quotas.Judged]:
    cases = {file["case"].id: file["case"] for file in facts.more["files"].values()}
    counted = [cases[c] for c in entries if c in cases]
    eligible = [cases[c] for c in facts.thing.data.get("cases", ()) if c in cases]
    return quotas.judge_each(quota_of(facts), counted, eligible, under(facts), whole=whole)


def _warnings(facts: Facts) -> dict[str, dict[str, str]]:
    """Outside what "about" means: said to whoever approves, never a block (GAP-SX-4)."""
    judged = _judged(facts, facts.thing.data.get("entries", ()), whole=True)
    return {name: {"zh": j.zh, "en": j.en} for name, j in quotas.beyond(judged, "warned").items()}


@guard("SX-06", "SX-07", "YL-2n", "GAP-SX-4", "GAP-YL-4", "HY-T01", "INV-11", needs="files", rests="/lists")
def quota_respected(facts: Facts, ask: Ask) -> Unmet | None:
    """The number chosen stays within the quota; "about" only warns; whoever approves a reasoned excess of `max` lifts it.

    A reserve moves up into a place that the quota, or the number approved, still has.
    """
    if ask.event == "promote_reserve":
        return _place_is_free(facts, str(ask.form.get("entry")))
    judged = _judged(facts, facts.thing.data.get("entries", ()), whole=True)
    if wrong := quotas.beyond(judged, "refused"):
        return unmet(*quotas.said(wrong), list(wrong) if quotas.ALL not in wrong else ["quota"])
    excess = quotas.beyond(judged, "excess")
    if not excess or facts.thing.data.get("excess_reason"):
        return None
    zh, en = quotas.said(excess)
    return unmet(f"{zh}；超出须说明理由", f"{en}; give the reason for the excess", ["excess_reason"])


def _place_is_free(facts: Facts, entry: str) -> Unmet | None:
    after = _judged(facts, [*facts.thing.data.get("entries", ()), entry], whole=False)
    over = quotas.beyond(after, "refused", "excess")
    mine = _stratum(facts, entry)
    now, approved = ([_stratum(facts, c) for c in facts.thing.data.get(k, ())] for k in ("entries", "approved"))
    if mine not in over or now.count(mine) < approved.count(mine):
        return None
    return unmet(*quotas.said({mine: over[mine]}), ["quota"])


def _stratum(facts: Facts, case: str) -> str:
    file = facts.more["files"].get(case)
    return quotas.stratum(quota_of(facts), file["case"], under(facts)) if file else quotas.ALL


def approve(facts: Facts, ask: Ask) -> list[Effect]:
    """Whoever approves the list approves this many (GAP-YL-4)."""
    return [Put(facts.thing.id, {"approved": list(facts.thing.data.get("entries", ()))})]


# -------------------------------------------------------------------------------------- leaving, moving up


@guard("SX-26", needs="same_case")
def one_list_at_a_time(facts: Facts, ask: Ask) -> Unmet | None:
    """No other list of this purpose runs for the batch and the track."""
    other = facts.more["same_case"]
    return unmet("已有同一用途的名单", "there is a list for this already", [other]) if other else None


@guard("SX-28", needs="case_states")
def entry_case_ended(facts: Facts, ask: Ask) -> Unmet | None:
    """The case behind the entry is withdrawn, disqualified, declined or dropped."""
    at = facts.more["case_states"].get(str(ask.form.get("entry")), "none")
    if at in DROPPED:
        return None
    return unmet(f"申报仍在办理（{at}）", f"the case has not ended ({at})", [at])


@guard("YL-2n", needs="files")
def reserve_next_in_order(facts: Facts, ask: Ask) -> Unmet | None:
    """The entry is the highest ranked reserve, of its stratum where the quota has strata."""
    entry = str(ask.form.get("entry"))
    same = [c for c in facts.thing.data.get("reserves", ()) if _stratum(facts, c) == _stratum(facts, entry)]
    if same and same[0] == entry:
        return None
    return unmet(
        f"应先递补 {'、'.join(same[:1]) or '-'}", f"the next reserve is {', '.join(same[:1]) or '-'}", same[:1]
    )


def _decided(facts: Facts, *stands: str) -> set[str]:
    """The cases that decisions in these states name or refuse."""
    decisions = [d for d in facts.of("naming_decision", parent=facts.thing.parent) if d.state in stands]
    return {c for d in decisions for c in (*d.data.get("named", ()), *d.data.get("refused", {}))}


@guard("SX-28")
def naming_not_decided(facts: Facts, ask: Ask) -> Unmet | None:
    """No approved naming decision covers a case of the list."""
    covered = _decided(facts, "approved", "effective") & set(facts.thing.data.get("entries", ()))
    if not covered:
        return None
    return unmet("命名决定已审定", "the naming is decided already", sorted(covered))


@guard("YL-2n")
def list_used_up(facts: Facts, ask: Ask) -> Unmet | None:
    """The naming decision on everybody listed is effective, the list was sent out, nobody is left, or the batch ended."""
    data, batch, decided = facts.thing.data, facts.parent, _decided(facts, "effective")
    open_ = [c for c in data.get("entries", ()) if c not in decided]
    nobody = not data.get("entries") and not data.get("reserves")
    if data.get("dispatch") or nobody or (data.get("entries") and not open_) or (batch is not None and batch.ended):
        return None
    return unmet("名单尚有未决定的申报", "the list has cases that are not decided", open_ or ["reserves"])


def strike(facts: Facts, ask: Ask) -> list[Effect]:
    """Whoever left stands under what was struck, with the reason; nobody else moves. The last one ends the list."""
    data, gone = facts.thing.data, ask.form["entry"]
    left = {name: [c for c in data.get(name, ()) if c != gone] for name in ("cases", "entries", "reserves")}
    left_out = {c: why for c, why in data.get("left_out", {}).items() if c != gone}
    note = {"entry": gone, "text": ask.form["text"], "by": ask.who.person, "on": facts.today.isoformat()}
    struck = [*data.get("struck", ()), note]
    used_up = [Fire(facts.thing.id, ("close_list",), optional=True)]
    return [Put(facts.thing.id, {**left, "left_out": left_out, "struck": struck}), *used_up]


def promote(facts: Facts, ask: Ask) -> list[Effect]:
    """The reserve takes its place in the order of the list."""
    data, moves_up = facts.thing.data, ask.form["entry"]
    on_it = {*data["entries"], moves_up}
    entries = [c for c in data["ranking"]["result"] if c in on_it]
    note = {"entry": moves_up, "by": ask.who.person, "on": facts.today.isoformat()}
    reserves = [c for c in data["reserves"] if c != moves_up]
    promoted = [*data.get("promoted", ()), note]
    return [Put(facts.thing.id, {"entries": entries, "reserves": reserves, "promoted": promoted})]


@guard("SX-26", "SX-27", needs="case_states", rests="/tracks/{track}/stages")
def entries_await_notice(facts: Facts, ask: Ask) -> Unmet | None:
    """Each case on a list that goes on notice has reached its stage of publicity."""
    if not goes_on_notice(facts):
        return None
    kinds = {s.key: s.kind for s in facts.track.stages}
    at = {c: facts.more["case_states"][c] for c in facts.thing.data.get("entries", ())}
    early = [f"{c} ({state})" for c, state in at.items() if kinds.get(state) != "publicity"]
    if not early:
        return None
    return unmet(f"{len(early)} 件申报未到公示环节", f"{len(early)} cases have not reached publicity", early)


def announce(facts: Facts, ask: Ask) -> list[Effect]:
    """The whole list goes on notice on one day; of each entry anybody may object by itself (SX-27)."""
    data = facts.thing.data
    said = {p.name: data[p.name] for p in PUBLICATION.parts if data.get(p.name) is not None}
    entries = data["entries"] if goes_on_notice(facts) else ()
    return [
        Send("public_notice", "open_notice", parent=case, form=said, data={"list": facts.thing.id}) for case in entries
    ]


def send_off(facts: Facts, ask: Ask) -> list[Effect]:
    """A list that went to the body which decides is used up (YL-2n)."""
    return [Put(facts.thing.id, {"dispatch": dict(ask.form)}), Fire(facts.thing.id, ("close_list",))]


def end_lists(batch: Thing, facts: Facts) -> list[Effect]:
    """No list outlives its batch."""
    why = {"text": f"批次已终结 / the batch has ended ({batch.state})"}
    return [
        Fire(x.id, ("close_list",), optional=True) if x.state in RANKED else Fire(x.id, ("cancel_list",), why)
        for x in facts.of("candidate_list", parent=batch.id, live=True)
    ]


OFFICE = ("authority", "organizer")

TABLE = (
    Move(states("@new"), "open_list", "collecting", (*OFFICE, "recommending_office"), "建立名单", "Open a list",
         ("SX-26", "YL-2n"), PURPOSE, (one_list_at_a_time,), mark="D"),
    Move(states("collecting"), "rank_list", "ranked", (*OFFICE, "recommending_office", "system"), "排序", "Rank",
         ("SX-26", "YL-2k", "INV-28"), RANKING, (list_inputs_complete, findings_cleared, order_follows_rule),
         (keep_ranking,), artefacts=("ranking_sheet",), mark="D"),
    Move(states("ranked"), "return_list", "collecting", (*OFFICE, "approver"), "退回名单", "Return to collecting",
         ("INV-16",), REASON, artefacts=("return_note",)),
    Move(states("ranked"), "approve_list", "approved", ("approver",), "审定名单", "Approve",
         ("SX-06", "SX-07", "SX-26", "YL-2n", "GAP-SX-4", "GAP-YL-4", "INV-20"), guards=(quota_respected, findings_cleared),
         then=(approve,), persons=2, artefacts=("candidate_list",), mark="D"),
    Move(states("collecting|ranked|approved|published"), "strike_entry", SAME, (*OFFICE, "system"), "移出名单",
         "Strike an entry", ("SX-28", "INV-16"), STRIKE, (entry_case_ended,), (strike,), artefacts=("change_note",)),
    Move(states("closed"), "strike_entry", SAME, ("system",), "移出名单", "Strike an entry", ("SX-28", "INV-16"), STRIKE,
         (entry_case_ended,), (strike,), artefacts=("change_note",)),
    Move(states("approved|published"), "promote_reserve", SAME, OFFICE, "递补", "Promote the next reserve",
         ("YL-2n", "INV-20"), RESERVE, (quota_respected, reserve_next_in_order, findings_cleared), (promote,), persons=2,
         artefacts=("change_note",)),
    Move(states("approved"), "reopen_list", "collecting", OFFICE, "重开名单", "Reopen", ("INV-16",), REASON,
         (naming_not_decided,), artefacts=("reopening_note",)),
    Move(states("approved"), "publish_list", "published", (*OFFICE, "publicist"), "公布名单", "Publish",
         ("SX-27", "YL-2j"), PUBLICATION, (entries_await_notice,), (announce,), artefacts=("candidate_list",), mark="D"),
    Move(states("approved|published"), "record_dispatch", SAME, OFFICE, "登记报送", "Record that it was sent",
         ("YL-2n",), DISPATCH, then=(send_off,), artefacts=("dispatch_record",)),
    Move(states("approved|published"), "close_list", "closed", ("system",), "名单归档", "Close the list", ("INV-30",),
         guards=(list_used_up,)),
    Move(states("collecting|ranked"), "cancel_list", "cancelled", (*OFFICE, "system"), "取消名单", "Cancel",
         ("INV-16",), REASON),
)  # fmt: skip

MACHINE = Machine("candidate_list", TABLE, final=("closed", "cancelled"))
