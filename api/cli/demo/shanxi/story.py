"""The acts of the story of Shanxi: the twelve steps in their order."""

from __future__ import annotations

from api.cli.demo.shanxi import (
    applying,
    evaluating,
    keeping,
    naming,
    opening,
    publicising,
    recommending,
    revoking,
)
from api.cli.demo.shanxi.cast import CAST
from api.cli.demo.shanxi.line import Line
from api.cli.demo.story import Story

STORY = Story(
    opening.PROGRAMME,
    opening.FIRST_DAY,
    CAST,
    Line,
    (
        opening.open_batch,
        applying.check,
        applying.withdraw,
        applying.choose,
        recommending.review,
        recommending.own_government,
        recommending.never_recommended,
        evaluating.evaluate,
        naming.announce,
        naming.name,
        publicising.publicise,
        keeping.report,
        keeping.revisit,
        revoking.review,
        revoking.decide,
    ),
)
