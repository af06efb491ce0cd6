"""The toolkit's four parameters of snapshots, as the options of ptt that mean the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ptt_rules.observing.arguments import Unfit
from ptt_runtime.migrating.older import Refused
from ptt_runtime.snapshots import Snapshots

_EVERY = 100
"""Steps between two snapshots, where nobody says."""
_TEMPERATURE = 0.7
"""Of the toolkit, where sampling is on."""
_KNOWN = ("max_new_tokens", "temperature", "top_p", "top_k", "do_sample", "seed")


def generation_of(name: str, value: Any) -> dict[str, Any]:
    """The settings of generation. Errors: Unfit for what the toolkit did not take either"""
    if value is None:
        return {}
    if isinstance(value, Mapping) and set(value) <= set(_KNOWN):
        return dict(value)
    hint = f'write such as `{name}={{"max_new_tokens": 64, "do_sample": False}}`'
    raise Unfit(name, value, f"settings by name, of {', '.join(_KNOWN)}", hint)


def snapshots_of_older(value: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """`snapshots`, of all four parameters together; the toolkit takes them unless they are off.

    Errors: Refused, and PttError for prompts that cannot be read
    """
    if not given.get("enable_snapshots", True):
        return {}
    options = {
        "every": given.get("snapshot_interval", _EVERY),
        "prompts": given.get("snapshot_prompts"),
        **_generation(given.get("snapshot_generation_config") or {}),
    }
    return {"snapshots": Snapshots(**options)}


def _generation(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Options of generation; without any, ptt's own, which are greedy."""
    options = {name: asked[name] for name in ("max_new_tokens",) if name in asked}
    if asked.get("seed") is not None:
        options["seed"] = asked["seed"]
    if not asked.get("do_sample", bool(asked)):
        return options
    if "top_p" in asked or "top_k" in asked:
        raise Refused(
            "answers are sampled from all tokens: leave `top_p` and `top_k` out, or write "
            '`"do_sample": False`'
        )
    return {**options, "temperature": asked.get("temperature", _TEMPERATURE)}
