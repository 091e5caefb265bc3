"""The acts of the story of Yulin in their order: the fifteen steps of its scenario."""

from __future__ import annotations

from api.cli.demo.story import Story
from api.cli.demo.yulin import (
    applying,
    checking,
    entering,
    evaluating,
    organizing,
    recommending,
    rectifying,
    supervising,
)
from api.cli.demo.yulin.board import Board
from api.cli.demo.yulin.cast import CAST

STORY = Story(
    organizing.PROGRAMME,
    organizing.FIRST_DAY,
    CAST,
    Board,
    (
        organizing.organize,
        organizing.mobilize,
        entering.tracks,
        entering.projects,
        checking.self_check,
        checking.experience,
        evaluating.evaluate,
        evaluating.clear,
        recommending.recommend,
        recommending.accept,
        rectifying.self_evaluate,
        rectifying.rectify,
        supervising.supervise,
        applying.apply,
        applying.wait_and_name,
    ),
)
