"""PTT642: a detector without `remedy`."""

from __future__ import annotations

from ptt_rules.authoring.lint.missing import BARE, missing, saying
from ptt_rules.language.codes import Code

RULE = missing(
    "remedy",
    Code(
        "PTT642",
        "detector without a remedy",
        what="The text `remedy` says what to do about the finding, as names of training arguments.",
        why="It is read by somebody who is not the author, at night, while the run burns.",
        failing=BARE,
        fixed=saying('remedy    "Lower learning_rate, raise beta."'),
    ),
    "does not say what to do: it has no `remedy`",
    'say what to change: `remedy "Lower learning_rate, raise beta."`',
)
