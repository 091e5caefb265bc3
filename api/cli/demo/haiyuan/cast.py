"""Who acts in the story of Haiyuan County: places, the units that answer for the tasks, persons and their roles."""

from __future__ import annotations

from api.cli.demo.people import Cast

PROGRAMME, COUNTY, REGION = "haiyuan", "haiyuan", "nx"
FIRST_DAY = "2023-07-04"
PLACES: tuple[tuple[str, str | None, str, str, str], ...] = (
    # code, above, level, Chinese, English
    ("cn", None, "nation", "中国", "China"),
    ("nx", "cn", "province", "宁夏回族自治区", "Ningxia Hui Autonomous Region"),
    ("zhongwei", "nx", "prefecture", "中卫市", "Zhongwei"),
    ("haiyuan", "zhongwei", "county", "海原县", "Haiyuan County"),
)

# The document gives no task to a unit by name (GAP-HY-2): the county does, and this division is ours.
OFFICE, MARKET, SERVICES, ENFORCEMENT, DISPUTES, TOWNSHIPS, PERSONNEL = (
    "office", "market", "services", "enforcement", "disputes", "townships", "personnel",
)  # fmt: skip
UNITS: dict[str, tuple[str, str, tuple[int, ...]]] = {
    # Chinese, English, the tasks it answers for
    OFFICE: ("县政府办公室", "the county government's office", (*range(1, 13), *range(19, 25))),
    MARKET: ("市场监督管理局", "the market supervision bureau", (13, 14, 16, 17)),
    SERVICES: ("审批服务管理局", "the approval service bureau", (15, 18)),
    ENFORCEMENT: ("综合执法局", "the enforcement bureau", tuple(range(25, 32))),
    DISPUTES: ("行政争议协调化解中心", "the dispute centre", tuple(range(32, 40))),
    TOWNSHIPS: ("乡镇工作专班", "the townships' task force", tuple(range(40, 45))),
    PERSONNEL: ("人力资源和社会保障局", "the personnel bureau", tuple(range(45, 51))),
}
UNIT_OF = {number: unit for unit, (_, _, numbers) in UNITS.items() for number in numbers}
ORGANIZATIONS = tuple((unit, COUNTY, zh, en) for unit, (zh, en, _) in UNITS.items())

# Two people wherever an office decides; whoever verifies has reported nothing.
PERSONS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("editor", "方案编辑 孙", (("scheme_editor", COUNTY), ("scheme_approver", COUNTY))),
    ("publisher", "方案审定 周", (("scheme_approver", COUNTY),)),
    ("county.li", "县政府办公室 李", (("county_government", COUNTY),)),
    ("county.he", "县政府办公室 何", (("county_government", COUNTY),)),
    ("justice.mu", "县司法局 穆", (("justice_department", COUNTY),)),
    ("justice.yang", "县司法局 杨", (("justice_department", COUNTY),)),
    ("inspector.jin", "县委依法治县办 金", (("county_lbg_office", COUNTY),)),
    ("region.wang", "自治区党委依法治区办 王", (("regional_lbg_office", REGION),)),
    *((f"{unit}.clerk", f"{zh}经办人", ()) for unit, (zh, _, _) in UNITS.items()),
)
CAST = Cast(PLACES, ORGANIZATIONS, PERSONS)
