"""The syntax tree: one class per production of `grammar/ptt.lark`, each with its span."""

from __future__ import annotations

from dataclasses import dataclass

from ptt_rules.language.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    span: Span


# ---- small parts ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    word: str


@dataclass(frozen=True, slots=True)
class Key(Node):
    """A logged key in backticks."""

    key: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string; `start` is the offset of its first character inside the quotes."""

    value: str
    start: int


@dataclass(frozen=True, slots=True)
class Texts(Node):
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Names(Node):
    """Metrics, by name or by logged key."""

    items: tuple[Name | Key, ...]


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`value` is what it stands for (`50%` is 0.5, `2 min` is 120).

    `form` is "", "%" or "x", `measure` the unit after it.
    """

    value: float
    form: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """Names joined by dots: a detector, `detector.level`, `pack.detector`, a level."""

    parts: tuple[str, ...]

    @property
    def dotted(self) -> str:
        return ".".join(self.parts)


Amount = Number | Name
"""A number, or a parameter by its name."""


@dataclass(frozen=True, slots=True)
class Target(Node):
    """A level, a detector, one at a level, or an instance of one (at a level)."""

    reference: Reference
    label: Text | None
    level: str | None

    @property
    def parts(self) -> tuple[str, ...]:
        """The words without the instance: a level stands last."""
        return (*self.reference.parts, *([self.level] if self.level else ()))


@dataclass(frozen=True, slots=True)
class Targets(Node):
    items: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class SpanOf(Node):
    """A length: of judgements or observations (`unit` None), of steps, epochs or time."""

    amount: Amount
    unit: str | None

    @property
    def value(self) -> float | None:
        """The number as it is written; None where a parameter stands for it."""
        return self.amount.value if isinstance(self.amount, Number) else None


@dataclass(frozen=True, slots=True)
class Range(Node):
    low: Number | None
    high: Number | None


# ---- expressions ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member(Node):
    owner: Expr
    member: Name


@dataclass(frozen=True, slots=True)
class Instance(Node):
    family: Expr
    label: Text


