"""Schemes played through their years on real workflows: what becomes of whom, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import build
from api.cli.simulate import export
from api.cli.simulate.changes import changed, threshold_of
from api.cli.simulate.difference import difference
from api.cli.simulate.play import CalendarRefused, Script, play
from api.cli.simulate.result import Result
from service.schemes.loader import read_folder, shipped_scheme
from service.schemes.model import CalendarRules, Scheme
from service.schemes.validation.validator import problems
from tests.support.command import SHIFAN, WITHIN, environment, shifan

PROGRAMMES = Path(__file__).parents[1] / "programmes"
YEARS = ("2024-02-19", "2025-03-31")


async def played(scheme: Scheme, first: str, last: str, applicants: int, base: Scheme | None = None) -> Result:
    """A play in English; `base` says round which threshold the population lies."""
    days = date.fromisoformat(first), date.fromisoformat(last)
    return await play(Script(scheme, *days, "en", threshold_of(base or scheme), applicants))


def ends(found: Result) -> dict[str, int]:
    """How many of the first batch ended how."""
    counted: dict[str, int] = {}
    for fate in (f for f in found.fates if f.batch == 1):
        counted[fate.end] = counted.get(fate.end, 0) + 1
    return counted


@pytest.fixture(scope="module")
async def qinghai() -> Result:
    """Qinghai as it ships, from its first batch to its first look-backs."""
    return await played(shipped_scheme("qinghai"), *YEARS, applicants=3)


# ------------------------------------------------------------------------------------------- the five, as they ship


async def test_qinghai_names_reports_looks_back_and_warns_without_anything_standing_still(qinghai: Result) -> None:
    assert qinghai.still == ()
    assert ends(qinghai) == {"named": 5, "declined": 1}
    assert {c.kind for c in qinghai.courses} >= {"batch", "naming_decision", "look_back_round", "public_notice"}
    reports = [o for o in qinghai.owed if o.kind == "annual_report_due"]
    assert {(o.day, o.off) for o in reports} == {(date(2025, 1, 31), "春节")}, "it lands on a holiday and stays there"
    assert [o.outcome for o in reports].count("late") == 2, "one of each track hands in late"
    assert all(o.moved_from is None for o in qinghai.owed), "Qinghai moves no date"
    assert {o.rules for o in reports} == {("QH-07d",)}
    (out,) = [f for f in qinghai.fates if f.end == "declined"]
    assert (out.share, out.stage, "QH-08a" in out.rules) == ("82%", "Recommendation by the prefecture", True)
    assert any(f.look_backs for f in qinghai.fates)


@pytest.mark.parametrize(
    ("key", "first", "last", "applicants", "expected"),
    [
        ("shanxi", "2020-07-29", "2021-12-31", 2, {"named": 2, "declined": 1, "not_named": 1}),
        ("pingdingshan", "2021-04-01", "2021-12-31", 2, {"closed": 2}),
        ("haiyuan", "2023-07-01", "2024-01-31", 2, {"named": 3}),
        ("yulin", "2024-02-01", "2025-12-31", 2, {"named": 5, "declined": 1, "closed": 2}),
    ],
)
async def test_the_others_run_to_their_end_without_anything_standing_still(
    key: str, first: str, last: str, applicants: int, expected: dict[str, int]
) -> None:
    found = await played(shipped_scheme(key), first, last, applicants)
    assert found.still == ()
    assert ends(found) == expected
    if key == "haiyuan":
        assert {o.outcome for o in found.owed if o.kind == "plan_inspection_due"} == {"done"}
        assert [o.outcome for o in found.owed if o.kind == "appraisal_due"] == ["done"]
    if key == "yulin":
        words = {o.wording for o in found.owed if o.kind == "stage_due"}
        assert "2024年5月中旬前" in words, "a date is shown with the words of the document"
        saturday = next(o for o in found.owed if o.kind == "artefact_due" and o.day == date(2024, 6, 15))
        assert (saturday.off, saturday.moved_from) == ("Sat", None)


# ------------------------------------------------------------------------------------------------ what is changed


async def test_another_threshold_makes_exactly_those_drop_out_who_lie_between(qinghai: Result) -> None:
    scheme = shipped_scheme("qinghai")
    stricter = await played(changed(scheme, ["threshold=95"]).scheme, *YEARS, applicants=3, base=scheme)
    found = difference(qinghai, stricter)
    assert stricter.still == ()
    between = {f.key for f in qinghai.fates if f.end == "named" and f.track == "Demonstration area"
               and Fraction(f.share.rstrip("%")) < 95}  # fmt: skip
    assert {other.after.key for other in found.fates if other.falls_out} == between != set()
    (other,) = [other for other in found.fates if other.falls_out]
    assert (other.after.end, other.after.why) == ("declined", "attainment must reach 0.95; it is 0.9")
    assert {o.kind for o in found.gone if o.subject == other.after.applicant} >= {"annual_report_due"}, (
        "it owes none now"
    )


async def test_two_plays_of_one_scheme_are_alike_to_the_last_draw(qinghai: Result) -> None:
    again = await played(shipped_scheme("qinghai"), *YEARS, applicants=3)
    assert difference(qinghai, again).nothing
    assert again == qinghai


def moving() -> Scheme:
    """The three-year title, with dates that move off a day off: its applications are due on a Sunday."""
    scheme = read_folder(PROGRAMMES / "three_year_title")
    return scheme.model_copy(update={"calendar": CalendarRules(shift_off_day="next")})


async def test_another_calendar_moves_the_date_that_it_makes_a_day_off(tmp_path: Path) -> None:
    scheme, days = moving(), (date(2024, 2, 1), date(2024, 7, 31))
    before = await play(Script(scheme, *days, "en", None, 2))
    table = tmp_path / "2024.csv"
    table.write_text("date,kind,name\n2024-07-01,holiday,Founding day\n", encoding="utf-8")
    altered = changed(scheme, [f"calendar={table}"])
    after = await play(Script(scheme, *days, "en", None, 2, altered.calendar))
    due = [[o for o in one.owed if o.kind == "stage_due" and o.about == "Application"] for one in (before, after)]
    assert {(o.day, o.moved_from, o.off) for o in due[0]} == {(date(2024, 7, 1), date(2024, 6, 30), "Sun")}
    assert {(o.day, o.moved_from) for o in due[1]} == {(date(2024, 7, 2), date(2024, 6, 30))}
    moved = difference(before, after).moved
    assert {(m.before.day, m.after.day) for m in moved if m.after.kind == "stage_due"} == {
        (date(2024, 7, 1), date(2024, 7, 2))
    }


async def test_a_calendar_that_is_none_is_refused_with_what_is_wrong(tmp_path: Path) -> None:
    table = tmp_path / "2024.csv"
    table.write_text("date,kind,name\n2024-07-06,holiday,a Saturday\n", encoding="utf-8")
    altered = changed(moving(), [f"calendar={table}"])
    with pytest.raises(CalendarRefused, match="2024-07-06 is off anyway"):
        await play(Script(moving(), date(2024, 2, 1), date(2024, 3, 1), "en", None, 1, altered.calendar))


async def test_what_nobody_can_carry_on_is_named_with_the_rule_that_refused_it() -> None:
    """A track that admits none of those who come: each of them is told so, and the page says it."""
    scheme = read_folder(PROGRAMMES / "three_year_title")
    track = scheme.tracks[0].model_copy(update={"title_needed": {"county": ("area",)}})
    closed = scheme.model_copy(update={"tracks": (track,)})
    found = await played(closed, "2024-02-01", "2024-06-29", applicants=2)
    assert {(one.act, one.why) for one in found.still} == {
        ("Enrol", "at this level only who holds a title of the class area applies")
    }
    assert all(one.rules for one in found.still)


# ------------------------------------------------------------------------------------------------- the command


def test_the_command_plays_a_folder_that_nobody_published_and_leaves_two_files_and_nothing_else(tmp_path: Path) -> None:
    kept, away = tmp_path / "kept", tmp_path / "away"
    kept.mkdir()
    away.mkdir()
    folder, days = str(PROGRAMMES / "participation_only"), ("--from", "2024-02-01", "--to", "2024-07-31")
    done = shifan("simulate", folder, *days, "--applicants", "1", "--lang", "zh", "--export", str(kept / "it.csv"),
                  "--set", "/tracks/department/stages/self_check/due={date: 2024-06-01}", TMPDIR=str(away))  # fmt: skip
    assert done.returncode == 0, done.stderr
    for words in ("推演假设", "到期事项", "落在休息日的日期", "各申报主体的结果", "没有停滞事项", "改动的影响",
                  "由 2024-05-31 周五 移至 2024-06-01 周六"):  # fmt: skip
        assert words in done.stdout
    with (kept / "it.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["play"] for row in rows} == {"as_it_stands", "changed"}
    assert {"due", "course", "fate", "assumed"} == {row["table"] for row in rows}
    assert {row["off"] for row in rows if row["day"] == "2024-06-01"} == {"周六"}
    assert list(away.iterdir()) == []
    assert list(kept.iterdir()) == [kept / "it.csv"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_play_that_is_stopped_in_the_middle_leaves_no_folder_and_no_process(
    tmp_path: Path, how: signal.Signals
) -> None:
    command = [*SHIFAN, "simulate", "reference", "--from", "2024-01-01", "--to", "2033-12-31", "--lang", "en"]
    with subprocess.Popen(
        command, env=environment(TMPDIR=str(tmp_path)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            deadline = time.monotonic() + WITHIN
            while not processes_in(tmp_path) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert processes_in(tmp_path), "its Temporal server runs"
            time.sleep(1)
            running.send_signal(how)
            _, said = running.communicate(timeout=WITHIN)
        finally:
            running.kill()
    assert running.returncode == 130, said
    assert "nothing is left behind" in said
    assert list(tmp_path.iterdir()) == []
    assert processes_in(tmp_path) == []


def processes_in(folder: Path) -> list[int]:
    """The processes whose command line names the folder."""
    return list(_found(str(folder).encode()))


def _found(name: bytes) -> Iterator[int]:
    for one in Path("/proc").iterdir():
        if one.name.isdecimal() and int(one.name) != os.getpid():
            with contextlib.suppress(OSError):
                if name in (one / "cmdline").read_bytes():
                    yield int(one.name)


def refused(*words: str) -> tuple[int, str]:
    """A command that is refused before anything starts: its exit code and what it says."""
    done = CliRunner().invoke(build("simulate"), ["simulate", *words, "--lang", "en"])
    return done.exit_code, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "threshold=many"), "such as threshold=95"),
        (("--set", "/scoring/max=90"), "QH-11a"),
        (("--to", "2023-01-01"), "--to lies at least on the day of --from"),
        (("--export", "it.xlsx"), "neither FILE.csv nor FILE.json"),
    ],
)
def test_what_cannot_be_played_is_refused_before_anything_starts(words: tuple[str, ...], said: str) -> None:
    code, told = refused("qinghai", "--from", "2024-01-01", "--to", "2024-12-31", *words)
    assert (code, said in told) == (2, True), told


def test_a_scheme_with_an_error_is_refused_with_the_words_of_the_validator(tmp_path: Path) -> None:
    text = (PROGRAMMES / "three_year_title" / "scheme.yaml").read_text(encoding="utf-8")
    table = (PROGRAMMES / "three_year_title" / "indicators.csv").read_bytes()
    (tmp_path / "scheme.yaml").write_text(text.replace("  authority: [provincial_office]\n", ""), encoding="utf-8")
    (tmp_path / "indicators.csv").write_bytes(table)
    code, told = refused(str(tmp_path), "--from", "2024-02-01", "--to", "2024-12-31")
    found = problems(read_folder(tmp_path))
    assert (code, bool(found)) == (1, True)
    for one in found:
        assert f"{one.en} [{one.rule}]" in told


def test_an_export_holds_every_part_with_plain_dates(qinghai: Result, tmp_path: Path) -> None:
    export.write(tmp_path / "it.json", {"as_it_stands": qinghai}, [], None)
    said = json.loads((tmp_path / "it.json").read_text(encoding="utf-8"))
    found = said["plays"]["as_it_stands"]
    assert said["difference"] is None
    assert set(found) == {"scheme", "title", "first", "last", "assumed", "owed", "courses", "fates", "still"}
    assert [date.fromisoformat(one["day"]) for one in found["owed"]] == [one.day for one in qinghai.owed]
