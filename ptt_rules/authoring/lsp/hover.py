"""The hover text for the name under a cursor, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.authoring.lsp.meaning import Meaning, Word, meaning_at
from ptt_rules.authoring.lsp.symbols import Names, Role, Symbol
from ptt_rules.language import LEVEL_WORDS, Source, Span, Unit
from ptt_rules.language.functions import (
    MEANINGS,
    OF_DETECTORS,
    OF_SERIES,
    OF_SIBLINGS,
    POINTWISE,
    STATISTICS,
)
from ptt_rules.language.metrics import LoggedKey, find
from ptt_rules.language.syntax import tree

_POSITIONS = {
    "step": "Training step of the row, a count.",
    "time": "Seconds since the run began.",
    "epoch": "Epoch of the row, a number without a unit.",
    "progress": "Share of the run that is done: `step / config.max_steps`, a ratio.",
    "since_resume": "Steps since the newest resume, or since the first row, a count.",
}
_FACTS = {
    "trainable_parameters": "how many numbers of the model are trained",
    "parameters": "how many numbers the model has",
    "vocabulary": "how many tokens its vocabulary has",
    "examples": "how many examples the trainer was given",
    "examples_left": "how many of them it kept",
    "world_size": "how many processes train together",
}
_SHOWN_CLAUSES = (
    *(tree.JudgedClause, tree.AfterClause, tree.ForClause, tree.UntilClause),
    tree.KeepClause,
)


@dataclass(frozen=True, slots=True)
class Hover:
    span: Span
    markdown: str


def hover_at(names: Names, source: Source, offset: int) -> Hover | None:
    meaning = meaning_at(names, source, offset)
    if meaning is None:
        return None
    if meaning.word is not None:
        return Hover(meaning.span, _of_word(names, meaning))
    assert meaning.symbol is not None
    return Hover(meaning.span, describe(names, meaning.symbol))


def describe(names: Names, symbol: Symbol) -> str:
    """A declaration in short: its head as code, what it says, and where it is from."""
    parts = [_code(_head(symbol)), *_body(names, symbol), *_origin(names, symbol)]
    return "\n\n".join(part for part in parts if part)


def describe_function(word: str) -> str:
    """A call as it is written, what it gives, and over what."""
    return f"{_code(example_of(word))}\n\n{about_function(word)}"


def example_of(word: str) -> str:
    """A call of a function of the language, as an author writes it."""
    if word in STATISTICS:
        return STATISTICS[word].written("kl")
    others = {row.word: row for row in (OF_DETECTORS, OF_SIBLINGS)}
    known = (POINTWISE | OF_SERIES | others).get(word)
    return known.example if known else f"{word}(kl)"


def about_function(word: str) -> str:
    """What a function gives, and over what."""
    if word not in STATISTICS:
        return _sentence(MEANINGS[word])
    row = STATISTICS[word]
    over = f"Over {row.reach.value}, of at most {row.longest:,} observations."
    least = f"Known from {row.least_count} observations on." if row.least_count > 1 else ""
    return "\n\n".join(part for part in (_sentence(row.meaning), over, least) if part)


# ---- words of the language -----------------------------------------------------------------


def _of_word(names: Names, meaning: Meaning) -> str:
    text = meaning.text
    match meaning.word:
        case Word.FUNCTION:
            return describe_function(text)
        case Word.UNIT:
            return describe_unit(text)
        case Word.LEVEL:
            order = " > ".join(LEVEL_WORDS)
            return f"**{text}**, a level: {order}. The worst level that is true counts."
        case Word.POSITION:
            return f"**{text}**: {_POSITIONS[text]}"
        case Word.ARGUMENT:
            return f"**config.{text}**: the training argument, unknown if the run has none."
        case Word.FACT:
            return f"**run.{text}**: {_FACTS[text]}; unknown where it was not recorded."
    parts = [f"The logged key `{text}`.", *map(_logged, find(text))]
    if meaning.symbol:
        parts.append(describe(names, meaning.symbol))
    return "\n\n".join(parts)


def _logged(row: LoggedKey) -> str:
    """The vocabulary's entry for a key, for one of its meanings."""
    within = f" in {row.range_text}" if row.range_text else ""
    when = f", {row.logged_text()}" if row.logged_text() else ""
    trainers = ", ".join(row.trainers)
    return f"{row.about} {row.unit.value}{within}, over {row.over}. Logged by {trainers}{when}."


