"""Who acts in the story of Shanxi. Counties and hosts of projects have letters for names: none of them is a real one."""

from __future__ import annotations

from api.cli.demo.people import Cast

WHOLE, PROJECT = "comprehensive", "single_item"
CITY, OTHER_CITY, TOWN = "datong", "yuncheng", "town-x"
COUNTIES = tuple(f"county-{letter}" for letter in "abcdefghijklm")
GOVERNMENTS = (CITY, *COUNTIES)
HOSTS = tuple(f"host-{letter}" for letter in "ghijklmnopqrstuvw")
TRACKS = {**dict.fromkeys(GOVERNMENTS, WHOLE), **dict.fromkeys(HOSTS, PROJECT)}
"""The fourteen governments that want to be a demonstration as a whole, and the seventeen with one project each."""
PROVINCE_OFFICE, OF_DATONG, OF_YUNCHENG = "provincial_lbg_office", "datong.song", "yuncheng.lei"


def _letter(place: str) -> str:
    return place.rpartition("-")[2].upper()


PLACES: tuple[tuple[str, str | None, str, str, str], ...] = (
    # code, above, level, Chinese, English
    ("cn", None, "nation", "中国", "China"),
    ("sx", "cn", "province", "山西省", "Shanxi"),
    (CITY, "sx", "prefecture", "大同市", "Datong"),
    (OTHER_CITY, "sx", "prefecture", "运城市", "Yuncheng"),
    *((county, CITY, "county", f"{_letter(county)}县", f"County {_letter(county)}") for county in COUNTIES),
    *((host, OTHER_CITY, "county", f"{_letter(host)}区", f"District {_letter(host)}") for host in HOSTS),
    (TOWN, "county-a", "township", "X乡", "Township X"),
)
NAMES = {code: (zh, en) for code, _, _, zh, en in PLACES}

ORGANIZATIONS = (
    # id, place, Chinese, English
    ("institute", "sx", "法治评估研究院", "Institute for rule-of-law evaluation"),
    ("verification", "sx", "省实地核查组", "The province's team for verification on site"),
)

# Two people of an office wherever it takes two; nobody holds a part on both sides of a decision.
PERSONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    # id and name, and each role with its place
    ("editor", "方案编辑 孙", (("scheme_editor", "sx"), ("scheme_approver", "sx"))),
    ("publisher", "方案审定 周", (("scheme_approver", "sx"),)),
    ("province.wang", "省委依法治省办 王", ((PROVINCE_OFFICE, "sx"),)),
    ("province.li", "省委依法治省办 李", ((PROVINCE_OFFICE, "sx"),)),
    (OF_DATONG, "大同市委依法治市办 宋", (("prefecture_lbg_office", CITY),)),
    ("datong.tian", "大同市委依法治市办 田", (("prefecture_lbg_office", CITY),)),
    (OF_YUNCHENG, "运城市委依法治市办 雷", (("prefecture_lbg_office", OTHER_CITY),)),
    ("lead.shen", "第三方评估组长 沈", (("third_party_evaluator", "sx"), ("evaluation_team_member", "sx"))),
    ("member.han", "第三方评估员 韩", (("evaluation_team_member", "sx"),)),
    ("member.deng", "第三方评估员 邓", (("evaluation_team_member", "sx"),)),
    ("checker.qin", "实地核查组长 秦", (("inspector", "sx"), ("evaluation_team_member", "sx"))),
    ("checker.bao", "实地核查员 鲍", (("evaluation_team_member", "sx"),)),
    ("checker.lu", "实地核查员 陆", (("evaluation_team_member", "sx"),)),
    ("poll.desk", "满意度测评点", (("survey_respondent", "sx"),)),
    (f"{CITY}.clerk", "大同市政府经办人", (("city_government", CITY),)),
    *(
        (f"{place}.clerk", f"{NAMES[place][0]}政府经办人", (("county_government", place),))
        for place in (*COUNTIES, *HOSTS, TOWN)
    ),
)
CAST = Cast(PLACES, ORGANIZATIONS, PERSONS)
