"""A guide, played from its first snippet to its last: files are changed, commands typed, answers compared.

    ```console            lines that begin with `$ ` are typed, what follows is what they print
    ```sh                 typed as it stands; prints nothing
    ```yaml               `# scheme.yaml: title, look_back`: these sections stand in the file instead of their
                          namesakes, new ones at its end; `# scheme.yaml: /roles/approver`: this one line does
    ```csv indicators.csv the file, if the snippet begins with its header; else rows instead of their namesakes.
                          It is written as a spreadsheet in China does: in GB18030, with CRLF.

In what is printed a line `...` stands for any lines, `<id>` and its like (PLACEHOLDERS) for what differs each time.
Below a heading where nothing is typed, the scheme is sound after each file.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from api.cli.processes import free_port
from service.schemes import loader
from service.schemes.problem import SchemeInvalid
from service.schemes.reading.places import place_of
from service.schemes.validation.validator import problems
from tests.support.command import LAST_LINE, SHIFAN, WITHIN, environment

PLACEHOLDERS = {"<id>": r"[0-9a-f]{8}[0-9a-f-]{24,28}", "<hash>": r"[0-9a-f]{16,64}", "<port>": r"\d{4,5}"}
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECTION = re.compile(r"^([a-z_]+):", re.MULTILINE)
PORT = "127.0.0.1:8000"
IN_THE_BACKGROUND = "shifan up "
HEADERS = ("code,", "number,")
ENDS = "\x1e"
STARTS_ALONE = threading.Lock()
"""Two installations that start at once could choose the same free port."""


@dataclass(frozen=True)
class Snippet:
    """One fenced block: its language, the file that it is, and the line of the guide on which it begins."""

    language: str
    file: str
    text: str
    line: int = 1
    section: int = 0
    """How many headings stand above it."""

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The commands, each with what it prints."""
        if self.language == "sh":
            return [(self.text, "")]
        return re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", self.text, re.MULTILINE)


class Drift(AssertionError):
    """The guide says something else than what happens."""


def snippets(guide: Path) -> list[Snippet]:
    """Every fenced block of a guide, in order."""
    text = guide.read_text(encoding="utf-8")
    return [
        Snippet(
            language=found[1],
            file=found[2] or "",
            text=found[3],
            line=text.count("\n", 0, found.start()) + 2,
            section=_headings(text[: found.start()]),
        )
        for found in FENCE.finditer(text)
    ]


def _headings(above: str) -> int:
    return len(re.findall(r"^#", FENCE.sub("", above), re.MULTILINE))


def headings(guide: Path) -> Iterator[tuple[str, str, int]]:
    """Level and number of each heading, with how many snippets stand below it."""
    text = guide.read_text(encoding="utf-8")
    plain = FENCE.sub("```", text)
    for part in re.split(r"^(?=#)", plain, flags=re.MULTILINE):
        if said := re.match(r"(#+) ([\d.]*)", part):
            yield said[1], said[2], part.count("```")


def prints(expected: str, said: str) -> bool:
    """Whether a command printed what the guide says, blanks at the ends of lines aside."""
    pattern = ""
    for line in expected.rstrip("\n").splitlines():
        if line == "...":
            pattern += r"(?:[^\n]*\n)*?"
            continue
        pattern += re.escape(line.rstrip()) + r"\n"
    for name, stands_for in PLACEHOLDERS.items():
        pattern = pattern.replace(re.escape(name), stands_for)
    lines = [line.rstrip() for line in said.rstrip().splitlines()]
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


def with_sections(definition: str, snippet: str) -> str:
    """The definition with each section of a snippet instead of its namesake, or at the end."""
    parts = _sections(definition)
    for name, text in _sections(snippet).items():
        before = re.match(r"(?:(?:#.*)?\n)*", parts.get(name, ""))
        parts[name] = (before[0] if before and name else "") + text
    return "".join(parts.values())


def _sections(text: str) -> dict[str, str]:
    """Section to its lines, with the blank lines and comments above it; under "" what stands above all of them."""
    starts = []
    for found in SECTION.finditer(text):
        above = re.search(r"(?:^(?:#.*)?\n)*\Z", text[: found.start()], re.MULTILINE)
        starts.append((found[1], above.start() if above else found.start()))
    ends = [*(start for _, start in starts), len(text)]
    return {"": text[: ends[0]]} | {name: text[a:b] for (name, _), (a, b) in zip(starts, pairwise(ends), strict=True)}


def with_rows(table: str, snippet: str) -> str:
    """The table with each row of a snippet instead of that with the same first cell, or at the end."""
    rows, new = ({line.partition(",")[0]: line for line in text.splitlines()} for text in (table, snippet))
    return "".join(f"{line}\n" for line in (rows | new).values())