@dataclass(frozen=True, slots=True)
class Windowed(Node):
    series: Expr
    window: Window


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Name
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Expr


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Expr


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`add` and `multiply`: left-associative `+ -` and `* /`."""

    operator: str
    operator_span: Span
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: str
    operator_span: Span
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Between(Node):
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class Choices(Node):
    """What stands in braces after `in`: only texts mean something."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Within(Node):
    operand: Expr
    within: Between | Choices

    @property
    def parts(self) -> tuple[Expr, ...]:
        """The expressions in it, in their order."""
        if isinstance(self.within, Choices):
            return (self.operand, *self.within.items)
        return (self.operand, self.within.low, self.within.high)


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`both` (`and`) and `either` (`or`)."""

    operator: str
    left: Expr
    right: Expr


Expr = (
    Number
    | Text
    | Name
    | Key
    | Member
    | Instance
    | Windowed
    | Call
    | Negative
    | Not
    | Arithmetic
    | Compare
    | Within
    | Logic
)


# ---- windows -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class All(Node):
    pass


@dataclass(frozen=True, slots=True)
class Decay(Node):
    half_life: Amount


@dataclass(frozen=True, slots=True)
class EachWindow(Node):
    """All instances of a family, by what each is now."""


@dataclass(frozen=True, slots=True)
class RecentWindow(Node):
    """A window that moves: `known_from..extent before before`."""

    known_from: Amount | None
    extent: SpanOf | All | Decay
    before: SpanOf | None


@dataclass(frozen=True, slots=True)
class FirstWindow(Node):
    count: Amount
    after: Amount | None


Window = RecentWindow | FirstWindow | EachWindow


# ---- packs, metrics, parameters ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PackTitle(Node):
    text: Text


@dataclass(frozen=True, slots=True)
class PackAlgorithms(Node):
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class PackRequires(Node):
    what: Name
    constraint: Text


@dataclass(frozen=True, slots=True)
class PackExtends(Node):
    pack: Name
    constraint: Text | None


PackClause = PackTitle | PackAlgorithms | PackRequires | PackExtends


@dataclass(frozen=True, slots=True)
class PackDecl(Node):
    name: Name
    version: str
    version_span: Span
    clauses: tuple[PackClause, ...]


@dataclass(frozen=True, slots=True)
class MetricDecl(Node):
    name: Name
    label: Name | None
    unit: Name
    range: Range | None
    keys: Texts
    description: Text | None


@dataclass(frozen=True, slots=True)
class MetricListDecl(Node):
    """A family of metrics and formulas that have names."""

    name: Name
    label: Name
    members: Names
    description: Text | None


@dataclass(frozen=True, slots=True)
class DeriveDecl(Node):
    name: Name
    label: Name | None
    unit: Name | None
    formula: Expr
    description: Text | None


@dataclass(frozen=True, slots=True)
class ParamDecl(Node):
    name: Name
    unit: Name | None
    default: Number
    range: Range | None
    description: Text | None


@dataclass(frozen=True, slots=True)
class OverrideDetector(Node):
    detector: Reference
    clauses: tuple[DetectorClause, ...]


@dataclass(frozen=True, slots=True)
class OverrideParam(Node):
    param: Reference
    value: Number


@dataclass(frozen=True, slots=True)
class DisableDecl(Node):
    targets: tuple[Target, ...]
    reason: Text


# ---- detectors -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelClause(Node):
    level: str
    level_span: Span
    condition: Expr
    block: LevelBlock | None

    @property
    def parts(self) -> tuple[LevelPart, ...]:
        """Its own `for` and texts."""
        return () if self.block is None else self.block.parts


@dataclass(frozen=True, slots=True)
class AfterClause(Node):
    length: SpanOf


@dataclass(frozen=True, slots=True)
class ForClause(Node):
    length: SpanOf


@dataclass(frozen=True, slots=True)
class UntilClause(Node):
    condition: Expr


@dataclass(frozen=True, slots=True)
class KeepClause(Node):
    length: SpanOf


@dataclass(frozen=True, slots=True)
class AgainClause(Node):
    length: SpanOf


@dataclass(frozen=True, slots=True)
class SuppressesClause(Node):
    detectors: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class EveryRow(Node):
    """`every row` of `judged on`."""


@dataclass(frozen=True, slots=True)
class JudgedClause(Node):
    where: Names | EveryRow


@dataclass(frozen=True, slots=True)
class LetClause(Node):
    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class ShadowClause(Node):
    pass


@dataclass(frozen=True, slots=True)
class TextClause(Node):
    """`summary`, `message`, `why`, `remedy` or `reference`."""

    word: str
    text: Text


LevelPart = ForClause | TextClause


@dataclass(frozen=True, slots=True)
class LevelBlock(Node):
    """What a level has in braces after its condition."""

    parts: tuple[LevelPart, ...]


DetectorClause = (
    LevelClause
    | AfterClause
    | ForClause
    | UntilClause
    | KeepClause
    | AgainClause
    | SuppressesClause
    | LetClause
    | ShadowClause
    | TextClause
    | JudgedClause
)


@dataclass(frozen=True, slots=True)
class ForEach(Node):
    """The family that a detector is for each of, without the instances that patterns name."""

    family: Name
    excluded: Texts | None


@dataclass(frozen=True, slots=True)
class DetectorDecl(Node):
    name: Name
    for_each: ForEach | None
    clauses: tuple[DetectorClause, ...]

    @property
    def family(self) -> Name | None:
        return None if self.for_each is None else self.for_each.family


# ---- policies ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlainAction(Node):
    """`stop`, `invalidate`, `checkpoint`, `evaluate` or `snapshot`."""

    word: str


@dataclass(frozen=True, slots=True)
class PauseAction(Node):
    length: SpanOf


@dataclass(frozen=True, slots=True)
class NotifyAction(Node):
    channel: Text


@dataclass(frozen=True, slots=True)
class SetAction(Node):
    hyperparameter: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class ResetAction(Node):
    hyperparameter: Name


@dataclass(frozen=True, slots=True)
class RollbackAction(Node):
    """To the last good checkpoint, or to the `lowest` or `highest` by a metric."""

    best: str | None
    metric: Name | None


ActionNode = PlainAction | PauseAction | NotifyAction | SetAction | ResetAction | RollbackAction


@dataclass(frozen=True, slots=True)
class AtMost(Node):
    count: Amount


@dataclass(frozen=True, slots=True)
class Then(Node):
    actions: tuple[ActionNode, ...]


@dataclass(frozen=True, slots=True)
class Ends(Node):
    """`resolves`: where a detector no longer fires."""


@dataclass(frozen=True, slots=True)
class Trigger(Node):
    targets: Targets
    ends: Ends | None
    excepted: Targets | None


@dataclass(frozen=True, slots=True)
class Reaction(Node):
    trigger: Trigger
    when: Expr | None
    hold: SpanOf | None
    every: SpanOf | None
    actions: tuple[ActionNode, ...]
    at_most: AtMost | None
    then: Then | None

    @property
    def all_actions(self) -> tuple[ActionNode, ...]:
        """Those of `then` among them."""
        return (*self.actions, *(self.then.actions if self.then else ()))


@dataclass(frozen=True, slots=True)
class PolicyDecl(Node):
    name: Name
    reactions: tuple[Reaction, ...]


@dataclass(frozen=True, slots=True)
class OverridePolicy(Node):
    policy: Reference
    reactions: tuple[Reaction, ...]

    @property
    def name(self) -> Name:
        """The name without that of a pack."""
        return Name(self.policy.span, self.policy.parts[-1])


# ---- tests ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Special(Node):
    """`nan` or `inf` as a sample of a series."""

    value: float


Sample = Number | Special


@dataclass(frozen=True, slots=True)
class RepeatPiece(Node):
    value: Sample
    times: Number | None


@dataclass(frozen=True, slots=True)
class RampPiece(Node):
    start: Sample
    end: Sample
    count: Number


@dataclass(frozen=True, slots=True)
class NoisePiece(Node):
    mean: Sample
    std: Sample
    times: Number | None


@dataclass(frozen=True, slots=True)
class GapPiece(Node):
    times: Number | None


@dataclass(frozen=True, slots=True)
class GroupPiece(Node):
    pieces: tuple[Piece, ...]
    times: Number | None


Piece = RepeatPiece | RampPiece | NoisePiece | GapPiece | GroupPiece


@dataclass(frozen=True, slots=True)
class FamilyInstance(Node):
    family: Name
    label: Text


@dataclass(frozen=True, slots=True)
class WithClause(Node):
    param: Name
    value: Number


@dataclass(frozen=True, slots=True)
class WithPolicy(Node):
    policy: Reference


@dataclass(frozen=True, slots=True)
class ConfigClause(Node):
    name: Name
    value: Number | Text | Name


@dataclass(frozen=True, slots=True)
class FactClause(Node):
    """What is recorded of the run beside its arguments."""

    name: Name
    value: Number | Text | Name


@dataclass(frozen=True, slots=True)
class RowsClause(Node):
    every: SpanOf
    start: Number


@dataclass(frozen=True, slots=True)
class SeriesClause(Node):
    target: Name | Key | FamilyInstance
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class SiblingClause(Node):
    """A metric of a sibling run; all of a test are of one sibling."""

    target: Name | Key | FamilyInstance
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ResumeClause(Node):
    """The first row past a step is the first one after a resume."""

    step: Number


@dataclass(frozen=True, slots=True)
class ReplayClause(Node):
    path: Text


@dataclass(frozen=True, slots=True)
class Steps(Node):
    """One step, or a range of steps that may be open at its end."""

    start: Number
    is_range: bool
    end: Number | None


@dataclass(frozen=True, slots=True)
class ExpectSilence(Node):
    pass


@dataclass(frozen=True, slots=True)
class ExpectAction(Node):
    """`channel` is the text after `notify`."""

    action: Name
    channel: Text | None


@dataclass(frozen=True, slots=True)
class ExpectSet(Node):
    hyperparameter: Name
    range: Range | None


@dataclass(frozen=True, slots=True)
class ExpectNo(Node):
    what: Target | ExpectAction | ExpectSet


@dataclass(frozen=True, slots=True)
class ExpectChange(Node):
    """A detector `fires`, `escalates`, `eases` or `resolves`, perhaps so many times."""

    detector: Expr
    change: str
    times: Number | None


@dataclass(frozen=True, slots=True)
class ExpectIs(Node):
    detector: Expr
    status: Name


@dataclass(frozen=True, slots=True)
class ExpectMessage(Node):
    detector: Target
    part: Text


@dataclass(frozen=True, slots=True)
class ExpectThat(Node):
    what: Expr


Expectation = (
    ExpectSilence
    | ExpectNo
    | ExpectAction
    | ExpectSet
    | ExpectChange
    | ExpectIs
    | ExpectMessage
    | ExpectThat
)


@dataclass(frozen=True, slots=True)
class ExpectClause(Node):
    expectation: Expectation
    at: Steps | None


TestClause = (
    WithClause
    | WithPolicy
    | ConfigClause
    | FactClause
    | RowsClause
    | SeriesClause
    | SiblingClause
    | ResumeClause
    | ReplayClause
    | ExpectClause
)


@dataclass(frozen=True, slots=True)
class TestDecl(Node):
    __test__ = False

    name: Text
    clauses: tuple[TestClause, ...]


Item = (
    PackDecl
    | MetricDecl
    | MetricListDecl
    | DeriveDecl
    | ParamDecl
    | DetectorDecl
    | PolicyDecl
    | TestDecl
    | OverrideDetector
    | OverridePolicy
    | OverrideParam
    | DisableDecl
)


@dataclass(frozen=True, slots=True)
class BrokenDecl(Node):
    """A declaration with a syntax error: what it would have declared.

    `sort` is its word, such as `metric`, or `override`; a test is named by its text, and a pack
    is not here. If it has a block, the good clauses are among the module's items all the same;
    `lets` are names that the others would have given.
    """

    sort: str
    name: Name
    lets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Module(Node):
    """All declarations of one file, in order, and what the broken ones would have declared."""

    items: tuple[Item, ...]
    broken: tuple[BrokenDecl, ...] = ()
