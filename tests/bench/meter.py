"""What processes have used, from /proc: CPU seconds of user and system together, memory, and bytes of files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, its threads and all its children, those that ended included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = sum(int(ticks) for ticks in fields[11:15]) * _TICK
    return own + sum(cpu_seconds(child) for child in _children(pid))


def memory_bytes(pid: int) -> int:
    """Resident memory of a process and its children."""
    own = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * _PAGE
    return own + sum(memory_bytes(child) for child in _children(pid))


def file_bytes(files: Iterable[Path]) -> int:
    """Size of database files with what SQLite keeps beside them."""
    beside = [file.with_name(file.name + suffix) for file in files for suffix in ("", "-wal")]
    return sum(one.stat().st_size for one in beside if one.exists())


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text(encoding="utf-8").split()]
    return found
