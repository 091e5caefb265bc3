"""The command, as its user meets it: every step a process, every installation a folder that survives."""

import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.engine import serving
from api.cli.main import COMMANDS, build
from api.cli.processes import LOOPBACK, free_port
from service.schemes import loader
from tests.support.command import SHIFAN, WITHIN, Up, environment, shifan, token, up

BEGINS, LATER = "2024-02-22T09:00+08:00", "2024-03-05T09:00:00+08:00"
PROVINCE, COUNTY = "region:cn/sn", "region:cn/sn/jiaxian"
PLACES = (("cn", None, "nation"), ("sn", "cn", "province"), ("jiaxian", "sn", "county"))


@dataclass(frozen=True)
class Town:
    """An installation that was stopped while a case was open in it."""

    home: Path
    case: str

    def copied_to(self, folder: Path) -> "Town":
        return Town(Path(shutil.copytree(self.home, folder / "home")), self.case)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """`up` on a fresh folder, the first administrator by `token`, everything else over HTTP, then SIGTERM."""
    home = tmp_path_factory.mktemp("town") / "home"
    with up(home, "--movable-clock", BEGINS) as here:
        assert here.http.get("/readyz").json() == {
            "ready": True,
            "database": True,
            "migrations": True,
            "temporal": True,
        }
        admin = here.person("admin", "system_administrator", "security_administrator")
        for code, above, level in PLACES:
            place = {"code": code, "level": level, "zh": code} | ({"parent": above} if above else {})
            assert admin.post("/jurisdictions", place).status == 201
        editor = here.person("editor", "scheme_editor")
        chief = here.person("chief", "scheme_approver", "provincial_lbg_office")
        scheme = editor.post("/schemes", {"region": "cn/sn", "shipped": "reference"}).id
        assert chief.post(f"/schemes/{scheme}/publish").status == 200
        window = {"opens": "2024-02-22", "closes": "2024-12-31"}
        batch = chief.create("batches", scheme=scheme, number=1, naming_year=2024, **window).id
        assert chief.act("batches", batch, "open_batch").state == "open"
        clerk = here.person("clerk", "county_government", scope=COUNTY)
        case = clerk.create("cases", batch, track="area", jurisdiction="jiaxian").id
        assert clerk.act("cases", case, "enroll").state == "mobilization"
        assert admin.post("/clock/advance", {"to": LATER}).status == 200
    return Town(home, case)


@pytest.fixture
def town(made: Town, tmp_path: Path) -> Town:
    """The same, in a folder of the test's own."""
    return made.copied_to(tmp_path)


def works_on(here: Up, town: Town) -> None:
    """The case is open, its workflow answers, and it can be commanded on."""
    clerk = here.person("clerk", "county_government", scope=COUNTY)
    seen = clerk.get(f"/cases/{town.case}").body
    assert seen["state"] == "mobilization"
    minutes = clerk.upload(town.case, "minutes.txt", "minutes").id
    paper = {"artefact": "meeting_minutes", "author": "clerk", "date": "2024-03-05", "files": [minutes]}
    handed_in = clerk.act("cases", town.case, "submit_artefact", **paper)
    assert handed_in.status == 200, handed_in.body
    live = clerk.get(f"/cases/{town.case}/workflow").body
    assert live["running"]
    assert live["revision"] > seen["revision"]


