"""Which names fit where the grammar takes any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ptt_rules.authoring.lsp.hover import describe, describe_function, describe_unit
from ptt_rules.authoring.lsp.suggestion import Sign, Suggestion
from ptt_rules.authoring.lsp.symbols import QUANTITIES, Names, Role, Symbol
from ptt_rules.authoring.lsp.tokens import Region, Sort
from ptt_rules.language import (
    LEVEL_WORDS,
    RUN_FACTS,
    UNIT_WORDS,
    ActionKind,
    Quantity,
    Source,
    Span,
    Who,
)
from ptt_rules.language.functions import OF_DETECTORS, function_words
from ptt_rules.language.syntax import Ahead, tree
from ptt_rules.language.trainers import (
    hyperparameters_of_any,
    known_arguments,
    known_of,
    numbers_of,
    texts_of,
)
from ptt_rules.packs import named_packs

_MEMBER = re.compile(r"\bconfig\.([A-Za-z_]\w*)")
_TARGETS = frozenset({"_ON", "_EXCEPT"})
_LISTS = frozenset({"_SUPPRESSES", "_ALGORITHMS", "_DISABLE", "LPAR", *_TARGETS})
"""Nodes whose parts are separated by commas."""


@dataclass(frozen=True, slots=True)
class NameSuggestions:
    """Names that fit where the grammar takes any."""

    names: Names
    source: Source
    region: Region | None
    span: Span

    def fitting(self, asked: Ahead) -> Iterator[Suggestion]:
        trail = [*asked.trail[:4], "", "", "", ""]
        clause = next((name for name in asked.trail if name in _LISTS), "")
        match trail[0], trail[1]:
            case "_EXTENDS", _:
                yield from self._words(named_packs(), Sign.PACK)
            case "_REQUIRES", _:
                yield from self._words(["ptt"], Sign.PACK)
            case "COLON", _:
                yield from self._units()
            case "_EACH", _:
                yield from self.quantities(Role.FAMILY)
            case ("_PARAM", "_OVERRIDE") | ("_WITH", _):
                yield from self.quantities(Role.PARAM)
            case ("_ON" | "COMMA", _) if "_JUDGED" in asked.trail:
                yield from self.quantities(Role.METRIC, Role.FAMILY, Role.DERIVE)
            case (word, _) if word in _TARGETS:
                yield from self._targets()
            case ("_DETECTOR", "_OVERRIDE") | ("_DISABLE", _):
                yield from self._detectors(inherited=True)
            case ("_SUPPRESSES" | "_NO" | "_MESSAGE", _):
                yield from self._detectors()
            case "_ACTION", _:
                yield from self._words([kind.value for kind in ActionKind], Sign.KEYWORD)
            case "_CONFIG", _:
                yield from self._words({*_arguments(self.names), *known_arguments()}, Sign.ARGUMENT)
            case (("_SET" | "_RESET"), _):
                yield from self._words(
                    hyperparameters_of_any(_algorithms(self.names)), Sign.ARGUMENT
                )
            case "DOT", _:
                yield from self._after_dot(asked)
            case "BEST_BY", _:
                yield from self.quantities(Role.METRIC)
            case ("COMMA", _) if "LPAR" not in asked.terminals and clause in _TARGETS:
                yield from self._targets()
            case ("COMMA", _) if "LPAR" not in asked.terminals and clause == "_DISABLE":
                yield from self._detectors(inherited=True)
            case ("COMMA", _) if "LPAR" not in asked.terminals and clause == "_SUPPRESSES":
                yield from self._detectors()
            case _ if self._is_asked():
                yield from self._detectors()
            case _ if "LPAR" in asked.terminals and "NUMBER" in asked.terminals:
                yield from self._operands(asked)
            case _ if {"NUMBER", "NAME"} <= asked.terminals:  # of a window or a span
                yield from self.quantities(Role.PARAM)
            case _ if "_WITH" in asked.terminals:
                yield from self.quantities(Role.METRIC, Role.FAMILY)

    def _is_asked(self) -> bool:
        """Whether it is asked for what `firing` takes."""
        before = self.region.before(self.span.start) if self.region else ()
        return [token.text for token in before[-2:]] == [OF_DETECTORS.word, "("]

    def _operands(self, asked: Ahead) -> Iterator[Suggestion]:
        inside = self.names.inside(self.source, self.region) if self.region else {}
        for symbol in inside.values():
            if symbol.role is Role.LET:
                yield self._symbol(symbol.name, symbol, Sign.LOCAL)
        yield from self.quantities(*QUANTITIES)
        yield from self._words([quantity.value for quantity in Quantity], Sign.QUANTITY)
        yield from self._words(["config", "run"], Sign.ARGUMENT)
        for word in function_words():
            yield Suggestion(word, Sign.FUNCTION, self.span, describe_function(word))
        if asked.trail[0] == "_EXPECT":
            yield from self._detectors()

    def _after_dot(self, asked: Ahead) -> Iterator[Suggestion]:
        """Arguments, levels of a detector, or detectors of a pack."""
        owner = self._owner()
        if owner == "config" and "LEVEL" not in asked.terminals:
            yield from self._words(_arguments(self.names), Sign.ARGUMENT)
        if owner == "run" and "LEVEL" not in asked.terminals:
            yield from self._words(RUN_FACTS, Sign.ARGUMENT)
        if owner in self.names.detectors:
            yield from self._levels(self.names.detectors[owner])
        for name, symbol in self.names.detectors.items():
            who = Who.parse(name)
            if who.pack and who.pack == owner:
                yield self._symbol(who.name, symbol, Sign.DETECTOR)

    def _owner(self) -> str:
        """The dotted name before the last dot."""
        before = self.region.before(self.span.start) if self.region else ()
        parts: list[str] = []
        for token in reversed(before):
            if token.text != "." and (token.sort is not Sort.NAME or parts[-1:] != ["."]):
                break
            parts.append(token.text)
        return "".join(reversed(parts[1:]))

    def quantities(self, *roles: Role) -> Iterator[Suggestion]:
        for name, symbol in self.names.quantities.items():
            if symbol.role in roles and "." not in name:
                sign = Sign.PARAM if symbol.role is Role.PARAM else Sign.QUANTITY
                yield self._symbol(name, symbol, sign)

    def _targets(self) -> Iterator[Suggestion]:
        yield from self._levels()
        yield from self._detectors()

    def _detectors(self, *, inherited: bool = False) -> Iterator[Suggestion]:
        for name, symbol in self.names.detectors.items():
            if "." not in name and (not inherited or self.names.inherited(symbol)):
                yield self._symbol(name, symbol, Sign.DETECTOR)

    def _levels(self, detector: Symbol | None = None) -> Iterator[Suggestion]:
        """All levels, or those of a detector as far as it parses."""
        item = detector.item if detector else None
        clauses = item.clauses if isinstance(item, tree.DetectorDecl) else ()
        own = [clause.level for clause in clauses if isinstance(clause, tree.LevelClause)]
        yield from self._words(own or LEVEL_WORDS, Sign.LEVEL)

    def _units(self) -> Iterator[Suggestion]:
        for word in UNIT_WORDS:
            yield Suggestion(word, Sign.UNIT, self.span, describe_unit(word))

    def _symbol(self, text: str, symbol: Symbol, sign: Sign) -> Suggestion:
        return Suggestion(text, sign, self.span, describe(self.names, symbol))

    def _words(self, words: Iterable[str], sign: Sign) -> Iterator[Suggestion]:
        return (Suggestion(word, sign, self.span) for word in words)


def _arguments(names: Names) -> list[str]:
    """Training arguments that a rule can compare, and those that rules here read."""
    texts = [source.text for pack in names.pack.all_packs() for source in pack.sources]
    read = {word for text in texts for word in _MEMBER.findall(text)}
    return sorted((read | numbers_of(_algorithms(names))) - texts_of())


def _algorithms(names: Names) -> tuple[str, ...]:
    """Those that the pack names, if something is known of each."""
    clauses = [
        clause
        for _, item in names.pack.items()
        if isinstance(item, tree.PackDecl)
        for clause in item.clauses
        if isinstance(clause, tree.PackAlgorithms)
    ]
    return known_of([name.word for clause in clauses for name in clause.names])
