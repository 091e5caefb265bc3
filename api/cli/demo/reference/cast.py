"""Who acts in the story of the reference programme: places, organizations, persons and the roles they hold."""

from __future__ import annotations

from api.cli.demo.people import Cast

CITY = "yulin"
COUNTIES = ("jiaxian", "zizhou", "hengshan")
APPLICANTS = (*COUNTIES, CITY)

PLACES: tuple[tuple[str, str | None, str, str, str], ...] = (
    # code, above, level, Chinese, English
    ("cn", None, "nation", "中国", "China"),
    ("sn", "cn", "province", "陕西省", "Shaanxi"),
    ("yulin", "sn", "prefecture", "榆林市", "Yulin"),
    ("yanan", "sn", "prefecture", "延安市", "Yan'an"),
    ("jiaxian", "yulin", "county", "佳县", "Jiaxian"),
    ("zizhou", "yulin", "county", "子洲县", "Zizhou"),
    ("hengshan", "yulin", "county", "横山区", "Hengshan"),
)
NAMES = {code: (zh, en) for code, _, _, zh, en in PLACES}

ORGANIZATIONS = (
    # id, place, Chinese, English
    ("gov.jiaxian", "jiaxian", "佳县人民政府", "Jiaxian County government"),
    ("gov.zizhou", "zizhou", "子洲县人民政府", "Zizhou County government"),
    ("gov.hengshan", "hengshan", "横山区人民政府", "Hengshan District government"),
    ("gov.yulin", "yulin", "榆林市人民政府", "Yulin City government"),
    ("institute", "sn", "法治评估研究院", "Institute for rule-of-law evaluation"),
)

# Two people of an office wherever it takes two; nobody holds a part on both sides of a decision.
PERSONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    # id and name, and each role with its place
    ("editor", "方案编辑 孙", (("scheme_editor", "sn"), ("scheme_approver", "sn"))),
    ("publisher", "方案审定 周", (("scheme_approver", "sn"),)),
    ("province.wang", "省委依法治省办 王", (("provincial_lbg_office", "sn"),)),
    ("province.li", "省委依法治省办 李", (("provincial_lbg_office", "sn"),)),
    ("province.zhao", "省委依法治省办 赵（异议核查）", (("provincial_lbg_office", "sn"),)),
    ("prefecture.chen", "市委依法治市办 陈", (("prefecture_lbg_office", "yulin"),)),
    ("prefecture.liu", "市委依法治市办 刘", (("prefecture_lbg_office", "yulin"),)),
    ("yanan.ma", "延安市委依法治市办 马", (("prefecture_lbg_office", "yanan"),)),
    ("leading.gao", "创建领导小组办公室 高", (("leading_group_office", "yulin"),)),
    ("leading.feng", "创建领导小组办公室 冯", (("leading_group_office", "yulin"),)),
    ("committee.he", "督察评估委员会 何", (("evaluation_committee", "yulin"),)),
    ("central.tang", "中央依法治国办 唐", (("central_lbg_office", "cn"),)),
    ("lead.shen", "第三方评估组长 沈", (("third_party_evaluator", "sn"),)),
    ("member.han", "第三方评估员 韩", (("evaluation_team_member", "sn"),)),
    ("member.deng", "第三方评估员 邓", (("evaluation_team_member", "sn"),)),
    # This official is on the register of evaluators too: only the rule keeps him from scoring.
    ("liaison.xu", "随同联络员 许", (("accompanying_liaison", "yulin"), ("evaluation_team_member", "yulin"))),
    ("poll.desk", "满意度测评点", (("survey_respondent", "yulin"),)),
    *(
        (f"{county}.clerk", f"{NAMES[county][0]}政府经办人", (("county_government", county), ("designee", county)))
        for county in COUNTIES
    ),
    ("yulin.clerk", "榆林市政府经办人", (("city_government", "yulin"), ("designee", "yulin"))),
    # Does the work and sits in the leading group's office: so he could verify, were it not his own work.
    ("jiaxian.bai", "佳县司法局 白", (("responsible_department", "jiaxian"), ("leading_group_office", "jiaxian"))),
    ("zizhou.cao", "子洲县司法局 曹", (("responsible_department", "zizhou"),)),
)
CAST = Cast(PLACES, ORGANIZATIONS, PERSONS)
