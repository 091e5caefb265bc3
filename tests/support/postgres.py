"""A real PostgreSQL cluster for tests, in a temporary directory, on loopback and a free port.

`python -m tests.support.postgres` says whether the server programs are there and exits 1 when they are not.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

from api.cli.processes import LOOPBACK, Process, ProcessError, free_port

SUPERUSER = "shifan"
HOW_TO_INSTALL = (
    "The tests need the PostgreSQL server programs (initdb and postgres), version 13 or later, under "
    "/usr/lib/postgresql or on PATH. On Debian and Ubuntu: apt-get install postgresql. "
    "On macOS: brew install postgresql."
)


class PostgresMissingError(Exception):
    """The server programs are not installed; the message says what to install."""


def postgres_bin() -> Path:
    """The folder of initdb and postgres, the newest version first. Raises PostgresMissingError."""
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True
    )
    on_path = shutil.which("initdb")
    for initdb in [*packaged, *([Path(on_path)] if on_path else [])]:
        folder = initdb.resolve().parent
        if (folder / "postgres").exists():
            return folder
    raise PostgresMissingError(HOW_TO_INSTALL)


def _unprivileged() -> list[str]:
    """The words that make root run a command as somebody else: the server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    account = _account()
    return [
        "setpriv",
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        "--pdeathsig=INT",  # a change of user clears the one that Process set
    ]


def _account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresMissingError("Running as root, the tests need the user account postgres or nobody.")


class Postgres(Process):
    """One cluster. `start`, `stop`, `kill` and `start` again keep its data; `remove` deletes it.

    fsync is off: what was committed survives the death of the process, not of the machine.
    """

    stop_signal = signal.SIGINT  # a fast shutdown; SIGTERM would wait until every client has left

    def __init__(self) -> None:
        programs = postgres_bin()
        self.home = Path(tempfile.mkdtemp(prefix="shifan-postgres-"))
        self.port = free_port()
        self._data = self.home / "data"
        if os.geteuid() == 0:
            account = _account()
            os.chown(self.home, account.pw_uid, account.pw_gid)
        subprocess.run(
            [
                *_unprivileged(),
                str(programs / "initdb"),
                *("--pgdata", str(self._data), "--username", SUPERUSER, "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            check=True,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"HOME": str(self.home)},
        )
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "200",
            "timezone": "UTC",
        }
        argv = [*_unprivileged(), str(programs / "postgres"), "-D", str(self._data)]
        for key, value in settings.items():
            argv += ["-c", f"{key}={value}"]
        super().__init__("postgres", argv, log=self.home / "postgres.log", cwd=self.home, ready_within=60)

    def start(self) -> None:
        """As `Process.start`, patient with what a killed cluster leaves behind for a moment."""
        for _ in range(100):
            try:
                return super().start()
            except ProcessError as error:
                if "still in use" not in str(error):
                    raise
                time.sleep(0.1)
        return super().start()

    def ready(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _dsn(self, database: str) -> str:
        return f"host={LOOPBACK} port={self.port} user={SUPERUSER} dbname={database}"

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database: for create_engine and create_async_engine alike."""
        return f"postgresql+psycopg://{SUPERUSER}@{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str) -> str:
        """Create an empty database and return its SQLAlchemy URL. Raises psycopg's DuplicateDatabase."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, and the connections to it, if there is one."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def remove(self) -> None:
        """Stop it and delete its files."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


if __name__ == "__main__":
    try:
        postgres_bin()
    except PostgresMissingError as error:
        sys.exit(str(error))
