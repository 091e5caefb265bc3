"""The player's table fits the machines, its people are as they are said to be, and `--set` finds what it names."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from api.cli.simulate import words
from api.cli.simulate.batches import rounds
from api.cli.simulate.changes import Unusable, changed, threshold_of
from api.cli.simulate.player import RESTS
from api.cli.simulate.population import Applicant, Wish, act_on, population, sheet, spread
from api.cli.simulate.step import Step
from api.cli.simulate.table import STEPS
from api.cli.simulate.world import GROUND
from service.domain.cases import case
from service.domain.cases.stage import KINDS
from service.domain.machine import Machine
from service.domain.machines import NAMES, PLAIN, stage_machine, template
from service.domain.measures import scores
from service.schemes.loader import official_calendar, read_folder, shipped, shipped_scheme
from service.schemes.model import Scheme
from service.schemes.problem import SchemeInvalid
from tests.support.domain import reference

PROGRAMMES = Path(__file__).parents[1] / "programmes"
CALENDAR = official_calendar()
EVERY = [shipped_scheme(key) for key in shipped()] + [read_folder(one) for one in sorted(PROGRAMMES.iterdir())]
TOLD = {"form_bodies"}
"""What the player asks for beside the machines: bodies and offices are plain records."""
NEVER = {
    "case": {"paused"},
    "stage": set(),
    "objection": {"filed", "awaiting_supplement", "verifying", "dismissed", "upheld", "partly_upheld", "inadmissible"},
    "public_notice": {"objections_pending"},
    "evaluation": {"procedure_recheck"},
    "batch": {"publicizing"},
    "insignia": {"lost"},
    "revocation_case": {"under_review"},
    "look_back": {"drawn"},
}
"""States into which nothing of a play leads: nobody objects, pauses, loses a piece or asks for a review."""


def by_key(key: str) -> Scheme:
    return shipped_scheme(key)


# ----------------------------------------------------------------------------------------------------- the table


@pytest.mark.parametrize("row", STEPS, ids=lambda s: f"{s.machine}.{s.event}")
def test_every_row_of_the_player_names_an_act_of_its_machine_in_states_that_it_has(row: Step) -> None:
    if row.event in TOLD:
        return
    machines = [row.makes or row.machine, "stage"] if row.machine == "case" else [row.makes or row.machine]
    moves = [m for name in machines for m in template(name) if m.event == row.event]
    assert moves, f"nobody knows {row.event}"
    if row.states == "*" or row.makes or row.machine == GROUND:
        return
    possible = {state for move in moves for state in move.source}
    assert set(row.states.split("|")) <= possible | {"draft"}


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"case"}))
def test_every_state_of_every_machine_rests_is_left_by_a_row_or_by_itself(name: str) -> None:
    """A machine that gains a state without a row here would stand still in every play."""
    final = {"stage": ("superseded", "cancelled")}.get(name) or _machine(name).final
    moves = [m for m in template(name) if not m.shared]
    states = {state for m in moves for state in (*m.source, m.to) if not state.startswith("@")} - set(final)
    by_itself = {s for m in moves if m.kind == "timer" or m.who == ("system",) for s in m.source}
    rows = {s for step in STEPS if step.machine == name for s in step.states.split("|")}
    if "*" in rows or name == "stage":  # a stage is commanded through its case
        return
    assert states - set(RESTS.get(name, ())) - rows - by_itself - NEVER.get(name, set()) == set()


def _machine(name: str) -> Machine:
    return stage_machine("creation") if name == "stage" else PLAIN[name]


def test_every_kind_of_stage_has_somebody_who_ends_it() -> None:
    """A new kind of stage needs a place in the player: its form, and what it waits for."""
    known = {"mobilization", "creation", "self_check", "rectification", "inspection", "application",
             "preliminary_review", "evaluation", "publicity", "naming", "external"}  # fmt: skip
    assert set(KINDS) == known


def test_every_duty_of_every_machine_has_a_name_in_both_languages_and_a_place_in_the_scheme() -> None:
    machines = [_machine(name) for name in set(NAMES) - {"case"}]
    kinds = {rule.key for machine in machines for rule in machine.duties} | {rule.key for rule in case.DUTIES}
    assert kinds <= set(words.DUTIES)
    assert all(zh and en for zh, en, _ in words.DUTIES.values())


# -------------------------------------------------------------------------------------------------- the population


def test_shares_lie_evenly_round_the_threshold_the_highest_first() -> None:
    assert spread(Fraction(90, 100), 5) == [Fraction(n, 100) for n in (98, 94, 90, 86, 82)]
    assert spread(None, 3) == [Fraction(n, 100) for n in (98, 84, 70)]
    assert spread(Fraction(95, 100), 2)[0] == 1, "nobody is worth more than everything"


@pytest.mark.parametrize("scheme", EVERY, ids=lambda s: s.key)
def test_the_population_is_the_same_in_every_play_and_fits_the_levels_of_its_track(scheme: Scheme) -> None:
    wish = Wish(threshold_of(scheme), 3, "en")
    found = population(scheme, 1, wish)
    assert found == population(scheme, 1, wish)
    assert {one.track for one in found} == {track.id for track in scheme.tracks}
    for one in found:
        assert one.level in scheme.track(one.track).applicant_levels
    assert len({(one.track, one.subject) for one in found}) == len(found)


def test_whoever_a_track_names_applies_once_and_nobody_else_does() -> None:
    scheme = by_key("yulin")
    wish = Wish(None, None, "zh")
    named = [one.name for one in population(scheme, 1, wish) if one.track == "provincial_area"]
    assert tuple(named) == scheme.track("provincial_area").named_applicants
    assert not [one for one in population(scheme, 2, wish) if one.track == "provincial_area"]


@pytest.mark.parametrize("share", [Fraction(n, 100) for n in (0, 82, 87, 90, 93, 100)])
def test_a_sheet_of_points_reaches_its_share_exactly(share: Fraction) -> None:
    scheme = by_key("qinghai")
    rated = {
        code: [{"person": "lead", "value": value, "reason": None}]
        for code, value in sheet(scheme, "area", share).items()
    }
    assert scores.attainment(scheme, rated) == share


def test_a_sheet_of_yes_and_no_is_as_near_as_its_items_allow() -> None:
    scheme = by_key("shanxi")
    met = [code for code, value in sheet(scheme, "single_item", Fraction(93, 100)).items() if value == "1"]
    assert len(met) == 5, "93% of five criteria is five of them"
    assert len([v for v in sheet(scheme, "single_item", Fraction(87, 100)).values() if v == "1"]) == 4


def test_who_is_early_on_the_last_day_or_late_acts_on_working_days_round_the_date() -> None:
    today, due = date(2024, 5, 1), date(2024, 6, 15)  # a Saturday
    one = Applicant("t", "c", "n", "county", Fraction(1), "early")

    def on(punctuality: str) -> date:
        return act_on(Applicant(**{**one.__dict__, "punctuality": punctuality}), due, today, CALENDAR)

    assert on("early") == date(2024, 5, 16)
    assert on("last_day") == date(2024, 6, 14), "the working day before a Saturday"
    assert on("late") == date(2024, 6, 24), "a week later it is Saturday again: the Monday after"
    assert act_on(None, due, today, CALENDAR) == today, "an office acts at once"
    assert act_on(one, None, today, CALENDAR) == today, "so does everybody where no date is set"


# ------------------------------------------------------------------------------------------------------- batches


def test_batches_open_by_the_cadence_each_at_least_the_interval_after_the_one_before() -> None:
    found = rounds(by_key("qinghai"), CALENDAR, date(2024, 1, 1), date(2029, 12, 31))
    assert [(r.number, r.naming_year, r.opens) for r in found] == [
        (1, 2024, date(2024, 2, 19)), (2, 2026, date(2026, 2, 24)), (3, 2028, date(2028, 2, 24)),
    ]  # fmt: skip
    assert found[0].closes == date(2024, 5, 19)


def test_a_printed_window_is_kept_and_shifts_by_years_for_later_batches() -> None:
    found = rounds(reference(), CALENDAR, date(2024, 1, 1), date(2026, 12, 31))
    assert [r.closes for r in found] == [None, date(2026, 12, 31)]
    only = rounds(by_key("yulin"), CALENDAR, date(2024, 1, 1), date(2030, 12, 31))
    assert [(r.opens, r.closes) for r in only] == [(date(2024, 2, 22), None)]
    assert rounds(by_key("yulin"), CALENDAR, date(2024, 6, 1), date(2030, 12, 31)) == [], "its window is over"


def test_the_first_naming_year_is_that_of_the_scheme() -> None:
    found = rounds(by_key("shanxi"), CALENDAR, date(2020, 1, 1), date(2023, 1, 1))
    assert [(r.opens.year, r.naming_year) for r in found] == [(2020, 2021), (2022, 2023)]


# ------------------------------------------------------------------------------------------------------ changes


def test_a_threshold_is_altered_wherever_the_scheme_says_it_and_nowhere_else() -> None:
    found = changed(by_key("qinghai"), ["threshold=95"])
    assert [(path, str(new)) for path, _, new in found.places] == [
        ("/scoring/pass/0/at_least", "95"),
        ("/look_back/bands/0/at_least", "95"),
        ("/tracks/0/attainment_min/share", "0.95"),
    ]
    assert threshold_of(found.scheme) == Fraction(95, 100)
    assert (
        changed(by_key("shanxi"), ["threshold=95%"]).scheme.scoring.pass_[0].at_least
        == changed(by_key("shanxi"), ["threshold=0.95"]).scheme.scoring.pass_[0].at_least
    )
    moved = found.scheme.basis["/scoring/pass/at_least_95"]
    assert moved == by_key("qinghai").basis["/scoring/pass/at_least_90"], "a mark goes with its band"


def test_a_quota_and_any_pointer_are_altered_by_name_or_by_place() -> None:
    yulin = changed(by_key("yulin"), ["quota=2"]).scheme
    assert [t.quota.target for t in yulin.tracks if t.quota] == [2, 2, 2]
    for path in ("/tracks/provincial_area/quota/target", "/tracks/0/quota/target"):
        altered = changed(by_key("yulin"), [f"{path}=7"]).scheme
        assert [t.quota.target for t in altered.tracks if t.quota] == [7, 3, 1]
    none = changed(by_key("qinghai"), ["/tracks/area/quota={target: 1, mode: max}"]).scheme
    assert none.track("area").quota is not None


def test_a_calendar_is_read_year_by_year(tmp_path: Path) -> None:
    table = tmp_path / "days.csv"
    table.write_text("date,kind,name\n2027-01-01,holiday,元旦\n2028-01-03,holiday,元旦\n", encoding="utf-8")
    found = changed(by_key("qinghai"), [f"calendar={table}"])
    assert {year: text.count("\n") for year, text in found.calendar.items()} == {2027: 2, 2028: 2}
    assert found.scheme == by_key("qinghai")


@pytest.mark.parametrize(
    ("key", "said", "advice"),
    [
        ("qinghai", "threshold", "NAME=VALUE"),
        ("qinghai", "treshold=95", "use threshold, quota, calendar"),
        ("qinghai", "threshold=ninety", "such as threshold=95"),
        ("qinghai", "threshold=101", "nobody can reach more than 100"),
        ("haiyuan", "threshold=95", "no threshold"),
        ("qinghai", "quota=5", "/tracks/area/quota={target: 5, mode: max}"),
        ("yulin", "quota=none", "such as quota=5"),
        ("qinghai", "/publicity/day=7", "/publicity has: scope, media, days"),
        ("qinghai", "/no/where=7", "/ has: key, version"),
        ("qinghai", "calendar=nowhere.csv", "date, kind, name"),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_to_write_instead(key: str, said: str, advice: str) -> None:
    with pytest.raises(Unusable) as refused:
        changed(by_key(key), [said])
    assert advice in refused.value.en
    assert refused.value.zh


def test_a_value_with_which_the_scheme_could_not_be_published_is_refused_by_the_validator() -> None:
    with pytest.raises(SchemeInvalid) as refused:
        changed(by_key("qinghai"), ["/scoring/max=90"])
    assert "QH-11a" in {one.rule for one in refused.value.problems}
