"""Application, recommendation and the outside opinion (YL-2n, YL-3q, QH-08, QH-04b)."""

from __future__ import annotations

from api.cli.demo.reference.cast import APPLICANTS, CITY, COUNTIES, NAMES
from api.cli.demo.reference.checking import HELD, close_out, submit_item
from api.cli.demo.reference.line import Line
from api.cli.demo.scene import ABSENT, ACCEPTED, CONFLICT, CREATED, INCOMPLETE

TRUE = {"signer": "主要负责人", "true": True, "lawful": True, "complete": True}
FOREIGN = "yanan.ma"


def apply(at: Line) -> None:
    """YL-3q: the responsible person declares the material true, lawful and complete."""
    at.tell.chapter("2024-08-20", ("八、组织申报", "8. Application"))
    at.until("2024-08-20")
    for place in APPLICANTS:
        clerk, case = at.clerk(place), at.cases[place]
        at.tell.step(at.file(place, "application_form"))
        if place == "jiaxian":
            untrue = clerk.act("cases", case, "complete_stage", **{**TRUE, "complete": False})
            said = "佳县的声明不承诺材料完整", "Jiaxian's declaration does not say that the material is complete"
            at.tell.refused(untrue, said, INCOMPLETE, "form", "YL-3q")
        done = clerk.act("cases", case, "complete_stage", **TRUE)
        zh, en = NAMES[place]
        at.tell.done(done, (f"{zh}声明材料真实、合法、完整并申报", f"{en} declares and applies"), "review")


def recommend(at: Line) -> None:
    """QH-08a..e: own territory, 90 % verified, nothing open, two people."""
    at.tell.chapter("2024-09-10", ("九、初审推荐", "9. Preliminary review and recommendation"))
    at.until("2024-09-10")
    drafts = {place: _draft(at, place) for place in APPLICANTS}
    chen, wang = at.who("prefecture.chen"), at.who("province.wang")
    said = "佳县达标率 0.899 报送推荐", "Jiaxian is recommended with an attainment of 0.899"
    low = chen.act("recommendations", drafts["jiaxian"], "submit_recommendation", attainment="0.899")
    at.tell.refused(low, said, CONFLICT, "guard", "QH-08a")
    own = chen.act("recommendations", drafts["jiaxian"], "submit_recommendation", attainment="0.9", verified_by="self")
    said = "达标率只凭自评", "The attainment rests on the self-rating alone"
    at.tell.refused(own, said, CONFLICT, "guard", "GAP-QH-6")
    _refuse_foreign(at, drafts["jiaxian"])
    _send_and_accept(at, "jiaxian", drafts["jiaxian"])
    _hold_back(at, drafts[HELD])
    for place in (HELD, "hengshan"):
        _send_and_accept(at, place, drafts[place])
    alone = chen.act("recommendations", drafts[CITY], "submit_recommendation", attainment="0.9")
    said = "市办推荐本级政府，起草人自己报送", "The city's office recommends its own government; the drafter sends it"
    at.tell.refused(alone, said, CONFLICT, "guard", "GAP-SX-2", "INV-20")
    _send_and_accept(at, CITY, drafts[CITY], sender="prefecture.liu")
    early = wang.act("cases", at.cases["jiaxian"], "complete_stage")
    at.tell.done(early, ("佳县初审完成", "Jiaxian's review is completed"), "central_opinion")
    for place in (*COUNTIES[1:], CITY):
        at.tell.step(chen.act("cases", at.cases[place], "complete_stage"), "central_opinion")


def _draft(at: Line, place: str) -> str:
    criteria = {c["code"]: f"{c['title']['zh']}：成效突出" for c in at.definition["tracks"][0]["criteria"]}
    said = {"attainment": "0.899", "verified_by": "prefecture", "criteria": criteria}
    drafted = at.who("prefecture.chen").create("recommendations", at.cases[place], **said)
    return at.tell.step(drafted, "drafted", status=CREATED).id


