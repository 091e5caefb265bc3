"""A first scheme for an office: small, complete, explained line by line, and fit to be published as it is."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from service.schemes.loader import DEFINITION

_STARTER = Path(__file__).with_name("starter")
TABLE = "indicators.csv"


@dataclass(frozen=True, slots=True)
class Start:
    """What a new scheme needs to know before anything else."""

    key: str
    title_zh: str
    title_en: str
    issuer: str
    level: str
    name: str
    effective: dt.date


def starter(start: Start) -> dict[str, bytes]:
    """The files of a new scheme, file name to content."""
    text = (_STARTER / "template.yaml").read_text(encoding="utf-8")
    for mark, value in (
        ("@KEY@", start.key),
        ("@TITLE_ZH@", _quoted(start.title_zh)),
        ("@TITLE_EN@", _quoted(start.title_en)),
        ("@ISSUER@", _quoted(start.issuer)),
        ("@LEVEL@", start.level),
        ("@NAME@", _quoted(start.name)),
        ("@EFFECTIVE@", start.effective.isoformat()),
    ):
        text = text.replace(mark, value)
    return {DEFINITION: text.encode(), TABLE: (_STARTER / TABLE).read_bytes()}


def _quoted(value: str) -> str:
    """Any text as one YAML scalar."""
    return json.dumps(value, ensure_ascii=False)
