"""The acts of the reference story in their order."""

from __future__ import annotations

from api.cli.demo.reference import checking, ending, evaluating, keeping, naming, opening, recommending, revoking
from api.cli.demo.reference.cast import CAST
from api.cli.demo.reference.line import Line
from api.cli.demo.story import Story

STORY = Story(
    opening.PROGRAMME,
    opening.FIRST_DAY,
    CAST,
    Line,
    (
        opening.publish_scheme,
        opening.open_batch,
        opening.enrol,
        opening.mobilize,
        opening.create,
        checking.self_check,
        checking.rectify,
        checking.inspect,
        recommending.apply,
        recommending.recommend,
        recommending.ask_outside,
        evaluating.evaluate,
        evaluating.announce,
        naming.name,
        naming.hand_over,
        keeping.first_reports,
        keeping.look_back,
        keeping.remind,
        revoking.investigate,
        revoking.decide,
        revoking.apply_again,
        ending.named_list,
        ending.timeline,
        ending.chains,
    ),
)