@dataclass
class Desk:
    """The folder, the terminal and the installation of somebody who follows a guide."""

    folder: Path
    port: int = field(default_factory=free_port)
    _up: subprocess.Popen[str] | None = None

    def __post_init__(self) -> None:
        tools = self.folder / ".bin"
        tools.mkdir(parents=True)
        quoted = " ".join(f"'{word}'" for word in SHIFAN)
        (tools / "shifan").write_text(f'#!/bin/sh\nexec {quoted} "$@"\n')
        (tools / "shifan").chmod(0o755)
        self.env = environment(
            COLUMNS="100",
            PATH=f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            SHIFAN_PORT=str(self.port),
            SHIFAN_URL=f"http://127.0.0.1:{self.port}",
            no_proxy="*",
        )
        bash = shutil.which("bash")
        assert bash, "the guides are typed into bash"
        self.shell = subprocess.Popen(
            [bash, "--norc"],
            cwd=self.folder,
            env=self.env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def close(self) -> None:
        """Leave the terminal and stop the installation."""
        self.shell.kill()
        self.shell.communicate()
        if self._up is not None:
            self._up.terminate()
            try:
                self._up.communicate(timeout=WITHIN)
            finally:
                self._up.kill()

    def play(self, guide: Path) -> None:
        """Do everything that the guide says. Raises Drift at the first place where it says something else."""
        every = snippets(guide)
        for snippet in every:
            if snippet.language in ("console", "sh"):
                for command, expected in snippet.typed:
                    said = self.type(command)
                    if not prints(expected, said):
                        raise Drift(f"{guide.name}:{snippet.line}: $ {command}\n{said}")
                continue
            self.write(snippet)
            if not any(one.typed for one in every if one.section == snippet.section):
                self._sound(f"{guide.name}:{snippet.line}")

    def type(self, command: str) -> str:
        """What a command prints; an installation is left running."""
        command = command.replace(PORT, f"127.0.0.1:{self.port}")
        if command.startswith(IN_THE_BACKGROUND):
            return self._start(command)
        stdin, stdout = self.shell.stdin, self.shell.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(f"{{ {command}\n}} </dev/null\nprintf '{ENDS}\\n'\n")
        stdin.flush()
        said = ""
        while not said.endswith(f"{ENDS}\n"):
            line = stdout.readline()
            assert line, f"the terminal is gone: {said}"
            said += line
        return said.removesuffix(f"{ENDS}\n").replace(f"127.0.0.1:{self.port}", PORT)

    def write(self, snippet: Snippet) -> None:
        """Do to the files of the scheme what a snippet says."""
        if snippet.language == "csv":
            file = self.scheme / snippet.file
            whole = snippet.text.startswith(HEADERS)
            text = snippet.text if whole else with_rows(file.read_bytes().decode("gb18030"), snippet.text)
            text = text.replace("\r", "")
            file.write_bytes(text.replace("\n", "\r\n").encode("gb18030"))
            return
        head, text = snippet.text.split("\n", 1)
        file = self.scheme / loader.DEFINITION
        before = file.read_text(encoding="utf-8")
        places = head.removeprefix("# scheme.yaml: ")
        if places.startswith("/"):
            line = place_of(places, loader.files_in(self.scheme)).line - 1
            lines = before.splitlines(keepends=True)
            indent = re.match(" *(?:- )?", lines[line])
            lines[line] = (indent[0] if indent else "") + text
            file.write_text("".join(lines), encoding="utf-8")
            return
        assert places.split(", ") == SECTION.findall(text), f"line {snippet.line} names other sections than it has"
        file.write_text(with_sections(before, text), encoding="utf-8")

    @property
    def scheme(self) -> Path:
        """The one folder with a scheme that is being written: the first that `shifan scheme new` made."""
        return min(self.folder.glob(f"*/{loader.DEFINITION}"), key=lambda file: len(str(file))).parent

    def _sound(self, where: str) -> None:
        try:
            found = problems(loader.read_folder(self.scheme))
        except SchemeInvalid as error:
            found = list(error.problems)
        if found:
            raise Drift(f"{where}: " + "; ".join(f"{one.path}: {one.en}" for one in found))

    def _start(self, command: str) -> str:
        assert self._up is None, "one installation is enough"
        with STARTS_ALONE:
            self._up = subprocess.Popen(
                ["bash", "-c", f"exec {command}"], cwd=self.folder, env=self.env, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            assert self._up.stdout is not None
            said = ""
            while LAST_LINE not in said and (line := self._up.stdout.readline()):
                said += line
        return said.replace(f"127.0.0.1:{self.port}", PORT)
