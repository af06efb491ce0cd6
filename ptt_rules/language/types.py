"""Kinds, units and the closed word lists of the language."""

from __future__ import annotations

from enum import Enum, IntEnum


class Kind(Enum):
    """The kind of value that an expression yields at a row."""

    NUMBER = "number"
    BOOL = "truth"


class Shape(Enum):
    """Whether it yields one result for each row, one at the judged row, or always the same."""

    SERIES = "series"
    VALUE = "value"
    CONSTANT = "constant"


class Unit(Enum):
    RATIO = "ratio"
    NATS = "nats"
    LOSS = "loss"
    SCORE = "score"
    TOKENS = "tokens"
    SECONDS = "seconds"
    BYTES = "bytes"
    COUNT = "count"
    NORM = "norm"
    RATE = "rate"
    NONE = "none"

    @property
    def phrase(self) -> str:
        """The unit in a sentence: a quantity is ..."""
        return _PHRASES.get(self, f"in {self.value}")

    @property
    def a_number(self) -> str:
        """A number of the unit in a sentence."""
        return "a plain number" if self in _PHRASES else f"a number of {self.value}"


_PHRASES = {
    Unit.RATIO: "a ratio",
    Unit.LOSS: "a loss",
    Unit.SCORE: "a score",
    Unit.COUNT: "a count",
    Unit.NORM: "a norm",
    Unit.RATE: "a rate",
    Unit.NONE: "without a unit",
}


class Level(IntEnum):
    """Severity of a finding; a greater number is worse."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Level:
        return cls[word.upper()]


class ActionKind(Enum):
    """An action of a policy; several of one row are carried out in this order."""

    SNAPSHOT = "snapshot"
    EVALUATE = "evaluate"
    CHECKPOINT = "checkpoint"
    ROLLBACK = "rollback"
    SET = "set"
    RESET = "reset"
    INVALIDATE = "invalidate"
    NOTIFY = "notify"
    PAUSE = "pause"
    STOP = "stop"


class Quantity(Enum):
    """A measure of a row's place in the run."""

    STEP = "step"
    TIME = "time"
    EPOCH = "epoch"
    PROGRESS = "progress"
    SINCE_RESUME = "since_resume"


class Measure(Enum):
    """The unit of a span; judgements are observations where observations are meant."""

    JUDGEMENTS = "judgements"
    STEPS = "steps"
    SECONDS = "seconds"
    EPOCHS = "epochs"


SPAN_SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
"""Seconds in each unit of time."""

SPAN_MEASURES: dict[str | None, Measure] = {
    None: Measure.JUDGEMENTS,
    **dict.fromkeys(("step", "steps"), Measure.STEPS),
    **dict.fromkeys(("epoch", "epochs"), Measure.EPOCHS),
    **dict.fromkeys(SPAN_SECONDS, Measure.SECONDS),
}
"""What a span is measured in, by its unit."""
MEASURES: dict[str, tuple[float, float]] = {
    "ms": (1.0, 1000.0),
    "s": (1.0, 1.0),
    "min": (60.0, 1.0),
    "h": (3600.0, 1.0),
    "MB": (1e6, 1.0),
    "GB": (1e9, 1.0),
}
"""What a unit after a number multiplies and divides it by, in seconds or bytes."""

MEASURE_UNITS = {word: Unit.BYTES if word.endswith("B") else Unit.SECONDS for word in MEASURES}

RUN_FACTS = (
    "trainable_parameters",
    "parameters",
    "vocabulary",
    "examples",
    "examples_left",
    "world_size",
)
"""What is recorded of a run beside its arguments, which rules read as `run.NAME`."""

LEVEL_WORDS = tuple(level.word for level in reversed(Level))
UNIT_WORDS = tuple(unit.value for unit in Unit)
