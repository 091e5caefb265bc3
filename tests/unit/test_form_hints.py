"""Whoever reads `actions` learns of each part of a form what to give, in both languages."""

import pytest

from service.domain import machines
from service.domain.forms import Part

PARTS = {
    f"{name}.{row.event}.{part.name}": part
    for name in machines.NAMES
    for row in machines.template(name)
    for part in row.form.parts
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_part_of_every_form_says_what_to_give(part: Part) -> None:
    zh, en = part.hint
    assert zh.startswith(("应为", "须"))
    assert en.startswith("must ")
