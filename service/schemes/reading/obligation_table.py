"""The table of obligations: what the document asks of people and no service can test, one row for each rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.schemes.basis import Basis, of_cell
from service.schemes.problem import pointer
from service.schemes.reading.table import MARK, file_of, read_table

TABLE = "obligations.csv"
COLUMNS = ("rule", "by", "title_zh", "title_en")


def obligations_in(
    files: Mapping[str, bytes], basis: dict[str, Basis], ref: str = TABLE
) -> list[dict[str, Any]] | None:
    """The rows of the table where an upload has one; `basis` gains what they rest on. Raises SchemeInvalid."""
    if file_of(ref, files) is None:
        return None
    rows = read_table(ref, files, "/obligations", COLUMNS)
    for row in rows:
        if said := of_cell(row[MARK], row["rule"]):
            basis[pointer("obligations", row["rule"])] = said
    return [
        {"code": r["rule"], "by": r["by"], "title": {"zh": r["title_zh"], "en": r["title_en"]}, "rules": [r["rule"]]}
        for r in rows
    ]
