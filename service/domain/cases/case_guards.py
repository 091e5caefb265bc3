"""What must be true of a case: who may enter, how it leaves a stage, when it may end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from service.domain.cases.organization import bodies_lacking, first_level
from service.domain.facts import Ask, Facts, Thing, Unmet, unmet
from service.domain.machine import guard
from service.domain.titles import tiers

if TYPE_CHECKING:
    from service.schemes.values import Coded

LOST = ("revoked", "expired", "exited")
LOSING = ("revoke", "expire", "record_strike", "accept_exit")


@guard("QH-18a", "SX-01", needs="version")
def scheme_published(facts: Facts, ask: Ask) -> Unmet | None:
    """The scheme version is published and in force."""
    status = facts.more["version"]["status"]
    begins = facts.more["version"]["effective_from"]
    if status == "published" and begins and date.fromisoformat(begins) <= facts.today:
        return None
    return unmet("方案尚未发布或尚未生效", "the scheme is not published or not yet in force", [status, begins])


@guard("QH-03a", "SX-05", rests="/batch/window")
def batch_open(facts: Facts, ask: Ask) -> Unmet | None:
    """The batch accepts applications at the business time of the command."""
    batch = facts.batch
    data = batch.data if batch else {}
    begun = str(data.get("opens", "")) <= facts.today.isoformat()
    if batch is not None and batch.state == "open" and begun:
        return None
    window = [data.get("opens", "-"), data.get("closes", "-")]
    return unmet(f"不在申报期内（{window[0]} 至 {window[1]}）", f"the window is {window[0]} to {window[1]}", window)


@guard("QH-03b", needs="same_case")
def natural_key_free(facts: Facts, ask: Ask) -> Unmet | None:
    """No other case has the same scheme, batch, track and subject."""
    other = facts.more["same_case"]
    return unmet("同一批次已有该主体的申报", "this subject has a case in this batch", [other]) if other else None


@guard("SX-03", "GAP-QH-7", "YL-B1", "YL-B4", rests="/tracks/{track}/applicant_levels /tracks/{track}/named_applicants")
def applicant_allowed(facts: Facts, ask: Ask) -> Unmet | None:
    """Level of the applicant is among those of the track, and the track names no applicants or this one."""
    track, level = facts.track, facts.thing.data.get("level")
    if level not in track.applicant_levels:
        return unmet(f"本赛道面向 {'、'.join(track.applicant_levels)}", f"this track admits {', '.join(track.applicant_levels)}",
                     track.applicant_levels)  # fmt: skip
    if track.named_applicants and facts.thing.data.get("name") not in track.named_applicants:
        return unmet("不在本赛道的名单内", "the track admits only those it names", track.named_applicants)
    return None


@guard("QH-08e", "GAP-QH-7", needs="titles_of_place", rests="/tracks/{track}/title_needed")
def place_holds_title(facts: Facts, ask: Ask) -> Unmet | None:
    """Where the track asks it of a level, the place holds a title of one of the classes named."""
    needed = facts.track.title_needed.get(facts.thing.data.get("level", ""), ())
    if not needed or any(_class_of(t, facts) in needed for t in facts.more["titles_of_place"]):
        return None
    zh = f"该级主体须已是本方案命名的 {'、'.join(needed)} 类对象"
    return unmet(zh, f"at this level only who holds a title of the class {', '.join(needed)} applies", needed)


@guard("PDS-S1b", needs="organization", rests="/organization")
def organized_at_entry(facts: Facts, ask: Ask) -> Unmet | None:
    """The bodies without which the scheme lets nobody begin stand, with whoever leads them."""
    asked = [b for b in facts.scheme.organization.get(facts.track.stages[0].key, ()) if b.at_entry]
    if not asked:
        return None
    lacking = bodies_lacking(asked, facts.more["organization"].bodies, first_level(facts.scheme))
    if not lacking:
        return None
    what = "; ".join(lacking)
    return unmet(f"启动前须先成立机构：{what}", f"form these bodies before it begins: {what}", lacking)


@guard("SX-05", "QH-03a", rests="/batch/window")
def window_over(facts: Facts, ask: Ask) -> Unmet | None:
    """The last day of the window is past, as it stands now: it may have been extended since the draft was made."""
    closes = str(facts.batch.data.get("closes", "")) if facts.batch else ""
    if closes < facts.today.isoformat():
        return None
    return unmet(f"申报期至 {closes}", f"the window lasts until {closes}", [closes])


def _titles(facts: Facts) -> list[Thing]:
    return [t for t in facts.more["history"] if t.machine == "designation"]


def _class_of(title: Thing, facts: Facts) -> str:
    return next((t.class_ for t in facts.scheme.tracks if t.id == title.track), "")


def held_titles(facts: Facts) -> list[Thing]:
    """The titles of this scheme that the subject holds and that stand in the way of another one, or carry it.

    With several tiers those on the ladder of its track, else those of its class: a county that was named for one
    aspect of its work in earlier times may become a demonstration county (QH-08a).
    """
    held = [t for t in _titles(facts) if t.state not in (*LOST, "cancelled")]
    if len(facts.scheme.tiers) > 1:
        return [t for t in held if t.track == facts.thing.track]
    return [t for t in held if _class_of(t, facts) in ("", facts.track.class_)]


def lost_titles(facts: Facts) -> list[Thing]:
    """The titles of this scheme that the subject held and lost: by fault, by time or by giving them up."""
    return [t for t in _titles(facts) if t.state in LOST]


def _lost_on(title: Thing) -> str:
    """The day on which a title was lost: of what has ended by one of these events, that of the last one."""
    days = title.data.get("on", {})
    return max((str(days[event]) for event in LOSING if event in days), default="")


@guard("HY-T01", needs="history", rests="/tiers")
def tier_ladder_respected(facts: Facts, ask: Ask) -> Unmet | None:
    """The tier sought is the first or the one after a tier still held. One tier: no title is held yet."""
    held, rungs = held_titles(facts), tiers.rungs_of(facts)
    if len(rungs) == 1:
        return (
            unmet("该主体已有示范命名", "this subject holds the title already", [t.id for t in held]) if held else None
        )
    wanted, sought = tiers.next_tier(rungs, tiers.highest(rungs, held)), tiers.sought(facts, ask)
    if sought is None or sought == wanted:
        return None  # whoever names none is told so by the form
    if wanted is None:
        return unmet("已取得最高层级", "the highest tier is held already", [t.id for t in held])
    title = next((t.zh for t in facts.scheme.tiers if t.id == wanted), wanted)
    return unmet(f"只能申报“{title}”（{wanted}）", f"the tier to apply for is {wanted}", [wanted])


def was_held(one: Thing) -> bool:
    """A batch that took applications: one only planned, or cancelled, is nothing that anybody could sit out."""
    return one.machine == "batch" and one.on("open_batch") is not None and one.state != "cancelled"


@guard("INV-27", needs="history bars", rests="/title/bars")
def not_barred(facts: Facts, ask: Ask) -> Unmet | None:
    """No bar by date or by number of batches applies to the subject, or to the applicant, for this scheme.

    A bar is a record of the title, the case or the revocation that brought it, never inferred (INV-27).
    """
    mine = {"subject": facts.thing.subject, "applicant": facts.thing.organization}
    batch = facts.batch
    opened = str(batch.data.get("opens", "")) if batch else ""
    for bar in (b for b in facts.more["bars"] if b["subject"] and b["subject"] == mine[b["who"]]):
        if (until := bar.get("until")) and facts.today.isoformat() <= until:
            return unmet(f"禁止申报至 {until}", f"barred until {until}", [bar["on"], until])
        # A bar by batches counts those that opened after it began; none of them is the batch of the fall itself.
        later = [b for b in facts.more["history"] if was_held(b) and b.data["opens"] > bar["from"]]
        passed = sum(str(b.data["opens"]) < opened for b in later)
        if bar.get("batches") is not None and (opened <= bar["from"] or passed < bar["batches"]):
            return unmet("须待以后批次", "it must wait for a later batch", [bar["on"], bar["from"], bar["batches"]])
    return None


@guard("QH-15a", "GAP-QH-4", "GAP-QH-5", needs="history evidence", rests="/title/reapplication")
def reapplication_allowed(facts: Facts, ask: Ask) -> Unmet | None:
    """A subject that lost a title meets the class, batch and further conditions of the scheme, with evidence."""
    lost = lost_titles(facts)
    if not lost:
        return None
    rules = facts.scheme.title.reapplication
    if rules.classes and facts.track.class_ not in rules.classes:
        return unmet("该类别失去命名后不得再申报", "this class may not apply again", rules.classes)
    fell = max(map(_lost_on, lost))
    opened = str(facts.batch.data.get("opens", "")) if facts.batch else ""
    if opened <= fell:
        return unmet(f"须在 {fell} 之后的批次申报", f"only a batch that opens after {fell}", [fell])
    open_orders = [t for t in facts.more["history"] if t.machine == "revocation_case" and not t.ended]
    if open_orders:
        return unmet("撤销事项尚未办结", "the revocation is not settled", [t.id for t in open_orders])
    return _conditions_proved(rules.conditions, facts, ask)


def _conditions_proved(conditions: Iterable[Coded], facts: Facts, ask: Ask) -> Unmet | None:
    """Each condition, such as the rectification report and the verified attainment, rests on evidence of this file."""
    given = ask.form.get("conditions", facts.thing.data.get("conditions")) or {}
    proved = {code for code, paper in given.items() if paper in facts.more["evidence"]}
    lacking = [c for c in conditions if c.code not in proved]
    if not lacking:
        return None
    zh, en = "、".join(c.title.zh for c in lacking), ", ".join(c.title.en for c in lacking)
    return unmet(f"再次申报须提交佐证：{zh}", f"applying again needs evidence: {en}", [c.code for c in lacking])


@guard("INV-01", "INV-17")
def run_ended(facts: Facts, ask: Ask) -> Unmet | None:
    """The present run is completed or skipped."""
    run = facts.run
    if run is not None and run.state in ("completed", "skipped"):
        return None
    return unmet("本阶段尚未完成", "the stage has not ended", [run.state if run else "none"])


def _result(facts: Facts) -> bool | None:
    """The latest outside result of the present run: favourable, unfavourable, or None."""
    run = facts.run
    results = run.data.get("results", []) if run else []
    return bool(results[-1].get("favourable")) if results else None


def _origin(facts: Facts) -> dict[str, str]:
    case = facts.case
    origin: dict[str, str] = case.data.get("origin", {}) if case else {}
    return origin if origin and case and origin["target"] == case.state else {}


@guard("INV-17", rests="/tracks/{track}/stages")
def exit_is_next(facts: Facts, ask: Ask) -> Unmet | None:
    """No return is pending, the stage ended is not the last, and any external result on it is favourable."""
    if not _origin(facts) and _result(facts) is not False and facts.thing.state != facts.track.last.key:
        return None
    return unmet("本阶段不进入下一阶段", "this stage does not lead to the next", [facts.thing.state])


@guard("INV-19")
def exit_is_origin(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage ended closes a return that was ordered with the resume-at-origin flag."""
    return None if _origin(facts) else unmet("没有待恢复的阶段", "no return is pending", ["origin"])


