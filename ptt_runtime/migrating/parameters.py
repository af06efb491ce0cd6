"""Parameters of post-training-toolkit that the callback has under another name, or always does.

Each is a row: what it takes, and what of ptt it means. A value that ptt has no meaning for is
refused with what to write instead. Four more have the same name and meaning in both, and are the
callback's own: `run_dir`, `stop_on_critical`, `custom_heuristics_dir` and `custom_alerts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ptt_rules import Diagnostic, PttError
from ptt_rules.observing.arguments import Unfit, anything, flag, path, shown, whole
from ptt_runtime.migrating.older import Given, Older, Refused, always, ignored, never, renamed
from ptt_runtime.migrating.older_snapshots import generation_of, snapshots_of_older

CODE = "PTT531"
PAGE = "docs/migrating.md"
_TOOL = "post-training-toolkit"
_RUN_OF_TRAINER = "the trainer opens the tracker's run: {}"
_SILENCE = 'leave it out: `verbosity="quiet"` prints findings alone'
_DISABLE = 'leave it out, and take rules out in ptt.yaml: `disable distributed.{} because "..."`'


def _tracker(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value.strip():
        return "tensorboard" if value == "tb" else value
    raise Unfit(name, value, "the name of a tracker", f'write such as `{name}="wandb"`')


def _every_row(every: int, given: Given) -> dict[str, Any]:
    if every == 1:
        return {}
    raise Refused(
        "every row that is logged is kept and judged: leave it out, and write "
        f"`logging_steps={every}` in the training arguments"
    )


PARAMETERS: Mapping[str, Older] = {
    "log_path": renamed("run_dir", path("runs/a/metrics.jsonl"), lambda file: Path(file).parent),
    "log_every_n_steps": Older(whole(1, 1), _every_row),
    "include_slices": always("leave it out: every key that is logged is kept"),
    "verbose": renamed("verbosity", flag, lambda on: "verbose" if on else None),
    "enable_snapshots": Older(flag, snapshots_of_older),
    "snapshot_interval": Older(whole(1, 100), snapshots_of_older),
    "snapshot_prompts": Older(anything, snapshots_of_older),
    "snapshot_generation_config": Older(generation_of, snapshots_of_older),
    "enable_auto_diff": always("leave it out: where snapshots are, so are their diffs"),
    "enable_postmortem": always("leave it out: only a run that ends badly has a postmortem"),
    "enable_resume_validation": always(
        'leave it out: `on_resume_mismatch="warn"` only reports what differs'
    ),
    "fail_on_resume_mismatch": renamed(
        "on_resume_mismatch", flag, lambda on: "fail" if on else "warn"
    ),
    "enable_live_warnings": always(_SILENCE),
    "live_warning_interval": ignored(whole(1, 10)),
    "save_git_diff": renamed("record", flag, lambda on: ["git_diff"] if on else None),
    "full_package_snapshot": renamed("record", flag, lambda on: ["packages"] if on else None),
    "experiment_tracker": renamed("trackers", _tracker, lambda name: [name] if name else None),
    "experiment_name": never(
        _RUN_OF_TRAINER.format("write `run_name=...` in the training arguments")
    ),
    "experiment_project": never(
        _RUN_OF_TRAINER.format("set WANDB_PROJECT, or MLFLOW_EXPERIMENT_NAME")
    ),
    "experiment_tags": never(_RUN_OF_TRAINER.format("set WANDB_TAGS, or MLFLOW_TAGS")),
    "tracker_kwargs": never(_RUN_OF_TRAINER.format("open it yourself before, with these")),
    "auto_diagnostics": always(_SILENCE),
    "distributed_metrics": always(_DISABLE.format("NAME")),
    "straggler_detection": always(_DISABLE.format("straggler")),
    "straggler_check_interval": renamed("rank_metrics_every", whole(1, 50), lambda every: every),
    "distributed_memory": always(_DISABLE.format("memory_growth")),
    "disable_yaml_heuristics": never(
        "leave it, `custom_heuristics_dir` and `custom_alerts` out; ptt.yaml takes single rules "
        'out: `disable preference.loss_at_ln2 because "..."`',
        flag,
    ),
}
"""By the toolkit's name, without the four that have it here too."""


def translated(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Diagnostic]]:
    """The arguments of a call in ptt's own names, and what is wrong with those of the toolkit."""
    own = {name: value for name, value in given.items() if name not in PARAMETERS}
    older, found = _taken({name: given[name] for name in given if name in PARAMETERS})
    added: dict[str, Any] = {}
    for name in older:
        try:
            meant = PARAMETERS[name].means(older[name], older)
        except Refused as refused:
            found.append(_refused(name, given[name], str(refused)))
            continue
        except PttError as error:
            found += error.diagnostics
            continue
        for argument, value in meant.items():
            if argument in own:
                found.append(_given_twice(name, argument))
            is_more = isinstance(value, list) and argument in added
            added[argument] = [*added[argument], *value] if is_more else value
    return {**own, **added}, list(dict.fromkeys(found))


def _taken(given: Given) -> tuple[dict[str, Any], list[Diagnostic]]:
    """What the values mean by themselves, and those that neither tool takes."""
    taken, found = {}, []
    for name, value in given.items():
        try:
            taken[name] = PARAMETERS[name].kind(name, value)
        except Unfit as unfit:
            found.append(Diagnostic(CODE, f"{unfit} ({_TOOL})", hint=_with_page(unfit.hint)))
    return taken, found


def _refused(name: str, value: Any, instead: str) -> Diagnostic:
    message = f"`{name}` of {_TOOL} is not taken with {shown(value)}"
    return Diagnostic(CODE, message, hint=_with_page(instead))


def _given_twice(name: str, argument: str) -> Diagnostic:
    message = f"`{name}` of {_TOOL} is `{argument}` here, and both are given"
    return Diagnostic(CODE, message, hint=_with_page(f"keep `{argument}`"))


def _with_page(hint: str) -> str:
    return f"{hint} (see {PAGE})"
