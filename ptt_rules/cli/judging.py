"""Which packs judge the logs that a command is given."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ptt_rules.cli.common import load_packs, params
from ptt_rules.packs import Pack, settings_packs
from ptt_rules.runs import is_run, read_run, rules_of


def packs_for(options: argparse.Namespace) -> Callable[[str], Pack]:
    """Which packs judge a log: those that options or settings name, else those of the run itself.

    Of a run directory it is known which packs judged it, with which parameters and policy; what
    the options say of these goes before.
    """
    if options.pack or (not options.isolated and settings_packs(options.settings)):
        pack = load_packs(options.pack, options)
        return lambda log: pack

    def of_run(log: str) -> Pack:
        if not is_run(Path(log)):
            return load_packs((), options)
        policy = getattr(options, "policy", None)
        return rules_of(read_run(log), params=params(options.param), policy=policy)

    return of_run
