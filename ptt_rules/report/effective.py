"""A pack as it is in effect: what was chosen, and where each choice was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptt_rules.language import LEVEL_WORDS, Who, rulepacks_path
from ptt_rules.language.ir import Declaration, Disabled
from ptt_rules.packs import (
    Layer,
    Pack,
    ParamChoice,
    PolicyChoice,
    Where,
    WrittenClause,
    written_clauses,
)
from ptt_rules.report.terminal import Colour

_PLAIN = Colour()
_TEXTS = frozenset({"summary", "message", "why", "remedy", "reference"})
_HEADS = {level: f"{level} when" for level in LEVEL_WORDS}
_PLACES_AT = 50
"""The column of places, where no text is longer."""

_LAYERS = {
    Layer.SITE: "of the site (PTT_SITE)",
    Layer.PROJECT: "of the project",
    Layer.GIVEN: "given",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause in effect, and those that it stands in the place of, the newest first."""

    now: WrittenClause
    over: tuple[WrittenClause, ...]


def effective_text(pack: Pack, colour: Colour = _PLAIN) -> str:
    """Packs, settings, policy, parameters, what is disabled, and detectors, with their places."""
    packs = [f"{info.name} {info.version}" for info in pack.packs]
    blocks = [
        [colour(pack.name, "bold") + f"  {', '.join(packs)}"],
        _titled("Settings", _settings(pack), colour),
        _titled("Policy", _policy(pack, colour), colour),
        _titled("Parameters", _params(pack, colour), colour),
        _titled("Disabled", _disabled(pack, colour), colour),
        _titled("Detectors", _detectors(pack, colour), colour),
        _titled("Not used here", _ignored(pack, colour), colour),
    ]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines)


def effective_json(pack: Pack) -> dict[str, Any]:
    """The same as one object; what had a say in a choice is listed from the decisive one on."""
    made = pack.composition
    return {
        "name": pack.name,
        "packs": [
            {"name": p.name, "version": p.version, "digest": p.digest, "file": p.file}
            for p in pack.packs
        ],
        "settings": [one.to_json() for one in made.settings],
        "policy": pack.policy and _choices_json(pack.policy, made.policy),
        "params": {
            name: {
                **_choices_json(value, made.params[name]),
                "range": made.declared[name].range_text,
            }
            for name, value in pack.params.items()
        },
        "disabled": [_disabled_json(one) for one in pack.disabled],
        "detectors": [_detector_json(name, history) for name, history in _declared(pack)],
        "ignored": [
            {"what": one.what, "name": one.name, **one.where.to_json()} for one in made.ignored
        ],
    }


# ---- parts as text -------------------------------------------------------------------------


def _titled(title: str, lines: Iterator[str], colour: Colour) -> list[str]:
    found = [f"  {line}" for line in lines]
    return [colour(title, "bold"), *found] if found else []


def _settings(pack: Pack) -> Iterator[str]:
    for one in pack.composition.settings:
        yield f"{one.file}  {_LAYERS[one.layer]}"


def _policy(pack: Pack, colour: Colour) -> Iterator[str]:
    yield from _chosen([(one.name, one.where) for one in pack.composition.policy], "", colour)
    if pack.policy is None:
        yield "none: findings are reported, nothing is done"


def _params(pack: Pack, colour: Colour) -> Iterator[str]:
    width = max(map(len, pack.params), default=0)
    for name, choices in sorted(pack.composition.params.items()):
        said = [(f"{one.value:g}", one.where) for one in choices]
        yield from _chosen(said, f"{name:<{width}}  ", colour)


def _chosen(said: Sequence[tuple[str, Where]], head: str, colour: Colour) -> Iterator[str]:
    """The decisive choice, and below it those that it stands in the place of."""
    for index, (text, where) in enumerate(reversed(said)):
        begin = head if index == 0 else " " * len(head)
        over = "" if index == 0 else "  over "
        yield _beside(f"{begin}{over}{text}", _place(where), colour)


def _disabled(pack: Pack, colour: Colour) -> Iterator[str]:
    for one in pack.disabled:
        place = _at(one.source.name, one.source.position(one.span.start)[0])
        yield _beside(one.name, place, colour)
        yield f"  {one.reason}"


