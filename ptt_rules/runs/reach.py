"""How much of its packs could judge a run: as it said at its end, or by its rows."""

from __future__ import annotations

from ptt_rules.evaluation import Reach
from ptt_rules.language import PttError
from ptt_rules.replaying import replay
from ptt_rules.runs.explanation import rules_of
from ptt_rules.runs.files import REACH, read_object
from ptt_rules.runs.run import Run


def reach_of_run(run: Run, *, ask_rules: bool = False) -> Reach | None:
    """How much could judge; None where the run does not say.

    A run that goes on, or that was killed, has not said it: with `ask_rules` its rows are judged
    once more by its packs, where they are here as they were.

    Errors: PTT408 for a file that cannot be read; PTT401, PTT403, PTT501 for its log
    """
    said = read_object(run.path / REACH)
    if said is not None and said.get("resumes", 0) >= run.records.resumes:
        return Reach.from_json(said)
    return _judged_anew(run) if ask_rules else None


def _judged_anew(run: Run) -> Reach | None:
    try:
        pack = rules_of(run)
    except PttError:
        return None
    return replay(pack, run.log).reach
