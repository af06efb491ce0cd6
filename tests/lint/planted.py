"""Good packs with faults that the linter has an edit for, and with comments everywhere."""

from __future__ import annotations

import random
import re

_DETECTOR = re.compile(r"^(detector [^\n{]*\{)$", re.MULTILINE)
_METRIC = re.compile(r"^metric \w+: [^\n]*$(?:\n  \"[^\n]*\"$)?", re.MULTILINE)
_RANGE = re.compile(r" in -?[\d.]*\.\.-?[\d.]*(?= =)")
_SUMMARY = re.compile(r'^(\s*summary\s+"[^"\n]*[^".?!])"', re.MULTILINE)
_KEYS = re.compile(r'^metric [^\n=]*=(\s*"[^"\n]*"(?:,\s*"[^"\n]*")*)', re.MULTILINE)
_COMMENT = re.compile(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|`[^`\n]*`|(#[^\n]*)')
CLAUSES = ("for 1", "keep 1", "after 1", "after 2 steps")


def planted(text: str, seed: int) -> str:
    """A pack with some of the faults, by a seed."""
    chance = random.Random(seed)

    def clause(head: re.Match[str]) -> str:
        block = text[head.end() : text.find("\n}", head.end())]
        free = [one for one in CLAUSES if not re.search(rf"\b{one[:4]}", block)]
        return f"{head[0]}\n  {chance.choice(free)}" if free and chance.random() < 0.6 else head[0]

    def metric(found: re.Match[str]) -> str:
        declared = found[0].split("\n")[0] if chance.random() < 0.5 else found[0]
        return _RANGE.sub("", declared) if chance.random() < 0.5 else declared

    text = _METRIC.sub(metric, _DETECTOR.sub(clause, text))
    return _commented(_SUMMARY.sub(r'\1."', text), chance)


def _commented(text: str, chance: random.Random) -> str:
    """A comment at every third line: behind it, or alone; some allow what is not there."""
    lines: list[str] = []
    in_text = False
    for number, line in enumerate(text.split("\n")):
        in_text ^= line.count('"""') % 2 == 1
        is_free = not in_text and '"""' not in line and "#" not in line
        remark = chance.choice([f"# why {number}", f'# {number} \u00e9: {{now}} "odd', "#"])
        if chance.random() < 0.2:
            remark = f"# allow PTT{chance.choice([612, 625, 999])}: {number}"
        if is_free and chance.random() < 0.2:
            lines.append(f"  {remark}")
        lines.append(f"{line} {remark}" if is_free and chance.random() < 0.3 else line)
    return "\n".join(lines)


def comments(text: str) -> list[str]:
    """Those that are for people: an `allow` of nothing is what an edit takes out."""
    found = (match[1] for match in _COMMENT.finditer(text) if match[1])
    return [one.rstrip() for one in found if "allow" not in one]


def logged_keys(text: str) -> list[str]:
    """What a run has to log so that the metrics of a pack are observed."""
    keys = (key for found in _KEYS.finditer(text) for key in re.findall(r'"([^"]*)"', found[1]))
    return [re.sub(r"\{\w+\}", "x", key) for key in keys]
