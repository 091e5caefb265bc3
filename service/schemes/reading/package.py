"""An XLSX file before anything in it is read: whether it is one, what it unpacks to, and what it would carry out."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import IO
from xml.parsers import expat

from service.schemes.problem import FORM, Problem, SchemeInvalid
from service.schemes.reading.encoding import MOST_BYTES

MOST_UNPACKED = 2 * MOST_BYTES
"""Bytes of all parts together: half a million cells, a few seconds to read; tables have a few thousand."""
MOST_DENSE = 200
"""How many times larger a part may be than it is packed, where it is large at all; tables come to a tenth of that."""
LARGE = 1024 * 1024
MOST_PARTS = 1000
_MACROS = ("vbaproject.bin", "/macrosheets/", "/dialogsheets/", "/activex/")
_ENCRYPTED = 0x1
_PIECE = 8192
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, expat.ExpatError)
"""What reading a broken or locked archive ends with."""


def sound(name: str, content: bytes) -> zipfile.ZipFile:
    """The archive of a workbook that does no harm. Raises SchemeInvalid."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        zh, en = (
            "是旧版 XLS 或设有密码，请去掉密码并另存为 .xlsx",
            "an old XLS, or locked: save it as .xlsx without a password",
        )
        raise SchemeInvalid(Problem(name, zh, en, FORM))
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        _within_limits(name, archive.infolist())
        for part in archive.namelist():
            with archive.open(part) as file:
                _declares_nothing(name, part, file)
    except UNREADABLE as error:
        raise no_workbook(name) from error
    return archive


def no_workbook(name: str) -> SchemeInvalid:
    """What is said of a file that is no workbook, or a broken one."""
    zh, en = (
        "不是可以读取的 XLSX 文件，请在表格软件中另存为 .xlsx",
        "no XLSX that can be read: save it as .xlsx in a spreadsheet",
    )
    return SchemeInvalid(Problem(name, zh, en, FORM))


def _within_limits(name: str, parts: list[zipfile.ZipInfo]) -> None:
    """By the sizes that the archive states: more than it states of a part is never unpacked."""
    if any(word in f"/{part.filename}".lower() for part in parts for word in _MACROS):
        zh, en = "含有宏，请另存为不带宏的 .xlsx", "it holds macros: save it as .xlsx without them"
        raise SchemeInvalid(Problem(name, zh, en, FORM))
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        zh, en = "设有密码，请去掉密码后再保存", "it is locked by a password: save it without one"
        raise SchemeInvalid(Problem(name, zh, en, FORM))
    size = sum(part.file_size for part in parts)
    dense = any(part.file_size > max(LARGE, MOST_DENSE * part.compress_size) for part in parts)
    if size > MOST_UNPACKED or dense or len(parts) > MOST_PARTS:
        zh = f"解压后有 {size} 字节、{len(parts)} 个部分，超过上限或压缩比异常，请只保留这一张表再另存"
        en = f"it unpacks to {size} bytes in {len(parts)} parts, too much or too densely: keep only this table in it"
        raise SchemeInvalid(Problem(name, zh, en, FORM))


def _declares_nothing(name: str, part: str, file: IO[bytes]) -> None:
    """Refuse a part with a document type, which could declare entities. One may stand in front of the root only."""
    reached = False

    def root(*_: object) -> None:
        nonlocal reached
        reached = True

    def declared(*_: object) -> None:
        zh, en = f"{part} 中含有 DOCTYPE 声明，不予读取", f"{part} declares a DOCTYPE, which is not read"
        raise SchemeInvalid(Problem(name, zh, en, FORM))

    parser = expat.ParserCreate()
    parser.StartElementHandler = root
    parser.StartDoctypeDeclHandler = declared
    try:
        while not reached and (piece := file.read(_PIECE)):
            parser.Parse(piece)
    except expat.ExpatError:
        return  # a picture, say; whatever is read as XML later is read by the same parser, and refused there
