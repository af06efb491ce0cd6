"""PTT659: a training argument that no trainer of the pack has, or has in another kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import RUN_FACTS
from ptt_rules.language.check import nearest
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Config, ConfigText
from ptt_rules.language.trainers import ARGUMENT_HABITS, known_arguments, numbers_of, texts_of, who

_CLOSE = 0.75


def check(subject: Subject) -> Iterator[Finding]:
    if subject.pack.algorithms and not subject.trainers:
        return  # nothing is known of what such trainers take
    for placed, config in subject.written(Config):
        found = _fault(config, subject.trainers)
        if found is not None:
            message, hint = found
            yield Finding(placed.source, placed.node.span, message, hint)


def _fault(config: Config, algorithms: Collection[str]) -> tuple[str, str] | None:
    name, is_text = config.name, isinstance(config, ConfigText)
    own, others = numbers_of(algorithms), texts_of(algorithms)
    if is_text:
        own, others = others, own
    if name in own:
        return None
    if name in others:
        kind = "a text" if is_text else "a number or a truth"
        message = f"the training argument `{name}` is not {kind}, and so unknown here"
        wanted = "number, or as a condition" if is_text else 'text: `config.{name} == "..."`'
        return message, f"ask for it as a {wanted.format(name=name)}"
    message = f"no trainer {who(algorithms)} has the argument `{name}`"
    if name in known_arguments():
        if not algorithms or name not in numbers_of() | texts_of():
            return None
        return message, _near(name, own | others)
    return f"{message}, which is unknown in its runs", _near(name, own | others)


def _near(name: str, numbers: Collection[str]) -> str:
    habit = ARGUMENT_HABITS.get(name)
    fact = next((word for word in (name, habit) if word in RUN_FACTS), None)
    if fact is not None:
        return f"it is a fact of the run: `run.{fact}`"
    near = habit if habit in numbers else nearest(name, sorted(numbers), _CLOSE)
    if near is None:
        return "if a trainer of your own has it, say so in an `allow`"
    return f"did you mean `config.{near}`?"


RULE = Rule(
    Code(
        "PTT659",
        "training argument that no trainer has",
        what="A rule reads `config.NAME`, and no trainer of the pack's `algorithms` has an "
        "argument of that name and kind: a text where one is compared, else a number or a truth. "
        "In a pack that names no algorithms, all trainers that ptt knows count; a pack that names "
        "an unknown algorithm is left alone.",
        why="The comparison is unknown in every row, so the rule never fires, and its silence "
        "looks like health.",
        failing=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_above_beta {
  high when mean(kl[20]) > config.betaa
}
"""),
        fixed=Rules("""\
metric kl: nats in 0.. = "kl"

detector kl_above_beta {
  high when mean(kl[20]) > config.beta
}
"""),
        doubt="A trainer of your own can have arguments of its own.",
    ),
    check,
)
