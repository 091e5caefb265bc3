"""What a scheme may not say. `problems` finds everything at once; an empty list lets it be published.

The form (unknown fields, wrong types) is tested when a scheme is loaded. Here are the rules that tie fields
together, so that no case of a published scheme can reach a point from which nothing follows.
"""

from collections.abc import Iterator

from service.schemes.loader import calendars
from service.schemes.model import Ground, Scheme
from service.schemes.problem import Problem, pointer
from service.schemes.reading.dates import wording_problems
from service.schemes.validation.bulletins import bulletin_problems
from service.schemes.validation.checks import codes, duplicates, slot, slots
from service.schemes.validation.lists import list_problems
from service.schemes.validation.names import calendar_problems, name_problems
from service.schemes.validation.organization import organization_problems
from service.schemes.validation.plan import plan_problems
from service.schemes.validation.runnable import runs_into
from service.schemes.validation.scores import indicator_problems, look_back_problems, scoring_problems, survey_problems
from service.schemes.validation.titles import title_problems
from service.schemes.validation.tracks import ONE_PATH, track_problems, track_warnings
from service.schemes.validation.walk import names_somebody

__all__ = ["Problem", "problems"]


def problems(scheme: Scheme) -> list[Problem]:
    """Every reason why the scheme cannot be published, in the order of the schema."""
    return [
        *_head(scheme),
        *_roles(scheme),
        *(one for place, track in enumerate(scheme.tracks) for one in track_problems(place, track)),
        *organization_problems(scheme),
        *indicator_problems(scheme),
        *scoring_problems(scheme),
        *survey_problems(scheme),
        *_evaluation(scheme),
        *title_problems(scheme),
        *look_back_problems(scheme),
        *_grounds(scheme),
        *_nobody_named(scheme),
        *name_problems(scheme),
        *list_problems(scheme),
        *bulletin_problems(scheme),
        *plan_problems(scheme),
        *_obligations(scheme),
        *wording_problems(scheme),
        *runs_into(scheme),
    ]


def _obligations(scheme: Scheme) -> Iterator[Problem]:
    yield from duplicates("/obligations", "代码", "code", (one.code for one in scheme.obligations))
    for place, one in enumerate(scheme.obligations):
        yield from slot(pointer("obligations", place, "by"), one.by)


def warnings(scheme: Scheme) -> list[Problem]:
    """What keeps nothing from being published, and yet should be looked at once more."""
    of_tracks = (one for place, track in enumerate(scheme.tracks) for one in track_warnings(place, track))
    return [*calendar_problems(scheme, calendars(), blocks=False), *of_tracks]


def _head(scheme: Scheme) -> Iterator[Problem]:
    if scheme.effective_from is None:
        yield Problem("/effective_from", "发布前须填施行日期", "a date of effect is needed", "GAP-QH-17")
    yield from duplicates("/tiers", "层级", "tier", (one.id for one in scheme.tiers))
    yield from duplicates("/tiers", "层级次序", "rank", (one.rank for one in scheme.tiers))
    for place, track in enumerate(scheme.tracks):
        here = pointer("tracks", place, "tiers")
        for tier in sorted(set(track.tiers) - {one.id for one in scheme.tiers}):
            yield Problem(here, f"不存在层级“{tier}”", f"there is no tier {tier}", "HY-T01")
    yield from duplicates("/tracks", "赛道", "track", (one.id for one in scheme.tracks))
    yield from duplicates("/two_person", "事项", "event", scheme.two_person)


def _roles(scheme: Scheme) -> Iterator[Problem]:
    yield from slots("/roles", scheme.roles)
    for needed in ("applicant", "authority", "stage_office"):
        if needed not in scheme.roles:
            yield Problem("/roles", f"缺少角色位“{needed}”", f"the slot {needed} is not filled", "INV-32")


# -------------------------------------------------------------------------------------- evaluation and title


def _evaluation(scheme: Scheme) -> Iterator[Problem]:
    yield from codes("/evaluation/methods/required", scheme.evaluation.methods.required)
    sample = scheme.evaluation.survey.sample
    if sample and not sample.seed:
        yield Problem("/evaluation/survey/sample/seed", "抽样未写明种子规则", "a draw needs a seed rule", "INV-29")
    stages = [stage.actor for track in scheme.tracks for stage in track.stages]
    for filled in [scheme.roles, *stages]:
        for role in scheme.evaluation.no_scoring_roles:
            if role in filled.get("evaluator_member", ()):
                yield Problem(
                    "/evaluation/no_scoring_roles",
                    f"“{role}”不得打分，却列为评估组成员",
                    f"{role} may not score and yet fills evaluator_member",
                    "INV-04",
                )


def _grounds(scheme: Scheme) -> Iterator[Problem]:
    report = scheme.annual_report
    if report.present and report.due < report.opens:
        yield Problem("/annual_report/due", "年度报告先到期后开放", "the report is due before it opens", "QH-07d")
    if report.present and report.of == "plan" and scheme.action_plan is None:
        yield Problem("/annual_report/of", "方案没有行动计划", "there is no action plan to report on", "HY-T05")
    yield from codes("/annual_report/parts", report.parts)
    yield from _listed("/reminder/grounds", scheme.reminder.present, scheme.reminder.grounds, "QH-12a")
    own = scheme.revocation.mode == "own"
    yield from _listed("/revocation/grounds", own, scheme.revocation.grounds, "INV-10")
    if scheme.title.suspension:
        yield from codes("/title/suspension/grounds", scheme.title.suspension.grounds)


def _listed(path: str, needed: bool, grounds: tuple[Ground, ...], rule: str) -> Iterator[Problem]:
    if needed and not grounds:
        yield Problem(path, "未列明情形", "no ground is listed", rule)
    yield from codes(path, grounds)


def _nobody_named(scheme: Scheme) -> Iterator[Problem]:
    """The life of a title is ruled where no track ever gives one."""
    if names_somebody(scheme):
        return
    title = scheme.title
    for path, says, rule in (
        ("/naming/insignia", scheme.naming.insignia is not None, "INV-05"),
        ("/title/validity", title.validity.length is not None, "INV-23"),
        ("/title/recheck", title.recheck.every is not None, "INV-23"),
        ("/title/strikes", title.strikes is not None, "INV-24"),
        ("/title/suspension", scheme.declares("title.suspension"), "INV-25"),
        ("/annual_report/present", scheme.annual_report.present and not scheme.declares("action_plan"), "QH-07d"),
        ("/look_back/mode", scheme.look_back.mode != "none", ONE_PATH),
        ("/reminder/present", scheme.reminder.present, "QH-12a"),
        ("/revocation/mode", scheme.revocation.mode == "own", "INV-10"),
    ):
        if says:
            yield Problem(
                path, "没有赛道以命名为结果，该规定无从适用", "no track names anybody, so nothing falls under it", rule
            )
