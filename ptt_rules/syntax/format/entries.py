"""Declarations and clauses as entries: lines that the layout puts together.

Clause words are padded to a column that is the same in every block, so that a new clause
changes no other line. The order of clauses is the author's: it says what belongs together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ptt_rules.source import Source, Span
from ptt_rules.syntax import tree
from ptt_rules.syntax.format.expressions import Operand, Printer

WIDTH = 88
PACK_COLUMN = len("algorithms")
DETECTOR_COLUMN = len("reference")


@dataclass(frozen=True, slots=True)
class Entry:
    """A declaration or clause: lines without indentation, or a block of other entries.

    `ends` are the offsets in the source at which the lines but the last end: a comment between
    two of them stands behind the first. A block has `body` between its first line and
    `closing`. What `joins` is written on one line where it fits.
    """

    span: Span
    lines: tuple[str, ...]
    ends: tuple[int, ...] = ()
    body: tuple[Entry, ...] | None = None
    closing: str = "}"
    joins: bool = False
    stands_alone: bool = True
    """Whether a blank line goes around it at the top of a file."""


@dataclass(frozen=True, slots=True)
class EntryMaker:
    """Makes the entries of one source."""

    source: Source

    @property
    def _print(self) -> Printer:
        return Printer(self.source)

    # ---- declarations ----------------------------------------------------------------------

    def item(self, item: tree.Item) -> Entry:
        printer = self._print
        match item:
            case tree.PackDecl():
                head = f"pack {item.name.word} {item.version} {{"
                return self._block(item.span, head, map(self._pack_clause, item.clauses))
            case tree.MetricDecl() | tree.DeriveDecl() | tree.ParamDecl():
                return self._quantity(item)
            case tree.DetectorDecl():
                each = f" for each {item.family.word}" if item.family else ""
                head = f"detector {item.name.word}{each} {{"
                return self._block(item.span, head, map(self._detector_clause, item.clauses))
            case tree.OverrideDetector():
                head = f"override detector {printer.reference(item.detector)} {{"
                return self._block(item.span, head, map(self._detector_clause, item.clauses))
            case tree.OverrideParam():
                line = f"override param {printer.reference(item.param)} = "
                return _line(item.span, line + printer.number(item.value), stands_alone=False)
            case tree.DisableDecl():
                line = f"disable {printer.reference(item.detector)} because "
                return _line(item.span, line + printer.text(item.reason), stands_alone=False)
            case tree.PolicyDecl():
                head = f"policy {item.name.word} {{"
                return self._block(item.span, head, map(self._reaction, item.reactions))
            case tree.TestDecl():
                head = f"test {printer.text(item.name)} {{"
                return self._block(item.span, head, map(self._test_clause, item.clauses))

    def _block(self, span: Span, head: str, body: Iterable[Entry]) -> Entry:
        return Entry(span, (head,), body=tuple(body))

    def _quantity(self, item: tree.MetricDecl | tree.DeriveDecl | tree.ParamDecl) -> Entry:
        """A line, and the description on one of its own."""
        printer = self._print
        match item:
            case tree.MetricDecl():
                label = f"[{item.label.word}]" if item.label else ""
                head = f"metric {item.name.word}{label}: {item.unit.word}{self._in(item.range)} ="
                lines = listed(head, printer.texts(item.keys))
            case tree.DeriveDecl():
                formula = printer.expression(item.formula)
                lines = [f"derive {item.name.word}: {item.unit.word} = {formula}"]
            case tree.ParamDecl():
                default = printer.number(item.default)
                lines = [f"param {item.name.word} = {default}{self._in(item.range)}"]
        if item.description is None:
            return Entry(item.span, tuple(lines), stands_alone=False)
        described = (*lines, f"  {printer.text(item.description)}")
        ends = (_end_of(item),) if len(lines) == 1 else ()
        return Entry(item.span, described, ends, stands_alone=False)

    def _in(self, declared: tree.Range | None) -> str:
        return f" in {self._print.range(declared)}" if declared else ""

    # ---- clauses ---------------------------------------------------------------------------

    def _pack_clause(self, clause: tree.PackClause) -> Entry:
        printer = self._print
        match clause:
            case tree.PackTitle(text=title):
                return _padded(clause.span, "title", printer.text(title), PACK_COLUMN)
            case tree.PackAlgorithms(names=names):
                words = ", ".join(name.word for name in names)
                return _padded(clause.span, "algorithms", words, PACK_COLUMN)
            case tree.PackRequires(what=what, constraint=constraint):
                text = f"{what.word} {printer.text(constraint)}"
                return _padded(clause.span, "requires", text, PACK_COLUMN)
            case tree.PackExtends(pack=pack):
                behind = f" {printer.text(clause.constraint)}" if clause.constraint else ""
                return _padded(clause.span, "extends", pack.word + behind, PACK_COLUMN)

    def _detector_clause(self, clause: tree.DetectorClause) -> Entry:
        printer = self._print
        match clause:
            case tree.LevelClause(level=level, condition=condition):
                return self._condition(clause.span, level, "when ", condition)
            case tree.UntilClause(condition=condition):
                return self._condition(clause.span, "until", "", condition)
            case tree.LetClause(name=name, value=value):
                head = f"let {name.word} = "
                return _chained(clause.span, head, " " * 4, printer.chain(value))
            case tree.AfterClause(length=length):
                word, text = "after", printer.span(length)
            case tree.ForClause(length=length):
                word, text = "for", printer.span(length)
            case tree.KeepClause(length=length):
                word, text = "keep", printer.span(length)
            case tree.AgainClause(length=length):
                word, text = "again every", printer.span(length)
            case tree.SuppressesClause(detectors=detectors):
                word, text = "suppresses", ", ".join(map(printer.reference, detectors))
            case tree.ShadowClause():
                word, text = "shadow", ""
            case tree.TextClause():
                word, text = clause.word, printer.text(clause.text)
            case tree.TagsClause(tags=tags):
                word, text = "tags", ", ".join(printer.texts(tags))
        return _padded(clause.span, word, text, DETECTOR_COLUMN)

    def _condition(self, span: Span, word: str, when: str, condition: tree.Expr) -> Entry:
        head = f"{word.ljust(DETECTOR_COLUMN)} "
        indent = " " * len(head)
        return _chained(span, head + when, indent, self._print.chain(condition))

    # ---- policies --------------------------------------------------------------------------

    def _reaction(self, reaction: tree.Reaction) -> Entry:
        printer = self._print
        hold = f" for {printer.span(reaction.hold)}" if reaction.hold else ""
        closing = "}"
        if reaction.at_most is not None:
            closing += f" at most {printer.number(reaction.at_most.count)}"
        if reaction.every is not None:
            closing += f" every {printer.span(reaction.every.length)}"
        head = f"on {printer.reference(reaction.trigger)}{hold} {{"
        body = tuple(map(self._action, reaction.actions))
        return Entry(reaction.span, (head,), body=body, closing=closing, joins=True)

    def _action(self, action: tree.ActionNode) -> Entry:
        printer = self._print
        match action:
            case tree.PlainAction(word=word):
                return _line(action.span, word)
            case tree.PauseAction(length=length):
                return _line(action.span, f"pause {printer.span(length)}")
            case tree.NotifyAction(channel=channel):
                return _line(action.span, f"notify {printer.text(channel)}")
            case tree.SetAction(knob=knob, value=value):
                return _line(action.span, f"set {knob.word} = {printer.expression(value)}")

    # ---- tests -----------------------------------------------------------------------------

    def _test_clause(self, clause: tree.TestClause) -> Entry:
        printer = self._print
        match clause:
            case tree.WithClause(param=param, value=value):
                line = f"with {param.word} = {printer.number(value)}"
            case tree.ConfigClause(name=name, value=value):
                shown = printer.number(value) if isinstance(value, tree.Number) else ""
                shown = printer.text(value) if isinstance(value, tree.Text) else shown
                line = f"config {name.word} = "
                line += value.word if isinstance(value, tree.Name) else shown
            case tree.RowsClause(every=every, start=start):
                line = f"every {printer.span(every)} from {printer.number(start)}"
            case tree.SeriesClause(target=target, pieces=pieces):
                head = f"{self._target(target)} ="
                lines = tuple(listed(head, list(map(self._piece, pieces))))
                return Entry(clause.span, lines)
            case tree.ReplayClause(path=path):
                line = f"replay {printer.text(path)}"
            case tree.ExpectClause():
                line = self._expect(clause)
        return _line(clause.span, line)

    def _target(self, target: tree.Name | tree.Key | tree.FamilyInstance) -> str:
        if isinstance(target, tree.FamilyInstance):
            return f"{target.family.word}[{self._print.text(target.label)}]"
        return self._print.expression(target)

    def _piece(self, piece: tree.Piece) -> str:
        match piece:
            case tree.RepeatPiece(value=value, times=times):
                return self._sample(value) + self._times(times)
            case tree.RampPiece(start=start, end=end, count=count):
                over = self._print.number(count)
                return f"{self._sample(start)} -> {self._sample(end)} over {over}"
            case tree.NoisePiece(mean=mean, std=std, times=times):
                return f"{self._sample(mean)} ~ {self._sample(std)}{self._times(times)}"
            case tree.GapPiece(times=times):
                return f"_{self._times(times)}"

    def _sample(self, sample: tree.Sample) -> str:
        if isinstance(sample, tree.Number):
            return self._print.number(sample)
        written = self.source.slice(sample.span)
        return f"-{written[-3:]}" if written.startswith("-") else written

    def _times(self, times: tree.Number | None) -> str:
        return f" x {self._print.number(times)}" if times else ""

    def _expect(self, clause: tree.ExpectClause) -> str:
        printer = self._print
        match clause.expectation:
            case tree.ExpectSilence():
                text = "silence"
            case tree.ExpectNo(what=what):
                text = f"no {printer.reference(what)}"
            case tree.ExpectAction(action=action):
                text = f"action {action.word}"
            case tree.ExpectResolves(detector=detector):
                text = f"{printer.expression(detector)} resolves"
            case tree.ExpectThat(what=that):
                text = printer.expression(that)
        return f"expect {text}{self._at(clause.at)}"

    def _at(self, at: tree.Steps | None) -> str:
        if at is None:
            return ""
        end = self._print.number(at.end) if at.end else ""
        return f" at {self._print.number(at.start)}{'..' if at.is_range else ''}{end}"


def _line(span: Span, line: str, *, stands_alone: bool = True) -> Entry:
    return Entry(span, (line,), stands_alone=stands_alone)


def _padded(span: Span, word: str, text: str, column: int) -> Entry:
    return _line(span, f"{word.ljust(column)} {text}".rstrip())


def listed(head: str, words: Sequence[str]) -> list[str]:
    """A list behind its head: on one line, or with a line for each word where that is too long."""
    line = f"{head} {', '.join(words)}"
    if len(line) <= WIDTH or len(words) == 1:
        return [line]
    return [head, *(f"    {word}," for word in words[:-1]), f"    {words[-1]}"]


def _chained(span: Span, head: str, indent: str, operands: Sequence[Operand]) -> Entry:
    """A condition on one line, or with a line for each operand where that is too long."""
    ends = tuple(operand.end for operand in operands[:-1])
    lines = [head + operands[0].text, *(indent + operand.text for operand in operands[1:])]
    return Entry(span, tuple(lines), ends, joins=True)


def _end_of(item: tree.MetricDecl | tree.DeriveDecl | tree.ParamDecl) -> int:
    """Where a quantity ends without its description."""
    match item:
        case tree.MetricDecl(keys=keys):
            return keys.span.end
        case tree.DeriveDecl(formula=formula):
            return formula.span.end
        case tree.ParamDecl(default=default, range=declared):
            return (declared or default).span.end
