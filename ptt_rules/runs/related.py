"""Related findings: those on the same metric, or on related metrics.

Metrics of the model are related: a gradient, a loss and a reward go wrong together. Speed and
memory of the machine are not evidence for them.
"""

from __future__ import annotations

import re

from ptt_rules.evaluation import Finding
from ptt_rules.language import Unit
from ptt_rules.language.metrics import find
from ptt_rules.runs.rules import Rules

_OF_RANKS = re.compile(r"(?:across_)?ranks/([^/]+)(?:/.*)?")
_MACHINE_UNITS = frozenset({Unit.SECONDS, Unit.BYTES})
_MACHINE_KEYS = frozenset({"num_tokens", "tokens_per_second", "reporting"})
_LEARNING, _MACHINE = "learning", "machine"


def are_related(one: Finding, other: Finding, rules: Rules) -> bool:
    """Whether two findings are of detectors that read the same metric, or related ones."""
    mine, others = keys_of(one, rules), keys_of(other, rules)
    return bool(mine & others) or bool(_fields(mine) & _fields(others))


def keys_of(finding: Finding, rules: Rules) -> frozenset[str]:
    """The metrics that the detector of a finding reads, without prefixes of evaluations and
    ranks."""
    keys = (key for keys in rules.rule(finding.detector).keys for key in keys)
    return frozenset(_metric(_of_instance(key, finding)) for key in keys)


def _of_instance(key: str, finding: Finding) -> str:
    for label, word in finding.instance.items():
        key = key.replace(f"{{{label}}}", word)
    return key


def _metric(key: str) -> str:
    of_ranks = _OF_RANKS.fullmatch(key)
    return of_ranks[1] if of_ranks else key.removeprefix("eval_")


def _fields(keys: frozenset[str]) -> set[str]:
    """The subjects of metrics; for an unknown metric, the folder that it is logged in."""
    return {field for key in keys if (field := _field(key))}


def _field(key: str) -> str:
    if key in _MACHINE_KEYS:
        return _MACHINE
    known = find(key) or find(f"ranks/{key}/0")
    if known:
        return _MACHINE if known[0].unit in _MACHINE_UNITS else _LEARNING
    return key.rpartition("/")[0]
