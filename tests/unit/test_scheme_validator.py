"""What the validator refuses, each with its place and rule."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from service.schemes import loader, rules
from service.schemes.reading.places import place_of
from service.schemes.validation.advice import ADVICE
from service.schemes.validation.validator import problems, warnings
from tests.support.schemes import REFERENCE, files

FILES = files()

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


def closed(definition: dict[str, Any]) -> None:
    """The track ends without a naming."""
    definition["tracks"][0]["stages"].pop()
    definition["tracks"][0]["outcome"] = "closed"


BANDS = "/look_back/bands"
PASS = "/scoring/pass"
REFUSALS: list[tuple[str, Edit, str, str]] = [
    ("no date of effect", put("effective_from", value=None), "/effective_from", "GAP-QH-17"),
    ("a batch in a thousand years", put("cadence", value={"years": 1000}), "/cadence/years", "INV-23"),
    ("unknown slot", put("roles", "friend", value=["x"]), "/roles/friend", "QH-17a"),
    ("timer is never filled", put("roles", "timer", value=["x"]), "/roles/timer", "QH-17a"),
    ("unknown guard", for_stage("creation", guards=["x"]), "/tracks/0/stages/1/guards/0", "QH-17a"),
    (
        "stage called like a state",
        put("tracks", 0, "stages", 7, "key", value="paused"),
        "/tracks/0/stages/7/key",
        "INV-17",
    ),
    ("two people for nothing", put("two_person", value=["fly"]), "/two_person/0", "INV-20"),
    ("two people for an opening", put("two_person", value=["open_case"]), "/two_person/0", "INV-20"),
    ("two people for a score", put("two_person", value=["urge", "rate_indicator"]), "/two_person/1", "INV-20"),
    ("two people for the public", put("two_person", value=["withdraw_objection"]), "/two_person/0", "INV-20"),
    (
        "a day before every calendar",
        for_stage("creation", due={"date": "0001-01-01"}),
        "/tracks/0/stages/1/due/date",
        "QH-17a",
    ),
    (
        "an endless time",
        for_stage("creation", due={"offset": "1000000000 calendar_days"}),
        "/tracks/0/stages/1/due/offset/count",
        "QH-17a",
    ),
    (
        "never brought up again",
        for_stage("creation", due={"pending": True, "watch_days": 10**12}),
        "/tracks/0/stages/1/due/watch_days",
        "QH-17a",
    ),
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
        put("title", "strikes", value={"counts": ["report_missed"], "then": "end"}),
        "/title/strikes",
        "INV-24",
    ),
    (
        "strikes without consequence",
        put("title", "strikes", value={"counts": ["report_missed"], "limit": 2}),
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
    ("unknown role", put("roles", "publicist", value=["ghost"]), "/roles/publicist", "QH-17a"),
    (
        "unknown role of a stage",
        for_stage("creation", actor={"stage_actor": ["ghost"]}),
        "/tracks/0/stages/1/actor/stage_actor",
        "QH-17a",
    ),
    (
        "unknown role without scores",
        put("evaluation", "no_scoring_roles", value=["ghost"]),
        "/evaluation/no_scoring_roles",
        "QH-17a",
    ),
    ("unknown issuer", put("naming", "insignia", "issuer", value="ghost"), "/naming/insignia/issuer", "QH-17a"),
    (
        "unknown rule",
        put("tracks", 0, "criteria", 0, "rules", value=["QH-99"]),
        "/tracks/0/criteria/0/rules",
        "QH-17a",
    ),
    ("unknown prohibition", put("prohibitions", value=["QH-06d", "QH-99"]), "/prohibitions", "QH-17a"),
    (
        "ground of a band that is not listed",
        put("look_back", "bands", 2, "ground", value="ghost"),
        "/look_back/bands/2/ground",
        "INV-10",
    ),
    (
        "serial with an unknown field",
        put("naming", "insignia", "serial_pattern", value="{year}-{number}"),
        "/naming/insignia/serial_pattern",
        "INV-05",
    ),
    (
        "serial with half a field",
        put("naming", "insignia", "serial_pattern", value="{number}-{"),
        "/naming/insignia/serial_pattern",
        "INV-05",
    ),
    (
        "attainment of nothing",
        lambda d: d["scoring"].update(mode="none"),
        "/tracks/0/attainment_min",
        "QH-08a",
    ),
    ("no topic to choose", put("tracks", 0, "topics", value={}), "/tracks/0/topics", "QH-17a"),
    ("slot that nobody fills", lambda d: d["roles"].pop("verifier"), "/roles", "INV-32"),
    (
        "basis of nothing",
        put("basis", "/nowhere", value={"mark": "C"}),
        "/basis/~1nowhere",
        "QH-17a",
    ),
    ("basis without article", put("basis", "/key", value={"mark": "D"}), "/key", "QH-17a"),
    *(
        (f"{path} without a naming", closed, path, rule)
        for path, rule in (
            ("/naming/insignia", "INV-05"),
            ("/annual_report/present", "QH-07d"),
            ("/look_back/mode", "INV-17"),
            ("/reminder/present", "QH-12a"),
            ("/revocation/mode", "INV-10"),
        )
    ),
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
        assert one.advice("zh") != one.advice("en")
        assert one.rule in rules.rule_ids()
        assert one.blocks
        assert place_of(one.path, FILES).line > 0


@pytest.mark.req("QH-11a")
def test_a_copy_of_the_table_with_ninety_nine_items_is_refused() -> None:
    table = files()["indicators.csv"].decode().splitlines(keepends=True)
    found = problems(loader.read_files(files(indicators="".join(table[:-1]))))
    assert {one.path for one in found} == {"/scoring/max", "/indicator_system/item_count"}


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        (lambda d: d["tracks"][0]["stages"].pop(3), "/tracks/0/stages/2/findings"),
        (for_stage("creation", due={"date": "2024-01-01"}), "/tracks/0/stages/1/due"),
        (put("calendar", "id", value="mars"), "/calendar/id"),
    ],
    ids=["findings that wait for nothing", "dates out of order", "a calendar that does not ship"],
)
def test_what_hardly_anybody_means_is_a_warning_and_keeps_nothing_from_being_published(edit: Edit, path: str) -> None:
    definition = loader.dump(REFERENCE)
    assert warnings(REFERENCE) == []
    edit(definition)
    assert [(one.path, one.blocks) for one in warnings(loader.load(definition))] == [(path, False)]


def test_a_role_that_the_scheme_declares_is_known() -> None:
    definition = loader.dump(REFERENCE)
    definition["roles"]["publicist"] = ["ghost"]
    definition["role_titles"] = {"ghost": {"zh": "发布单位", "en": "Publisher"}}
    assert problems(loader.load(definition)) == []


def test_every_advice_belongs_to_a_rule_and_is_said_in_both_languages() -> None:
    assert set(ADVICE) <= rules.rule_ids()
    assert all(zh != en and zh and en for zh, en in ADVICE.values())
