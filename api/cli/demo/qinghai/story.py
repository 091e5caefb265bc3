"""The acts of the story of Qinghai in the order of their days; each bears the number of its step of the scenario."""

from __future__ import annotations

from api.cli.demo.qinghai import (
    drawing,
    ending,
    evaluating,
    keeping,
    losing,
    naming,
    opening,
    proving,
    recommending,
    reporting,
    returning,
    revoking,
)
from api.cli.demo.qinghai.cast import CAST
from api.cli.demo.qinghai.register import Register
from api.cli.demo.story import Story

STORY = Story(
    opening.PROGRAMME,
    opening.FIRST_DAY,
    CAST,
    Register,
    (
        opening.publish_scheme,
        opening.open_first_batch,
        recommending.recommend,
        naming.name,
        naming.keep_the_plaque,
        proving.prove_in_a_copy,
        reporting.report,
        opening.open_too_early,
        losing.lose,
        drawing.draw,
        drawing.evaluate_itself,
        evaluating.evaluate,
        evaluating.score,
        keeping.put_on_notice,
        revoking.remind,
        keeping.keep,
        keeping.object_to,
        keeping.rule,
        revoking.fail_again,
        revoking.hear,
        revoking.revoke,
        opening.open_second_batch,
        returning.apply_again,
        revoking.take_back,
        returning.nominate,
        ending.check_the_chain,
    ),
)
