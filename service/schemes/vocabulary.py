"""The words a scheme may use and the service must know: stage kinds, role slots, verification methods."""

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

# How an indicator is verified (PDS-V1..V6).
METHODS = frozenset({"online_search", "document_check", "interview", "onsite_check", "case_file_review", "exam"})
