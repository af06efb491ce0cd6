"""Which packs judge the logs that a command is given."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ptt_rules.border import visible
from ptt_rules.cli.common import load_packs, params
from ptt_rules.language import PttError
from ptt_rules.language.stacks import Guess, algorithm_by_keys
from ptt_rules.logs import open_run
from ptt_rules.packs import Pack, settings_packs
from ptt_rules.runs import is_run, read_run, rules_of


def packs_for(options: argparse.Namespace) -> Callable[[str], Pack]:
    """Which packs judge a log: those that options or settings name, else those of the run itself.

    Of a run directory it is known which packs judged it, with which parameters and policy; what
    the options say of these goes before. Of another log its keys may show what is trained.
    """

    named = cache(lambda: load_packs(options.pack, options))
    is_named = cache(lambda: _are_named(options))

    def judging(log: str) -> Pack:
        if is_named():
            return named()
        if not is_run(Path(log)):
            found = _trained(log)
            return named() if found is None else _shown(found, options)
        policy = getattr(options, "policy", None)
        return rules_of(read_run(log), params=params(options.param), policy=policy)

    return judging


def _trained(log: str) -> Guess | None:
    """What is trained, by the keys of the first rows of a log."""
    first = next(iter(open_run(log).chunks(_FIRST_ROWS)), None)
    return None if first is None else algorithm_by_keys(first.columns)


def _shown(found: Guess, options: argparse.Namespace) -> Pack:
    """The pack of what is trained, with a line on why it is this one."""
    if not options.json:
        print(f"`{visible(found.by)}` is logged: judged as {found.algorithm}", file=sys.stderr)
    return load_packs([found.algorithm], options)


_FIRST_ROWS = 64


def is_judged_as_recorded(options: argparse.Namespace, log: str) -> bool:
    """Whether a log is a run directory that is judged by just what judged the run."""
    return is_run(Path(log)) and not options.param and not _are_named(options)


def _are_named(options: argparse.Namespace) -> bool:
    """Whether options or settings say which packs judge.

    Errors: PttError for wrong settings, with what their packs say against them
    """
    if options.pack or options.isolated:
        return bool(options.pack)
    try:
        return bool(settings_packs(options.settings).names)
    except PttError:
        load_packs([], options)  # finds this and all else that is wrong
        raise
