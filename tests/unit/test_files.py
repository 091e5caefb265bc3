"""Evidence is stored under its own hash, whole or not at all, and what comes back is what was put there."""

import asyncio
import hashlib
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from service import files as module
from service.files import FileDamagedError, FileMissingError, Files

TEXT = "关于创建示范县的申请".encode()
NOTHING = hashlib.sha256(b"").hexdigest()


class Bucket(http.server.ThreadingHTTPServer):
    """As much of S3 as a small object needs. Objects by path; `writes` counts the uploads."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.writes = 0


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    def do_PUT(self) -> None:
        self.server.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.writes += 1
        self._answer(200)

    def do_GET(self) -> None:
        found = self.server.objects.get(self.path)
        self._answer(404 if found is None else 200, found or b"")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Sun, 01 Mar 2026 00:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with Bucket() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "shifan")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "shifan")
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(params=["folder", "s3", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    if request.param == "s3":
        request.getfixturevalue("bucket")
    urls = {"folder": (tmp_path / "files").as_uri(), "s3": "s3://evidence/shifan", "memory": "memory:///"}
    return Files(urls[request.param])


async def in_pieces(data: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(files: Files, sha256: str) -> bytes:
    return b"".join([chunk async for chunk in await files.get(sha256)])


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_what_was_put_comes_back_by_its_hash(files: Files) -> None:
    stored = await files.put(TEXT)
    assert stored == (hashlib.sha256(TEXT).hexdigest(), len(TEXT))
    assert await read(files, stored.sha256) == TEXT


async def test_a_stream_and_its_bytes_are_the_same_file(files: Files) -> None:
    assert await files.put(in_pieces(TEXT, 7)) == await files.put(TEXT)


async def test_an_empty_file_is_a_file(files: Files) -> None:
    assert await files.put(in_pieces(b"")) == (NOTHING, 0)
    assert await read(files, NOTHING) == b""


async def test_what_was_never_put_is_missing(files: Files) -> None:
    with pytest.raises(FileMissingError):
        await files.get(NOTHING)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "a/" * 32])
async def test_a_name_that_is_no_hash_is_missing_and_never_a_path(files: Files, name: str) -> None:
    with pytest.raises(FileMissingError):
        await files.get(name)


async def test_a_file_is_found_two_folders_down(tmp_path: Path) -> None:
    sha256, _ = await Files(tmp_path.as_uri()).put(TEXT)
    assert kept(tmp_path) == [tmp_path / sha256[:2] / sha256[2:4] / sha256]


async def test_the_folder_is_made_and_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "档案 室" / "100% #1"
    sha256, _ = await Files(folder.as_uri()).put(TEXT)
    assert await read(Files(folder.as_uri()), sha256) == TEXT
    assert len(kept(folder)) == 1


async def test_putting_a_file_twice_uploads_it_once(bucket: Bucket) -> None:
    files = Files("s3://evidence/shifan")
    sha256, _ = await files.put(TEXT)
    await files.put(in_pieces(TEXT))
    assert bucket.writes == 1
    assert list(bucket.objects) == [f"/evidence/shifan/{sha256[:2]}/{sha256[2:4]}/{sha256}"]


async def test_many_may_put_the_same_file_at_once(tmp_path: Path) -> None:
    files = Files(tmp_path.as_uri())
    data = TEXT * 10_000
    stored = await asyncio.gather(*(files.put(in_pieces(data)) for _ in range(12)))
    assert len(set(stored)) == 1
    assert await read(files, stored[0].sha256) == data
    assert len(kept(tmp_path)) == 1


async def test_a_file_of_many_megabytes_arrives_and_leaves_in_chunks(tmp_path: Path) -> None:
    files = Files(tmp_path.as_uri())
    data = bytes(range(256)) * 50_000  # 12.8 MB: beyond memory, beyond one part of an upload
    stored = await files.put(in_pieces(data))
    assert stored == (hashlib.sha256(data).hexdigest(), len(data))
    chunks = [chunk async for chunk in await files.get(stored.sha256)]
    assert b"".join(chunks) == data
    assert len(chunks) > 10


async def test_a_stream_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 2 * module.IN_MEMORY
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Files(tmp_path.as_uri()).put(broken())
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    "damage", [b"", TEXT[:-1], TEXT[:-1] + b"?", TEXT + b"?"], ids=["emptied", "cut", "changed", "longer"]
)
async def test_a_damaged_file_is_never_given_out(tmp_path: Path, damage: bytes) -> None:
    files = Files(tmp_path.as_uri())
    sha256, _ = await files.put(TEXT)
    kept(tmp_path)[0].write_bytes(damage)
    chunks = await files.get(sha256)
    with pytest.raises(FileDamagedError):
        await anext(chunks)


async def test_the_end_of_a_long_damaged_file_is_held_back(tmp_path: Path) -> None:
    files = Files(tmp_path.as_uri())
    data = bytes(4 * module.CHUNK)
    sha256, _ = await files.put(data)
    kept(tmp_path)[0].write_bytes(b"?" + data[1:])
    given: list[int] = []

    async def download() -> None:
        given.extend([len(chunk) async for chunk in await files.get(sha256)])

    with pytest.raises(FileDamagedError):
        await download()
    assert sum(given) < len(data)


async def test_putting_again_mends_a_file_that_a_crash_cut_short(tmp_path: Path) -> None:
    files = Files(tmp_path.as_uri())
    sha256, _ = await files.put(TEXT)
    kept(tmp_path)[0].write_bytes(b"")
    await files.put(TEXT)
    assert await read(files, sha256) == TEXT


async def test_a_file_in_a_folder_is_synced_before_it_counts_as_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = module._sync

    def sync(root: Path, path: str) -> None:
        real(root, path)
        synced.append(path)

    monkeypatch.setattr(module, "_sync", sync)
    sha256, _ = await Files(tmp_path.as_uri()).put(TEXT)
    assert synced == [f"{sha256[:2]}/{sha256[2:4]}/{sha256}"]


@pytest.mark.parametrize("url", ["", "files", "ftp://host/files", "file://host/files"])
def test_a_url_that_names_no_store_is_refused_and_says_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match=r"file:///folder or s3://bucket"):
        Files(url)
