"""A loaded pack: rules that are ready to judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ptt_rules.evaluation
import ptt_rules.logs
from ptt_rules.evaluation import CompiledPack, Engine, Event, Incident, incidents, shown
from ptt_rules.language import ActionKind, Level
from ptt_rules.language.ir import (
    ActionSpec,
    CheckedPack,
    Detector,
    Disabled,
    Metric,
    Parameter,
    Placeholder,
    Template,
)
from ptt_rules.language.stacks import Stack, by_name
from ptt_rules.logs import NO_SIBLINGS, RunContext, Siblings
from ptt_rules.packs.arming import Arming, arming
from ptt_rules.packs.asked import asked_of
from ptt_rules.packs.choices import Composition
from ptt_rules.packs.files import NO_PLACE, Origin
from ptt_rules.packs.written import WrittenClause, written_clauses

if TYPE_CHECKING:
    import polars as pl

    from ptt_rules.logs import LogStream, Run


@dataclass(frozen=True, slots=True)
class PackInfo:
    """A pack that takes part: where it is from, and the digest of its files' contents."""

    name: str
    version: str
    digest: str
    file: str
    origin: Origin = NO_PLACE


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """A detector as people see it; texts are empty if the pack gives none."""

    name: str
    summary: str
    why: str
    remedy: str
    reference: str
    levels: tuple[Level, ...]
    metrics: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    watched: tuple[Metric, ...] = ()
    """The metrics as they are declared."""
    family: str | None = None
    clauses: tuple[WrittenClause, ...] = ()
    """The clauses that decide when it fires, as written."""
    file: str = ""
    line: int = 1
    level_texts: Mapping[Level, Mapping[str, str]] = field(default_factory=dict)
    """The texts that levels have of their own, by word."""

    def own_texts(self, word: str, title: str) -> Iterator[tuple[str, str]]:
        """The texts of a word that levels have of their own; the title names the level."""
        for level, texts in self.level_texts.items():
            if word in texts:
                yield title.format(level.word), texts[word]

    def why_of(self, level: Level) -> str:
        return self.level_texts.get(level, {}).get("why", self.why)

    def remedy_of(self, level: Level) -> str:
        return self.level_texts.get(level, {}).get("remedy", self.remedy)

    @classmethod
    def of(cls, detector: Detector, params: Mapping[str, float]) -> DetectorInfo:
        declaration = detector.declaration
        assert declaration is not None  # whatever a file declares has one
        return cls(
            name=detector.qualified,
            summary=_text(detector.texts, "summary", params),
            why=_text(detector.texts, "why", params),
            remedy=_text(detector.texts, "remedy", params),
            reference="".join(map(str, detector.texts.get("reference", ()))),
            levels=tuple(condition.level for condition in detector.levels),
            metrics=tuple(metric.name for metric in detector.metrics),
            keys=tuple(metric.keys for metric in detector.metrics),
            watched=detector.metrics,
            family=str(detector.family) if detector.family else None,
            clauses=written_clauses(declaration.clauses),
            file=declaration.source.name,
            line=declaration.source.position(declaration.name.span.start)[0],
            level_texts={
                one.level: {word: _text(one.texts, word, params) for word in one.texts}
                for one in detector.levels
                if one.texts
            },
        )


def _text(texts: Mapping[str, Template], word: str, params: Mapping[str, float]) -> str:
    """A text with its placeholders in braces, as it is written; parameters have their values."""
    return "".join(
        _braced(part) if isinstance(part, str) else _placeholder(part, params)
        for part in texts.get(word, ())
    )


def _braced(text: str) -> str:
    """Plain text in which a brace is not a placeholder."""
    return text.replace("{", "{{").replace("}", "}}")


