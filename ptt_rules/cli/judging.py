"""Which packs judge the logs that a command is given."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ptt_rules.cli.common import load_packs, params
from ptt_rules.packs import Pack, settings_packs
from ptt_rules.runs import is_run, read_run, rules_of


def packs_for(options: argparse.Namespace) -> Callable[[str], Pack]:
    """Which packs judge a log: those that options or settings name, else those of the run itself.

    Of a run directory it is known which packs judged it, with which parameters and policy; what
    the options say of these goes before.
    """

    named = cache(lambda: load_packs(options.pack, options))
    is_named = cache(lambda: bool(options.pack) or _are_in_settings(options))

    def judging(log: str) -> Pack:
        if not is_run(Path(log)) or is_named():
            return named()
        policy = getattr(options, "policy", None)
        return rules_of(read_run(log), params=params(options.param), policy=policy)

    return judging


def _are_in_settings(options: argparse.Namespace) -> bool:
    return not options.isolated and bool(settings_packs(options.settings).names)
