"""What is asked for of any run, whoever trains: each argument, and what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ptt_rules.evaluation import MOST_REPORTS
from ptt_rules.language.stacks import by_name as by_name_of
from ptt_rules.observing.algorithms import ALGORITHMS
from ptt_rules.observing.arguments import (
    Kind,
    anything,
    by_name,
    flag,
    maybe,
    new_folder,
    one_of,
    path,
    several,
    text,
    whole,
    word_of,
)
from ptt_rules.observing.channels import channels_of
from ptt_rules.observing.chosen import packs_of
from ptt_rules.observing.verbosity import Verbosity

algorithm_wanted = maybe(one_of(ALGORITHMS))
run_dir_of = maybe(new_folder("runs/a"))
params_of = by_name(anything, "numbers", '{"loss_jump_factor": 3.0}')
verbosity_of = maybe(word_of(Verbosity))
settings_of = several(path("ptt.yaml"))
most_reports_of = whole(1, MOST_REPORTS)


def stack_of(name: str, value: Any) -> str | None:
    """The name of a framework. Errors: PTT303 for one that is not known"""
    named = maybe(text("verl"))(name, value)
    return None if named is None else by_name_of(named).name


OF_ANY_RUN: Mapping[str, Kind] = {
    "run_dir": run_dir_of,
    "packs": packs_of,
    "only": flag,
    "algorithm": algorithm_wanted,
    "params": params_of,
    "policy": maybe(text("guard")),
    "settings": settings_of,
    "stop_on_critical": flag,
    "channels": channels_of,
    "most_reports": most_reports_of,
    "siblings": anything,
    "stack": stack_of,
    "verbosity": verbosity_of,
}
