"""Reads a text by a TextMate grammar as editors do: line by line, the earliest rule first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Rule = Mapping[str, Any]
Piece = tuple[int, str, str]
"""Where a part of a text is, the part, its scope."""


def scopes(grammar: Rule, text: str) -> list[tuple[str, str]]:
    """Pieces of the text that have a scope, each with its innermost one without `.ptt`."""
    return [(part, scope) for _, part, scope in placed_scopes(grammar, text)]


def placed_scopes(grammar: Rule, text: str) -> Iterator[Piece]:
    """The same with the offset of each piece."""
    stack: list[Rule] = [{"patterns": grammar["patterns"]}]
    start = 0
    for line in text.split("\n"):
        for at, part, scope in _line(grammar, stack, line):
            if part.strip():
                yield start + at, part, scope.removesuffix(".ptt")
        start += len(line) + 1


def _line(grammar: Rule, stack: list[Rule], line: str) -> Iterator[Piece]:
    at = 0
    while at <= len(line):
        rule, match = _next(grammar, stack[-1], line, at)
        if match is None:
            break
        yield from _plain(stack, at, line[at : match.start()])
        if rule is None:
            yield match.start(), match.group(), stack.pop()["name"]
        elif "begin" in rule:
            yield match.start(), match.group(), rule["name"]
            stack.append(rule)
        else:
            yield from _captured(rule, match)
        at = match.end() + (match.end() == at and rule is not None)
        if match.end() == len(line):
            return
    yield from _plain(stack, at, line[at:])


def _next(grammar: Rule, top: Rule, line: str, at: int) -> tuple[Rule | None, re.Match[str] | None]:
    """The rule that matches first, None for the end of the open one."""
    best: tuple[Rule | None, re.Match[str] | None] = (None, None)
    if "end" in top:
        best = (None, re.compile(top["end"]).search(line, at))
    for rule in _rules(grammar, top["patterns"]):
        match = re.compile(rule.get("match") or rule["begin"]).search(line, at)
        if match and (best[1] is None or match.start() < best[1].start()):
            best = (rule, match)
    return best


def _rules(grammar: Rule, patterns: Sequence[Rule]) -> Iterator[Rule]:
    for rule in patterns:
        if "include" in rule:
            rule = grammar["repository"][rule["include"][1:]]
        if "match" in rule or "begin" in rule:
            yield rule
        else:
            yield from _rules(grammar, rule["patterns"])


def _captured(rule: Rule, match: re.Match[str]) -> Iterator[Piece]:
    if "captures" not in rule:
        yield match.start(), match.group(), rule["name"]
    for number, capture in rule.get("captures", {}).items():
        if match[int(number)]:
            yield match.start(int(number)), match[int(number)], capture["name"]


def _plain(stack: list[Rule], at: int, text: str) -> Iterator[Piece]:
    if text and "name" in stack[-1]:
        yield at, text, stack[-1]["name"]
