"""PTT655: a key that the pack's algorithms never log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ptt_rules.authoring.lint.rule import Finding, Rule
from ptt_rules.authoring.lint.subject import Subject
from ptt_rules.language import Source, Span
from ptt_rules.language.codes import Code, Rules
from ptt_rules.language.ir import Column
from ptt_rules.language.metrics import TRAINERS, LoggedKey, find, misspelt_key, nearest_key
from ptt_rules.language.stacks import STACKS
from ptt_rules.language.syntax import tree


def check(subject: Subject) -> Iterator[Finding]:
    trainers = [name for name in subject.pack.algorithms if name in TRAINERS]
    if len(trainers) < len(subject.pack.algorithms):
        return  # a trainer of which nothing is known may log anything
    for source, keys, span in _keys(subject):
        slip = misspelt_key(keys[0], trainers or TRAINERS)
        if slip is not None:
            message = f"no trainer logs `{keys[0]}`"
            yield Finding(source, span, message, f"did you mean `{slip}`?")
            continue
        rows = [row for key in keys for row in find(key)]
        if any(_is_logged(row, trainers) for row in rows):
            continue
        if any(_is_of_a_framework(key, trainers) for key in keys):
            continue
        near = nearest_key(keys[0], trainers or TRAINERS)
        if trainers or near is not None or (rows and all(row.until for row in rows)):
            yield _finding(source, span, keys[0], trainers, rows, near)


def _is_logged(row: LoggedKey, trainers: Sequence[str]) -> bool:
    """By a trainer of the pack; by any, where the pack names none."""
    if not trainers:
        return not row.until or row.trainers == ("ppo",)
    is_there = bool(set(row.trainers) & set(trainers))
    return is_there and (not row.until or row.trainers == ("ppo",))


def _is_of_a_framework(key: str, trainers: Sequence[str]) -> bool:
    """Whether a framework logs it as a quantity that TRL does not have."""
    return any(
        own.key == key and {*stack.packs} & {*trainers} for stack in STACKS for own in stack.own
    )


def _keys(subject: Subject) -> Iterator[tuple[Source, tuple[str, ...], Span]]:
    """Keys of metrics, and keys in backticks; without families that match every key."""
    for source, item in subject.items(tree.MetricDecl):
        keys = tuple(text.value for text in item.keys.items)
        if item.label is None or keys != (f"{{{item.label.word}}}",):
            yield source, keys, item.keys.items[0].span
    for placed, column in subject.written(Column):
        if column.instance is None and placed.text.startswith("`"):
            yield placed.source, column.keys, column.span


def _finding(
    source: Source,
    span: Span,
    key: str,
    trainers: Sequence[str],
    rows: Sequence[LoggedKey],
    near: str | None,
) -> Finding:
    who = f"{' or '.join(trainers)} " if trainers else ""
    message = f"no {who}trainer logs `{key}`"
    gone = [row for row in rows if row.until and (not trainers or set(row.trainers) & {*trainers})]
    others = sorted({trainer for row in rows for trainer in row.trainers} - {*trainers})
    if gone:
        message = f"`{key}` is no longer logged since TRL {gone[0].until}"
    elif others and trainers:
        message += f", those of {', '.join(others)} do"
    hint = "if code of your own logs it, say so in an `allow`"
    if near is not None:
        hint = f"did you mean `{near}`?"
    return Finding(source, span, message, hint)


RULE = Rule(
    Code(
        "PTT655",
        "metric that is never logged",
        what="No trainer of the pack's `algorithms` logs any key of a metric, in any known "
        "version of TRL, and no other framework whose keys are known logs it as a quantity of its "
        "own. In a pack that names no algorithms, a key is reported only if TRL no "
        "longer logs it, or if it looks like a misspelt one.",
        why="A key that is never logged makes every rule on it blind: silent, whatever happens.",
        failing=Rules("""\
pack guards 1.0.0 {
  algorithms grpo
}

metric length: tokens in 0.. = "completion_length"

detector length_collapse {
  high when mean(length[20]) < 10
}
"""),
        fixed=Rules("""\
pack guards 1.0.0 {
  algorithms grpo
}

metric length: tokens in 0.. = "completions/mean_length", "completion_length"

detector length_collapse {
  high when mean(length[20]) < 10
}
"""),
        doubt="A reward function, a callback or a subclass of the trainer can log keys of its own.",
    ),
    check,
)
