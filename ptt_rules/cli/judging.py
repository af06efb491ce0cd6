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
    is_named = cache(lambda: _are_named(options))

    def judging(log: str) -> Pack:
        if not is_run(Path(log)) or is_named():
            return named()
        policy = getattr(options, "policy", None)
        return rules_of(read_run(log), params=params(options.param), policy=policy)

    return judging


def is_judged_as_recorded(options: argparse.Namespace, log: str) -> bool:
    """Whether a log is a run directory that is judged by just what judged the run."""
    return is_run(Path(log)) and not options.param and not _are_named(options)


def _are_named(options: argparse.Namespace) -> bool:
    """Whether options or settings say which packs judge."""
    in_settings = not options.isolated and bool(settings_packs(options.settings).names)
    return bool(options.pack) or in_settings
