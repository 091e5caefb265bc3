"""Who acts in the story of Yulin: the city with its twelve counties, two of its departments, and the bodies above."""

from __future__ import annotations

from api.cli.demo.people import Cast

AREA, PROJECT, NATIONAL, DEPARTMENT = "provincial_area", "provincial_project", "national_area", "department"
CITY = "yulin"

FOR_THE_PROVINCE = {
    "hengshan": ("横山区", "Hengshan"),
    "fugu": ("府谷县", "Fugu"),
    "dingbian": ("定边县", "Dingbian"),
    "jingbian": ("靖边县", "Jingbian"),
    "suide": ("绥德县", "Suide"),
    "jiaxian": ("佳县", "Jiaxian"),
    "wubu": ("吴堡县", "Wubu"),
    "qingjian": ("清涧县", "Qingjian"),
    "zizhou": ("子洲县", "Zizhou"),
}
"""The nine counties that the plan names for the province, by code."""
FOR_THE_NATION = {"yuyang": ("榆阳区", "Yuyang"), "shenmu": ("神木市", "Shenmu"), "mizhi": ("米脂县", "Mizhi")}
"""The three that it names for the nation."""
COUNTIES = {**FOR_THE_PROVINCE, **FOR_THE_NATION}
DEPARTMENTS = {
    "justice": ("市司法局", "the justice bureau of the city"),
    "approval": ("市行政审批服务局", "the approval bureau of the city"),
}
"""The plan names no department; two of them stand for all."""

PROJECTS = {
    # project -> who brings it, and its topic; the last one has a topic of its own
    "审批集成改革": ("approval", "approval_reform"),
    "一窗通办": ("shenmu", "government_services"),
    "文件全周期管理": ("justice", "rule_documents"),
    "决策全程留痕": ("hengshan", "major_decisions"),
    "说理式执法": ("fugu", "enforcement_and_justice"),
    "乡村议事会": ("mizhi", "grassroots_governance"),
    "企业诉求直达": ("yuyang", "business_environment"),
    "审计整改闭环": ("jingbian", "audit"),
}
CHOSEN_PROJECTS = ("审批集成改革", "文件全周期管理", "决策全程留痕")
OWN_TOPIC = "审计整改闭环"
CHOSEN = ("zizhou", "jiaxian", "hengshan", "fugu", "dingbian")
"""The five counties that are recommended to the province; ours, for the plan chooses nobody."""
SIXTH = "jingbian"
BEST = "yuyang"
"""The county that is recommended to the centre."""
NATIONAL_UNITS = (CITY, *FOR_THE_NATION)

PLACES: tuple[tuple[str, str | None, str, str, str], ...] = (
    # code, above, level, Chinese, English
    ("cn", None, "nation", "中国", "China"),
    ("sn", "cn", "province", "陕西省", "Shaanxi"),
    (CITY, "sn", "prefecture", "榆林市", "Yulin"),
    *((code, CITY, "county", zh, en) for code, (zh, en) in COUNTIES.items()),
)
NAMES = {
    CITY: ("榆林市", "Yulin City"),
    **COUNTIES,
    **DEPARTMENTS,
    **{project: (f"项目“{project}”", f"the project {topic}") for project, (_, topic) in PROJECTS.items()},
}
ORGANIZATIONS = (
    # id, place, Chinese, English
    ("gov.yulin", CITY, "榆林市人民政府", "Yulin City government"),
    *((code, CITY, zh, en) for code, (zh, en) in DEPARTMENTS.items()),
)

# Two people of an office wherever it takes two; nobody holds a part on both sides of a decision.
PERSONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    # id and name, and each role with its place
    ("editor", "方案编辑 孙", (("scheme_editor", "sn"), ("scheme_approver", "sn"))),
    ("publisher", "方案审定 周", (("scheme_approver", "sn"),)),
    ("group.ma", "市创建领导小组 马", (("leading_group", CITY),)),
    ("group.qin", "市创建领导小组 秦", (("leading_group", CITY),)),
    ("desk.gao", "领导小组办公室 高", (("leading_group_office", CITY),)),
    ("desk.feng", "领导小组办公室 冯（核验）", (("leading_group_office", CITY),)),
    ("committee.he", "评估委员会 何", (("evaluation_committee", CITY),)),
    ("team.lu", "督导小组 卢", (("supervision_team", CITY),)),
    ("province.wang", "省委依法治省办 王", (("provincial_lbg_office", "sn"),)),
    ("central.tang", "中央依法治国办 唐", (("central_lbg_office", "cn"),)),
    *((f"{code}.clerk", f"{zh}政府经办人", (("county_government", code),)) for code, (zh, _) in COUNTIES.items()),
    *((f"{code}.clerk", f"{zh}经办人", ()) for code, (zh, _) in DEPARTMENTS.items()),
)
CAST = Cast(PLACES, ORGANIZATIONS, PERSONS)