def until(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WITHIN
    while not what() and time.monotonic() < deadline:
        time.sleep(0.05)
    return what()


# ------------------------------------------------------------------------------------------------ up and token


def test_an_installation_goes_on_where_it_was_stopped(town: Town) -> None:
    with up(town.home, how=signal.SIGINT) as here:
        admin = here.person("admin")
        clock = admin.get("/clock").body
        assert clock["movable"]
        assert clock["now"].startswith("2024-03-05T01:00:00")
        works_on(here, town)
        assert admin.post("/clock/advance", {"to": "2024-03-06T09:00:00+08:00"}).status == 200
        for said in ("/openapi.json", "Temporal", "shifan token admin", f"--home {town.home}"):
            assert said in here.said


def test_a_second_one_on_the_same_folder_is_refused_and_the_first_goes_on(town: Town) -> None:
    with up(town.home) as here:
        second = shifan("up", "--home", str(town.home), "--port", str(free_port()))
        assert second.returncode == 1
        assert "runs already" in second.stderr
        assert here.http.get("/readyz").status_code == 200
    assert serving(town.home / "temporal.db") is None


@pytest.mark.parametrize("command", ["up", "api"])
def test_a_port_in_use_is_named_before_anything_starts(command: str, tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = shifan(command, "--home", str(tmp_path / "home"), "--port", port)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert f"Port {port}" in refused.stderr
    assert not (tmp_path / "home").exists()


def test_an_installation_keeps_the_clock_it_was_created_with(town: Town, tmp_path: Path) -> None:
    home = str(town.home)
    with sqlite3.connect(town.home / "shifan.db") as db:
        db.execute("UPDATE installation SET movable = 0, now = NULL")
    refused = shifan("up", "--home", home, "--port", str(free_port()), "--movable-clock", BEGINS)
    assert (refused.returncode, "created with the real clock" in refused.stderr) == (1, True)
    nonsense = shifan("up", "--home", str(tmp_path / "x"), "--port", str(free_port()), "--movable-clock", "spring")
    assert (nonsense.returncode, "not an instant" in nonsense.stderr) == (2, True)


def test_a_token_makes_the_account_and_gives_the_roles_it_names(town: Town) -> None:
    with up(town.home) as here:
        who = here.person("new.clerk", "county_government", "liaison", scope=COUNTY).get("/me").body
        assert {(held["role"], held["scope"]) for held in who["roles"]} == {
            ("county_government", COUNTY),
            ("liaison", COUNTY),
        }
        again = here.http.get("/api/v1/me", headers={"Authorization": f"Bearer {token(town.home, 'new.clerk')}"})
        assert len(again.json()["roles"]) == 2
        assert here.http.get("/api/v1/me", headers={"Authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Admin",), "cannot be an account"),
        (("admin", "--role", "system_administrator"), "needs its --scope"),
        (("admin", "--role", "Chief", "--scope", "region:cn"), "cannot be a role"),
        (("admin", "--role", "liaison", "--scope", "cn"), "cannot be a scope"),
    ],
)
def test_a_token_that_cannot_be_is_refused_in_one_sentence(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    asked = shifan("token", *words, "--home", str(tmp_path / "none"))
    assert (asked.returncode, asked.stdout) == (2, "")
    assert said in asked.stderr
    assert len(asked.stderr.splitlines()) == 1
    assert not (tmp_path / "none").exists()


# ---------------------------------------------------------------------------------------- the record, and repair


def test_the_chains_verify_and_a_changed_entry_is_found(town: Town) -> None:
    home = str(town.home)
    sound = shifan("audit", "verify", "--home", home)
    assert sound.returncode == 0, sound.stdout + sound.stderr
    with sqlite3.connect(town.home / "shifan.db") as db:
        changed = db.execute("UPDATE audit SET person = 'nobody' WHERE chain = ? AND seq = 2", (town.case,)).rowcount
    assert changed == 1
    found = shifan("audit", "verify", "--home", home)
    assert found.returncode == 1
    assert f"Chain {town.case}, entry 2: entry 2 was changed." in found.stdout
    assert shifan("audit", "verify", "--home", home, "--case", town.case).returncode == 1
    unknown = shifan("audit", "verify", "--home", home, "--case", "none")
    assert (unknown.returncode, unknown.stderr) == (1, "shifan: There is no case none.\n")


def test_what_temporal_lost_with_its_file_is_rebuilt_and_works(town: Town) -> None:
    for file in town.home.glob("temporal.db*"):
        file.unlink()
    repaired = shifan("repair", "--home", str(town.home))
    assert repaired.returncode == 0, repaired.stderr
    assert f"case:{town.case}: rebuilt from its record" in repaired.stdout
    again = shifan("repair", "--home", str(town.home))
    assert "rebuilt" not in again.stdout
    assert "as its record says" in again.stdout
    with up(town.home) as here:
        assert here.person("clerk").get(f"/cases/{town.case}/workflow").body["running"]
        beside = shifan("repair", "--home", str(town.home))
        assert (beside.returncode, "as its record says" in beside.stdout) == (0, True), beside.stderr
        works_on(here, town)
    assert shifan("audit", "verify", "--home", str(town.home)).returncode == 0


@pytest.mark.parametrize("words", [("audit", "verify"), ("repair",)])
def test_where_there_is_no_installation_nothing_is_made(words: tuple[str, ...], tmp_path: Path) -> None:
    asked = shifan(*words, "--home", str(tmp_path / "none"))
    assert (asked.returncode, "There is no installation" in asked.stderr) == (1, True)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", ["demo", "demo --keep"])
def test_the_demonstration_removes_nothing_but_an_earlier_one(command: str, tmp_path: Path) -> None:
    (tmp_path / "shifan.db").write_text("ten years of work")
    refused = shifan(*command.split(), "--home", str(tmp_path))
    assert (refused.returncode, "no demonstration" in refused.stderr) == (1, True)
    assert (tmp_path / "shifan.db").read_text() == "ten years of work"


# ------------------------------------------------------------------------------------------ one process each


@pytest.mark.parametrize("words", [("worker",), ("api", "--port", "0")])
def test_a_process_waits_for_the_engine_and_ends_when_told(words: tuple[str, ...], tmp_path: Path) -> None:
    nowhere = f"{LOOPBACK}:{free_port()}"
    log = tmp_path / "log"
    with (
        log.open("w") as output,
        subprocess.Popen(
            [*SHIFAN, *words, "--home", str(tmp_path)],
            env=environment(SHIFAN_TEMPORAL_ADDRESS=nowhere),
            stderr=output,
        ) as process,
    ):
        try:
            assert until(lambda: "waiting for Temporal" in log.read_text())
            assert nowhere in log.read_text()
            process.send_signal(signal.SIGTERM)
            assert process.wait(WITHIN) == 0
        finally:
            process.kill()


# ------------------------------------------------------------------------------------------------- schemes


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    return Path(shutil.copytree(loader.shipped_folder("reference"), tmp_path / "programme"))


def test_a_sound_scheme_can_be_published(programme: Path) -> None:
    assert "can be published" in shifan("scheme", "validate", str(programme)).stdout
    assert shifan("scheme", "validate", "reference").returncode == 0


def test_a_broken_scheme_is_told_with_file_line_and_rule(programme: Path) -> None:
    definition = programme / "scheme.yaml"
    text = definition.read_text(encoding="utf-8").replace("kind: self_check", "kind: self_chick")
    definition.write_text(text, encoding="utf-8")
    line = next(n for n, said in enumerate(text.splitlines(), 1) if "self_chick" in said)
    table = programme / "indicators.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    rows[4] = rows[3]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = shifan("scheme", "validate", str(programme))
    assert found.returncode == 1
    assert f"scheme.yaml:{line}:9 /tracks/0/stages/2/kind: " in found.stdout
    assert "there is no stage kind self_chick: it is one of mobilization" in found.stdout
    assert "is listed twice" in found.stdout
    assert "correct the list of stages of the track" in found.stdout
    assert "不存在阶段类别" in shifan("scheme", "validate", str(programme), "--language", "zh").stdout


def test_a_value_without_a_mark_is_only_a_warning(programme: Path) -> None:
    definition = programme / "scheme.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("# [D] QH-11c", ""), encoding="utf-8")
    found = shifan("scheme", "validate", str(programme))
    assert (found.returncode, "with 1 warning." in found.stdout) == (0, True)
    assert " /publicity/days: warning: " in found.stdout


def test_a_new_scheme_is_sound_and_is_never_written_over_another(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    words = ("scheme", "new", str(folder), "--key", "civic_title", "--title", "依法治理示范")
    assert str(folder / "scheme.yaml") in shifan(*words).stdout
    assert "civic_title 0.1.0 can be published, with 0 warnings." in shifan("scheme", "validate", str(folder)).stdout
    for wrong in (
        words,
        (*words[:4], "Civic Title", *words[5:]),
        (*words, "--level", "moon"),
        (*words, "--effective", "x"),
    ):
        refused = shifan(*wrong)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)


def test_two_schemes_are_compared(programme: Path) -> None:
    definition = programme / "scheme.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(
        text.replace("days: 5  ", "days: 7  ").replace("present: true  ", "present: false ", 1), encoding="utf-8"
    )
    told = shifan("scheme", "diff", "reference", str(programme), COLUMNS="200").stdout
    for said in ("/publicity/days", "/annual_report/present", "Is possible no more", "accept_report"):
        assert said in told
    assert "没有变化" in shifan("scheme", "diff", "reference", "reference", "--language", "zh").stdout
    assert shifan("scheme", "diff", "reference", "no").returncode == 2


