"""A scheme is stored, hashed and read back exactly."""

import json
from decimal import Decimal

import pytest

from service.schemes import loader
from service.schemes.validation.validator import problems
from tests.support.schemes import REFERENCE, edited


def test_a_scheme_survives_the_way_to_json_and_back() -> None:
    stored = json.dumps(loader.dump(REFERENCE), ensure_ascii=False)
    again = loader.load(json.loads(stored))
    assert again == REFERENCE
    assert loader.content_hash(again) == loader.content_hash(REFERENCE)
    assert json.loads(stored)["scoring"]["step"] == "0.1"


def test_the_hash_covers_the_indicator_rows() -> None:
    changed = loader.read_files(edited("REF-14", "REF-99", "indicators"))
    assert loader.content_hash(changed) != loader.content_hash(REFERENCE)


def test_the_hash_does_not_depend_on_how_a_number_or_a_file_is_written() -> None:
    assert loader.read_files(edited("share: 0.90", "share: 0.9")) == REFERENCE
    reordered = loader.read_files(edited("kind: creation\n", "kind: creation  # another comment\n"))
    assert loader.content_hash(reordered) == loader.content_hash(REFERENCE)


def test_a_scheme_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(REFERENCE, "key", "another")  # noqa: B010 - mypy knows already that it cannot be written plainly


def test_what_a_scheme_leaves_out_takes_the_default_of_the_schema() -> None:
    scheme = loader.read_files({"scheme.yaml": SIXTH.encode(), "items.csv": ITEMS.encode()})
    assert (scheme.calendar.id, scheme.calendar.confirm_by) == ("cn", "12-20")
    assert scheme.case.pause.max_days == 180
    assert scheme.scoring.step == Decimal("0.5")
    assert scheme.publicity.days == 5
    assert scheme.annual_report.due == "03-31"
    assert (scheme.reminder.extension.count, scheme.reminder.extension.days) == (1, 30)
    assert [one.id for one in scheme.tiers] == ["title"]
    review = scheme.track("city").stage("review")
    assert review.due.offset is not None
    assert (review.due.offset.count, review.due.offset.unit) == (30, "calendar_days")
    assert review.due.shifts
    assert not scheme.track("city").stage("application").due.shifts
    assert scheme.title.bars[0].length.batches == 1


def test_a_sixth_programme_is_only_data_and_anchors_are_copied() -> None:
    scheme = loader.read_files({"scheme.yaml": SIXTH.encode(), "items.csv": ITEMS.encode()})
    assert problems(scheme) == []
    assert scheme.track("city").stages == scheme.track("county").stages
    assert loader.load(loader.dump(scheme)) == scheme
    assert [one.max_points for one in scheme.indicator_system.indicators] == [Decimal(60), Decimal(40)]


SIXTH = """
key: example_civic_title
version: 0.1.0
title:
  zh: 示例
  en: Example
  validity: {length: 3, renewal_window_days: 180, grace_days: 60}
  recheck: {every: 3}
  strikes: {counts: [recheck_failed, bottom_k, report_missed], limit: 2, consecutive: true, then: end}
  suspension:
    present: true
    grounds: [{code: grave_incident, title: {zh: 重大事件, en: Grave incident}}]
    effects: [no_nomination, no_insignia_use]
  bars:
    - {on: revoked, length: {batches: 1}, subject: both}
    - {on: disqualified, length: {years: 3}, subject: applicant}
source: {issuer: nobody}
effective_from: 2027-01-01
jurisdiction: {level: prefecture, name: 某市}
roles:
  applicant: [city_government]
  stage_actor: [city_government]
  designee: [city_government]
  authority: [city_office]
  approver: [city_office]
  stage_office: [city_office]
  recommending_office: [city_office]
  inspector: [city_office]
  verifier: [city_office]
  publicist: [city_office]
  evaluator_lead: [third_party_evaluator]
  evaluator_member: [evaluation_team_member]
  member_of_public: [member_of_public]
role_titles: {city_office: {zh: 市级主管单位, en: City office}}
batch: {window: {to: pending}}
tracks:
  - id: city
    class: area
    level: prefecture
    applicant_levels: [prefecture]
    stages: &stages
      - {key: application, kind: application, presence: required, due: {date: 2027-03-31}, recall: true}
      - {key: review, kind: preliminary_review, presence: required, due: {offset: 30 calendar_days},
         returns: [{to: application, resume: true}]}
      - {key: assessment, kind: evaluation, presence: required, due: pending}
      - {key: notice, kind: publicity, presence: required, due: pending, returns: [{to: assessment}]}
      - {key: naming, kind: naming, presence: required}
  - {id: county, class: area, level: county, applicant_levels: [county], stages: *stages}
indicator_system: {ref: items.csv, edition: "2027", item_count: 2}
scoring:
  mode: points
  max: 100
  per_item: max_points
  pass: [{at_least: 75.5, outcome: pass}, {at_least: 0, outcome: fail}]
look_back:
  mode: census
  bands: [{at_least: 75.5, outcome: retain}, {at_least: 0, outcome: reminder}]
  ranking: {strata: [region], order: [score desc], tie_rule: [complaints asc, draw], bottom_k: 2, min_stratum: 8,
            then: strike}
annual_report: {present: true}
reminder:
  present: true
  grounds: [{code: slow, title: {zh: 缓慢, en: Slow}}]
"""
ITEMS = (
    "code,kind,title_zh,title_en,group,group_zh,methods,max_points,provisional\n"
    "X-1,indicator,甲,A,G,组,exam,60,no\n"
    "X-2,indicator,乙,B,G,组,interview|exam,40,no\n"
)
