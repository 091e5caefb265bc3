"""Where evidence is kept: a folder or an S3-compatible store behind one port, each file under its own hash.

A file is found by the hash of its bytes: it can be written twice but never changed, and reading it proves it.
What S3 needs comes from the environment: `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
`AWS_REGION`, `AWS_ALLOW_HTTP`, `AWS_VIRTUAL_HOSTED_STYLE_REQUEST`, ... An error after ten tries, or three minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

CHUNK = 256 * 1024
IN_MEMORY = 1024 * 1024
"""A stream of more bytes than this waits in a temporary file while its hash is not yet known."""

_HASH = re.compile(r"[0-9a-f]{64}")


class Stored(NamedTuple):
    """What was stored: the hash that finds it again, and its size in bytes."""

    sha256: str
    size: int


class FileMissingError(LookupError):
    """Nothing is stored under this hash."""


class FileDamagedError(Exception):
    """What is stored under this hash is no longer what was put there."""


class Files:
    """The files of an installation, at a URL such as `file:///srv/shifan/files` or `s3://bucket/folder`.

    A folder is made when it is missing. Raises ValueError for a URL that names no store. Its methods raise
    obstore's BaseError or OSError when the store does not answer or refuses.
    """

    def __init__(self, url: str) -> None:
        self._store = _store(url)

    async def put(self, data: bytes | AsyncIterable[bytes]) -> Stored:
        """Store the bytes whole or not at all; when this returns they are on disk (or S3 has said so).

        An error of the stream passes through, and nothing is stored.
        """
        if isinstance(data, bytes):
            digest = await asyncio.to_thread(hashlib.sha256, data)
            return await self._keep(data, Stored(digest.hexdigest(), len(data)))
        digest = hashlib.sha256()
        with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:

            def take(chunk: bytes) -> None:
                digest.update(chunk)
                spool.write(chunk)

            async for chunk in data:
                await asyncio.to_thread(take, chunk)
            stored = Stored(digest.hexdigest(), spool.tell())
            spool.seek(0)
            return await self._keep(spool, stored)

    async def get(self, sha256: str) -> AsyncIterator[bytes]:
        """The stored bytes, in chunks. Raises FileMissingError at once.

        The last chunk is held back until the hash agrees: a reader of a damaged file gets FileDamagedError
        instead of a whole file.
        """
        # What is no hash may come from an address that somebody typed: it never becomes a path.
        if not _HASH.fullmatch(sha256):
            raise FileMissingError(sha256)
        try:
            found = await obstore.get_async(self._store, _path(sha256))
        except FileNotFoundError:
            raise FileMissingError(sha256) from None
        return _proven(found.stream(min_chunk_size=CHUNK), sha256)

    async def _keep(self, data: bytes | IO[bytes], stored: Stored) -> Stored:
        path = _path(stored.sha256)
        # Looking first spares the second upload. Two at once both write, the same bytes to the same name: a
        # conditional put would gain nothing, and not every S3-compatible store knows it.
        if not await self._holds(path, stored.size):
            await obstore.put_async(self._store, path, data)
        if isinstance(self._store, LocalStore) and self._store.prefix is not None:
            await asyncio.to_thread(_sync, self._store.prefix, path)
        return stored

    async def _holds(self, path: str, size: int) -> bool:
        try:
            return (await obstore.head_async(self._store, path))["size"] == size
        except FileNotFoundError:
            return False


def _store(url: str) -> ObjectStore:
    try:
        return from_url(url, mkdir=True) if url.startswith("file:") else from_url(url)
    except (BaseError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"{url!r} is no place for files (file:///folder or s3://bucket): {reason}") from None


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest[2:4]}/{digest}"


def _sync(root: Path, path: str) -> None:
    """Bring a file and the folders that lead to it to the disk: obstore renames it into place, unsynced.

    The record says that evidence is there as soon as its row is committed, and SQLite and PostgreSQL sync.
    """
    file = root / path
    for place in (file, *file.parents[:3]):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


async def _proven(stream: AsyncIterable[bytes], digest: str) -> AsyncIterator[bytes]:
    seen, held = hashlib.sha256(), b""
    async for chunk in stream:
        seen.update(chunk)
        if held:
            yield held
        held = chunk
    if seen.hexdigest() != digest:
        raise FileDamagedError(digest)
    if held:
        yield held