def _detectors(pack: Pack, colour: Colour) -> Iterator[str]:
    for name, history in _declared(pack):
        first = history[0]
        place = _at(first.source.name, first.source.position(first.name.span.start)[0])
        yield _beside(name, place, colour)
        for clause in _clauses(history):
            yield from _clause(clause.now, "", colour)
            for one in clause.over:
                yield from _clause(one, "  over ", colour)


def _clause(clause: WrittenClause, over: str, colour: Colour) -> Iterator[str]:
    first, *rest = clause.whole.split("\n")
    head = f"  {over}{_HEADS.get(clause.word, clause.word)}"
    equals = " =" if clause.word.startswith("let ") else ""
    place = _at(clause.file, clause.line)
    yield _beside(f"{head}{equals} {first}".rstrip(), place, colour)
    for line in rest:
        yield f"      {line}"


def _ignored(pack: Pack, colour: Colour) -> Iterator[str]:
    for one in pack.composition.ignored:
        owner = Who.parse(one.name).pack
        text = f"{one.what} {one.name}: `{owner}` is not loaded"
        yield _beside(text, _place(one.where), colour)


def _beside(text: str, place: str, colour: Colour) -> str:
    return f"{text:<{_PLACES_AT}}  {colour(f'# {place}', 'dim')}"


def _place(where: Where) -> str:
    if where.source is None or where.layer is Layer.ENVIRONMENT:
        return where.place
    return _at(where.source.name, where.source.position(where.span.start)[0])


def _at(file: str, line: int) -> str:
    """A place in a file; files of shipped packs are named from the folder of all packs on."""
    path, shipped = Path(file), rulepacks_path()
    if shipped in path.parents:
        file = path.relative_to(shipped.parent).as_posix()
    return f"{file}:{line}"


# ---- what it is made of --------------------------------------------------------------------


def _declared(pack: Pack) -> Iterator[tuple[str, tuple[Declaration, ...]]]:
    """The detectors with what they were declared as, the form in effect last."""
    for compiled in pack.compiled.detectors:
        detector = compiled.detector
        assert detector.declaration is not None  # whatever a file declares has one
        history = pack.composition.detectors.get(detector.qualified, (detector.declaration,))
        yield detector.qualified, history


def _clauses(history: Sequence[Declaration]) -> Iterator[Clause]:
    """The clauses in effect: those that decide, and texts that were overridden."""
    *before, now = [written_clauses(one.clauses, texts=True) for one in history]
    for clause in now:
        over: list[WrittenClause] = []
        for one in (old for clauses in reversed(before) for old in clauses):
            if one.word == clause.word and one not in (clause, *over):
                over.append(one)
        is_new = bool(before) and clause not in before[0]
        if clause.word not in _TEXTS or is_new:
            yield Clause(clause, tuple(over))


def _choices_json(
    value: float | str, choices: Sequence[ParamChoice | PolicyChoice]
) -> dict[str, Any]:
    said = [{"value": _value(one), **one.where.to_json()} for one in reversed(choices)]
    return {"value": value, "from": said}


def _value(choice: ParamChoice | PolicyChoice) -> float | str:
    return choice.value if isinstance(choice, ParamChoice) else choice.name


def _disabled_json(one: Disabled) -> dict[str, Any]:
    line = one.source.position(one.span.start)[0]
    place = {"file": one.source.name, "line": line}
    return {"detector": one.name, "reason": one.reason, "pack": one.pack, **place}


def _detector_json(name: str, history: Sequence[Declaration]) -> dict[str, Any]:
    first = history[0]
    line = first.source.position(first.name.span.start)[0]
    clauses = [
        {**_written_json(clause.now), "over": [_written_json(one) for one in clause.over]}
        for clause in _clauses(history)
    ]
    return {"name": name, "file": first.source.name, "line": line, "clauses": clauses}


def _written_json(clause: WrittenClause) -> dict[str, Any]:
    return {
        "clause": clause.word,
        "text": clause.whole,
        "file": clause.file,
        "line": clause.line,
    }
