"""Kinds of things and their states in words for people. English is the code itself, read as words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.domain.facts import NEW

if TYPE_CHECKING:
    from service.domain.facts import Facts, Thing

Words = tuple[str, str]

MACHINES: dict[str, Words] = {
    "batch": ("批次", "batch"),
    "case": ("申报", "case"),
    "stage": ("阶段", "stage"),
    "rectification_item": ("整改问题", "rectification item"),
    "recommendation": ("推荐", "recommendation"),
    "evaluation": ("评估", "evaluation"),
    "survey": ("满意度测评", "survey"),
    "public_notice": ("公示", "public notice"),
    "objection": ("异议", "objection"),
    "candidate_list": ("名单", "list"),
    "naming_decision": ("命名决定", "naming decision"),
    "designation": ("示范命名对象", "designation"),
    "insignia": ("牌匾证书", "insignia"),
    "annual_report": ("年度报告", "annual report"),
    "look_back_round": ("回头看", "look-back round"),
    "look_back": ("回访核查", "look-back"),
    "reminder": ("通报提醒", "reminder"),
    "bulletin": ("通报", "bulletin"),
    "action_plan": ("行动计划", "action plan"),
    "action_plan_task": ("行动任务", "task of an action plan"),
    "task_occurrence": ("任务完成情况", "result of a task"),
    "revocation_case": ("撤销命名", "revocation case"),
}

_STATES = {
    "action_plan": "draft 草案 issued 已印发 assigned 已分解 running 实施中 appraised 已考评 ended 已期满 withdrawn 已撤回",
    "action_plan_task": "planned 已列入 assigned 已交办 in_progress 落实中 met 已完成 unmet 未完成 dropped 已取消",
    "annual_report": "scheduled 未到报送期 open 待报送 submitted 已报送 accepted 已接收 published 已公开 waived 免报",
    "batch": "planned 筹划中 open 申报中 evaluating 评估中 publicizing 公示中 named 已命名 closed 已办结 cancelled 已取消",
    "bulletin": "draft 拟稿 received 已收到 approved 已审签 issued 已印发 discarded 已作废 corrected 已更正 withdrawn 已撤回",
    "candidate_list": "collecting 汇集中 ranked 已排序 approved 已审定 published 已公布 closed 已归档 cancelled 已取消",
    "case": "draft 草稿 paused 已中止 named 已命名 not_named 不予命名 declined 不予推荐 withdrawn 已撤回 "
    "disqualified 已取消资格 closed 已办结",
    "designation": "active 有效 reminded 提醒整改中 suspended 已暂停 revocation_review 撤销审查中 revoked 已撤销 "
    "cancelled 已注销 expired 已期满 exited 已退出",
    "evaluation": "mandated 已委托 team_formed 已组建评估组 fieldwork 核查中 scoring 打分中 locked 评分已锁定 "
    "reported 已提交报告 procedure_recheck 程序复核中 final 已接收结果 terminated 已终止",
    "insignia": "ordered 订制中 produced 已制作 issued 已颁发 held 持有中 lost 已报失 replaced 已补发 "
    "recall_ordered 已责令交回 recovered 已收回 cancelled 已注销",
    "look_back": "drawn 已列入 notified 已通知 self_evaluated 已自评 evaluating 评估中 scored 已登记得分 in_notice 公示中 "
    "retained 保留命名 reminded 提醒整改中 in_revocation 撤销审查中 closed 已办结 cancelled 已终止",
    "look_back_round": "planned 筹划中 drawn 已确定对象 running 进行中 ranked 已排名 consequences_applied 末位已处理 "
    "closed 已办结 cancelled 已取消",
    "naming_decision": "drafted 拟稿 proposed 待审定 approved 已审定 rejected 未获审定 effective 已印发 discarded 已作废",
    "objection": "filed 已提出 awaiting_supplement 待补正 inadmissible 不予受理 verifying 核实中 dismissed 不成立 "
    "upheld 成立 partly_upheld 部分成立 answered 已答复 withdrawn 已撤回",
    "public_notice": "draft 拟稿 open 公示中 objections_pending 期满待核实 closed_clear 公示无异议 "
    "closed_upheld 异议成立 cancelled 已撤销",
    "recommendation": "drafted 拟写中 submitted 已报送 accepted 已接收 rejected 未采纳 withdrawn 已取消",
    "rectification_item": "raised 已登记 assigned 已交办 in_progress 整改中 submitted 已提交 verified 已核验 "
    "closed 已销号 void 已撤销",
    "reminder": "drafted 拟稿 issued 已通报 discarded 已作废 rectifying 整改中 submitted 已提交整改报告 verified 已核验 "
    "lifted 已解除 escalated 已转撤销审查 closed 已结案",
    "revocation_case": "opened 已立案 investigating 调查中 reported 已提交调查报告 hearing 陈述申辩中 heard 申辩已结束 "
    "proposed 待决定 dismissed 不予撤销 decided 已决定撤销 notified 已送达 under_review 复核中 final 已生效 "
    "reversed 已纠正 settled 已结案 closed 称号已终止",
    "stage": "planned 未开始 open 办理中 held 有问题待整改 submitted 待验收 completed 已完成 skipped 已跳过 "
    "set_aside 已暂存 superseded 已被替代 cancelled 已终止",
    "survey": "planned 已制定方案 sampled 已抽样 open 进行中 closed 已截止 computed 已计算 final 已确认 cancelled 已取消",
    "task_occurrence": "open 待报送 reported 已报送 met 已达标 unmet 未达标 not_applicable 不适用",
}
STATES: dict[str, dict[str, str]] = {
    machine: dict(zip(words.split()[::2], words.split()[1::2], strict=True)) for machine, words in _STATES.items()
}
"""Machine to state to Chinese words."""


def machine_in_words(machine: str) -> Words:
    """A kind of thing."""
    return MACHINES.get(machine, (machine, machine.replace("_", " ")))


def state_in_words(machine: str, state: str) -> Words:
    """A state of a kind of thing; "none" and what is only asked for do not exist (yet)."""
    if state in (NEW, "none"):
        return "尚未建立", "not there yet"
    return STATES.get(machine, {}).get(state, state), state.replace("_", " ")


def stands_in_words(facts: Facts, thing: Thing) -> Words:
    """Where a thing stands: a case in a stage by the title of the stage, a run of a stage with that title."""
    tracks = [track for track in facts.scheme.tracks if track.id == thing.track]
    stages = {stage.key: stage.title for track in tracks for stage in track.stages}
    title = stages.get(thing.state) if thing.machine == "case" else None
    if title is not None:
        return title.zh, title.en
    zh, en = state_in_words(thing.machine, thing.state)
    if thing.machine == "stage" and (title := stages.get(str(thing.data.get("key", "")))):
        return f"{title.zh}（{zh}）", f"{title.en} ({en})"
    return zh, en