def _refuse_foreign(at: Line, draft: str) -> None:
    """QH-04b: an office recommends what lies in its territory, even where a file was shared with it."""
    ma = at.who(FOREIGN)
    unseen = ma.act("recommendations", draft, "submit_recommendation", attainment="0.9")
    said = "延安市的办公室报送佳县：看不到该案", "Yan'an's office wants to send it: it does not even see the file"
    at.tell.refused(unseen, said, ABSENT, "not_found")
    at.people.give(FOREIGN, "prefecture_lbg_office", f"case:{at.cases['jiaxian']}", at.tell)
    shared = ma.act("recommendations", draft, "submit_recommendation", attainment="0.9")
    said = (
        "即使获准协办该案，仍不能推荐辖区外的县",
        "Even with the file shared, it recommends nobody of another prefecture",
    )
    at.tell.refused(shared, said, CONFLICT, "guard", "QH-04b")


def _hold_back(at: Line, draft: str) -> None:
    """YL-2l: a problem that came back is an open finding, and blocks the recommendation."""
    committee, office, chen = at.who("committee.he"), at.who("leading.gao"), at.who("prefecture.chen")
    item = at.found(office, "/rectification-items", case=at.cases[HELD])["id"]
    again = committee.act("rectification-items", item, "reopen_item", text="抽查发现问题反弹")
    at.tell.done(
        again, ("抽查发现子洲县的问题反弹，重新打开", "Zizhou's problem has come back and is reopened"), "in_progress"
    )
    blocked = chen.act("recommendations", draft, "submit_recommendation", attainment="0.92")
    said = "问题未销号即推荐子洲县", "Zizhou is recommended with a finding open"
    at.tell.refused(blocked, said, CONFLICT, "guard", "YL-2l")
    submit_item(at, at.who("zizhou.cao"), item, HELD, ("子洲县再次整改", "Zizhou rectifies it again"))
    close_out(at, office, item, ("再次核验销号", "It is verified and closed out again"))


def _send_and_accept(at: Line, place: str, draft: str, sender: str = "prefecture.chen") -> None:
    """Sent by the prefecture, accepted by the province: two offices, two people."""
    sent = at.who(sender).act("recommendations", draft, "submit_recommendation", attainment="0.9")
    zh, en = NAMES[place]
    at.tell.done(sent, (f"推荐{zh}，达标率 0.9", f"{en} is recommended with 0.9"), "submitted")
    checked = {"paper_check": "材料齐全属实"} if place == CITY else {}  # an office recommends its own government
    accepted = at.who("province.wang").act("recommendations", draft, "accept_recommendation", **checked)
    at.tell.done(accepted, (f"省办接收{zh}的推荐", f"The province accepts the recommendation of {en}"), "accepted")


def ask_outside(at: Line) -> None:
    """INV-17: an optional stage is either done or waived on record, never jumped."""
    at.tell.chapter("2024-09-25", ("十、征求中央办意见", "10. Opinion of the central office"))
    at.until("2024-09-25")
    wang, case = at.who("province.wang"), at.cases["jiaxian"]
    said = "没有外部意见即完成", "It is completed without an opinion on record"
    at.tell.refused(wang.act("cases", case, "complete_stage"), said, CONFLICT, "guard", "PDS-S5b", "YL-2o")
    letter = at.tell.step(at.who("central.tang").upload(case, "意见函.txt", "无不同意见"), status=CREATED)
    opinion = {"source": "中央办", "number": "中法办函〔2024〕17号", "date": "2024-09-25", "file": letter.id}
    told = at.who("central.tang").signal("cases", case, "record_external_result", favourable=True, **opinion)
    at.tell.done(
        told, ("中央办的意见作为外部事实登记", "The opinion is recorded as a fact from outside"), status=ACCEPTED
    )
    done = wang.act("cases", case, "complete_stage")
    at.tell.done(done, ("佳县完成征求意见", "Jiaxian's stage is completed"), "evaluation")
    for place in (*COUNTIES[1:], CITY):
        zh, en = NAMES[place]
        waived = wang.act("cases", at.cases[place], "waive_stage", text="本批不再逐一征求意见")
        at.tell.done(
            waived, (f"{zh}免予本阶段，理由在案", f"The stage is waived for {en}, with a reason"), "evaluation"
        )
