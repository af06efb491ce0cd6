"""Alerts as the text of a pack."""

from __future__ import annotations

from collections.abc import Sequence

from ptt_rules.authoring.convert.advice import remedy_of, summary_of, why_of
from ptt_rules.authoring.convert.conditions import Watch
from ptt_rules.authoring.convert.heuristics import Heuristic
from ptt_rules.authoring.convert.messages import escaped, message_text
from ptt_rules.authoring.convert.metrics import declaration, metric_names, range_of
from ptt_rules.language import Source
from ptt_rules.language.syntax import format_source, quoted

VERSION = "1.0.0"
NEEDS = ">=0.1"


def pack_text(name: str, origin: str, trainers: Sequence[str], rules: Sequence[Heuristic]) -> str:
    """A pack with a detector for each alert, in the layout of `ptt fmt`.

    Errors: raises RuntimeError if it were no `.ptt`, which is a fault of ours
    """
    names = metric_names(rule.metric for rule in rules)
    algorithms = f"algorithms {', '.join(trainers)}\n" if trainers else ""
    text = (
        f"pack {name} {VERSION} {{\ntitle {quoted(f'Converted from {origin}')}\n"
        f"{algorithms}requires ptt {quoted(NEEDS)}\n}}\n\n"
        + "".join(declaration(key, metric, trainers) for key, metric in names.items())
        + "".join(f"\n{_detector(rule, names[rule.metric], trainers)}" for rule in rules)
    )
    formatted, diagnostics = format_source(Source(name, text))
    if formatted is None:
        raise RuntimeError(f"{name}: {diagnostics[0].message}")
    return formatted


def _detector(rule: Heuristic, metric: str, trainers: Sequence[str]) -> str:
    low, _ = range_of(rule.metric, trainers)
    judged = rule.condition.judged(
        Watch(metric, rule.window, rule.min_steps, may_be_negative=low is None or low < 0)
    )
    clauses = [f"summary {quoted(summary_of(rule))}"]
    clauses += [f"let {name} = {expression}" for name, expression in judged.lets]
    clauses += [f"after {judged.after}"] if judged.after else []
    clauses += [f"{rule.level.word} when {judged.when}"]
    clauses += [] if rule.is_enabled else ["shadow  # it was not enabled"]
    clauses += [f"message {quoted(_message(rule, judged.threshold))}"]
    clauses += [f"why {quoted(why_of(rule))}", f"remedy {quoted(remedy_of(rule))}"]
    clauses += [f"reference {quoted(escaped(rule.reference))}"] if rule.reference else []
    return f"detector {rule.name} {{\n" + "\n".join(clauses) + "\n}\n"


def _message(rule: Heuristic, threshold: float) -> str:
    known: dict[str, str | float] = {
        "threshold": int(threshold) if threshold.is_integer() else threshold,
        "metric": rule.metric,
        "window": rule.window,
        "min_steps": rule.min_steps,
        "name": rule.name,
        "severity": rule.level.word,
        "condition": str(rule.entry.fields["condition"].value),
    }
    return message_text(rule.message, known).strip()
