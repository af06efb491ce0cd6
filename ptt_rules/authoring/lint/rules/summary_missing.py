"""PTT644: a detector without `summary`."""

from __future__ import annotations

from ptt_rules.authoring.lint.missing import BARE, missing, saying
from ptt_rules.language.codes import Code

RULE = missing(
    "summary",
    Code(
        "PTT644",
        "detector without a summary",
        what="The summary is the heading of the detector in reports, in `ptt explain` and in "
        "editors.",
        why="Lists of findings show a bare name in its place.",
        failing=BARE,
        fixed=saying('summary   "The policy runs away from the reference"'),
    ),
    "has no `summary`",
    'say in a few words what is wrong: `summary "The policy runs away"`',
)
