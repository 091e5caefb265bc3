"""The acts of the story of Pingdingshan in the order of the twelve steps of its scenario."""

from __future__ import annotations

from api.cli.demo.pingdingshan import checking, correcting, ending, launching
from api.cli.demo.pingdingshan.bureau import Bureau
from api.cli.demo.pingdingshan.cast import CAST
from api.cli.demo.story import Story

STORY = Story(
    launching.PROGRAMME,
    launching.FIRST_DAY,
    CAST,
    Bureau,
    (
        launching.load,
        launching.launch,
        launching.name_liaisons,
        launching.assign,
        checking.rate,
        checking.probe_thresholds,
        checking.probe_evidence,
        correcting.rectify,
        correcting.inspect,
        correcting.circulate,
        ending.evaluate,
        ending.close,
    ),
)
