"""Who acts in the story of Pingdingshan: the bureau with its offices, the city, the central office, and one citizen."""

from __future__ import annotations

from api.cli.demo.people import Cast

PLACE, BUREAU = "pingdingshan", "jiaotiju"
PLACES: tuple[tuple[str, str | None, str, str, str], ...] = (
    # code, above, level, Chinese, English
    ("cn", None, "nation", "中国", "China"),
    ("hn", "cn", "province", "河南省", "Henan"),
    (PLACE, "hn", "prefecture", "平顶山市", "Pingdingshan"),
)
ORGANIZATIONS = ((BUREAU, PLACE, "平顶山市教育体育局", "Pingdingshan Education and Sports Bureau"),)

SPORTS = "群众体育科"
OFFICES: dict[str, tuple[str, str]] = {
    # the office: the account of its liaison, English
    "政策法规科": ("policy", "Policy and Legal Office"),
    "办公室": ("general", "General Office"),
    "人事科": ("personnel", "Personnel Office"),
    "财务科": ("finance", "Finance Office"),
    "发展规划科": ("planning", "Development Planning Office"),
    "教师教育科": ("teachers", "Teacher Education Office"),
    "安全信访科": ("petitions", "Safety and Petition Office"),
    "机关纪委": ("discipline", "Discipline Committee"),
    "机关党委": ("party", "Party Committee"),
    # The plan says 相关责任科室 of it: only the breakdown gives it its name (GAP-PDS-4).
    SPORTS: ("sports", "Public Sports Office"),
}
PERSONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    # id and name, and each role with its place
    ("editor", "方案编辑 孙", (("scheme_editor", "hn"), ("scheme_approver", "hn"))),
    ("publisher", "方案审定 周", (("scheme_approver", "hn"),)),
    ("leader", "创建领导小组 马", (("leading_group", PLACE),)),
    ("bureau", "市教育体育局 冯", (("participating_department", PLACE),)),
    ("office", "创建领导小组办公室 高", (("leading_group_office", PLACE),)),
    ("legal", "政策法规科 何", (("policy_legal_office", PLACE),)),
    ("section", "责任科室 韩", (("responsible_office", PLACE),)),
    ("city", "市委依法治市办 陈", (("city_lbg_office", PLACE),)),
    ("central", "中央依法治国办 唐", (("central_lbg_office", "cn"),)),
    *((account, f"{name} 联络人", (("liaison", PLACE),)) for name, (account, _) in OFFICES.items()),
)
CAST = Cast(PLACES, ORGANIZATIONS, PERSONS)
