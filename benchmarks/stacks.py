"""The tables of docs/stacks.md: what frameworks log, and which detectors that arms.

python -m benchmarks.stacks --write
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from ptt_rules import Pack, load
from ptt_rules.language.stacks import STACKS, Alias, Stack
from ptt_rules.packs import Arming, Unfed

PAGE = Path(__file__).parent.parent / "docs" / "stacks.md"
PINNED = {"llamafactory": "0.24.0", "unsloth": "0.24.0", "axolotl": "1.8.0", "ms_swift": "0.29.1"}
"""The newest TRL that a framework takes. Source: what each asks for, at the commit that was read"""
OF_ONES_OWN = "itself does not log"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run sets, by the words of our tables, and as arguments of TRL."""

    words: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=dict)


EVALUATED = Settings(("an eval_strategy",), {"eval_strategy": "steps"})
EVALUATED_GRPO = Settings(
    ("an eval_strategy", "beta that is not 0", "generation by vLLM"),
    {"eval_strategy": "steps", "beta": 0.04, "use_vllm": True},
)
SET = {
    ("verl", "grpo"): Settings(("use_kl_loss",)),
    ("slime", "grpo"): Settings(("use_kl_loss",)),
    ("openrlhf", "grpo"): Settings(("entropy_coef",)),
    ("openrlhf", "ppo"): Settings(("entropy_coef",)),
}
"""Settings without which few rules are armed. Source: docs/stacks.md says who sets them"""
MARK = "<!-- tables: python -m benchmarks.stacks --write -->"


def page(head: str) -> str:
    """The page: what people wrote, up to the mark, and the tables."""
    return head.split(MARK)[0] + "\n".join([MARK, "", *_armed_table(), *_key_tables()])


def _armed_table() -> Iterator[str]:
    yield "## Armed detectors"
    yield ""
    yield "Of the detectors of a pack: those that keys with the names of TRL arm (before), those"
    yield "whose quantity the framework logs, always or with a setting of it (logged), and those"
    yield "that are armed where nothing is known of the settings, with their share of the logged."
    yield "A quantity counts as logged if a table below, or that of TRL, has a key of it; metrics"
    yield "of your own, such as slices, do not count. What is not armed says why: the settings that"
    yield "arm it in a run that has them, and what is not logged at all. Frameworks that train with"
    yield "TRL log what the version of TRL does that they pin. The share of a run with settings"
    yield "is that of one which is known to have those that are named, of the same logged."
    yield "`use_kl_loss` is on in 30 of 43 scripts of verl's `examples/grpo_trainer`, and in 20"
    yield "of the 23 of slime's `scripts` that train GRPO. OpenRLHF logs entropy once"
    yield "`entropy_coef` is given, also as 0; by default it is not. `eval_strategy`, `beta` and"
    yield "vLLM are choices of a run."
    yield ""
    yield (
        "| framework | pack | detectors | before | logged | armed | share "
        "| in a run with settings | needs a setting | not logged |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for stack in STACKS:
        for name in stack.packs:
            yield _armed_row(stack, name)
    yield ""


def _armed_row(stack: Stack, name: str) -> str:
    found = _armed(name, stack)
    settings = [one for one in found.unknown if not one.reason.endswith(OF_ONES_OWN)]
    armed = len(found.armed)
    logged = armed + _of(settings)
    before = "" if stack.on_trl else str(len(_armed(name, _by_own_names(stack)).armed))
    title = f"{stack.title}, TRL {PINNED[stack.name]}" if stack.on_trl else stack.title
    counts = f"{found.detectors} | {before} | {logged} | {armed} | {armed / logged:.0%}"
    counts += f" | {_with_settings(stack, name, logged)}"
    why = f"{_reasons(settings)} | {_reasons(found.not_armed)}"
    return f"| {title} | `{name}` | {counts} | {why} |"


def _with_settings(stack: Stack, name: str, logged: int) -> str:
    """The share that is armed in a run with settings, and these; empty where none are listed."""
    of_trl = EVALUATED_GRPO if name == "grpo" else EVALUATED
    given = of_trl if stack.on_trl else SET.get((stack.name, name))
    if given is None:
        return ""
    known = (replace(one, when="") if one.when in given.words else one for one in stack.aliases)
    found = _armed(name, replace(stack, aliases=tuple(known)), given.arguments)
    return f"{len(found.armed) / logged:.0%}: {', '.join(given.words)}"


def _reasons(unfed: Sequence[Unfed]) -> str:
    """By reason, the keys and how many detectors lack them."""
    return "; ".join(f"{_reason(one)} ({len(one.detectors)})" for one in unfed)


def _reason(one: Unfed) -> str:
    _, _, setting = one.reason.partition(" only with ")
    if setting:
        return setting
    keys = ", ".join(f"`{key}`" for key in one.keys)
    _, _, why = one.reason.partition(": ")
    return f"{keys}: {why}" if why else keys


def _armed(pack: str, stack: Stack, arguments: Mapping[str, Any] | None = None) -> Arming:
    return _pack(pack).armed(pack, PINNED.get(stack.name), arguments, stack=stack)


@cache
def _pack(name: str) -> Pack:
    return load(name, isolated=True)


def _of(unfed: Iterable[object]) -> int:
    return len({name for one in unfed for name in getattr(one, "detectors", ())})


def _by_own_names(stack: Stack) -> Stack:
    """A framework of which only the keys count that are called as TRL calls them."""
    kept = tuple(a for a in stack.aliases if a.key.removeprefix("train/") in a.means)
    return replace(stack, aliases=kept)


def _key_tables() -> Iterator[str]:
    for stack in STACKS:
        if not stack.aliases:
            continue
        yield f"## {stack.title}"
        yield ""
        yield f"`--stack {stack.name}`; read in {stack.source}."
        yield ""
        yield "| key | read as | unit | a value is of | remarks | read in |"
        yield "|---|---|---|---|---|---|"
        for alias in stack.aliases:
            means = ", ".join(f"`{mean}`" for mean in alias.means)
            shown = f"{alias.likeness.value} {means}", alias.unit.value, alias.over
            yield f"| `{alias.key}` | {' | '.join(shown)} | {_remarks(alias)} | {alias.source} |"
        yield ""
        if stack.own:
            yield "Logged, and not a quantity of TRL's: rules read it by its own key, so declared."
            yield ""
            yield "```ptt"
            for own in stack.own:
                yield own.declaration
                yield f'  "{own.about}"'
            yield "```"
            yield ""


def _remarks(alias: Alias) -> str:
    scale = [] if alias.factor == 1 else [f"times {alias.factor:g}"]
    offset = [f"plus {alias.offset:g}"] if alias.offset else []
    when = [f"with {alias.when}"] if alias.when else []
    return "; ".join([*scale, *offset, *when, *([alias.note] if alias.note else [])])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/stacks.md")
    text = page(PAGE.read_text(encoding="utf-8"))
    if parser.parse_args().write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
