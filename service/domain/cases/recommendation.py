"""A recommendation: an office puts a case of its own territory forward and answers for it (QH-08a..e, SX-23).

Nothing moves by itself when it is accepted: a person completes the stage, and that stage asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from service.domain.choices import any_of, listed
from service.domain.effects import Effect, Put
from service.domain.facts import Ask, Facts, Unmet, unmet
from service.domain.forms import REASON, Fault, Form, Part, number, pairs, text
from service.domain.guards import naming_not_decided, no_open_item_holding, not_yet_examined
from service.domain.machine import Machine, Move, guard, states
from service.domain.measures import quotas
from service.domain.measures.thresholds import exact

OFFICE = ("recommending_office", "organizer")
VERIFIED = ("prefecture", "third_party")


def _share(value: Any, facts: Facts, ask: Ask) -> Fault | None:
    share = exact(value)
    if share is not None and 0 <= share <= 1:
        return None
    return "应为 0 至 1 之间的比率，如 0.90", "must be a share from 0 to 1, such as 0.90"


def _listed(value: dict[str, str], facts: Facts, ask: Ask) -> Fault | None:
    if unknown := sorted(set(value) - {c.code for c in facts.track.criteria}):
        return f"该类别没有这些条件：{'、'.join(unknown)}", f"the track has no criterion {', '.join(unknown)}"
    return None


def _assessor(value: Any) -> Fault | None:
    if value in (*VERIFIED, "self"):
        return None
    return "应为 prefecture、third_party 或 self", "must be prefecture, third_party or self"


# What the office attests. A draft may be unfinished; what is missing at the end is said by the guards.
ATTESTATION = Form(
    "attestation",
    (
        Part("attainment", number, "达标率", "attainment, as a share", optional=True, check=_share),
        Part("verified_by", _assessor, "评定方", "who assessed it", optional=True, choices=any_of(*VERIFIED, "self")),
        Part(
            "criteria",
            pairs,
            "各项条件及理由",
            "criteria, each with its reasons",
            optional=True,
            check=_listed,
            choices=listed("track.criteria"),
            rests="/tracks/{track}/criteria",
        ),
        Part("excess_reason", text, "超名额理由", "why more than the quota", optional=True),
    ),
    ("QH-08a", "QH-08b", "QH-08c", "QH-08e", "GAP-YL-4"),
    draft=True,
)


def _said(facts: Facts, ask: Ask) -> dict[str, Any]:
    """What is attested: on record, and as the call completes it. Seen from a stage, that of its case."""
    here = facts.thing if facts.thing.machine == "recommendation" else facts.latest("recommendation")
    return {**(here.data if here else {}), **ask.form}


@guard("SX-22", rests="/tracks/{track}/stages")
def case_in_review(facts: Facts, ask: Ask) -> Unmet | None:
    """The case stands in the stage whose outcome is a recommendation."""
    case = facts.case
    at = case.state if case else "none"
    stages = facts.track.stages if case else ()
    if any(s.key == at and (s.kind == "preliminary_review" or "recommendation_accepted" in s.guards) for s in stages):
        return None
    return unmet(f"申报不在推荐环节（{at}）", f"the case is not under preliminary review ({at})", [at])


def _territories(facts: Facts, ask: Ask) -> list[str]:
    """The regions for which this person holds an office that recommends here."""
    run = facts.run
    key = run.data["key"] if run else None
    roles = {r for slot in OFFICE for r in facts.scheme.concrete_roles(slot, facts.thing.track, key)}
    scopes = (h.scope.partition(":") for h in ask.who.roles if h.role in roles)
    return [value for kind, _, value in scopes if kind == "region"]


@guard("QH-04b")
def own_jurisdiction(facts: Facts, ask: Ask) -> Unmet | None:
    """The subject lies in the territory of the office that acts."""
    at, held = facts.thing.region, _territories(facts, ask)
    if any(at == region or at.startswith(region + "/") for region in held):
        return None
    return unmet(f"{at} 不在本机关辖区", f"{at} is outside the territory of the office", held or ["region"])


@guard("QH-08b", "QH-08c", "QH-08e", "SX-11", "SX-13", "SX-14", "SX-15", "HY-T01", rests="/tracks/{track}/criteria")
def criteria_met(facts: Facts, ask: Ask) -> Unmet | None:
    """Every criterion of the track (such as leading, innovative, copyable) is attested with reasons."""
    attested = _said(facts, ask).get("criteria") or {}
    lacking = [c for c in facts.track.criteria if not isinstance(attested, Mapping) or c.code not in attested]
    if not lacking:
        return None
    zh, en = "、".join(c.title.zh for c in lacking), ", ".join(c.title.en for c in lacking)
    return unmet(f"请逐项说明理由：{zh}", f"attest with reasons: {en}", [c.code for c in lacking])


@guard("GAP-QH-6", "QH-08a", "SX-12", "INV-08", rests="/tracks/{track}/attainment_min")
def verified_attainment(facts: Facts, ask: Ask) -> Unmet | None:
    """The attainment reaches the least share and rests on a verified assessment, where the track asks."""
    least = facts.track.attainment_min
    if least is None:
        return None
    said = _said(facts, ask)
    if least.assessment == "verified" and said.get("verified_by") not in VERIFIED:
        zh, en = (
            "达标率须经市州或第三方评定，不能只凭自评",
            "the attainment must be verified; a self-rating alone is not",
        )
        return unmet(zh, en, ["verified_by"])
    claimed = said.get("attainment")
    share = exact(claimed)
    if share is not None and share >= Fraction(least.share):
        return None
    zh = f"达标率须达 {least.share}，现为 {claimed or '未填'}"
    return unmet(zh, f"attainment must reach {least.share}; it is {claimed or 'not given'}", ["attainment"])


def _judged(facts: Facts) -> quotas.Judged:
    """The cases of the batch that are recommended on this track, in the stratum of this one, and this one."""
    quota, case = facts.track.quota, facts.case or facts.thing
    under = facts.batch.region if facts.batch else case.region
    mine = quotas.stratum(quota, case, under)
    others = {
        c.id for c in facts.more["places"] if (c.track, quotas.stratum(quota, c, under)) == (facts.thing.track, mine)
    }
    return quotas.judge(quota, len(others | {case.id}), whole=False)


@guard("SX-06", "SX-07", "YL-2n", "GAP-SX-4", "GAP-YL-4", "HY-T01", "INV-11", needs="places")
def quota_respected(facts: Facts, ask: Ask) -> Unmet | None:
    """The number stays within the quota; "about" only warns; whoever accepts approves a reasoned excess."""
    found = _judged(facts)
    if found.how in ("within", "warned") or (found.how == "excess" and _said(facts, ask).get("excess_reason")):
        return None
    if found.how == "excess":
        return unmet(f"{found.zh}；超出须说明理由", f"{found.en}; give the reason for the excess", ["excess_reason"])
    return unmet(found.zh, found.en, ["quota"])


def _reviews_own(facts: Facts, ask: Ask) -> bool:
    return facts.thing.region in _territories(facts, ask)


@guard("GAP-SX-2", "INV-20")
def two_signatures_if_own(facts: Facts, ask: Ask) -> Unmet | None:
    """Where the office reviews its own government, one person drafts and another one sends."""
    drafter = facts.thing.by.get("draft_recommendation")
    if drafter != ask.who.person or not _reviews_own(facts, ask):
        return None
    zh, en = "推荐本级政府须由另一人报送", "recommending its own government takes a second person to send it"
    return unmet(zh, en, [drafter])


def _of_own_government(facts: Facts, given: Mapping[str, Any]) -> bool:
    return bool(facts.thing.data.get("own_government"))


# Whoever accepts what an office recommends of its own government looks at the papers itself (GAP-SX-2).
RECEIPT = Form(
    "receipt",
    (Part("paper_check", text, "书面核查情况", "what the check of the papers found", when=_of_own_government),),
    ("GAP-SX-2",),
)


def flag(facts: Facts, ask: Ask) -> list[Effect]:
    """The file says that an office reviewed its own government or left what "about" means (GAP-SX-2, -4)."""
    found = _judged(facts)
    warning = {"zh": found.zh, "en": found.en} if found.how != "within" else None
    return [Put(facts.thing.id, {"own_government": _reviews_own(facts, ask), "quota_warning": warning})]


TABLE = (
    Move(states("@new"), "draft_recommendation", "drafted", OFFICE, "拟写推荐", "Draft", ("SX-22", "QH-04b",
         "QH-08d", "QH-08e"),
         ATTESTATION, (case_in_review,), artefacts=("recommendation_draft",), mark="D"),
    Move(states("drafted"), "submit_recommendation", "submitted", OFFICE, "报送推荐", "Submit", ("QH-04b",
         "QH-08a", "QH-08b", "QH-08c", "QH-08e", "GAP-QH-6", "SX-11", "SX-13", "SX-14", "SX-15", "SX-23",
         "GAP-SX-2", "YL-2k", "YL-2l", "GAP-YL-4"), ATTESTATION, (own_jurisdiction, criteria_met,
         verified_attainment, no_open_item_holding, quota_respected, two_signatures_if_own), (flag,),
         artefacts=("recommendation", "attainment_sheet"), mark="D"),
    Move(states("submitted"), "recall_recommendation", "drafted", OFFICE, "撤回推荐", "Recall", ("INV-30",),
         guards=(not_yet_examined,), artefacts=("recall_note",)),
    Move(states("submitted"), "return_recommendation", "drafted", ("authority", "approver"), "退回推荐",
         "Return", ("INV-16",), REASON, artefacts=("return_note",)),
    Move(states("submitted"), "accept_recommendation", "accepted", ("authority", "approver"), "接收推荐",
         "Accept", ("SX-24", "YL-2n", "INV-12", "INV-20"), RECEIPT, (quota_respected,), persons=2,
         artefacts=("receipt_note",), mark="D"),
    Move(states("submitted"), "reject_recommendation", "rejected", ("authority", "approver"), "不采纳推荐",
         "Reject", ("SX-23",), REASON, artefacts=("rejection_note",)),
    Move(states("drafted|submitted|accepted"), "withdraw_recommendation", "withdrawn", (*OFFICE, "system"),
         "取消推荐", "Withdraw", ("INV-16",), REASON, (naming_not_decided,), artefacts=("withdrawal_note",)),
)  # fmt: skip

MACHINE = Machine("recommendation", TABLE, final=("rejected", "withdrawn"))
