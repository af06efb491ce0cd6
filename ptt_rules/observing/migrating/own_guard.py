"""The policy that stops as post-training-toolkit did: on critical, and on high of own rules.

The rules that were written for it know no `critical`: with `guard` alone none of them could stop a
run. So a pack is made with a policy that names each of them which has a level `high`; the run keeps
it beside its other packs, and a replay decides the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ptt_rules.authoring.convert import PackText
from ptt_rules.border import first_few
from ptt_rules.language import Level
from ptt_rules.packs import Pack, load

OWN_GUARD = "custom_guard"
"""The name of the pack, and of its policy."""
_SHOWN = 5
_PACK = """\
pack {name} 1.0.0 {{
  title "Stops on high of the rules from custom_heuristics_dir and custom_alerts"
{extends}}}

policy {name} {{
  on critical,
     {targets} {{
    checkpoint
    invalidate
    stop
  }}
}}
"""


def own_guard(older: Sequence[PackText]) -> PackText | None:
    """The pack of the policy for these packs; None if none of their rules is `high`."""
    return _made(tuple(older))


@lru_cache(maxsize=8)
def _made(older: tuple[PackText, ...]) -> PackText | None:
    targets = [f"{name}.{Level.HIGH.word}" for one in older for name in _high(one)]
    if not targets:
        return None
    extends = "".join(f"  extends {one.name}\n" for one in older)
    listed = ",\n     ".join(targets)
    text = _PACK.format(name=OWN_GUARD, extends=extends, targets=listed)
    return PackText(OWN_GUARD, text, detectors=0)


def _high(one: PackText) -> list[str]:
    """The rules of a pack that have the level, by their qualified names."""
    return _high_of(load(one.files, isolated=True), [one.name])


def _high_of(pack: Pack, names: Iterable[str]) -> list[str]:
    begins = tuple(f"{name}." for name in names)
    found = (info for info in pack.detectors if info.name.startswith(begins))
    return [info.name for info in found if Level.HIGH in info.levels]


def stops_of(pack: Pack, older: Iterable[str]) -> str:
    """What a run says at its start of what stops it; nothing where another policy decides.

    `older` are the names of packs made of rules of the older tool.
    """
    if pack.policy != OWN_GUARD:
        return ""
    shown = first_few(_high_of(pack, older), _SHOWN)
    return f"a critical finding stops this run, and a high one of your own rules: {shown}"
