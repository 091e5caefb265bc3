"""The scheme language, the shipped programme `reference`, and what the validator refuses."""

import copy
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service.schemes import loader, rules
from service.schemes.problem import SchemeInvalid
from service.schemes.validator import problems

REFERENCE = loader.shipped_scheme("reference")
FOLDER = Path(loader.__file__).parent / "reference"
AREA = REFERENCE.track("area")


def files(**changed: str) -> dict[str, bytes]:
    """The files of `reference`, some replaced: `files(scheme="...")`."""
    given = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    names = {"scheme": "scheme.yaml", "indicators": "indicators.csv"}
    return given | {names[key]: text.encode() for key, text in changed.items()}


def edited(old: str, new: str, name: str = "scheme") -> dict[str, bytes]:
    text = files()[{"scheme": "scheme.yaml", "indicators": "indicators.csv"}[name]].decode()
    assert old in text
    return files(**{name: text.replace(old, new, 1)})


def refused(given: dict[str, bytes]) -> str:
    with pytest.raises(SchemeInvalid) as caught:
        loader.read_files(given)
    return str(caught.value)


# -------------------------------------------------------------------------------------- the shipped programme


def test_the_shipped_programme_has_no_problem() -> None:
    assert "reference" in loader.shipped()
    assert problems(REFERENCE) == []


@pytest.mark.req("INV-17")
def test_the_reference_track_exercises_every_kind_of_stage_in_order() -> None:
    def mark(optional: bool, skip: str) -> str:
        return "?" if optional else "~" if skip != "none" else ""

    walk = [f"{s.key}:{s.kind}{mark(s.presence == 'optional', s.skip_when)}" for s in AREA.stages]
    assert " > ".join(walk) == (
        "mobilization:mobilization > creation:creation > self_check:self_check > "
        "rectification:rectification~ > inspection:inspection > application:application > "
        "review:preliminary_review > central_opinion:external? > evaluation:evaluation > "
        "publicity:publicity > naming:naming"
    )
    returns = [(s.key, r.to, r.resume) for s in AREA.stages for r in s.returns]
    assert returns == [("review", "application", True), ("publicity", "evaluation", False)]
    assert AREA.outcome == "named"


@pytest.mark.req("QH-11a")
def test_a_hundred_items_of_one_point_make_a_hundred() -> None:
    items = REFERENCE.indicator_system.indicators
    assert len(items) == 100
    assert sum(one.max_points for one in items if one.max_points) == REFERENCE.scoring.max == 100
    own = [one for one in items if one.group == "R"]
    assert [one.code for one in own] == [f"REF-{number:02}" for number in range(1, 15)]
    assert [one for one in items if one.provisional] == own


@pytest.mark.req("QH-11b")
@pytest.mark.req("INV-09")
@pytest.mark.parametrize(
    ("points", "outcome"),
    [("90", "pass"), ("89.99", "fail"), ("89.9", "fail"), ("100", "pass"), ("0", "fail")],
)
def test_ninety_points_pass_and_nothing_below_is_rounded_up(points: str, outcome: str) -> None:
    band = REFERENCE.band(Decimal(points))
    assert band is not None
    assert band.outcome == outcome


@pytest.mark.req("GAP-QH-1")
@pytest.mark.parametrize(
    ("points", "outcome"),
    [
        ("90", "notice"),
        ("89.99", "reminder"),
        ("80", "reminder"),
        ("79.99", "revocation"),
        ("0", "revocation"),
    ],
)
def test_a_look_back_total_falls_into_exactly_one_band(points: str, outcome: str) -> None:
    band = REFERENCE.look_back_band(Decimal(points))
    assert band is not None
    assert band.outcome == outcome


@pytest.mark.req("YL-2d")
@pytest.mark.req("GAP-YL-3")
def test_the_score_table_is_due_before_its_stage_ends() -> None:
    stage = AREA.stage("self_check")
    table = stage.artefact("score_table")
    assert table is not None
    assert table.required
    assert table.due is not None
    assert str(table.due.date) == "2024-05-20"
    assert str(stage.due.date) == "2024-06-20"
    assert stage.due.wording == "2024年6月中旬前"
    assert stage.artefact("no_such_paper") is None


