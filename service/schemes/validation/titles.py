"""The part of the validator about titles: validity, re-check, strikes, suspension, bars, ranking, what a band leads to.

A rule that no event could ever serve is refused: a title that should end and never does would be worse than a scheme
that cannot be published.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.domain.measures.rankings import DRAW, RuleError, key_of
from service.schemes.award import Ranking, Strikes
from service.schemes.model import Scheme
from service.schemes.problem import Problem
from service.schemes.validation.checks import codes, duplicates

LONGEST = 100
"""Years. Beyond that nobody waits for anything, and no calendar goes much further."""
STRATA = frozenset(
    {"class", "track", "tier", "region", "nation", "province", "prefecture", "county", "township", "batch"}
)


def title_problems(scheme: Scheme) -> Iterator[Problem]:
    """Every reason why what is said of the title could not be carried out."""
    yield from _bars(scheme)
    yield from _term(scheme)
    yield from _years(scheme)
    yield from _suspension(scheme)
    if scheme.title.strikes:
        yield from _strikes(scheme, scheme.title.strikes)
    yield from _needed(scheme)
    yield from _legacy(scheme)
    yield from _bands(scheme)
    if scheme.look_back.ranking:
        yield from _ranking(scheme, scheme.look_back.ranking)
    insignia = scheme.naming.insignia
    if insignia:
        yield from duplicates("/naming/insignia/kinds", "标志", "kind", insignia.kinds, "INV-05")
        if "{number}" not in insignia.serial_pattern:
            yield Problem("/naming/insignia/serial_pattern", "编号须含序号", "a serial needs {number}", "INV-05")


def _bars(scheme: Scheme) -> Iterator[Problem]:
    title = scheme.title
    for place, bar in enumerate(title.bars):
        if bar.length.stated != 1:
            zh, en = "限制期须写明批次、年数或截止日其中一项", "a bar has a length in batches, in years or until a day"
            yield Problem(f"/title/bars/{place}/length", zh, en, "INV-27")
    yield from duplicates("/title/bars", "限制情形", "bar on", (one.on for one in title.bars), "INV-27")
    yield from codes("/title/reapplication/conditions", title.reapplication.conditions)


def _term(scheme: Scheme) -> Iterator[Problem]:
    title, at = scheme.title, "/title/recheck/every"
    length, every = title.validity.length, title.recheck.every
    if length and every and every > length:
        yield Problem(at, "复查周期长于有效期", "the re-check comes after the title has ended", "INV-23")
    if every and scheme.look_back.mode == "none":
        zh, en = "复查须有回访规则（look_back）", "a re-check needs the rules of a look-back"
        yield Problem(at, zh, en, "INV-23")
    if scheme.look_back.mode == "due_date" and every is None:
        yield Problem("/look_back/mode", "未写明复查周期", "selection by due date needs a re-check interval", "INV-23")


def _years(scheme: Scheme) -> Iterator[Problem]:
    title = scheme.title
    said = {
        "/cadence/years": scheme.cadence.years if scheme.cadence else None,
        "/title/validity/length": title.validity.length,
        "/title/recheck/every": title.recheck.every,
        "/title/strikes/within_years": title.strikes.within_years if title.strikes else None,
        "/look_back/every": scheme.look_back.every,
        **{f"/title/bars/{n}/length": bar.length.years for n, bar in enumerate(title.bars)},
    }
    for path, years in said.items():
        if years is not None and years > LONGEST:
            yield Problem(path, f"不得超过 {LONGEST} 年", f"not more than {LONGEST} years", "INV-23")


def _suspension(scheme: Scheme) -> Iterator[Problem]:
    rest = scheme.title.suspension
    if rest and rest.present and (rest.max_days is None or not rest.grounds):
        yield Problem("/title/suspension", "暂停须有期限与情形", "a suspension needs a limit and a ground", "INV-25")


def _strikes(scheme: Scheme, strikes: Strikes) -> Iterator[Problem]:
    if strikes.limit is None or strikes.then is None or not strikes.counts:
        zh, en = "累计次数须写明计入情形、上限与后果", "strikes need what counts, a limit and a consequence"
        yield Problem("/title/strikes", zh, en, "INV-24")
    yield from duplicates("/title/strikes/counts", "计入情形", "source", strikes.counts, "INV-24")
    happens = {
        "recheck_failed": scheme.title.recheck.every is not None,
        "look_back_failed": scheme.look_back.mode != "none",
        "bottom_k": scheme.look_back.ranking is not None and scheme.look_back.ranking.then == "strike",
        "report_missed": scheme.annual_report.present,
    }
    for place, source in enumerate(strikes.counts):
        if not happens[source]:
            zh, en = f"方案中不会发生“{source}”", f"{source} cannot happen in this scheme"
            yield Problem(f"/title/strikes/counts/{place}", zh, en, "INV-24")
    if strikes.then == "review":
        yield from _review(scheme, strikes)


def _review(scheme: Scheme, strikes: Strikes) -> Iterator[Problem]:
    """The engine opens the case by itself: on a ground that fits every class and asks nobody for an explanation."""
    at = "/title/strikes/ground" if strikes.ground else "/title/strikes/then"
    grounds = scheme.revocation.grounds
    meant = [g for g in grounds if (g.code == strikes.ground if strikes.ground else "INV-24" in g.rules)]
    if scheme.revocation.mode != "own" or not meant:
        zh, en = (
            "审查须有本方案的撤销程序，并有累计不合格的情形",
            "a review needs a revocation of its own with a ground for it",
        )
        yield Problem(at, zh, en, "INV-24")
    elif meant[0].free_text_min or not all(meant[0].fits(track.class_) for track in scheme.tracks):
        zh, en = "该情形须适用于各赛道且不要求另写理由", "the ground must fit every track and need no explanation"
        yield Problem(at, zh, en, "INV-24")


def _needed(scheme: Scheme) -> Iterator[Problem]:
    """A title that an applicant must hold is one that the scheme gives, and is asked of a level that applies."""
    given = {track.class_ for track in scheme.tracks if track.outcome == "named"}
    for place, track in enumerate(scheme.tracks):
        for level, classes in track.title_needed.items():
            here = f"/tracks/{place}/title_needed/{level}"
            if level not in track.applicant_levels:
                yield Problem(here, f"{level} 不在本赛道的申报层级内", f"no {level} applies in this track", "GAP-QH-7")
            if not classes or not given.issuperset(classes):
                zh, en = "须为本方案命名的类别", "must be classes of titles that the scheme gives"
                yield Problem(here, zh, en, "QH-08e")


def _legacy(scheme: Scheme) -> Iterator[Problem]:
    classes = {track.class_ for track in scheme.tracks}
    for place, rule in enumerate(scheme.title.legacy):
        if rule.class_ not in classes:
            zh, en = f"没有 {rule.class_} 类的赛道", f"there is no track of the class {rule.class_}"
            yield Problem(f"/title/legacy/{place}/class", zh, en, "QH-02c")
        if rule.since and rule.before and rule.before <= rule.since:
            zh, en = "起止日期颠倒", "the window ends before it begins"
            yield Problem(f"/title/legacy/{place}", zh, en, "QH-02c")


def _bands(scheme: Scheme) -> Iterator[Problem]:
    """What a band leads to exists (GAP-QH-1)."""
    if scheme.look_back.mode == "none":
        return
    rules, counts = scheme.title, scheme.title.strikes.counts if scheme.title.strikes else ()
    failed = {"look_back_failed", "recheck_failed"} & set(counts)
    ends = rules.recheck.every is not None and rules.validity.length is not None
    lacking = {
        "reminder": (not scheme.reminder.present, "方案没有通报提醒", "a band leads to a reminder, the scheme has none"),
        "revocation": (
            scheme.revocation.mode != "own", "方案没有撤销程序",
            "a band leads to a revocation, the scheme has none of its own",
        ),
        "strike": (
            not failed and not ends, "方案不计入回访不合格",
            "a band leads to a strike, and nothing follows from a failed look-back",
        ),
    }  # fmt: skip
    for outcome in dict.fromkeys(band.outcome for band in scheme.look_back.bands):
        is_lacking, zh, en = lacking.get(outcome, (False, "", ""))
        if is_lacking:
            yield Problem("/look_back/bands", zh, en, "GAP-QH-1")


def _ranking(scheme: Scheme, ranking: Ranking) -> Iterator[Problem]:
    here = "/look_back/ranking"
    for field in ("strata", "order", "tie_rule", "bottom_k", "then"):
        if not getattr(ranking, field):
            yield Problem(f"{here}/{field}", f"末位规则缺少 {field}", f"the bottom rule needs {field}", "INV-28")
    for place, name in enumerate(ranking.strata):
        if name not in STRATA:
            zh, en = f"不能按“{name}”分组", f"nothing can be divided by {name}"
            yield Problem(f"{here}/strata/{place}", zh, en, "INV-28")
    if ranking.tie_rule and ranking.tie_rule[-1] != DRAW:
        zh, en = (
            "并列规则须以 draw（抽签）结尾，否则无法排定",
            "the tie rule ends in draw: else equals could never be ordered",
        )
        yield Problem(f"{here}/tie_rule", zh, en, "INV-28")
    said = [("order", n, key) for n, key in enumerate(ranking.order)]
    said += [("tie_rule", n, key) for n, key in enumerate(ranking.tie_rule) if n < len(ranking.tie_rule) - 1]
    for field, place, key in said:
        try:
            key_of(key)
        except RuleError:
            zh, en = f"“{key}”应写作“字段 asc”或“字段 desc”", f"{key} should read `field asc` or `field desc`"
            yield Problem(f"{here}/{field}/{place}", zh, en, "INV-28")
    yield from _consequence(scheme, ranking)


def _consequence(scheme: Scheme, ranking: Ranking) -> Iterator[Problem]:
    rest, counts = scheme.title.suspension, scheme.title.strikes.counts if scheme.title.strikes else ()
    missing = {
        "strike": "bottom_k" not in counts,
        "reminder": not scheme.reminder.present,
        "suspension": not scheme.declares("title.suspension"),
    }
    if ranking.then and missing[ranking.then]:
        zh, en = f"方案没有“{ranking.then}”", f"the scheme has no {ranking.then}"
        yield Problem("/look_back/ranking/then", zh, en, "INV-28")
    grounds = {g.code for g in rest.grounds} if rest else set()
    if ranking.then == "suspension" and ranking.ground not in grounds:
        zh, en = "末位暂停须写明方案列明的暂停情形", "the suspension names a ground that the scheme lists"
        yield Problem("/look_back/ranking/ground", zh, en, "INV-28")
