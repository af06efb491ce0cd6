"""PTT641: a detector without `why`."""

from __future__ import annotations

from ptt_rules.authoring.lint.missing import BARE, missing, saying
from ptt_rules.language.codes import Code

RULE = missing(
    "why",
    Code(
        "PTT641",
        "detector that does not say why",
        what="The text `why` says what the finding means for the run.",
        why="A finding that nobody understands is ignored, or stops a run that was well.",
        failing=BARE,
        fixed=saying('why       "The policy leaves the region in which the reward was measured."'),
    ),
    "does not say why it matters: it has no `why`",
    'say what goes wrong if nobody acts: `why "..."`',
)
