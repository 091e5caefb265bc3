"""The rules of the house that a program can check. Each failure names the file and the line."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("service", "activities", "workflows", "api")
MOST_LINES = 400
TEXT_OF_OTHERS = ("LICENSE", "requirements.lock")

# Written in pieces, so that this file keeps its own rules.
REGISTRIES = re.compile(r"py" r"pi\.org|python" r"hosted|npm" r"js\.(org|com)|debian\.(org|net)|test\.py" r"pi")
HOMES = re.compile(r"(?<![\w.}/~-])/(home/\w+|Users/\w+|" r"root)(/|\b)")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b|pragma: no " r"cover")
SILENCED = re.compile(r"#\s*type:\s*ig" r"nore")
SILENCED_WITH_REASON = re.compile(r"#\s*type:\s*ig" r"nore\[[\w, -]+\]\s+#\s*\w")
SKIPPED = re.compile(r"pytest\.(mark\.)?(ski" r"p|xfa" r"il|importor" r"skip)")


@cache
def files() -> tuple[Path, ...]:
    """What git holds, and what it would hold after `git add`; vendored files are others' text."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    paths = (ROOT / name for name in listed if name and "/vendor/" not in f"/{name}")
    return tuple(path for path in paths if path.is_file())


def text_lines(*suffixes: str) -> Iterator[tuple[str, str]]:
    """(where, line) of every text file, or of those with one of the suffixes."""
    for path in files():
        if path.name in TEXT_OF_OTHERS or (suffixes and path.suffix not in suffixes):
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def hits(pattern: re.Pattern[str], *suffixes: str) -> list[str]:
    return [f"{where}: {line.strip()}" for where, line in text_lines(*suffixes) if pattern.search(line)]


def python_files(*rooms: str) -> list[Path]:
    return [p for p in files() if p.suffix == ".py" and (not rooms or p.relative_to(ROOT).parts[0] in rooms)]


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_no_file_is_longer_than_one_idea() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in files()
        if path.suffix in {".py", ".html", ".css", ".js"}
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_an_init_file_is_empty_or_one_docstring_line() -> None:
    def is_plain(path: Path) -> bool:
        text = path.read_text(encoding="utf-8").strip()
        body = ast.parse(text).body
        return "\n" not in text and (not body or (len(body) == 1 and ast.get_docstring(ast.parse(text)) is not None))

    assert [str(p) for p in python_files(*ROOMS) if p.name == "__init__.py" and not is_plain(p)] == []


def test_only_the_machine_builder_imports_transitions() -> None:
    users = {
        str(path.relative_to(ROOT))
        for path in python_files(*ROOMS)
        if any(name.split(".")[0] == "transitions" for name in imported(path))
    }
    assert users <= {"service/domain/machine.py"}


def test_imports_point_left_only() -> None:
    # In a process of its own: the linter replaces the session's logging.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"
    linter = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True)
    assert linter.returncode == 0, linter.stdout + linter.stderr


def test_no_file_names_a_package_registry() -> None:
    assert hits(REGISTRIES) == []


def test_the_lock_pins_each_package_by_hash_and_names_no_place() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|^-|file:|@ ", lock, re.MULTILINE)
    entries = re.split(r"\n(?=[a-z0-9])", lock[lock.index("\n", lock.index("make lock")) :].strip())
    assert [e.split(" ", 1)[0] for e in entries if "--hash=sha256:" not in e or "==" not in e.split()[0]] == []


def test_the_lock_holds_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[\[>=;<~! ]", requirement)[0].lower() for requirement in wanted}
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {line.split("==")[0] for line in lock.splitlines() if re.match(r"[a-z0-9].*==", line)}
    assert names - pinned == set(), "run `make lock`"


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    assert hits(HOMES) == []
    assert hits(re.compile(rf"(?<![\w.]){re.escape(str(ROOT))}\b")) == []


def test_nothing_is_left_unfinished_or_silenced() -> None:
    assert hits(UNFINISHED, ".py", ".html", ".js", ".css") == []
    assert [hit for hit in hits(SILENCED, ".py") if not SILENCED_WITH_REASON.search(hit)] == []


def test_no_test_is_skipped() -> None:
    """A missing part is an error that says what to install."""
    assert hits(SKIPPED, ".py") == []
