"""Who may enter, who may not come back for a while, and what a case leaves behind when it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from service.domain.cases.stage_guards import needs_of_stage
from service.domain.effects import Send
from service.domain.facts import Facts, Thing
from service.domain.machines import case_machine
from service.schemes.award import Bar, Reapplication
from service.schemes.model import Scheme
from service.schemes.track import Quota, Topic, Topics
from service.schemes.values import Coded, Text
from tests.support import tables
from tests.support.domain import done, facts, papers, person, reference, refused, thing
from tests.support.walk import COUNTY, PREFECTURE, PROVINCE, Walk


def with_title(**changes: Any) -> Scheme:
    scheme = reference()
    return scheme.model_copy(update={"title": scheme.title.model_copy(update=changes)})


@pytest.mark.req("YL-2b-7")
def test_a_topic_is_one_of_the_list_or_another_one_with_words_where_the_list_is_open() -> None:
    def enrolling(*, is_open: bool) -> Walk:
        scheme = reference()
        topics = Topics(
            items=(Topic(id="streets", zh="街道"), Topic(id="other", zh="其他", needs_text=True)), open=is_open
        )
        tracks = tuple(t.model_copy(update={"topics": topics}) for t in scheme.tracks)
        walk = Walk(scheme.model_copy(update={"tracks": tracks}))
        walk.act("open_case", COUNTY, track="area", jurisdiction="610828")
        return walk

    assert enrolling(is_open=False).refused("enroll", COUNTY) == ["enrolment.topic"]
    unknown = {"topic": "markets", "description": "营商环境"}
    assert enrolling(is_open=False).refused("enroll", COUNTY, **unknown) == ["enrolment.topic"]
    assert enrolling(is_open=True).refused("enroll", COUNTY, topic="markets") == ["enrolment.description"]
    assert enrolling(is_open=True).refused("enroll", COUNTY, topic="other") == ["enrolment.description"]
    for form in (unknown, {"topic": "streets"}):
        walk = enrolling(is_open=True)
        walk.act("enroll", COUNTY, **form)
        assert walk.case.state == "mobilization"


# ----------------------------------------------------------------------------- bars and applying again


@pytest.mark.req("INV-27")
@pytest.mark.parametrize("ending", ["disqualified", "withdrawn"])
def test_whoever_left_in_a_way_that_the_scheme_bars_has_the_bar_on_record(ending: str) -> None:
    bar = Bar.model_validate({"on": ending, "length": {"years": 3}, "subject": "both"})
    walk = Walk(with_title(bars=(bar,))).walked_to("application")
    if ending == "disqualified":
        walk.act("open_fact_finding", PROVINCE, text="群众举报材料不实")
        walk.act("close_fact_finding", PROVINCE, report="材料系伪造", confirmed=True)
        walk.act("disqualify", person("wang", "provincial_lbg_office"), second="li")
    else:
        walk.act("withdraw", COUNTY)
    bars = walk.case.data["bars"]
    assert [(b["on"], b["who"], b["subject"], b["until"]) for b in bars] == [
        (ending, "subject", "610828", "2027-03-04"), (ending, "applicant", "", "2027-03-04"),
    ]  # fmt: skip
    plain = Walk().walked_to("application")
    plain.act("withdraw", COUNTY)
    assert plain.case.data["bars"] == []


def enrolling(*, bars: Any = (), history: Any = (), scheme: Scheme | None = None, opens: str = "2024-03-01") -> Facts:
    case = thing("case", "draft", id="case", organization="county", level="county", name="佳县")
    batch = thing("batch", "open", id="batch", opens=opens, closes="2024-12-31")
    return facts(case, batch, scheme=scheme, bars=list(bars), history=list(history), evidence=papers("ev-1", "ev-2"))


def barred(**said: Any) -> dict[str, Any]:
    return {"on": "disqualified", "who": "subject", "subject": "jiaxian", "from": "2023-05-01", "batches": None,
            "until": "2026-05-01", **said}  # fmt: skip


@pytest.mark.req("INV-27")
def test_a_bar_applies_to_the_subject_and_to_the_applicant_each_by_itself() -> None:
    assert refused(enrolling(bars=[barred()]), "enroll", COUNTY) == ["not_barred"]
    applicant = barred(who="applicant", subject="county")
    assert refused(enrolling(bars=[applicant]), "enroll", COUNTY) == ["not_barred"]
    for other in (barred(subject="wubu"), barred(who="applicant", subject="jiaxian"), barred(until="2024-05-19")):
        assert done(enrolling(bars=[other]), "enroll", COUNTY).thing.state == "mobilization"


@pytest.mark.req("INV-27")
def test_a_bar_by_batches_counts_those_that_opened_since() -> None:
    bar = barred(until=None, batches=1)
    between = thing("batch", "closed", id="between", opens="2023-06-01", on={"open_batch": "2023-06-01"})
    assert refused(enrolling(bars=[bar]), "enroll", COUNTY) == ["not_barred"]
    assert done(enrolling(bars=[bar], history=[between]), "enroll", COUNTY).thing.state == "mobilization"


@pytest.mark.req("INV-27")
def test_a_batch_that_never_took_an_application_is_none_to_sit_out() -> None:
    bar = barred(until=None, batches=1)
    for never in (
        thing("batch", "planned", id="never", opens="2023-06-01"),
        thing("batch", "cancelled", id="never", opens="2023-06-01", on={"open_batch": "2023-06-01"}),
    ):
        assert refused(enrolling(bars=[bar], history=[never]), "enroll", COUNTY) == ["not_barred"]


CONDITIONS = (
    Coded(code="rectified", title=Text(zh="整改报告", en="rectification report")),
    Coded(code="attainment_verified", title=Text(zh="达标率核验", en="verified attainment")),
)


def lost(**changes: Any) -> tuple[Thing, Scheme]:
    again = Reapplication(classes=("area",), conditions=CONDITIONS)
    fallen = thing("designation", "revoked", id="old", on={"revoke": "2023-05-01"}, ended=True)
    return fallen, with_title(reapplication=again.model_copy(update=changes))


@pytest.mark.req("QH-15a")
@pytest.mark.req("GAP-QH-5")
def test_whoever_lost_a_title_applies_again_with_evidence_for_each_condition() -> None:
    fallen, scheme = lost()
    given = enrolling(history=[fallen], scheme=scheme)
    assert refused(given, "enroll", COUNTY) == ["enrolment.conditions", "reapplication_allowed"]
    half = {"rectified": "ev-1"}
    assert refused(given, "enroll", COUNTY, conditions=half) == ["reapplication_allowed"]
    unknown = {"rectified": "ev-1", "attainment_verified": "ev-9"}
    assert refused(given, "enroll", COUNTY, conditions=unknown) == ["reapplication_allowed"]
    whole = {"rectified": "ev-1", "attainment_verified": "ev-2"}
    assert done(given, "enroll", COUNTY, conditions=whole).thing.state == "mobilization"
    assert refused(given, "enroll", COUNTY, conditions={**whole, "sorry": "ev-1"}) == ["enrolment.conditions"]


@pytest.mark.req("GAP-QH-4")
@pytest.mark.req("GAP-QH-5")
def test_applying_again_asks_for_a_class_that_may_and_a_batch_that_opened_since() -> None:
    whole = {"rectified": "ev-1", "attainment_verified": "ev-2"}
    fallen, scheme = lost(classes=("project",))
    assert refused(enrolling(history=[fallen], scheme=scheme), "enroll", COUNTY, conditions=whole) == [
        "reapplication_allowed"
    ]
    fallen, scheme = lost()
    for event in ("revoke", "expire", "accept_exit"):
        late = fallen.with_data(on={event: "2024-03-01"})
        given = enrolling(history=[late], scheme=scheme)
        assert refused(given, "enroll", COUNTY, conditions=whole) == ["reapplication_allowed"], event
    open_order = thing("revocation_case", "notified", id="order")
    given = enrolling(history=[fallen, open_order], scheme=scheme)
    assert refused(given, "enroll", COUNTY, conditions=whole) == ["reapplication_allowed"]


def test_whoever_never_lost_a_title_is_asked_for_no_condition() -> None:
    _, scheme = lost()
    assert done(enrolling(scheme=scheme), "enroll", COUNTY).thing.state == "mobilization"


# ------------------------------------------------------------------------------------ lists, and the end


@pytest.mark.req("SX-28")
def test_a_case_that_leaves_is_struck_from_every_list_that_takes_it_up() -> None:
    walk = Walk().walked_to("evaluation")
    walk.put("candidate_list", "published", id="list", cases=["case", "other"], entries=["case"])
    walk.put("candidate_list", "approved", id="elsewhere", cases=["other"], entries=["other"])
    walk.put("candidate_list", "closed", id="over", cases=["case"], entries=["case"], ended=True)
    walk.act("drop_case", PROVINCE, text="现场核查不合格")
    strikes = [s for s in walk.sends if s.event == "strike_entry"]
    assert strikes == [Send("candidate_list", "strike_entry", "list", form={"entry": "case", "text": "case not_named"})]


@pytest.mark.req("GAP-PDS-1")
def test_a_track_that_ends_without_naming_has_no_way_to_a_title() -> None:
    """No row of its machine names, refuses or founds anything, whatever is recorded from outside."""
    machine = case_machine(tables.tracks()["closed"])
    assert "named" not in machine.known
    assert set(machine.final) == {"declined", "withdrawn", "disqualified", "closed"} & set(machine.known)
    assert not {"name_case", "refuse_naming", "name_externally"} & set(machine.events)


@pytest.mark.req("GAP-PDS-1")
@pytest.mark.parametrize("favourable", [True, False])
def test_a_department_that_only_takes_part_is_closed_whatever_the_outside_result(favourable: bool) -> None:
    scheme = reference()
    area = scheme.track("area")
    outside = next(s for s in area.stages if s.kind == "external").model_copy(update={"presence": "required"})
    stages = (*(s for s in area.stages if s.key in ("mobilization", "creation")), outside)
    track = area.model_copy(update={"outcome": "closed", "stages": stages, "quota": None})
    walk = Walk(scheme.model_copy(update={"tracks": (track,)}))
    walk.enter()
    walk.done_with("mobilization")
    walk.done_with("creation")
    said: dict[str, Any] = {"source": "中央依法治国办", "number": "1", "date": "2024-03-04", "file": "ev-3"}
    walk.act("record_external_result", PROVINCE, favourable=favourable, **said)
    if not favourable:
        assert walk.refused("refuse_externally", PROVINCE) == ["external_outcome_negative"]
    walk.act("complete_stage", PROVINCE)
    assert (walk.case.state, walk.case.ended) == ("closed", True)
    assert [s for s in walk.sends if s.machine == "designation"] == []


@pytest.mark.req("YL-2n")
@pytest.mark.req("YL-3p")
def test_a_stage_that_asks_for_a_recommendation_by_its_guards_is_where_one_is_drafted() -> None:
    scheme = reference()
    area = scheme.track("area")
    guards = ("recommendation_accepted", "quota_respected", "criteria_met")
    quota = Quota(target=1, mode="max")
    stages = tuple(s.model_copy(update={"guards": guards}) if s.key == "application" else s for s in area.stages)
    track = area.model_copy(update={"stages": stages, "quota": quota})
    walk = Walk(scheme.model_copy(update={"tracks": (track,)})).walked_to("application")
    form: dict[str, Any] = {"signer": "县长", "true": True, "lawful": True, "complete": True}
    walk.paper("application_form")
    lacking = walk.ask("complete_stage", COUNTY, **form).unmet
    assert [(u.code, u.missing) for u in lacking] == [
        ("stage_guards_hold", ("recommendation_accepted", "criteria_met")),
    ]
    draft = thing("recommendation", id="rec", owner="case", parent="case")
    seen = replace(walk.facts, things={**walk.facts.things, "rec": draft})
    assert done(seen.at(draft), "draft_recommendation", PREFECTURE).thing.state == "drafted"
    walk.put("recommendation", "accepted", criteria={"leading": "领先", "copyable": "可推广"})
    others = [thing("case", "application", id="other")]
    walk.facts = replace(walk.facts, more={**walk.facts.more, "places": others})
    assert walk.ask("complete_stage", COUNTY, **form).unmet[0].missing == ("quota_respected",)
    walk.facts = replace(walk.facts, more={**walk.facts.more, "places": []})
    assert needs_of_stage(replace(walk.facts, thing=walk.run)) == {"places"}
    walk.act("complete_stage", COUNTY, **form)
    assert walk.case.state == "review"
