"""Pages of groups 4 and 5 on snapshots: taking them, and reading them back."""

from __future__ import annotations

from ptt_rules.language.codes.page import Code, Script, Session

_TRAIN = """\
from ptt_runtime import DiagnosticsCallback, Snapshots

{before}callback = DiagnosticsCallback(run_dir="runs/a", snapshots=Snapshots({options}))
trainer = {trainer}(..., callbacks=[callback])
trainer.train()
"""


def _training(options: str = "", *, before: str = "", trainer: str = "SFTTrainer") -> str:
    return _TRAIN.format(options=options, before=before, trainer=trainer)


_NO_GENERATION = """\
class ScoringTrainer(SFTTrainer):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.model.can_generate = lambda: False  # as a reward model

"""
_BREAKING = """\
import torch

class BreakingTrainer(SFTTrainer):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.model.generate = lambda **_: torch.zeros(2**48)  # more than any memory

"""
_SNAPSHOT = """\
{"version": 1, "step": 0, "reason": "start", "seconds": 0.1, "settings": {},
 "metrics": {}, "completions": [
  {"prompt": "Hello?", "text": "Hi!", "tokens": 3, "truncated": false,
   "features": {"length": 3, "empty": false, "truncated": false,
                "refusal": false, "repetition": null,
                "similarity_first": null, "similarity_last": null}}]}
"""

LOG_PAGES = (
    Code(
        "PTT420",
        "snapshots that cannot be read",
        what="`ptt diff` compares two snapshots of a run directory. There are none at these "
        "steps, or a file is not a snapshot of this version.",
        why="A comparison with something else would show changes that the model never made.",
        failing=Session("ptt diff runs/a", {"runs/a/run.json": "{}\n"}),
        fixed=Session("ptt diff runs/a 0 0", {"runs/a/snapshots/step-00000000.json": _SNAPSHOT}),
    ),
)

RUNTIME_PAGES = (
    Code(
        "PTT520",
        "snapshots that this training cannot take",
        what="A snapshot records the model's answers to fixed prompts. This model generates no "
        "text, such as a reward model; or there is no tokenizer; or the weights are sharded over "
        "processes by FSDP, tensor parallelism or ZeRO stage 3, so that no single process can "
        "generate.",
        why="Without this error the run would go on for days without the snapshots that you rely "
        "on. DDP and ZeRO stages 1 and 2 keep the whole model in each process.",
        failing=Script(_training(before=_NO_GENERATION, trainer="ScoringTrainer")),
        fixed=Script(_training()),
    ),
    Code(
        "PTT521",
        "invalid options of snapshots",
        what="A number of `Snapshots` is outside its range, a scorer is not one, or its prompts "
        "cannot be read: a file that is missing or of another kind, no prompt at all, a prompt "
        "that appears twice, or something that is neither a text nor a list of messages.",
        why="This is reported when the callback is created, not at the first snapshot.",
        failing=Script(_training("every=0")),
        fixed=Script(_training("every=100")),
    ),
    Code(
        "PTT522",
        "snapshot that was not taken",
        what="Generation failed, for instance because the device ran out of memory, or a prompt is "
        "left out since the chat template or the model does not take it, or a scorer failed. "
        "Training goes on, and the next snapshot is tried again.",
        why="Rules on `snapshot/...` see nothing of this step. If memory is short, a smaller "
        "`batch_size` or `max_new_tokens` of the snapshots helps.",
        failing=Script(_training(before=_BREAKING, trainer="BreakingTrainer")),
        fixed=Script(_training("batch_size=4")),
    ),
)
