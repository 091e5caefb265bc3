"""What a scheme may not say. `problems` finds everything at once; an empty list lets it be published.

The form (unknown fields, wrong types) is tested when a scheme is loaded. Here are the rules that tie fields
together, so that no case of a published scheme can reach a point from which nothing follows.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator

from service.schemes.model import Coded, Due, Ground, Scheme, Stage, Track
from service.schemes.problem import FORM, Problem, pointer
from service.schemes.runnable import runs_into
from service.schemes.validate_scores import indicator_problems, look_back_problems, scoring_problems
from service.schemes.vocabulary import KINDS, SLOTS

__all__ = ["Problem", "problems"]

ONE_PATH = "INV-17"
BACK = "INV-19"


def problems(scheme: Scheme) -> list[Problem]:
    """Every reason why the scheme cannot be published, in the order of the schema."""
    return [
        *_head(scheme),
        *_roles(scheme),
        *(one for place, track in enumerate(scheme.tracks) for one in _track(place, track)),
        *_organization(scheme),
        *indicator_problems(scheme),
        *scoring_problems(scheme),
        *_evaluation(scheme),
        *_title(scheme),
        *look_back_problems(scheme),
        *_grounds(scheme),
        *runs_into(scheme),
    ]


def _twice(values: Iterable[Hashable]) -> list[Hashable]:
    return [value for value, count in Counter(values).items() if count > 1]


def _duplicates(
    path: str, what_zh: str, what_en: str, values: Iterable[Hashable], rule: str = FORM
) -> Iterator[Problem]:
    for value in _twice(values):
        yield Problem(path, f"{what_zh}“{value}”重复", f"{what_en} {value} is listed twice", rule)


def _codes(path: str, items: Iterable[Coded]) -> Iterator[Problem]:
    yield from _duplicates(path, "代码", "code", (one.code for one in items))


def _head(scheme: Scheme) -> Iterator[Problem]:
    if scheme.effective_from is None:
        yield Problem("/effective_from", "发布前须填施行日期", "a date of effect is needed", "GAP-QH-17")
    yield from _duplicates("/tiers", "层级", "tier", (one.id for one in scheme.tiers))
    yield from _duplicates("/tiers", "层级次序", "rank", (one.rank for one in scheme.tiers))
    yield from _duplicates("/tracks", "赛道", "track", (one.id for one in scheme.tracks))
    yield from _duplicates("/two_person", "事项", "event", scheme.two_person)
    yield from _duplicates("/lists", "名单用途", "purpose", (one.purpose for one in scheme.lists))


def _slots(path: str, filled: dict[str, tuple[str, ...]]) -> Iterator[Problem]:
    for slot, roles in filled.items():
        here = path + pointer(slot)
        if slot not in SLOTS:
            yield Problem(here, f"不存在角色位“{slot}”", f"there is no role slot {slot}", FORM)
        if not roles:
            yield Problem(here, f"角色位“{slot}”无人承担", f"nobody fills the slot {slot}", "INV-32")
        yield from _duplicates(here, "角色", "role", roles)


def _roles(scheme: Scheme) -> Iterator[Problem]:
    yield from _slots("/roles", scheme.roles)
    for slot in ("applicant", "authority", "stage_office"):
        if slot not in scheme.roles:
            yield Problem("/roles", f"缺少角色位“{slot}”", f"the slot {slot} is not filled", "INV-32")


# ------------------------------------------------------------------------------------------ tracks and stages


def _track(place: int, track: Track) -> Iterator[Problem]:
    here = pointer("tracks", place)
    yield from _duplicates(f"{here}/stages", "阶段", "stage", (one.key for one in track.stages), ONE_PATH)
    yield from _codes(f"{here}/criteria", track.criteria)
    yield from _ending(here, track)
    if track.quota and track.quota.mode in ("range", "about") and track.quota.margin is None:
        yield Problem(f"{here}/quota/margin", "未写明浮动比例", "a margin is needed", "GAP-SX-4")
    for number, stage in enumerate(track.stages):
        yield from _stage(f"{here}/stages/{number}", track, number, stage)


def _ending(here: str, track: Track) -> Iterator[Problem]:
    last = track.last
    at_last = f"{here}/stages/{len(track.stages) - 1}"
    if last.can_be_skipped:
        yield Problem(at_last, f"最后阶段“{last.key}”不得跳过", f"the last stage {last.key} can be skipped", ONE_PATH)
    for number, stage in enumerate(track.stages[:-1]):
        if stage.kind == "naming":
            yield Problem(
                f"{here}/stages/{number}",
                "命名只能是最后阶段",
                "naming comes before the last place",
                ONE_PATH,
            )
    names = last.kind in ("naming", "external")
    if track.outcome == "named" and not names:
        yield Problem(
            f"{here}/outcome",
            "以命名为结果的赛道须以命名或外部程序收尾",
            "a track whose outcome is named ends in naming or external",
            ONE_PATH,
        )
    if track.outcome == "closed" and last.kind == "naming":
        yield Problem(f"{here}/outcome", "以命名收尾的赛道结果应为命名", "a track that ends in naming names", ONE_PATH)


def _stage(here: str, track: Track, number: int, stage: Stage) -> Iterator[Problem]:
    if stage.kind not in KINDS:
        yield Problem(f"{here}/kind", f"不存在阶段类别“{stage.kind}”", f"there is no stage kind {stage.kind}", ONE_PATH)
    yield from _due(f"{here}/due", stage.due)
    yield from _slots(f"{here}/actor", stage.actor)
    if stage.acceptance is not None:
        yield from _slot(f"{here}/acceptance", stage.acceptance)
    yield from _duplicates(f"{here}/artefacts", "材料", "artefact", (one.key for one in stage.artefacts))
    for place, artefact in enumerate(stage.artefacts):
        at = f"{here}/artefacts/{place}"
        if artefact.by is not None:
            yield from _slot(f"{at}/by", artefact.by)
        if artefact.due is None:
            continue
        yield from _due(f"{at}/due", artefact.due)
        if artefact.due.date and stage.due.date and artefact.due.date > stage.due.date:
            yield Problem(
                f"{at}/due",
                "材料期限晚于阶段期限",
                "the artefact is due after the stage ends",
                "GAP-YL-3",
            )
    yield from _returns(here, track, number, stage)


def _slot(path: str, slot: str) -> Iterator[Problem]:
    if slot not in SLOTS:
        yield Problem(path, f"不存在角色位“{slot}”", f"there is no role slot {slot}", FORM)


def _due(path: str, due: Due) -> Iterator[Problem]:
    if due.stated == 0:
        yield Problem(path, "既无期限，也未注明待定", "neither a date nor pending", "GAP-YL-2")
    if due.stated > 1:
        yield Problem(
            path,
            "日期、期间与待定只能写一项",
            "only one of date, offset and pending may be given",
            "GAP-YL-2",
        )


def _returns(here: str, track: Track, number: int, stage: Stage) -> Iterator[Problem]:
    places = {one.key: place for place, one in enumerate(track.stages)}
    yield from _duplicates(f"{here}/returns", "退回目标", "target", (one.to for one in stage.returns), BACK)
    for place, back in enumerate(stage.returns):
        at = f"{here}/returns/{place}/to"
        if back.to not in places:
            yield Problem(at, f"退回的阶段“{back.to}”不存在", f"there is no stage {back.to}", BACK)
        elif places[back.to] >= number:
            yield Problem(at, f"只能退回更早的阶段，“{back.to}”不是", f"{back.to} is not an earlier stage", BACK)


def _organization(scheme: Scheme) -> Iterator[Problem]:
    keys = {stage.key for track in scheme.tracks for stage in track.stages}
    for stage, bodies in scheme.organization.items():
        here = pointer("organization", stage)
        if stage not in keys:
            yield Problem(here, f"阶段“{stage}”不存在", f"there is no stage {stage}", ONE_PATH)
        yield from _duplicates(here, "机构", "body", (one.kind for one in bodies))


# -------------------------------------------------------------------------------------- evaluation and title


def _evaluation(scheme: Scheme) -> Iterator[Problem]:
    yield from _codes("/evaluation/methods/required", scheme.evaluation.methods.required)
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


def _title(scheme: Scheme) -> Iterator[Problem]:
    title = scheme.title
    for place, bar in enumerate(title.bars):
        if bar.length.stated != 1:
            yield Problem(
                f"/title/bars/{place}/length",
                "限制期须写明批次、年数或截止日其中一项",
                "a bar has a length in batches, in years or until a day",
                "INV-27",
            )
    yield from _duplicates("/title/bars", "限制情形", "bar on", (one.on for one in title.bars), "INV-27")
    yield from _codes("/title/reapplication/conditions", title.reapplication.conditions)
    strikes = title.strikes
    if strikes and (strikes.limit is None or strikes.then is None or not strikes.counts):
        yield Problem(
            "/title/strikes",
            "累计次数须写明计入情形、上限与后果",
            "strikes need what counts, a limit and a consequence",
            "INV-24",
        )
    rest = title.suspension
    if rest and rest.present and (rest.max_days is None or not rest.grounds):
        yield Problem("/title/suspension", "暂停须有期限与情形", "a suspension needs a limit and a ground", "INV-25")
    length, every = title.validity.length, title.recheck.every
    if length and every and every > length:
        yield Problem(
            "/title/recheck/every",
            "复查周期长于有效期",
            "the re-check comes after the title has ended",
            "INV-23",
        )
    insignia = scheme.naming.insignia
    if insignia:
        yield from _duplicates("/naming/insignia/kinds", "标志", "kind", insignia.kinds, "INV-05")
        if "{number}" not in insignia.serial_pattern:
            yield Problem("/naming/insignia/serial_pattern", "编号须含序号", "a serial needs {number}", "INV-05")


def _grounds(scheme: Scheme) -> Iterator[Problem]:
    report = scheme.annual_report
    if report.present and report.due < report.opens:
        yield Problem("/annual_report/due", "年度报告先到期后开放", "the report is due before it opens", "QH-07d")
    yield from _codes("/annual_report/parts", report.parts)
    yield from _listed("/reminder/grounds", scheme.reminder.present, scheme.reminder.grounds, "QH-12a")
    own = scheme.revocation.mode == "own"
    yield from _listed("/revocation/grounds", own, scheme.revocation.grounds, "INV-10")
    if scheme.title.suspension:
        yield from _codes("/title/suspension/grounds", scheme.title.suspension.grounds)


def _listed(path: str, needed: bool, grounds: tuple[Ground, ...], rule: str) -> Iterator[Problem]:
    if needed and not grounds:
        yield Problem(path, "未列明情形", "no ground is listed", rule)
    yield from _codes(path, grounds)
