"""How the demonstration is told: chapters with their date, acts, refusals with rule and article, a balance."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rich.cells import chop_cells
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from api.cli.demo.client import Answer

Said = tuple[str, str]
"""One sentence in Chinese and in English."""
INDENT, MOST = 6, 160


class Halted(Exception):
    """Something that everything after it rests on did not happen; the story cannot go on."""


@dataclass
class Teller:
    """Prints the story in one language and counts what held and what did not."""

    console: Console
    language: str = "zh"
    held: int = 0
    failed: list[str] = field(default_factory=list)

    def say(self, said: Said) -> str:
        """The sentence in the language of the reader."""
        return said[0] if self.language == "zh" else said[1]

    def chapter(self, day: str, title: Said) -> None:
        """A heading with the day on which the chapter begins."""
        self.console.print()
        self.console.rule(Text(f" {day}  {self.say(title)} ", style="bold cyan"), align="left")

    def note(self, said: Said) -> None:
        """A sentence of the narrator."""
        self.console.print(Text(f"  {self.say(said)}", style="dim"))

    def done(self, answer: Answer, said: Said, *states: str, status: int = 200) -> Answer:
        """An act that must succeed: this status and, where they are named, one of these states."""
        good = _as_wished(answer, status, states)
        self.console.print(Text.assemble(("  ✓ " if good else "  ✗ ", _colour(good)), self.say(said)))
        if not good:
            wanted = f"{status} {'/'.join(states)}"
            self._missed(f"{self.say(said)}: {answer.asked} -> {answer.status} {answer.state} ({wanted})", answer)
            raise Halted(answer.asked)
        self.held += 1
        return answer

    def step(self, answer: Answer, *states: str, status: int = 200) -> Answer:
        """An act that must succeed and is one of many: it is told only when it fails."""
        if _as_wished(answer, status, states):
            self.held += 1
            return answer
        return self.done(answer, (answer.asked, answer.asked), *states, status=status)

    def refused(self, answer: Answer, said: Said, status: int, code: str, *rules: str) -> None:
        """An act that must be refused: this status and code, with each of these rules cited."""
        lacking = [r for r in rules if r not in answer.rules]
        good = (answer.status, answer.code) == (status, code) and not lacking
        self.console.print(
            Text.assemble(("  ⊘ " if good else "  ✗ ", "yellow" if good else "bold red"), (self.say(said), "bold"))
        )
        self._reasons(answer, rules)
        if good:
            self.held += 1
            return
        lacks = f", {', '.join(lacking)} not cited" if lacking else ""
        self._missed(
            f"{self.say(said)}: {answer.asked} -> {answer.status} {answer.code} (expected {status} {code}{lacks})",
            answer,
        )

    def holds(self, good: bool, said: Said, found: object = "") -> None:
        """Something that must be so now."""
        self.console.print(Text.assemble(("  ✓ " if good else "  ✗ ", _colour(good)), self.say(said)))
        if good:
            self.held += 1
        else:
            self._missed(f"{self.say(said)} ({found})", None)

    @contextlib.contextmanager
    def waiting(self, said: Said) -> Iterator[None]:
        """A spinner for as long as something takes."""
        with self.console.status(self.say(said)):
            yield

    @contextlib.contextmanager
    def progress(self, said: Said, total: int) -> Iterator[Callable[[], None]]:
        """A bar for long work; what it yields is called after each part."""
        with Progress(console=self.console, transient=True) as bar:
            task = bar.add_task(self.say(said), total=total)
            yield lambda: bar.advance(task)

    def table(self, title: Said, columns: Sequence[Said], rows: Sequence[Sequence[str]]) -> None:
        """A table with headings in the reader's language."""
        shown = Table(title=self.say(title), title_justify="left", title_style="bold")
        for column in columns:
            shown.add_column(self.say(column), overflow="fold")
        for row in rows:
            shown.add_row(*row)
        self.console.print()
        self.console.print(shown)

    def balance(self, seconds: float) -> bool:
        """The last line: how many expectations held; whether all did."""
        for missed in self.failed:
            self.console.print(Text(f"  ✗ {missed}", style="red"))
        good, n = not self.failed, len(self.failed)
        said = f"{self.held} 项预期成立，{n} 项不成立", f"{self.held} expectations held, {n} did not"
        took = f"用时 {seconds:.0f} 秒", f"{seconds:.0f} seconds"
        line = f"{self.say(said)} · {self.say(took)}"
        self.console.print()
        self.console.print(Panel(line, border_style=_colour(good), expand=False))
        return good

    def _reasons(self, answer: Answer, rules: Sequence[str]) -> None:
        """What the service said, and the articles it rests on; first those that the story is about."""
        detail = answer.body.get("detail") or answer.body.get("title") or f"HTTP {answer.status}"
        self._indented(f"{answer.status} {_short(str(detail))}", "yellow")
        cited = {str(r["id"]): r for r in answer.body.get("rules", ())}
        for rule in rules or list(cited)[:1]:
            if one := cited.get(rule):
                place = " ".join(str(one[k]) for k in ("document", "article") if one.get(k))
                self._indented(f"{rule}  {place}", "dim yellow")

    def _indented(self, text: str, style: str) -> None:
        """Under the line before. Chinese is written without spaces, so it breaks at any character."""
        room = max(self.console.width - INDENT, INDENT)
        lines = [text] if self.language == "en" else chop_cells(text, room)
        self.console.print(Padding(Text("\n".join(lines), style=style), (0, 0, 0, INDENT)))

    def _missed(self, what: str, answer: Answer | None) -> None:
        self.failed.append(what)
        if answer is not None and (detail := answer.body.get("detail")):
            self.console.print(Text(f"      {answer.status} {answer.code}: {detail}", style="red"))


def _as_wished(answer: Answer, status: int, states: Sequence[str]) -> bool:
    return answer.status == status and answer.taken and (not states or answer.state in states)


def _short(text: str) -> str:
    return text if len(text) <= MOST else text[:MOST] + "…"


def _colour(good: bool) -> str:
    return "green" if good else "bold red"
