"""Explaining a detector of a pack over a log, wherever the log is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ptt_rules.check.scope import did_you_mean
from ptt_rules.diagnostics import PttError
from ptt_rules.engine.why import Explanation, explain_frame, instances
from ptt_rules.packs import Pack
from ptt_rules.replaying import Run, run_log

_INSTANCE = re.compile(r"(?P<name>[\w.]+)(?:\[(?P<word>.*)\])?")


def why(
    pack: Pack,
    run: Run,
    detector: str,
    *,
    step: int | None = None,
    config: Mapping[str, Any] | None = None,
) -> Explanation:
    """Why a detector fired at a step of a run, or why it did not.

    `detector` is `name`, `pack.name`, or either with `[word]` for an instance of a family.
    Without a step: at its first finding, or at its nearest miss if there was none.

    Errors: PTT101 for a detector or an instance that is not there; as `replay` for the log
    """
    found = _INSTANCE.fullmatch(detector)
    name = _qualified(pack, found["name"] if found else detector)
    log = run_log(run)
    arguments = {**log.config, **(config or {})}
    word = (found and found["word"]) or ""
    if not word:
        word = _only_instance(pack, name, instances(pack.compiled, log.frame, arguments, name))
    return explain_frame(pack.compiled, log.frame, arguments, (name, word), step)


def _qualified(pack: Pack, name: str) -> str:
    known = [info.name for info in pack.detectors]
    found = [one for one in known if name in (one, one.partition(".")[2])]
    if len(found) == 1:
        return found[0]
    if found:
        hint = f"name one: {', '.join(f'`{one}`' for one in found)}"
        raise PttError.of("PTT101", f"several packs have a detector `{name}`", hint=hint)
    hint_ = did_you_mean(name, [*known, *(one.partition(".")[2] for one in known)])
    raise PttError.of("PTT101", f"there is no detector `{name}`", hint=hint_)


def _only_instance(pack: Pack, name: str, words: list[str]) -> str:
    if len(words) > 1:
        shown = ", ".join(f"`{name}[{word}]`" for word in words)
        raise PttError.of(
            "PTT101", f"`{name}` has {len(words)} instances in this log", hint=f"name one: {shown}"
        )
    return words[0] if words else ""
