"""What a play makes up, in words: whoever reads its result must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cli.simulate.population import EARLY, FADES, LATE, percent
from api.cli.simulate.words import said

if TYPE_CHECKING:
    from api.cli.simulate.world import World

ALWAYS = (
    (
        f"每赛道得分最高者在最后一天办理，次高者迟 {LATE.days} 天，其余提前 {EARLY.days} 天；申报窗口人人赶得上",
        (
            f"the best of each track acts on the last day, the second {LATE.days} days late, the others {EARLY.days} days "
            "early; nobody misses the window for applications"
        ),
    ),
    (
        "机关当天办理，没有时限的事项当天办理；可免的阶段一律免予办理；除最优者外自查各发现一个问题",
        (
            "offices act at once, and so does everybody where no date is set; optional stages are waived; in a self-check "
            "everybody but the best finds one problem"
        ),
    ),
    (
        "无人提出异议、举报、中止、转移或退出；上级对达标者一律认可",
        "nobody objects, accuses, pauses, merges or leaves; bodies outside say yes to whoever reaches the threshold",
    ),
)


def assumptions(w: World, language: str) -> tuple[str, ...]:
    """The population, how punctual it is, what never happens, and when batches open."""
    shares = sorted({one.share for one in w.applicants.values()})
    worth = f"{percent(shares[0])}-{percent(shares[-1])}" if shares else "-"
    first = sum(one.batch == 1 for one in w.applicants.values())
    line = percent(w.threshold) if w.threshold is not None else "-"
    found = [
        (
            f"第一批申报主体 {first} 个，得分率均匀分布于 {worth}，达标线 {line}；以后各批另有新主体",
            (
                f"{first} applicants in the first batch, worth {worth} of the total, evenly spread round the threshold of "
                f"{line}; new ones come with each later batch"
            ),
        ),
        *ALWAYS,
    ]
    if w.scheme.look_back.mode != "none":
        fades = percent(FADES)
        found.append(
            (
                f"称号持有者每年降低 {fades}，整改后恢复；抽签用固定种子，可重复",
                f"a title holder loses {fades} of the total a year until it puts things right; draws use a fixed seed",
            )
        )
    for one in w.rounds:
        closes = one.closes or w.scheme.batch.window.to
        zh = f"第 {one.number} 批：{one.opens} 至 {closes}，{one.naming_year} 年命名"
        found.append((zh, f"batch {one.number}: {one.opens} to {closes}, to be named in {one.naming_year}"))
    if not w.rounds:
        found.append(("期间内没有批次可以开放", "no batch can open in these years"))
    return tuple(said(pair, language) for pair in found)
