"""Text as offices send it: UTF-8 or GB18030, told apart strictly. Anything else is refused, never guessed."""

from __future__ import annotations

import unicodedata

from service.schemes.problem import FORM, Problem, SchemeInvalid

MOST_BYTES = 10 * 1024 * 1024
"""Of one upload, all files together."""
_MARKED = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"PK\x03\x04", "XLSX"), (b"\xd0\xcf\x11\xe0", "XLS"))
_KEPT = frozenset("\t\n\r")
_NOT_TEXT = frozenset({"Cc", "Cn", "Co", "Cs"})


def read_text(name: str, content: bytes) -> str:
    """The text of a file. Raises SchemeInvalid, naming the byte and its line, for any other encoding."""
    within_limit(name, len(content))
    for start, kind in _MARKED:
        if content.startswith(start):
            zh = f"文件是 {kind}，请另存为 CSV（UTF-8 或 GB18030），或以 .xlsx 为名上传"
            en = f"this is {kind}: save it as UTF-8 or GB18030 text, or a table as .xlsx"
            raise SchemeInvalid(Problem(name, zh, en, FORM))
    try:
        # Spreadsheets write a byte order mark in front of UTF-8.
        return _checked(name, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        at = error.start
    try:
        return _checked(name, content.decode("gb18030"))
    except UnicodeDecodeError as error:
        raise SchemeInvalid(_at_byte(name, content, max(at, error.start))) from None


def within_limit(name: str, size: int) -> None:
    """Refuse more than an upload may hold. Raises SchemeInvalid."""
    if size > MOST_BYTES:
        zh = f"有 {size} 字节，超过上限 {MOST_BYTES} 字节（10 MB）"
        raise SchemeInvalid(Problem(name, zh, f"{size} bytes, more than the limit of {MOST_BYTES} (10 MB)", FORM))


def _at_byte(name: str, content: bytes, byte: int) -> Problem:
    line = content.count(b"\n", 0, byte) + 1
    zh = f"第 {byte} 个字节处既不是 UTF-8 也不是 GB18030，请另存为其中一种"
    return Problem(f"{name}:{line}", zh, f"neither UTF-8 nor GB18030 at byte {byte}: save it as one of them", FORM)


def not_text(text: str) -> int | None:
    """The place of the first sign that no office writes: of control, private or of nothing at all."""
    strange = [sign for sign in set(text) if sign not in _KEPT and unicodedata.category(sign) in _NOT_TEXT]
    return min((text.find(sign) for sign in strange), default=None)


def _checked(name: str, text: str) -> str:
    """The same text, in which nothing is there that no office writes: then the encoding was guessed right."""
    if (place := not_text(text)) is not None:
        sign = text[place]
        line = text.count("\n", 0, place) + 1
        column = place - text.rfind("\n", 0, place)
        zh = f"含有不是文字的字符 U+{ord(sign):04X}，编码应为 UTF-8 或 GB18030"
        en = f"U+{ord(sign):04X} is no text: is the file UTF-8 or GB18030?"
        raise SchemeInvalid(Problem(f"{name}:{line}:{column}", zh, en, FORM))
    return text
