"""PTT640: a detector without `message`."""

from __future__ import annotations

from ptt_rules.authoring.lint.missing import BARE, missing, saying
from ptt_rules.language.codes import Code

RULE = missing(
    "message",
    Code(
        "PTT640",
        "detector without a message",
        what="The event of a detector carries its message: what was found, with "
        "the numbers that led to it. Without one it is the summary or the bare name.",
        why="Whoever is woken by it reads only a name, and must look up everything else.",
        failing=BARE,
        fixed=saying('message   "The KL divergence is {now:.3f} nats a token."'),
    ),
    "says nothing when it fires: it has no `message`",
    'say what was found, with its numbers: `message "The KL divergence is {now:.3f}."`',
)
