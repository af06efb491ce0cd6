"""Interprets the fields of an alert, and reports each wrong one at its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ptt_rules.authoring.convert.conditions import FORMS, Condition, parse_condition
from ptt_rules.authoring.convert.entries import Entry, Field, inconvertible
from ptt_rules.authoring.convert.messages import message_fault
from ptt_rules.language import LEVEL_WORDS, Diagnostic, Level, Quantity, Span
from ptt_rules.language.check import did_you_mean, listed
from ptt_rules.language.syntax import as_name

REQUIRED = ("name", "trainers", "metric", "condition", "severity", "message")
OPTIONAL = ("description", "window", "reference", "min_steps", "enabled")
DEFAULT_WINDOW = 20
DEFAULT_MIN_STEPS = 30

TRAINERS = ("sft", "dpo", "ppo", "grpo", "rloo", "orpo", "kto", "cpo", "reward")
EVERY_TRAINER = ("all", "common")
POSITIONS = frozenset(quantity.value for quantity in Quantity)


@dataclass(frozen=True, slots=True)
class Heuristic:
    """One alert. `trainers` is empty where it is for all; `span` is where its name stands.

    Two are equal if they find the same and say the same, however they are described.
    """

    name: str
    summary: str = field(compare=False)
    trainers: tuple[str, ...]
    metric: str
    condition: Condition
    level: Level
    message: str
    window: int
    min_steps: int
    reference: str
    is_enabled: bool
    entry: Entry = field(compare=False)
    span: Span = field(compare=False)


def read_heuristic(entry: Entry) -> tuple[Heuristic | None, list[Diagnostic]]:
    """The alert of an entry; None, and the reasons, if it cannot be converted.

    An unknown field is reported too, and left out.
    """
    reader = _FieldReader(entry)
    heuristic = reader.read()
    return (None if reader.is_broken else heuristic), reader.diagnostics


@dataclass
class _FieldReader:
    entry: Entry
    diagnostics: list[Diagnostic] = field(default_factory=list)
    is_broken: bool = False

    def read(self) -> Heuristic:
        self._check_names()
        condition = self._condition()
        named = self.entry.fields.get("name")
        name = self._text("name")
        heuristic = Heuristic(
            name=as_name(name, "alert"),
            summary=" ".join(self._text("description").split()),
            trainers=self._trainers(),
            metric=self._metric(),
            condition=condition,
            level=self._level(),
            message=self._text("message"),
            window=self._count("window", DEFAULT_WINDOW, least=1),
            min_steps=self._count("min_steps", DEFAULT_MIN_STEPS, least=0),
            reference=self._text("reference").strip(),
            is_enabled=self._flag("enabled"),
            entry=self.entry,
            span=named.span if named else self.entry.span,
        )
        fault = message_fault(heuristic.message)
        if fault:
            self._report(self._span("message"), fault[0], hint=fault[1])
        return heuristic

    def _check_names(self) -> None:
        fields = self.entry.fields
        for name in fields.keys() - {*REQUIRED, *OPTIONAL}:
            hint = did_you_mean(name, (*REQUIRED, *OPTIONAL), "it is left out of the pack")
            message = f"`{name}` is not a field of a heuristic"
            mistake = inconvertible(self.entry.source, fields[name].key, message, hint=hint)
            self.diagnostics.append(mistake)
        missing = [name for name in REQUIRED if name not in fields or fields[name].value is None]
        if missing:
            self._report(self.entry.span, f"this heuristic has no {listed(missing)}")

    # ---- fields ----------------------------------------------------------------------------

    def _condition(self) -> Condition:
        text = self._text("condition")
        condition = parse_condition(text)
        if condition is None:
            if text:
                hint = f"conditions are {listed(form.example for form in FORMS)}"
                self._report(self._span("condition"), f"`{text}` is not a condition", hint=hint)
            return Condition(FORMS[0], (0.0,))
        if len(condition.numbers) == 2 and condition.numbers[0] > condition.numbers[1]:
            hint = "write the smaller number first"
            self._report(
                self._span("condition"), "this range is empty, so it never fires", hint=hint
            )
        return condition

    def _trainers(self) -> tuple[str, ...]:
        named = self._named_trainers()
        folder = self.entry.folder
        if not folder or folder in named:
            return (folder,) if folder else named
        if named:
            hint = f"move it to the folder `{named[0]}`, or out of the folders of trainers"
            message = (
                f"the folder `{folder}` is for {folder} alone, and this is for {listed(named)}"
            )
            self._report(self._span("trainers"), message, hint=hint)
        return (folder,)

    def _named_trainers(self) -> tuple[str, ...]:
        """The trainers that are written in the alert; none if it is for all."""
        given = self.entry.fields.get("trainers")
        if given is None or given.value is None:
            return ()
        parts = given.value if isinstance(given.value, tuple) else (given,)
        words = [word for part in parts if (word := self._trainer(part))]
        if not parts:
            hint = "name one, such as `trainers: [dpo]`, or `all`"
            self._report(given.span, "there is no trainer in the list", hint=hint)
        return () if set(words) & set(EVERY_TRAINER) else tuple(dict.fromkeys(words))

    def _trainer(self, part: Field) -> str | None:
        word = part.value.lower() if isinstance(part.value, str) else None
        if word in (*TRAINERS, *EVERY_TRAINER):
            return word
        known = (*TRAINERS, EVERY_TRAINER[0])
        hint = did_you_mean(str(part.value), known, f"trainers are {listed(known)}")
        self._report(part.span, f"`{part.value}` is not a trainer", hint=hint)
        return None

    def _metric(self) -> str:
        metric = self._text("metric").strip()
        if metric in POSITIONS:
            hint = f"write a rule of your own: a condition can name `{metric}` as it is"
            self._report(
                self._span("metric"), f"`{metric}` is the place of a row, no metric", hint=hint
            )
        return metric

    def _level(self) -> Level:
        word = self._text("severity").strip().lower()
        if word in LEVEL_WORDS:
            return Level.of(word)
        if word:
            hint = did_you_mean(word, LEVEL_WORDS, f"levels are {listed(LEVEL_WORDS)}")
            self._report(self._span("severity"), f"`{word}` is not a level", hint=hint)
        return Level.LOW

    # ---- kinds of values -------------------------------------------------------------------

    def _text(self, name: str) -> str:
        given = self.entry.fields.get(name)
        if given is None or given.value is None:
            return ""
        if isinstance(given.value, str):
            if not given.value.strip() and name in REQUIRED:
                self._report(given.span, f"`{name}` is empty")
            return given.value
        is_list = isinstance(given.value, tuple)
        hint = f"give one text as `{name}`" if is_list else "put it in quotes"
        self._report(given.span, f"`{name}` is not a text", hint=hint)
        return ""

    def _count(self, name: str, default: int, *, least: int) -> int:
        given = self.entry.fields.get(name)
        if given is None or given.value is None:
            return default
        value = given.value
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        hint = f"write a whole number of at least {least}, without quotes"
        self._report(given.span, f"`{name}` is not a number of rows", hint=hint)
        return default

    def _flag(self, name: str) -> bool:
        given = self.entry.fields.get(name)
        if given is None or given.value is None:
            return True
        if not isinstance(given.value, bool):
            self._report(
                given.span, f"`{name}` is neither true nor false", hint="write one of them"
            )
        return given.value is True

    def _span(self, name: str) -> Span:
        return self.entry.fields[name].span

    def _report(self, span: Span, message: str, **more: Any) -> None:
        self.is_broken = True
        self.diagnostics.append(inconvertible(self.entry.source, span, message, **more))
