"""What every test gets: no network beyond loopback, and the real servers, started when first asked for."""

import ipaddress
import sys
from collections.abc import Iterator

import pytest

from api.cli.processes import EmbeddedTemporal
from tests.support.postgres import Postgres
from tests.support.temporal import running_server


def _is_local(host: object) -> bool:
    if host in ("localhost", "", None):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _refuse_the_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook sees every socket that Python opens, in libraries too; it stays for the whole session."""
    if event not in ("socket.connect", "socket.sendto"):
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_local(address[0]):
        raise PermissionError(f"a test reached for {address[0]}: only loopback is allowed in tests")


def pytest_configure() -> None:
    sys.addaudithook(_refuse_the_network)


@pytest.fixture(scope="session")
def temporal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedTemporal]:
    """The real Temporal server, for the session. Give workflows IDs of their own: it is shared."""
    with running_server(tmp_path_factory.mktemp("temporal")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL cluster, for the session. Make a database of your own with `create_database`."""
    cluster = Postgres()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