@pytest.mark.req("GAP-YL-2")
def test_stages_without_a_printed_date_are_pending_and_watched() -> None:
    assert [s.key for s in AREA.stages if s.due.pending] == [
        "application",
        "review",
        "central_opinion",
        "evaluation",
        "publicity",
        "naming",
    ]
    assert {s.due.watch_days for s in AREA.stages} == {30}


@pytest.mark.req("INV-18")
def test_findings_go_where_the_kind_of_the_stage_says() -> None:
    found = {s.key: s.findings for s in AREA.stages if s.findings != "none"}
    assert found == {"self_check": "next_rectification", "inspection": "this_stage"}


@pytest.mark.req("QH-12-5")
@pytest.mark.req("QH-12-6")
@pytest.mark.req("GAP-QH-13")
def test_two_of_the_six_reminder_grounds_fit_one_class_only() -> None:
    fits = {g.rules[0]: (g.fits("area"), g.fits("project")) for g in REFERENCE.reminder.grounds}
    assert fits.pop("QH-12-5") == (False, True)
    assert fits.pop("QH-12-6") == (True, False)
    assert fits == {f"QH-12-{n}": (True, True) for n in range(1, 5)}


@pytest.mark.req("GAP-QH-10")
def test_only_the_open_revocation_ground_asks_for_fifty_characters() -> None:
    asked = {ground.rules: ground.free_text_min for ground in REFERENCE.revocation.grounds}
    assert asked == {(f"QH-13-{n}",): 0 for n in range(1, 6)} | {("QH-13-6",): 50}


@pytest.mark.req("YL-1b")
@pytest.mark.req("YL-1c")
def test_nine_task_forces_of_one_head_one_lead_unit_and_one_liaison_are_asked_for() -> None:
    force = REFERENCE.organization["mobilization"][0]
    assert (force.kind, force.count, force.head, force.lead_unit, force.liaison) == ("task_force", 9, 1, 1, 1)
    assert len(REFERENCE.indicator_system.groups) == force.count


def test_a_stage_fills_a_slot_before_the_scheme_does() -> None:
    assert REFERENCE.concrete_roles("stage_office") == ("leading_group_office",)
    assert REFERENCE.concrete_roles("stage_office", "area", "review") == ("prefecture_lbg_office",)
    assert REFERENCE.concrete_roles("stage_office", "area", "creation") == ("leading_group_office",)
    assert REFERENCE.concrete_roles("timer") == ()


def test_a_track_is_walked_from_first_to_last() -> None:
    assert AREA.first.key == "mobilization"
    assert AREA.before("mobilization") is None
    after = AREA.after("review")
    assert after is not None
    assert after.key == "central_opinion"
    assert AREA.after("naming") is None
    with pytest.raises(KeyError, match="no stage nowhere"):
        AREA.stage("nowhere")
    with pytest.raises(KeyError, match="no track project"):
        REFERENCE.track("project")


@pytest.mark.parametrize(
    ("path", "value", "holds"),
    [
        ("annual_report.present", None, True),
        ("reminder.present", None, True),
        ("look_back.mode", None, True),
        ("look_back.mode", "sample", True),
        ("revocation.mode", "own", True),
        ("revocation.mode", "external", False),
        ("title.on_merger", "cancel", True),
        ("title.on_merger", "transfer", False),
        ("title.suspension", None, False),
        ("title.validity.length", None, False),
        ("title.recheck.every", None, False),
        ("look_back.ranking", None, False),
        ("annual_report.publish", "no", True),
        ("no.such.path", None, False),
    ],
)
def test_a_setting_holds_when_it_is_neither_absent_none_nor_false(
    path: str, value: str | None, holds: bool
) -> None:
    assert REFERENCE.declares(path, value) is holds


def test_a_suspension_that_is_not_present_is_absent() -> None:
    definition = loader.dump(REFERENCE)
    definition["title"]["suspension"] = {"present": False}
    assert loader.load(definition).setting("title.suspension") is None
    definition["title"]["suspension"] = {"present": True, "grounds": []}
    assert loader.load(definition).setting("title.suspension.max_days") == 180


def test_names_that_python_reserves_are_found_by_their_name_in_the_schema() -> None:
    assert REFERENCE.setting("scoring.pass") == REFERENCE.scoring.pass_
    assert REFERENCE.setting("window.from") is None
    assert AREA.class_ == "area"


