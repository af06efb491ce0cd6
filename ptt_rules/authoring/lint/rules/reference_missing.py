"""PTT643: a detector without `reference`."""

from __future__ import annotations

from ptt_rules.authoring.lint.missing import BARE, missing, saying
from ptt_rules.language.codes import Code

RULE = missing(
    "reference",
    Code(
        "PTT643",
        "detector without a reference",
        what="The text `reference` says where the rule and its bounds are from: a paper, "
        "the documentation, an issue.",
        why="A bound that nobody can trace is neither trusted nor corrected.",
        failing=BARE,
        fixed=saying('reference "arXiv:2203.02155"'),
        doubt="A rule based on a team's own runs has no public source; link a page about them.",
    ),
    "has no `reference`",
    'name an arXiv id, a DOI or an address: `reference "arXiv:2203.02155"`; of a rule of your own: '
    "`# allow PTT643: ours` on this line",
)
