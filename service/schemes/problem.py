"""What is wrong with a scheme, in both languages, with the place and the rule."""

from dataclasses import dataclass

from service.schemes.validation.advice import ADVICE

# An imported draft fits the schema: the rule behind every complaint about form.
FORM = "QH-17a"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why a scheme cannot be accepted, or should be looked at once more."""

    path: str
    """JSON pointer into the definition, or file, line and cell of a table."""
    zh: str
    en: str
    rule: str
    """The rule behind it, such as QH-11a."""
    blocks: bool = True
    """False for a warning, which keeps nothing from being published."""

    def message(self, language: str) -> str:
        """The message in zh or en."""
        return self.en if language.startswith("en") else self.zh

    def advice(self, language: str) -> str:
        """What to do about it, in zh or en."""
        return ADVICE.get(self.rule, ADVICE[FORM])[language.startswith("en")]


class SchemeInvalid(ValueError):
    """The definition cannot be read as a scheme. Carries every problem found."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{one.path}: {one.en}" for one in problems))


class Unfit(ValueError):
    """A value that cannot be read: what should be written, in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def pointer(*steps: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
