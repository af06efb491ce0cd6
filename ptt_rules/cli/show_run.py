"""`ptt show RUN`: a run directory on one screen."""

from __future__ import annotations

import sys

from ptt_rules.cli.common import EXIT_CLEAN, print_json
from ptt_rules.report import Colour, story_text
from ptt_rules.runs import read_run, run_json, state_of, story_of


def show_run(path: str, *, as_json: bool) -> int:
    """Errors: PTT402, PTT408, and those of its log"""
    found = read_run(path)
    state = state_of(found)
    story = story_of(found, state)
    if as_json:
        print_json(run_json(found, state, story))
    else:
        print(story_text(found, state, story, Colour.of(sys.stdout)))
    return EXIT_CLEAN