def _placeholder(part: Placeholder, params: Mapping[str, float]) -> str:
    if isinstance(part.node, Parameter):
        return shown(params[part.node.name], part.spec)
    return "{" + part.name + (f":{part.spec}" if part.spec else "") + "}"


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack, or several composed, with parameters and policy chosen."""

    name: str
    packs: tuple[PackInfo, ...]
    params: Mapping[str, float]
    """By qualified name, such as `grpo.drop`."""
    policy: str | None
    detectors: tuple[DetectorInfo, ...]
    own: tuple[DetectorInfo, ...]
    """What findings of people's own checks are instances of."""
    disabled: tuple[Disabled, ...]
    """Detectors that a pack turns off, with its reason."""
    compiled: CompiledPack = field(repr=False)
    composition: Composition = field(repr=False)
    """All that had a say in parameters, policy and overrides, and where."""
    checked: tuple[CheckedPack, ...] = field(repr=False)
    """The packs, then the files of settings, each on top of all before it."""

    def engine(
        self,
        config: Mapping[str, Any] | None = None,
        *,
        state: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        siblings: Siblings | Run | Iterable[Run] | None = None,
    ) -> Engine:
        """A new engine for one run; with a state it goes on where that state was taken.

        `config` holds the training arguments that rules read as `config.NAME`, `facts` what they
        read as `run.NAME`; `siblings` are runs that it is compared with, as `replay` takes them.

        Errors: PTT503 if the state is of other rules
        """
        return Engine(self.compiled, RunContext.of(config, facts, siblings), state)

    @property
    def reads(self) -> frozenset[str]:
        """The keys, and patterns of keys, that its metrics and detectors are read from."""
        declared = (key for one in self.checked for m in one.metrics.values() for key in m.keys)
        literal = (key for one in self.detectors for keys in one.keys for key in keys)
        return frozenset((*declared, *literal))

    def log_of(self, run: Run, stack: str | None = None) -> LogStream:
        """A run's log by the names that this pack reads; of other frameworks' keys see
        `docs/stacks.md`. `stack` names the framework where its keys do not show it.

        Errors: PTT303 for a framework that is not known, PTT401 to PTT404, PTT412 for the log
        """
        return ptt_rules.logs.open_run(run, reads=self.reads, stack=stack)

    def columns(
        self,
        run: Run,
        names: Iterable[str] | None = None,
        *,
        config: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        siblings: Siblings | Run | Iterable[Run] | None = None,
        stack: str | None = None,
    ) -> pl.DataFrame:
        """Values of the rules over a run, row by row: a frame, a lazy one, or what `replay` takes.

        `names` are expressions, such as `mean(kl[20])`, `grpo.kl_jump.now` or `grpo.kl_jump.high`;
        what is of each instance of a family has a column for each, `reward_of[format]`. Without
        names it is all that the detectors name: `let`s, and the conditions of levels and `until`.

        Shape:  `step`, then a column for each name; rows as they survive where a step falls
        Null:   unknown
        Errors: PTT001 to PTT005 and PTT101 to PTT212 for names, PTT401 to PTT404 for the run
        Cost:   all columns of the whole run at once, in memory
        """
        log = self.log_of(run, stack).read()
        context = RunContext.of(config, facts, siblings).over(log.context)
        if names is None:
            return ptt_rules.evaluation.named_columns(self.compiled, log.frame, context)
        asked = asked_of(self.checked, names)
        return ptt_rules.evaluation.asked_columns(self.compiled, asked, log.frame, context)

    def expressions(
        self,
        keys: Iterable[str] = (),
        *,
        config: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> dict[str, pl.Expr]:
        """The conditions and named values of the detectors as Polars expressions of your own.

        They are used over any frame of a run's log, `lazy.with_columns(**pack.expressions())`: with
        its `step`, its logged keys as columns, and `time` and `epoch` where rules read them. Lives
        are not among them (`after`, `for`, `until`), and no function of Python. Instances of
        families are those that `keys` name, such as the columns of the frame.

        Null: unknown; what Polars cannot say is left out, see docs/values.md
        Cost: a list of its window for each row, so rows times window numbers of memory
        """
        context = RunContext.of(config, facts)
        found = ptt_rules.evaluation.plain_expressions(self.compiled, context, keys)
        return dict(found.expressions)

    def armed(
        self,
        algorithm: str,
        trl_version: str | None = None,
        config: Mapping[str, Any] | None = None,
        siblings: Siblings = NO_SIBLINGS,
        stack: str | Stack | None = None,
        *,
        facts: Mapping[str, Any] | None = None,
    ) -> Arming:
        """Which detectors a run can feed: by trainer, version of TRL, training arguments, the runs
        that it is compared with, the framework that logs it, and the facts of the run, where these
        are known.

        Errors: PTT303 for a framework that is not known
        """
        return arming(
            self.compiled,
            algorithm,
            trl_version=trl_version,
            arguments=config or {},
            siblings=siblings,
            stack=by_name(stack) if isinstance(stack, str) else stack,
            facts=facts,
        )

    def incidents(self, events: Iterable[Event]) -> list[Incident]:
        """The incidents of a run's events in order, each with its first cause."""
        detectors = (one.detector for one in self.compiled.detectors)
        reads = {one.name: [key for keys in one.keys for key in keys] for one in self.detectors}
        return incidents(events, {one.qualified: one.suppresses for one in detectors}, reads)

    @property
    def actions(self) -> frozenset[ActionKind]:
        """The actions that the chosen policy may decide on."""
        return frozenset(action.kind for action in self._specs())

    @property
    def channels(self) -> frozenset[str]:
        """The channels that the chosen policy may send to."""
        return frozenset(one.channel for one in self._specs() if one.channel is not None)

    @property
    def hyperparameters(self) -> frozenset[str]:
        """The hyper-parameters that the chosen policy may set."""
        return frozenset(
            one.hyperparameter for one in self._specs() if one.hyperparameter is not None
        )

    def _specs(self) -> Iterator[ActionSpec]:
        reactions = self.compiled.policy.reactions if self.compiled.policy else ()
        return (action for reaction in reactions for action in reaction.reaction.all_actions)

    def detector(self, name: str) -> DetectorInfo | None:
        """The detector with a qualified name."""
        return next((info for info in (*self.detectors, *self.own) if info.name == name), None)