def describe_unit(word: str) -> str:
    unit = Unit(word)
    if unit is Unit.NONE:
        return "**none**: without a unit; compares with everything."
    return f"**{word}**, a unit: compares with {unit.a_number}, or a number without a unit."


# ---- declarations --------------------------------------------------------------------------


def _head(symbol: Symbol) -> str:
    """The declaration up to its block or its keys."""
    source, item = symbol.source, symbol.item
    match item:
        case tree.MetricDecl() if symbol.role is not Role.LABEL:
            label = f"[{item.label.word}]" if item.label else ""
            within = f" in {source.slice(item.range.span)}" if item.range else ""
            return f"metric {symbol.name}{label}: {item.unit.word}{within}"
        case tree.MetricListDecl() if symbol.role is not Role.LABEL:
            return _one_line(source.slice(Span(item.span.start, item.members.span.end)))
        case tree.DeriveDecl() if symbol.role is not Role.LABEL:
            formula = _one_line(source.slice(item.formula.span))
            label = f"[{item.label.word}]" if item.label else ""
            unit = f": {item.unit.word}" if item.unit else ""
            return f"derive {symbol.name}{label}{unit} = {formula}"
        case tree.ParamDecl():
            within = f" in {source.slice(item.range.span)}" if item.range else ""
            unit = f": {item.unit.word}" if item.unit else ""
            return f"param {symbol.name}{unit} = {source.slice(item.default.span)}{within}"
        case tree.DetectorDecl():
            each = item.for_each
            family = f" {_one_line(source.slice(each.span))}" if each else ""
            return f"detector {symbol.name}{family}"
        case tree.PackDecl():
            return f"pack {symbol.name} {item.version}"
        case tree.PolicyDecl():
            return _one_line(symbol.text)
    plain = f"{symbol.role.value} {symbol.name}"
    return _one_line(symbol.text) if symbol.role is Role.LET else plain


def _body(names: Names, symbol: Symbol) -> Iterator[str]:
    match symbol.item:
        case tree.MetricDecl() as item if symbol.role is not Role.LABEL:
            yield _text(item.description)
            yield f"Logged as {', '.join(f'`{text.value}`' for text in item.keys.items)}."
        case (tree.DeriveDecl() | tree.MetricListDecl()) as item if symbol.role is not Role.LABEL:
            yield _text(item.description)
        case tree.ParamDecl() as item:
            yield _text(item.description)
            yield from _overrides(names, symbol)
        case tree.DetectorDecl() as item:
            yield from _detector(symbol.source, item)
        case tree.PackDecl() as item:
            yield from (_text(c.text) for c in item.clauses if isinstance(c, tree.PackTitle))
        case tree.MetricDecl() | tree.MetricListDecl() | tree.DeriveDecl():
            yield f"Stands for what differs between the instances of `{symbol.item.name.word}`."


def _detector(source: Source, item: tree.DetectorDecl) -> Iterator[str]:
    texts = {c.word: c.text.value for c in item.clauses if isinstance(c, tree.TextClause)}
    yield texts.get("summary", "")
    clauses = [c for c in item.clauses if isinstance(c, (tree.LevelClause, *_SHOWN_CLAUSES))]
    yield _code("\n".join(_one_line(source.slice(c.span)) for c in clauses)) if clauses else ""
    yield texts.get("why", "")


def _overrides(names: Names, symbol: Symbol) -> Iterator[str]:
    """The value that packs give a parameter of an extended pack."""
    for pack in names.pack.all_packs():
        for source, item in pack.items():
            if isinstance(item, tree.OverrideParam) and item.param.parts[-1] == symbol.name:
                yield f"`{pack.name}` sets it to {source.slice(item.value.span)}."


def _origin(names: Names, symbol: Symbol) -> Iterator[str]:
    owner = names.owners.get(symbol)
    if owner is not None and symbol.role is not Role.PACK and names.inherited(symbol):
        yield f"From pack `{owner}`."


def _text(text: tree.Text | None) -> str:
    return text.value if text else ""


def _code(text: str) -> str:
    return f"```ptt\n{text}\n```"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