def test_a_scheme_is_imported_published_and_compared_with_what_runs(town: Town, programme: Path) -> None:
    definition = programme / "scheme.yaml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(text.replace("version: 1.0.0", "version: 1.0.1").replace("days: 5  ", "days: 7  "), "utf-8")
    with up(town.home) as here:
        at = {"SHIFAN_URL": str(here.http.base_url), "SHIFAN_TOKEN": token(town.home, "editor", "scheme_editor")}
        words = ("scheme", "import", str(programme), "--region", "cn/sn")
        assert shifan(*words, **at | {"SHIFAN_TOKEN": ""}).returncode == 2
        imported = shifan(*words, **at)
        assert "reference 1.0.1 is a draft. 0 warnings." in imported.stdout, imported.stderr
        draft = imported.stdout.splitlines()[-1]
        refused = shifan("scheme", "publish", draft, **at)
        assert (refused.returncode, "scheme_approver" in refused.stderr) == (1, True)
        at["SHIFAN_TOKEN"] = token(town.home, "chief", "scheme_approver")
        assert f"{draft} is published." in shifan("scheme", "publish", draft, **at).stdout
    stored = ("scheme", "diff", "reference@1.0.0", "reference@1.0.1", "--home", str(town.home))
    told = shifan(*stored, COLUMNS="200").stdout
    assert "/publicity/days" in told
    assert "Go on under the old version: 1 batch, 1 case" in told