def test_every_value_marked_with_a_rule_cites_one_that_exists() -> None:
    text = (FOLDER / "scheme.yaml").read_text(encoding="utf-8")
    cited = set(re.findall(r"\b(?:QH|SX|PDS|HY|YL|GAP|INV)-[A-Za-z0-9]+(?:-\d+)?\b", text))
    own = {one.code for one in REFERENCE.indicator_system.indicators}
    assert len(cited) > 60
    assert cited - rules.rule_ids() - own == set()


def test_every_value_of_the_shipped_programme_is_marked_as_from_the_document_read_or_chosen() -> None:
    """A mark on a line holds for what is indented below it."""
    above: list[tuple[int, bool]] = []
    bare = []
    for line in (FOLDER / "scheme.yaml").read_text(encoding="utf-8").splitlines():
        body = line.split(" #")[0].rstrip()
        if not body or line.lstrip().startswith("#"):
            continue
        depth = len(line) - len(line.lstrip())
        above = [one for one in above if one[0] < depth]
        above.append((depth, re.search(r"#.*\[[DRC]\]", line) is not None))
        if not body.endswith(":") and not any(marked for _, marked in above):
            bare.append(line)
    assert bare == []


# ---------------------------------------------------------------------------------------- storing and reading


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
        REFERENCE.key = "another"  # type: ignore[misc]


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
roles: {applicant: [city_government], authority: [city_office], stage_office: [city_office]}
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
  ranking: {strata: [region], order: [score desc], tie_rule: complaints asc, bottom_k: 2, min_stratum: 8,
            then: strike}
reminder:
  present: true
  grounds: [{code: slow, title: {zh: 缓慢, en: Slow}}]
