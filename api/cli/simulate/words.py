"""What things are called: duties with the value of the scheme on which each date rests, states, acts, days of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.resources import BY_MACHINE
from service.domain.machines import template
from service.schemes.reading.pointers import parents

if TYPE_CHECKING:
    from service.domain.facts import Thing
    from service.schemes.model import Scheme

DUTIES: dict[str, tuple[str, str, str]] = {
    "batch_window_end": ("申报截止", "the window for applications ends", "/batch/window/to"),
    "draft_lapse": ("申报草稿到期失效", "a draft lapses with the window", "/batch/window/to"),
    "pause_limit": ("中止期限", "a pause ends", "/case/pause/max_days"),
    "fact_finding_due": ("核实期限", "fact-finding ends", "/case/fact_finding_days"),
    "stage_due": ("完成阶段", "the stage is to be complete", "{stage}/due"),
    "artefact_due": ("提交材料", "a paper is to be handed in", "{artefact}/due"),
    "progress_report_due": ("报送定期报告", "the report of a period is to be handed in", "{artefact}/every"),
    "pending_date_watch": ("提请确定待定时限", "a pending date is brought up again", "{stage}/due"),
    "urge_answer_due": ("答复催办", "an urging is to be answered", "/case/urge/answer_hours"),
    "item_due": ("整改问题办结", "a finding is to be put right", "/rectification/item_days"),
    "evaluation_due": ("提交评估报告", "the evaluation is to be reported", "/evaluation/mandate_days"),
    "survey_end": ("测评截止", "the survey ends", "/evaluation/survey/days"),
    "notice_end": ("公示期满", "the public notice ends", "/publicity/days"),
    "objection_admission_due": ("决定是否受理异议", "an objection is to be admitted or not", "/publicity/objection"),
    "objection_supplement_due": ("补正异议", "an objection is to be supplemented", "/publicity/objection"),
    "objection_verification_due": ("核实异议", "an objection is to be verified", "/publicity/objection"),
    "annual_report_opening": ("年度报告开始报送", "the annual report opens", "/annual_report/opens"),
    "annual_report_due": ("报送年度报告", "the annual report is due", "/annual_report/due"),
    "annual_report_publication_due": ("公开年度报告", "the report is to be public", "/annual_report/publish_days"),
    "round_due": ("年度回访启动", "a round of look-backs falls due", "/look_back/every"),
    "draw_due": ("抽取回访对象", "the round is to be drawn", "/look_back/draw_by"),
    "self_evaluation_due": ("提交自评", "the self-evaluation is due", "/look_back/self_evaluation/due"),
    "validity_end": ("称号有效期满", "the validity of the title ends", "/title/validity/length"),
    "renewal_window": ("延续窗口开始", "the title can be renewed from now on", "/title/validity/renewal_window_days"),
    "grace_end": ("宽限期满", "the days of grace end", "/title/validity/grace_days"),
    "recheck_due": ("周期复查", "the periodic re-check falls due", "/title/recheck/every"),
    "reminder_rectification_due": ("提醒整改期满", "the ordered rectification is due", "/reminder/rectification_days"),
    "investigation_due": ("调查期限", "the investigation is due", "/revocation/investigation_days"),
    "statement_end": ("陈述申辩期满", "the statement period ends", "/revocation/statement_days"),
    "review_request_end": ("申请复核期满", "the period for a review ends", "/revocation/review_request_days"),
    "review_result_due": ("作出复核决定", "the review is to be decided", "/revocation/review_days"),
    "insignia_return_due": ("交回牌匾证书", "a piece is to be handed back", "/naming/insignia/recover_days"),
    "suspension_limit": ("暂停期限", "the suspension ends", "/title/suspension/max_days"),
    "bar_end": ("禁止申报期满", "the bar ends", "/title/bars"),
    "transfer_day": ("移交生效", "a transfer takes effect", ""),
    "dispatch_due": ("定期通报", "a bulletin comes round", "/bulletins/{kind}/cadence"),
    "bulletin_due": ("印发通报", "a bulletin is to be issued", "/bulletins/{kind}/due"),
    "task_due": ("任务达标", "a task is to reach its target", "/action_plan/tasks"),
    "task_year_end": ("任务年度结转", "a task is carried over", "/action_plan/year_end"),
    "task_last_day": ("任务期限", "the last day of a task", "/action_plan/window/to"),
    "occurrence_opening": ("年度事项生成", "the results of a year open", "/action_plan/occurrence_day"),
    "occurrence_due": ("报送完成情况", "a result is to be reported", "/action_plan/occurrence_due"),
    "occurrence_period_end": ("完成情况期满", "the period of a result ends", "/action_plan/year_end"),
    "appraisal_due": ("年度考评", "the year is to be appraised", "/action_plan/appraisal/due"),
    "plan_year_opening": ("新年度开始", "the next plan year opens", "/action_plan/occurrence_day"),
    "plan_end": ("方案期满", "the plan ends", "/action_plan/window/to"),
    "plan_inspection_due": ("年度督察", "the inspection of a plan year", "/action_plan/inspection/due"),
}
"""Kind of duty: Chinese, English, and where the scheme says its date."""
STATES: dict[str, tuple[str, str]] = {
    "named": ("已命名", "named"), "not_named": ("未命名", "not named"), "declined": ("不予推荐", "declined"),
    "withdrawn": ("已退出", "withdrawn"), "disqualified": ("取消资格", "disqualified"), "closed": ("办结", "closed"),
    "draft": ("草稿", "draft"), "active": ("有效", "in force"), "reminded": ("被提醒", "reminded"),
    "suspended": ("暂停", "suspended"), "revocation_review": ("撤销审查中", "under review"),
    "revoked": ("已撤销", "revoked"), "expired": ("已到期", "expired"), "exited": ("已退出", "given up"),
    "cancelled": ("已注销", "cancelled"), "never": ("未申报", "never entered"),
}  # fmt: skip
WEEKDAYS = ("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
PUNCTUAL = {"early": ("提前", "early"), "last_day": ("最后一天", "on the last day"), "late": ("迟交", "late")}


def said(pair: tuple[str, str], language: str) -> str:
    """One of two, by the language."""
    return pair[language == "en"]


def duty(kind: str, language: str) -> str:
    """What a duty asks for."""
    zh, en, _ = DUTIES.get(kind, (kind, kind, ""))
    return said((zh, en), language)


def thing(machine: str, language: str) -> str:
    """What a machine is called."""
    found = BY_MACHINE.get(machine)
    return said((found.zh, found.en), language) if found else machine


def act(machine: str, event: str, language: str) -> str:
    """What an event is called; those of a stage are asked of its case."""
    for name in (machine, "stage"):
        for move in template(name):
            if move.event == event:
                return said((move.zh, move.en), language)
    return event


def state(scheme: Scheme, about: Thing, language: str) -> str:
    """Where a thing stands: by the title of its stage, in words, else as the machine calls it."""
    stages = {s.key: s.title for t in scheme.tracks if t.id == about.track for s in t.stages}
    title = stages.get(about.state)
    if title is not None:
        return said((title.zh, title.en), language)
    return said(STATES[about.state], language) if about.state in STATES else about.state


def articles(scheme: Scheme, kind: str, about: Thing, tag: str, rules: tuple[str, ...]) -> tuple[str, ...]:
    """On what a date rests: the article that the scheme marks for the value, else the rules of the machine it cites."""
    place = DUTIES.get(kind, ("", "", ""))[2]
    key = str(about.data.get("key", ""))
    stage = f"/tracks/{about.track}/stages/{key}"
    paper = f"{stage}/artefacts/{tag.partition(':')[0]}"
    bulletin = str(about.data.get("kind", "")) if about.machine == "bulletin" else tag.partition(":")[0]
    path = place.format(stage=stage, artefact=paper, kind=bulletin)
    for at in parents(path) if path else ():
        if found := scheme.basis.get(at):
            return found.articles
    return of_scheme(scheme, rules)


def of_scheme(scheme: Scheme, rules: tuple[str, ...]) -> tuple[str, ...]:
    """Of the rules of a machine those that the scheme cites itself; where it cites none of them, those of the service."""
    cited = {one for basis in scheme.basis.values() for one in basis.articles}
    return tuple(r for r in rules if r in cited) or tuple(r for r in rules if r.startswith(("INV", "GAP")))