def test_what_is_no_yaml_is_told_with_its_line(programme: Path) -> None:
    definition = programme / "scheme.yaml"
    definition.write_text("key: [\n" + definition.read_text(encoding="utf-8"), encoding="utf-8")
    found = shifan("scheme", "validate", str(programme))
    assert found.returncode == 1
    assert found.stdout.startswith("scheme.yaml:")


def test_a_scheme_is_shown_and_drawn() -> None:
    shown = shifan("scheme", "show", "reference", "--language", "zh").stdout
    for said in ("综合参考方案", "动员部署", "2024-03-31", "evaluation_committee"):
        assert said in shown
    drawn = shifan("scheme", "diagram", "reference", "--machine", "designation")
    assert drawn.stdout.startswith("stateDiagram-v2")
    for words in (
        ("diagram", "reference", "--machine", "no"),
        ("show", "no"),
        ("diagram", "reference", "--track", "no"),
    ):
        refused = shifan("scheme", *words)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)


# ----------------------------------------------------------------------------------------------------- help


def test_every_command_says_what_it_does_with_an_example_and_what_comes_next() -> None:
    inside = {
        "audit": ("verify",),
        "calendar": ("list", "import", "preview", "publish"),
        "draw": ("verify",),
        "scheme": ("new", "validate", "show", "diff", "diagram", "import", "publish"),
    }
    here = CliRunner()
    everything = build(*COMMANDS)
    for command in COMMANDS:
        assert command in here.invoke(everything, ["--help"]).stdout
        for words in [[command, one] for one in inside.get(command, ())] or [[command]]:
            said = here.invoke(everything, [*words, "--help"]).stdout
            assert "Example:" in said, words
            assert "Next" in said, words


def test_a_setting_that_is_wrong_is_named() -> None:
    asked = shifan("token", "admin", SHIFAN_PORT="eight")
    assert asked.returncode == 1
    assert "SHIFAN_PORT" in asked.stderr
    assert len(asked.stderr.splitlines()) == 1
