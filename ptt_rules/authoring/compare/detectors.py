"""How one detector changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ptt_rules.authoring.compare.changes import Bump, Change, Turn
from ptt_rules.authoring.compare.conditions import Conditions
from ptt_rules.language import Measure
from ptt_rules.language.ir import Detector, Length, Node, Template
from ptt_rules.language.syntax import tree
from ptt_rules.packs import written_clauses

SORT = "detector"
_LONG = 100
"""Of longer conditions only the differing parts are shown."""

_UNITS = {
    Measure.JUDGEMENTS: "",
    Measure.STEPS: " steps",
    Measure.EPOCHS: " epochs",
    Measure.SECONDS: " s",
}


@dataclass(frozen=True, slots=True)
class DetectorComparison:
    """A detector before and after; `name` is its name in reports."""

    name: str
    old: Detector
    new: Detector
    conditions: Conditions

    def changes(self) -> Iterator[Change]:
        """All changes, those of its conditions first."""
        yield from self._levels()
        yield from self._judged()
        yield from self._lengths()
        yield from self._until()
        yield from self._marks()
        yield from self._values()
        yield from self._texts()

    def _change(self, bump: Bump, turn: Turn, what: str, old: str = "", new: str = "") -> Change:
        return Change(bump, turn, SORT, self.name, what, old, new)

    # ---- when it fires ---------------------------------------------------------------------

    def _levels(self) -> Iterator[Change]:
        before = {one.level: one for one in self.old.levels}
        after = {one.level: one for one in self.new.levels}
        for level in sorted({*before, *after}, reverse=True):
            word = level.word
            if level not in after:
                yield self._change(Bump.MAJOR, Turn.GONE, f"level {word}")
            elif level not in before:
                yield self._change(Bump.MINOR, Turn.ADDED, f"level {word}")
            else:
                old, new = before[level], after[level]
                yield from self._condition(f"{word} when", word, old.condition, new.condition)
                if old.hold != new.hold and (old.hold, new.hold) != (self.old.hold, self.new.hold):
                    turn = _waits(old.hold, new.hold)
                    lengths = map(_length, (old.hold, new.hold))
                    yield self._change(Bump.MINOR, turn, f"{word} for", *lengths)

    def _condition(self, what: str, clause: str, old: Node, new: Node) -> Iterator[Change]:
        turn = self.conditions.turn(old, new)
        if turn is None:
            return
        before, after = _written(self.old, clause), _written(self.new, clause)
        reasons = ", ".join(self.conditions.reasons(old, new))
        if before == after:  # what differs is in a `let`, a `derive` or a parameter
            text = "..." if reasons and len(after) > _LONG else after
            what, before, after = f"{what} {text}", "", f"({reasons})" if reasons else ""
        elif reasons and len(before) + len(after) > _LONG:
            before, after = "", f"... {reasons}"
        yield self._change(Bump.MINOR, turn, what, before, after)

    def _judged(self) -> Iterator[Change]:
        """Where it is judged: by its conditions, or by `judged on`."""
        old, new = (_written(one, "judged on") or "its metrics" for one in (self.old, self.new))
        if old != new:
            yield self._change(Bump.MINOR, Turn.CHANGED, "judged on", old, new)

    def _lengths(self) -> Iterator[Change]:
        """`after` and `for`: whoever waits longer is laxer; `keep` and `again every`."""
        pairs = (("after", self.old.after, self.new.after), ("for", self.old.hold, self.new.hold))
        for word, old, new in pairs:
            if old != new:
                yield self._change(Bump.MINOR, _waits(old, new), word, _length(old), _length(new))
        rest = (
            ("keep", self.old.keep, self.new.keep),
            ("again every", self.old.again, self.new.again),
        )
        for word, old, new in rest:
            if old != new:
                yield self._change(Bump.MINOR, Turn.CHANGED, word, _length(old), _length(new))

    def _until(self) -> Iterator[Change]:
        old, new = self.old.until, self.new.until
        if old is None and new is None:
            return
        if old is None or new is None or not self.conditions.are_same(old, new):
            texts = [_written(one, "until") or "none" for one in (self.old, self.new)]
            yield self._change(Bump.MINOR, Turn.CHANGED, "until", *texts)

    # ---- what else it does -----------------------------------------------------------------

    def _marks(self) -> Iterator[Change]:
        old, new = self.old, self.new
        families = [str(one.family or "none") for one in (old, new)]
        if families[0] != families[1]:
            yield self._change(Bump.MAJOR, Turn.CHANGED, "for each", *families)
        if old.shadow != new.shadow:
            turn = Turn.LAXER if new.shadow else Turn.STRICTER
            yield self._change(
                Bump.MINOR, turn, "now in shadow" if new.shadow else "no longer in shadow"
            )
        if {*old.suppresses} != {*new.suppresses}:
            names = [", ".join(sorted(one.suppresses)) or "none" for one in (old, new)]
            yield self._change(Bump.MINOR, Turn.CHANGED, "suppresses", *names)

    def _values(self) -> Iterator[Change]:
        """Each `let`, which events carry, and which texts and conditions of overrides may name."""
        before, after = _lets(self.old), _lets(self.new)
        for name, old in before.items():
            if name not in after:
                yield self._change(Bump.MAJOR, Turn.GONE, f"let {name}")
            elif not self.conditions.are_same(old, after[name]):
                reasons = ", ".join(self.conditions.reasons(old, after[name]))
                yield self._change(Bump.MINOR, Turn.CHANGED, f"let {name}", "", reasons)
        for name in after:
            if name not in before:
                yield self._change(Bump.MINOR, Turn.ADDED, f"let {name}")

    def _texts(self) -> Iterator[Change]:
        old, new = _texts_of(self.old), _texts_of(self.new)
        words = [*dict.fromkeys([*old, *new])]
        changed = [word for word in words if old.get(word, []) != new.get(word, [])]
        if changed:
            yield self._change(Bump.PATCH, Turn.CHANGED, ", ".join(changed))


def _lets(detector: Detector) -> dict[str, Node]:
    clauses = detector.declaration.clauses if detector.declaration else ()
    names = [one.clause.name.word for one in clauses if isinstance(one.clause, tree.LetClause)]
    return {name: detector.values[name] for name in names}


def _written(detector: Detector, word: str) -> str:
    """A clause as it is written, on one line; empty if there is none."""
    declaration = detector.declaration
    clauses = written_clauses(declaration.clauses) if declaration else ()
    found = next((one.text for one in clauses if one.word == word), "")
    return " ".join(found.split())


def _waits(old: Length | None, new: Length | None) -> Turn:
    if old is not None and new is not None and old.measure is not new.measure:
        return Turn.CHANGED
    before, after = (one.amount if one else 0.0 for one in (old, new))
    return Turn.LAXER if after > before else Turn.STRICTER


def _length(length: Length | None) -> str:
    return "none" if length is None else f"{length.amount:g}{_UNITS[length.measure]}"


def _texts_of(detector: Detector) -> dict[str, list[str]]:
    """All texts by their words, those of levels with the level before it."""
    found = {word: _template(text) for word, text in detector.texts.items()}
    for one in detector.levels:
        own = one.texts.items()
        found |= {f"{one.level.word} {word}": _template(text) for word, text in own}
    return found


def _template(template: Template) -> list[str]:
    return [part if isinstance(part, str) else f"{part.name}:{part.spec}" for part in template]