"""
ITEMS = (
    "code,kind,title_zh,title_en,group,group_zh,methods,max_points,provisional\n"
    "X-1,indicator,甲,A,G,组,exam,60,no\n"
    "X-2,indicator,乙,B,G,组,interview|exam,40,no\n"
)


# ------------------------------------------------------------------------------------- files that are refused


def test_a_duplicate_key_is_refused_with_its_line() -> None:
    assert re.search(r"scheme.yaml:\d+: duplicate key key", refused(edited("version: 1.0.0", "key: again")))


def test_a_document_that_explodes_when_aliases_are_expanded_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    assert "more than 50000 nodes" in refused(files(scheme="\n".join(rows)))


def test_an_alias_that_contains_itself_is_refused() -> None:
    assert "contains itself" in refused(files(scheme="a: &a [*a]"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x" * (1024 * 1024 + 1), "larger than 1 MB"),
        ("- a list", "not a mapping"),
        ("", "not a mapping"),
        ("key: [", "scheme.yaml:"),
        ("a: " + "[" * 3000, "scheme.yaml"),
        ("when: 2024-02-30", "cannot be read"),
        ("? [a]\n: b", "a key must be text"),
        ("a: !!python/object/apply:os.system [ls]", "constructor"),
    ],
)
def test_what_is_not_a_plain_document_is_refused(text: str, complaint: str) -> None:
    assert complaint in refused(files(scheme=text))


def test_text_that_is_not_utf8_is_refused_and_a_byte_order_mark_is_not() -> None:
    assert "not UTF-8" in refused(files() | {"scheme.yaml": "key: 参考".encode("gb18030")})
    table = b"\xef\xbb\xbf" + files()["indicators.csv"]
    assert loader.read_files(files() | {"indicators.csv": table}) == REFERENCE


@pytest.mark.req("QH-17a")
@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("trial: true", "trail: true", "/trail"),
        ("presence: required", "presence: sometimes", "/tracks/0/stages/0/presence"),
        ("step: 0.1", "step: .inf", "/scoring/step"),
        ('due: "01-31"', 'due: "02-30"', "/annual_report/due"),
        ("share: 0.90", "share: 1.5", "/tracks/0/attainment_min/share"),
        ("days: 5  ", "days: 0  ", "/publicity/days"),
        ("version: 1.0.0", "version: one", "/version"),
    ],
)
def test_a_field_that_does_not_fit_the_schema_is_refused_at_its_place(old: str, new: str, path: str) -> None:
    with pytest.raises(SchemeInvalid) as caught:
        loader.read_files(edited(old, new))
    assert path in [one.path for one in caught.value.problems]


def test_a_binary_number_is_refused() -> None:
    definition = loader.dump(REFERENCE)
    definition["scoring"]["step"] = 0.1
    with pytest.raises(SchemeInvalid, match="not a binary number"):
        loader.load(definition)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (lambda: edited("code,kind", "kode,kind", "indicators"), "the columns must be"),
        (lambda: edited(",1,yes\n", ",1,yes,more\n", "indicators"), "10 cells, not 9"),
        (lambda: edited(",1,yes\n", ",1,perhaps\n", "indicators"), "yes or no"),
        (lambda: edited("补充项", "其他项", "indicators"), "another title"),
        (lambda: edited("ref: indicators.csv", "ref: ../indicators.csv"), "no table"),
        (lambda: {"indicators.csv": b""}, "the definition is missing"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(given: Callable[[], dict[str, bytes]], complaint: str) -> None:
    assert complaint in refused(given())


# --------------------------------------------------------------------------------- what the validator refuses

Edit = Callable[[dict[str, Any]], object]


def stage(definition: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in definition["tracks"][0]["stages"] if one["key"] == key)
    return found


def put(*path: str | int, value: object) -> Edit:
    def edit(definition: dict[str, Any]) -> None:
        here: Any = definition
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = value

    return edit


def for_stage(key: str, **fields: object) -> Edit:
    return lambda definition: stage(definition, key).update(fields)


def repeat(*path: str | int) -> Edit:
    """List the first entry of a list once more."""

    def edit(definition: dict[str, Any]) -> None:
        here: Any = definition
        for step in path:
            here = here[step]
        here.append(copy.deepcopy(here[0]))

    return edit


BANDS = "/look_back/bands"
PASS = "/scoring/pass"
REFUSALS: list[tuple[str, Edit, str, str]] = [
    ("no date of effect", put("effective_from", value=None), "/effective_from", "GAP-QH-17"),
    ("unknown slot", put("roles", "friend", value=["x"]), "/roles/friend", "QH-17a"),
    ("timer is never filled", put("roles", "timer", value=["x"]), "/roles/timer", "QH-17a"),
    ("slot filled by nobody", put("roles", "authority", value=[]), "/roles/authority", "INV-32"),
    ("slot left out", lambda d: d["roles"].pop("authority"), "/roles", "INV-32"),
    (
        "unknown slot of a stage",
        for_stage("creation", actor={"x": ["y"]}),
        "/tracks/0/stages/1/actor/x",
        "QH-17a",
    ),
    (
        "unknown accepting slot",
        for_stage("creation", acceptance="x"),
        "/tracks/0/stages/1/acceptance",
        "QH-17a",
    ),
    ("unknown kind", for_stage("creation", kind="party"), "/tracks/0/stages/1/kind", "INV-17"),
    ("neither date nor pending", for_stage("creation", due={}), "/tracks/0/stages/1/due", "GAP-YL-2"),
    (
        "date and pending",
        for_stage("creation", due={"date": "2024-05-20", "pending": True}),
        "/tracks/0/stages/1/due",
        "GAP-YL-2",
    ),
    (
        "artefact after its stage",
        for_stage("creation", artefacts=[{"key": "late", "due": {"date": "2024-05-21"}}]),
        "/tracks/0/stages/1/artefacts/0/due",
        "GAP-YL-3",
    ),
    ("stage twice", repeat("tracks", 0, "stages"), "/tracks/0/stages", "INV-17"),
    ("track twice", repeat("tracks"), "/tracks", "QH-17a"),
    (
        "artefact twice",
        repeat("tracks", 0, "stages", 0, "artefacts"),
        "/tracks/0/stages/0/artefacts",
        "QH-17a",
    ),
    ("last stage optional", for_stage("naming", presence="optional"), "/tracks/0/stages/10", "INV-17"),
    ("last stage skippable", for_stage("naming", skip_when="no_open_items"), "/tracks/0/stages/10", "INV-17"),
    ("naming before the end", for_stage("creation", kind="naming"), "/tracks/0/stages/1", "INV-17"),
    ("named without a naming", lambda d: d["tracks"][0]["stages"].pop(), "/tracks/0/outcome", "INV-17"),
    ("closed with a naming", put("tracks", 0, "outcome", value="closed"), "/tracks/0/outcome", "INV-17"),
    (
        "return to nowhere",
        for_stage("review", returns=[{"to": "x"}]),
        "/tracks/0/stages/6/returns/0/to",
        "INV-19",
    ),
    (
        "return to a later stage",
        for_stage("review", returns=[{"to": "naming"}]),
        "/tracks/0/stages/6/returns/0/to",
        "INV-19",
    ),
    (
        "return to itself",
        for_stage("review", returns=[{"to": "review"}]),
        "/tracks/0/stages/6/returns/0/to",
        "INV-19",
    ),
    ("body of an unknown stage", put("organization", "x", value=[]), "/organization/x", "INV-17"),
    ("total unlike the sum", put("scoring", "max", value="99"), "/scoring/max", "QH-11a"),
    ("no total", put("scoring", "max", value=None), "/scoring/max", "QH-11a"),
    ("one item fewer", lambda d: d["indicator_system"]["indicators"].pop(), "/scoring/max", "QH-11a"),
    ("item count", put("indicator_system", "item_count", value=86), "/indicator_system/item_count", "QH-11a"),
    ("bonus count", put("indicator_system", "additional", value=4), "/indicator_system/additional", "PDS-A3"),
    ("step beyond the item", put("scoring", "step", value="0.3"), "/scoring/step", "GAP-QH-3"),
    (
        "unknown method",
        put("indicator_system", "indicators", 0, "methods", value=["guess"]),
        "/indicator_system/indicators/0/methods",
        "PDS-A4",
    ),
    (
        "unknown group",
        put("indicator_system", "indicators", 0, "group", value="Z"),
        "/indicator_system/indicators/0/group",
        "GAP-ALL-1",
    ),
    ("indicator twice", repeat("indicator_system", "indicators"), "/indicator_system/indicators", "PDS-A3"),
    ("no pass band", put("scoring", "pass", value=[]), PASS, "GAP-QH-1"),
    (
        "pass bands above 0",
        put("scoring", "pass", value=[{"at_least": 90, "outcome": "pass"}]),
        PASS,
        "GAP-QH-1",
    ),
    ("pass mark above the total", put("scoring", "pass", 0, "at_least", value="101"), PASS, "GAP-QH-1"),
    ("bands out of order", lambda d: d["look_back"]["bands"].reverse(), BANDS, "GAP-QH-1"),
    ("band twice", put("look_back", "bands", 1, "at_least", value="90"), BANDS, "GAP-QH-1"),
    ("bands missing", put("look_back", "bands", value=[]), BANDS, "GAP-QH-1"),
    ("reminder band without reminder", put("reminder", "present", value=False), BANDS, "GAP-QH-1"),
    ("revocation band without procedure", put("revocation", "mode", value="none"), BANDS, "GAP-QH-1"),
    ("draw without seed", put("look_back", "sample", "seed", value=None), "/look_back/sample/seed", "INV-29"),
    (
        "survey without seed",
        put("evaluation", "survey", "sample", value={"population": "residents", "size": 300}),
        "/evaluation/survey/sample/seed",
        "INV-29",
    ),
    (
        "bottom rule without strata",
        put("look_back", "ranking", value={}),
        "/look_back/ranking/strata",
        "INV-28",
    ),
    (
        "bottom rule without tie rule",
        put("look_back", "ranking", value={}),
        "/look_back/ranking/tie_rule",
        "INV-28",
    ),
    (
        "strike without strikes",
        put("look_back", "ranking", value={"then": "strike"}),
        "/look_back/ranking/then",
        "INV-28",
    ),
    (
        "liaison who scores",
        put("roles", "evaluator_member", value=["accompanying_liaison"]),
        "/evaluation/no_scoring_roles",
        "INV-04",
    ),
    ("bar without unit", put("title", "bars", 0, "length", value={}), "/title/bars/0/length", "INV-27"),
    (
        "bar with two units",
        put("title", "bars", 0, "length", value={"batches": 1, "years": 1}),
        "/title/bars/0/length",
        "INV-27",
    ),
    (
        "strikes without limit",
        put("title", "strikes", value={"counts": ["x"], "then": "end"}),
        "/title/strikes",
        "INV-24",
    ),
    (
        "strikes without consequence",
        put("title", "strikes", value={"counts": ["x"], "limit": 2}),
        "/title/strikes",
        "INV-24",
    ),
    (
        "suspension without ground",
        put("title", "suspension", value={"present": True}),
        "/title/suspension",
        "INV-25",
    ),
    (
        "suspension without limit",
        put(
            "title",
            "suspension",
            value={
                "present": True,
                "max_days": None,
                "grounds": [{"code": "x", "title": {"zh": "某", "en": "x"}}],
            },
        ),
        "/title/suspension",
        "INV-25",
    ),
    (
        "re-check after the end",
        lambda d: d["title"].update(validity={"length": 3}, recheck={"every": 4}),
        "/title/recheck/every",
        "INV-23",
    ),
    (
        "serial without number",
        put("naming", "insignia", "serial_pattern", value="A"),
        "/naming/insignia/serial_pattern",
        "INV-05",
    ),
    (
        "report due before it opens",
        put("annual_report", "opens", value="02-01"),
        "/annual_report/due",
        "QH-07d",
    ),
    ("reminder without ground", put("reminder", "grounds", value=[]), "/reminder/grounds", "QH-12a"),
    ("revocation without ground", put("revocation", "grounds", value=[]), "/revocation/grounds", "INV-10"),
    ("ground twice", repeat("reminder", "grounds"), "/reminder/grounds", "QH-17a"),
    (
        "quota about without margin",
        put("tracks", 0, "quota", value={"target": 10, "mode": "about"}),
        "/tracks/0/quota/margin",
        "GAP-SX-4",
    ),
]


@pytest.mark.req("INV-17")
@pytest.mark.parametrize(("edit", "path", "rule"), [r[1:] for r in REFUSALS], ids=[r[0] for r in REFUSALS])
def test_the_validator_names_place_and_rule(edit: Edit, path: str, rule: str) -> None:
    definition = loader.dump(REFERENCE)
    edit(definition)
    found = problems(loader.load(definition))
    assert (path, rule) in {(one.path, one.rule) for one in found}
    for one in found:
        assert one.message("zh-CN") == one.zh != one.en == one.message("en")
        assert one.rule in rules.rule_ids()


@pytest.mark.req("QH-11a")
def test_a_copy_of_the_table_with_ninety_nine_items_is_refused() -> None:
    table = files()["indicators.csv"].decode().splitlines(keepends=True)
    found = problems(loader.read_files(files(indicators="".join(table[:-1]))))
    assert {one.path for one in found} == {"/scoring/max", "/indicator_system/item_count"}


# ----------------------------------------------------------------------------------------- rules and articles


def test_every_rule_of_the_catalogue_has_an_article() -> None:
    ids = rules.rule_ids()
    documents = {one: rules.article(one)["document"] for one in ids}
    assert len([one for one in ids if not one.startswith(("GAP-", "INV-"))]) == 394
    assert all(documents.values())
    assert all(
        rules.article(one, language)["article"]
        for one in ids
        if not one.startswith(("GAP-", "INV-"))
        for language in ("zh", "en")
    )


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("QH-12-1", "第十二条第（一）项", "Art. 12(1)"),
        ("QH-11b", "第十一条第一款", "Art. 11 ¶1"),
        ("QH-18a", "第十八条", "Art. 18"),
        ("PDS-I05", "第5项指标", "indicator 5"),
        ("PDS-D2", "附加项指标减分项2", "deduction item 2"),
        ("HY-T30", "二、第30项任务", "part 二, task 30"),
        ("YL-2d", "三(二)2", "三(二)2"),
        ("SX-02", "第1部分", "section 1"),
        ("GAP-QH-1", "", ""),
        ("INV-09", "QH-11b", "QH-11b"),
    ],
)
def test_an_article_is_cited_in_both_languages(rule: str, zh: str, en: str) -> None:
    assert rules.article(rule)["article"] == zh
    assert rules.article(rule, "en")["article"] == en
    assert rules.article(rule)["id"] == rule


def test_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(KeyError, match="no rule QH-99"):
        rules.article("QH-99")
