"""The words a scheme may use and the service must know: stage kinds, role slots, roles, verification methods."""

KINDS = (
    "mobilization",
    "creation",
    "self_check",
    "rectification",
    "inspection",
    "application",
    "preliminary_review",
    "evaluation",
    "publicity",
    "naming",
    "external",
)

# `timer` and `system` are slots of the tables too, but never filled by a scheme.
SLOTS = frozenset(
    {
        "applicant",
        "contributor",
        "designee",
        "organizer",
        "stage_actor",
        "stage_office",
        "recommending_office",
        "authority",
        "approver",
        "inspector",
        "verifier",
        "evaluator_lead",
        "evaluator_member",
        "survey_respondent",
        "publicist",
        "member_of_public",
        "external_body",
        "scheme_editor",
        "calendar_keeper",
    }
)

# Who fills the slots in the documents at hand: (Chinese, English). Another role is declared in `role_titles`.
ROLES: dict[str, tuple[str, str]] = {
    "county_government": ("县级人民政府", "county government"),
    "city_government": ("市级人民政府", "city government"),
    "township_government": ("乡镇人民政府、街道办事处", "township government"),
    "participating_department": ("参创部门", "participating department"),
    "responsible_department": ("责任部门", "responsible department"),
    "department": ("部门", "department"),
    "justice_department": ("司法行政部门", "justice department"),
    "office_owner": ("科室负责人", "head of an office"),
    "responsible_office": ("责任科室", "responsible office"),
    "policy_legal_office": ("政策法规科", "policy and legal office"),
    "liaison": ("联络员", "liaison"),
    "accompanying_liaison": ("陪同联络人员", "accompanying liaison"),
    "task_force": ("工作专班", "task force"),
    "task_force_head": ("专班负责人", "head of a task force"),
    "designee": ("命名对象", "holder of the title"),
    "leading_group": ("领导小组", "leading group"),
    "leading_group_office": ("领导小组办公室", "office of the leading group"),
    "county_lbg_office": ("县委依法治县办", "county office for law-based governance"),
    "prefecture_lbg_office": ("市（州）依法治市（州）办", "prefecture office for law-based governance"),
    "provincial_lbg_office": ("省委依法治省办", "provincial office for law-based governance"),
    "regional_lbg_office": ("自治区党委依法治区办", "regional office for law-based governance"),
    "central_lbg_office": ("中央依法治国办", "central office for law-based governance"),
    "inspector": ("督察人员", "inspector"),
    "evaluation_committee": ("评估委员会", "evaluation committee"),
    "supervision_team": ("督导组", "supervision team"),
    "third_party_evaluator": ("第三方评估机构", "third-party evaluator"),
    "evaluation_team_member": ("评估组成员", "member of the evaluation team"),
    "survey_respondent": ("受访群众", "respondent of a survey"),
    "media_unit": ("媒体单位", "media unit"),
    "provincial_media": ("省级媒体", "provincial media"),
    "member_of_public": ("社会公众", "member of the public"),
    "scheme_editor": ("方案编制人", "editor of schemes"),
    "scheme_approver": ("方案审定人", "approver of schemes"),
    "calendar_keeper": ("工作日历管理人", "keeper of the calendar"),
}

# How an indicator is verified (PDS-V1..V6).
METHODS = frozenset({"online_search", "document_check", "interview", "onsite_check", "case_file_review", "exam"})
