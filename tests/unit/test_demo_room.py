"""The demonstration makes room for itself without removing what is not an earlier one."""

import fcntl
from pathlib import Path

import pytest
import typer

from api.cli.demo.command import MARK, alone, make_room


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    home = tmp_path / "demo"
    home.mkdir()
    (home / "shifan.db").write_bytes(b"")
    (home / "temporal.db.lock").write_bytes(b"127.0.0.1:7233")
    (home / MARK).write_text("made by a test")
    (home / "bench.json").write_text("{}")
    return home


def test_an_earlier_one_is_removed(earlier: Path) -> None:
    make_room(earlier, keep=False)
    assert sorted(p.name for p in earlier.iterdir()) == ["bench.json", MARK]


def test_an_installation_that_people_use_is_never_removed(earlier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (earlier / MARK).unlink()
    with pytest.raises(typer.Exit):
        make_room(earlier, keep=False)
    assert "no demonstration" in capsys.readouterr().err
    assert (earlier / "shifan.db").exists()


def test_an_earlier_one_is_set_aside_when_it_is_to_be_kept(earlier: Path) -> None:
    make_room(earlier, keep=True)
    assert [p.name for p in earlier.iterdir()] == [MARK]
    aside = [p for p in earlier.parent.iterdir() if p != earlier]
    assert [(found / "shifan.db").exists() for found in aside] == [True]


def test_one_that_runs_is_left_alone(earlier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (earlier / "temporal.db.lock").open("ab") as server:
        fcntl.flock(server, fcntl.LOCK_EX)
        with pytest.raises(typer.Exit):
            make_room(earlier, keep=False)
    assert "runs now" in capsys.readouterr().err
    assert (earlier / "shifan.db").exists()


def test_it_touches_nothing_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIFAN_DATABASE_URL", "postgresql+psycopg://production/shifan")
    monkeypatch.setenv("SHIFAN_TEMPORAL_ADDRESS", "production:7233")
    settings = alone(tmp_path)
    assert settings.url.startswith("sqlite")
    assert settings.temporal_address == ""
    assert settings.files.startswith(tmp_path.as_uri())
