"""Who acts in the story of Qinghai. Counties and prefectures bear the letters of the scenario, never a real name."""

from __future__ import annotations

from api.cli.demo.people import Cast

PLACES: tuple[tuple[str, str | None, str, str, str], ...] = (
    # code, above, level, Chinese, English
    ("cn", None, "nation", "中国", "China"),
    ("qh", "cn", "province", "青海省", "Qinghai"),
    ("east", "qh", "prefecture", "东州", "East Prefecture"),
    ("west", "qh", "prefecture", "西州", "West Prefecture"),
    ("a", "east", "county", "甲县", "County A"),
    ("b", "east", "county", "乙县", "County B"),
    ("c", "east", "county", "丙县", "County C"),
    ("d", "east", "county", "丁县", "County D"),
    ("e", "west", "county", "戊县", "County E"),
    ("f", "west", "county", "己县", "County F"),
    ("g", "west", "county", "庚县", "County G"),
    ("h", "west", "county", "辛县", "County H"),
    ("trial", "west", "county", "试算县", "Trial County"),
)
EARLIER = ("e", "f", "g", "h")
"""Demonstration counties that the office had named before these rules: with them a fifth of the areas is two."""
AREAS = ("a", "c", "d")
PROJECT = "p"
"""Project P; its host is the government of East Prefecture."""
HOLDERS = (*AREAS, PROJECT)
NAMES = {code: (zh, en) for code, _, _, zh, en in PLACES} | {PROJECT: ("示范项目“一窗通办”", "Project P")}
HOST = {**{code: code for code in AREAS}, PROJECT: "east"}

OFFICE = "省委依法治省办"
EVALUATOR = "institute"

ORGANIZATIONS = (
    # id, place, Chinese, English
    *(
        (f"gov.{code}", code, f"{NAMES[code][0]}人民政府", f"Government of {NAMES[code][1]}")
        for code in ("east", *AREAS)
    ),
    (EVALUATOR, "qh", "法治评估研究院", "Institute for rule-of-law evaluation"),
)

# Two people of an office wherever it takes two; nobody holds a part on both sides of a decision.
PERSONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    # id and name, and each role with its place
    ("editor", "方案编辑 孙", (("scheme_editor", "qh"), ("scheme_approver", "qh"))),
    ("publisher", "方案审定 周", (("scheme_approver", "qh"),)),
    ("province.wang", f"{OFFICE} 王", (("provincial_lbg_office", "qh"),)),
    ("province.li", f"{OFFICE} 李", (("provincial_lbg_office", "qh"),)),
    ("province.zhao", f"{OFFICE} 赵（异议核查）", (("provincial_lbg_office", "qh"),)),
    ("east.chen", "依法治东州办 陈", (("prefecture_lbg_office", "east"),)),
    ("east.liu", "依法治东州办 刘", (("prefecture_lbg_office", "east"),)),
    ("west.ma", "依法治西州办 马", (("prefecture_lbg_office", "west"),)),
    *((f"{code}.clerk", f"{NAMES[code][0]}政府经办人", (("designee", code),)) for code in ("east", *AREAS, "trial")),
    ("lead.shen", "第三方评估组长 沈", (("third_party_evaluator", "qh"),)),
    ("member.han", "第三方评估员 韩", (("evaluation_team_member", "qh"),)),
    ("member.deng", "第三方评估员 邓", (("evaluation_team_member", "qh"),)),
    # This official is on the register of evaluators too: only the rule keeps him from scoring.
    ("liaison.xu", "跟组工作人员 许", (("accompanying_liaison", "qh"), ("evaluation_team_member", "qh"))),
)
CAST = Cast(PLACES, ORGANIZATIONS, PERSONS)
