"""What every body has in common: no unknown parts, and no text that no database can keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from api.problems import Problem
from service.domain.forms import YEARS, storable


class Body(BaseModel):
    """The JSON body of a request."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def can_be_kept(cls, body: Any) -> Any:
        """Once for the whole body: then nobody behind it has to think of NUL and half characters again."""
        if errors := [_unkept(at) for at in _not_storable(body)]:
            raise Problem("invalid", errors=errors)
        return body


Day = Annotated[date, Field(ge=date(YEARS[0], 1, 1), le=date(YEARS[-1], 12, 31))]
"""A day, before and after which there are others."""


def _kept(value: str) -> str:
    if not storable(value):
        raise ValueError("a text with NUL or half a character")
    return value


Text = Annotated[str, AfterValidator(_kept)]
"""The same for a field of a multipart form."""


def _not_storable(body: Any) -> Iterator[str]:
    """Pointers to the texts (or names) that cannot be kept. Without recursion: a body may be nested deeply."""
    left: list[tuple[str, Any]] = [("", body)]
    while left:
        at, value = left.pop()
        if isinstance(value, str) and not storable(value):
            yield at
        elif isinstance(value, list):
            left += [(f"{at}/{n}", one) for n, one in enumerate(value)]
        elif isinstance(value, dict):
            left += [(f"{at}/{name}", one) for name, one in value.items()]
            yield from (f"{at}/{name}" for name in value if not storable(name))


def _unkept(at: str) -> dict[str, str]:
    shown = at.encode("utf-8", "backslashreplace").decode()
    zh, en = "文字含有 NUL 或残缺字符", "the text holds NUL or half a character"
    return {"pointer": shown, "code": "not_storable", "zh": zh, "en": en}
