"""From files to a scheme, from a scheme to JSON and back, and the hash over its content.

A programme is `scheme.yaml` and its tables (CSV or XLSX), such as the one that `indicator_system.ref` names. What is
published, stored and hashed is the expanded definition: every default, every indicator and the basis of every value
written out.
"""

import csv
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import ValidationError

from service.domain.dates.calendar import Calendar, SpecialDay
from service.schemes.model import Scheme
from service.schemes.problem import FORM, Problem, SchemeInvalid
from service.schemes.reading.comments import marks_in
from service.schemes.reading.dates import with_dates
from service.schemes.reading.encoding import read_text, within_limit
from service.schemes.reading.indicator_table import with_indicators
from service.schemes.reading.obligation_table import obligations_in
from service.schemes.reading.plan_table import with_tasks
from service.schemes.reading.reader import read_yaml
from service.schemes.reading.table import CSV, OTHERS, XLSX
from service.schemes.validation.form import form_problems

DEFINITION = "scheme.yaml"
SPREADSHEETS = frozenset({CSV, XLSX, *OTHERS})
"""What a table may be in, and what is taken for one: then it is said why it is not read."""
_HERE = Path(__file__).parent


def read_folder(folder: Path) -> Scheme:
    """The scheme in a folder. Raises SchemeInvalid."""
    return read_files(files_in(folder))


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a folder that may belong to a scheme, file name to content."""
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.name == DEFINITION or (path.suffix in SPREADSHEETS and path.name[0] not in "~.")  # not its lock
    }


def shipped_folder(key: str) -> Path:
    """Where a programme that comes with the service lies."""
    return _HERE / key


def read_files(files: Mapping[str, bytes]) -> Scheme:
    """The scheme in an upload, file name to content. Raises SchemeInvalid."""
    return load(definition_of(files))


def definition_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The definition as it is written in an upload, its tables and marks included. Raises SchemeInvalid."""
    within_limit("+".join(sorted(files)) or DEFINITION, sum(len(content) for content in files.values()))
    if DEFINITION not in files:
        raise SchemeInvalid(Problem(DEFINITION, "缺少方案文件", "the definition is missing", FORM))
    definition = dict(read_yaml(DEFINITION, files[DEFINITION]))
    basis = marks_in(read_text(DEFINITION, files[DEFINITION]))
    system = definition.get("indicator_system")
    if isinstance(system, Mapping) and isinstance(system.get("ref"), str):
        definition["indicator_system"] = with_indicators(system, files, definition.get("scoring"), basis)
    if isinstance(plan := definition.get("action_plan"), Mapping):
        definition["action_plan"] = with_tasks(plan, files, basis)
    if (owed := obligations_in(files, basis)) is not None:
        definition["obligations"] = owed
    return {**definition, "basis": definition.get("basis", {one: said.model_dump() for one, said in basis.items()})}


def load(definition: Mapping[str, Any]) -> Scheme:
    """The scheme a definition describes: one read from YAML, or what `dump` gave. Raises SchemeInvalid."""
    try:
        return Scheme.model_validate(with_dates(definition))
    except ValidationError as error:
        raise SchemeInvalid(*form_problems(error, Scheme)) from None
    except RecursionError:
        raise SchemeInvalid(Problem("", "嵌套层次过深", "nested too deeply", FORM)) from None


def dump(scheme: Scheme) -> dict[str, Any]:
    """The expanded definition as JSON values; decimals and dates are text. `load(dump(s)) == s`."""
    return scheme.model_dump(mode="json", by_alias=True)


def content_hash(scheme: Scheme) -> str:
    """SHA-256, in hex, over the canonical JSON of the expanded definition, indicator rows included."""
    canonical = json.dumps(dump(scheme), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def shipped() -> tuple[str, ...]:
    """The keys of the programmes that come with the service."""
    return tuple(sorted(path.parent.name for path in _HERE.glob(f"*/{DEFINITION}")))


@cache
def shipped_scheme(key: str) -> Scheme:
    """A programme that comes with the service. Raises KeyError for a key that `shipped` does not list."""
    if key not in shipped():
        raise KeyError(f"no shipped programme {key}")
    return read_folder(_HERE / key)


@cache
def official_calendar(calendar_id: str = "cn") -> Calendar:
    """The working days as the State Council announced them, from the table that ships.

    An installation begins with these years; what is in force there says `service.records.calendars.in_use`.

    Raises KeyError for a calendar that is not shipped.
    """
    files = {path.stem: path for path in (_HERE / "calendars").glob("*.csv")}
    table = files[calendar_id].read_bytes()
    return Calendar(
        (
            SpecialDay(
                date=dt.date.fromisoformat(row["date"]),
                kind=cast(Literal["holiday", "workday"], row["kind"]),
                name=row["name"],
            )
            for row in csv.DictReader(table.decode().splitlines())
        ),
        version=f"{calendar_id}-{hashlib.sha256(table).hexdigest()[:12]}",
    )


def calendars() -> tuple[str, ...]:
    """The IDs of the calendars that the service keeps."""
    return tuple(sorted(path.stem for path in (_HERE / "calendars").glob("*.csv")))
