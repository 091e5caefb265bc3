"""The acts of the story of Haiyuan County: the twelve steps of its scenario, in their order."""

from __future__ import annotations

from api.cli.demo.haiyuan import (
    appraising,
    climbing,
    closing,
    documents,
    inspecting,
    issuing,
    measuring,
    projects,
)
from api.cli.demo.haiyuan.cast import CAST, FIRST_DAY, PROGRAMME
from api.cli.demo.haiyuan.county import County
from api.cli.demo.story import Story

STORY = Story(
    PROGRAMME,
    FIRST_DAY,
    CAST,
    County,
    (
        issuing.issue,
        issuing.assign,
        climbing.reach_the_standard,
        appraising.first_spring,
        documents.comments,
        documents.steps,
        measuring.rates,
        measuring.enforcement,
        measuring.townships,
        measuring.study,
        inspecting.inspect,
        appraising.appraise,
        appraising.second_spring,
        projects.select,
        projects.fund,
        closing.close,
        closing.settle,
        closing.chains,
    ),
)