@guard("SX-28", rests="/tracks/{track}/stages/{stage}/kind")
def exit_is_naming(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage ended is of kind naming and the decision names the case."""
    case = facts.thing
    named = any(d.state == "effective" and case.id in d.data.get("named", ()) for d in facts.of("naming_decision"))
    if named and facts.track.stage(case.state).kind == "naming":
        return None
    return unmet("命名决定未列入", "no decision names the case", ["naming_decision"])


@guard("YL-2o", "YL-3r", "HY-T02")
def exit_is_external_yes(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage ended is the last, is external, and its recorded result is favourable."""
    return None if _result(facts) else unmet("外部结果不是命名", "the outside result is not favourable", ["result"])


@guard("GAP-PDS-1", rests="/tracks/{track}/outcome")
def exit_is_closing(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage ended is the last and the track ends without naming."""
    if facts.track.outcome == "closed" and facts.thing.state == facts.track.last.key:
        return None
    return unmet("本赛道以命名结束", "this track ends in naming", [facts.track.outcome])


@guard("PDS-D1", "PDS-D2")
def no_blocking_fact(facts: Facts, ask: Ask) -> Unmet | None:
    """No fact is on file that blocks the close, such as proved false material."""
    found = facts.thing.data.get("fact_finding", {})
    return unmet("材料经核实不实", "material was found false", [found["report"]]) if found.get("confirmed") else None


@guard("INV-19", rests="/tracks/{track}/stages/{stage}/returns")
def return_target_declared(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage lists the target among those it may return to."""
    targets = [r.to for r in facts.track.stage(facts.thing.state).returns]
    if ask.form.get("to") in targets:
        return None
    return unmet(f"可退回至：{'、'.join(targets)}", f"it may return to {', '.join(targets)}", targets)


@guard("INV-19", rests="/tracks/{track}/stages")
def recall_allowed(facts: Facts, ask: Ask) -> Unmet | None:
    """The stage before declares that its outcome may be recalled."""
    before = facts.track.before(facts.thing.state)
    if before is not None and before.recall:
        return None
    return unmet("前一阶段不可撤回", "the stage before cannot be recalled", [before.key if before else "-"])


@guard("INV-30")
def run_not_examined(facts: Facts, ask: Ask) -> Unmet | None:
    """Nobody on the receiving side has taken up the present run."""
    by = facts.run.data.get("taken_up_by") if facts.run else None
    return unmet(f"{by} 已开始审阅", f"{by} has taken it up", [by]) if by else None


@guard("INV-22", rests="/case/pause/grounds")
def pause_allowed(facts: Facts, ask: Ask) -> Unmet | None:
    """The scheme admits a pause on the ground named."""
    grounds = facts.scheme.case.pause.grounds
    if ask.form.get("ground") in grounds:
        return None
    return unmet(f"中止情形：{'、'.join(grounds)}", f"a pause needs one of {', '.join(grounds)}", grounds)


@guard("INV-15")
def none_open_yet(facts: Facts, ask: Ask) -> Unmet | None:
    """No fact-finding is open already."""
    found = facts.thing.data.get("fact_finding", {})
    return unmet("核实正在进行", "a fact-finding is open already", [found.get("on")]) if found.get("open") else None


@guard("INV-15")
def fact_finding_open(facts: Facts, ask: Ask) -> Unmet | None:
    """A fact-finding is open."""
    if facts.thing.data.get("fact_finding", {}).get("open"):
        return None
    return unmet("没有进行中的核实", "no fact-finding is open", ["open_fact_finding"])


@guard("PDS-D2", "INV-15")
def no_fact_finding_open(facts: Facts, ask: Ask) -> Unmet | None:
    """No fact-finding on false material is open against the subject."""
    found = facts.thing.data.get("fact_finding", {})
    return unmet("核实未结束", "a fact-finding is open", [found.get("on")]) if found.get("open") else None


@guard("SX-23")
def no_live_recommendation(facts: Facts, ask: Ask) -> Unmet | None:
    """No submitted or accepted recommendation for the case is in force."""
    live = [r.id for r in facts.of("recommendation") if r.state in ("submitted", "accepted")]
    return unmet("须先取消推荐", "withdraw the recommendation first", live) if live else None


@guard("SX-28")
def naming_refused_with_reason(facts: Facts, ask: Ask) -> Unmet | None:
    """The effective decision lists the case as not named and gives the reason."""
    for decision in facts.of("naming_decision"):
        if decision.state == "effective" and decision.data.get("refused", {}).get(facts.thing.id):
            return None
    return unmet("命名决定未列明不命名理由", "no effective decision refuses it with a reason", ["reason"])


@guard("YL-2o", "YL-3r", "HY-T02", rests="/tracks/{track}/outcome")
def external_outcome_negative(facts: Facts, ask: Ask) -> Unmet | None:
    """The track ends in naming and a recorded outside decision says that the subject is not named."""
    if facts.track.outcome == "named" and _result(facts) is False:
        return None
    return unmet("没有不予命名的外部决定", "no outside decision refuses it", ["record_external_result"])


@guard("PDS-D2", "QH-13-2", "INV-15")
def fraud_proved(facts: Facts, ask: Ask) -> Unmet | None:
    """A filed fact-finding report concludes that material was false or facts were hidden."""
    if facts.thing.data.get("fact_finding", {}).get("confirmed"):
        return None
    return unmet("没有证实弄虚作假的核实报告", "no fact-finding has proved it", ["fact_finding_report"])


def target_is(end: str, facts: Facts, ask: Ask) -> Unmet | None:
    """Whether a computed target is this one: where a return leads, where a case resumes."""
    meant = {
        "return_to_stage": ask.form.get("to"),
        "resume_at_origin": facts.thing.data.get("origin", {}).get("key"),
        "resume": facts.thing.data.get("paused_in"),
    }[ask.event]
    if meant == end:
        return None
    return unmet(f"目标阶段为 {meant}", f"the target is {meant}", [meant or "-"])
