"""What every test gets: no network beyond loopback, and the real servers, started when first asked for."""

import ipaddress
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from api.cli.processes import EmbeddedTemporal
from tests.support import cast as casting
from tests.support.cast import Cast
from tests.support.house import Installation, installation
from tests.support.postgres import Postgres
from tests.support.temporal import connect, running_server, serving


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
    settings.register_profile("shifan", deadline=None)  # a slow machine is no fault
    settings.load_profile("shifan")


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


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
async def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Installation]:
    """One installation for each database and the whole session, on a Temporal server of its own.

    It is shared: make counties of your own, and leave its clock alone. Whoever moves a clock asks for `fresh`.
    """
    home = tmp_path_factory.mktemp("place")
    url = database_url(request.param, request, home)
    async with serving(home) as server, installation(await connect(server), url, home) as found:
        yield found


@pytest.fixture(scope="session")
async def cast(place: Installation) -> Cast:
    """The people of the shared installation, with a published programme and an open batch."""
    return await casting.cast(place)


@pytest.fixture(scope="session")
async def announced(cast: Cast) -> str:
    """An open notice of the shared installation, for whoever objects or only looks at it."""
    at = await cast.enrolled()
    await casting.bring(cast, at, "publicity")
    return await casting.notice(cast, at)


@pytest.fixture(params=["sqlite", "postgresql"])
async def fresh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cast]:
    """An installation of the test's own, with its people: for whoever moves the clock."""
    home = tmp_path_factory.mktemp("fresh")
    url = database_url(request.param, request, home)
    async with serving(home) as server, installation(await connect(server), url, home) as found:
        yield await casting.cast(found)


def database_url(kind: str, request: pytest.FixtureRequest, home: Path) -> str:
    """The URL of an empty database, `sqlite` in that folder or in the `postgresql` cluster of the session."""
    if kind == "sqlite":
        return f"sqlite+aiosqlite:///{home}/shifan.db"
    cluster: Postgres = request.getfixturevalue("postgres")
    return cluster.create_database(f"shifan_{uuid.uuid4().hex}")
