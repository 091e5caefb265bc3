"""The command `shifan` as somebody types it: real processes on a folder of the test's own."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from api.cli.demo.client import Person
from api.cli.processes import LOOPBACK, free_port

SHIFAN = (sys.executable, "-P", "-m", "api.cli.main")
WITHIN = 120
"""Seconds after which a command that should have ended is given up; it needs a few."""
LAST_LINE = "Ctrl-C stops everything"


def environment(**more: str) -> dict[str, str]:
    """That of the tests without what an installation sets, so that only the folder decides."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SHIFAN_")}
    return {**kept, "COLUMNS": "200", "NO_COLOR": "1", **more}


def shifan(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [*SHIFAN, *words], env=environment(**more), check=False, capture_output=True, text=True, timeout=WITHIN
    )


def token(home: Path, person: str, *roles: str, scope: str = "region:cn") -> str:
    """What `shifan token` prints."""
    given = [word for role in roles for word in ("--role", role, "--scope", scope)]
    asked = shifan("token", person, "--home", str(home), *given)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.strip()


class Up:
    """What `shifan up` started, and the people who speak to it."""

    def __init__(self, home: Path, http: httpx.Client, said: str) -> None:
        self.home = home
        self.http = http
        self.said = said

    def person(self, name: str, *roles: str, scope: str = "region:cn") -> Person:
        # Keys go on after a restart: the record remembers those of the last time.
        keys = itertools.count(time.time_ns())
        return Person(name, name, self.http, token(self.home, name, *roles, scope=scope), keys=keys)


@contextlib.contextmanager
def up(home: Path, *words: str, how: signal.Signals = signal.SIGTERM) -> Iterator[Up]:
    """`shifan up` on a folder, stopped with a signal at the end; it must then leave with 0."""
    port = free_port()
    command = [*SHIFAN, "up", "--home", str(home), "--port", str(port), *words]
    with subprocess.Popen(
        command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        assert running.stdout is not None
        try:
            said = ""
            while LAST_LINE not in said and (line := running.stdout.readline()):
                said += line
            assert LAST_LINE in said, said
            with httpx.Client(base_url=f"http://{LOOPBACK}:{port}", timeout=60, trust_env=False) as http:
                yield Up(home, http, said)
            running.send_signal(how)
            assert running.wait(WITHIN) == 0, running.stdout.read()
        finally:
            running.kill()
