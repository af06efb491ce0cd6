"""Pages of group 5: reports during a run."""

from __future__ import annotations

from ptt_rules.language.codes import snapshots
from ptt_rules.language.codes.page import Code, Script, Session

_TRAIN = """\
trainer = SFTTrainer(..., callbacks=[callback])
trainer.train()
"""
_POLICY = """\
metric grad_norm: norm = "grad_norm"
detector gradient_large {{ high when grad_norm > 0.5 }}
policy cool {{
  on gradient_large {{ {actions} }}
}}
"""
_BEATS = (
    '{"pulse": "running", "step": 200, "time": 4102444800.0,\n "host": "node7", "process": 4711}\n'
)
_TRAIN_WITH_POLICY = """\
from ptt_runtime import DiagnosticsCallback

callback = DiagnosticsCallback(packs="mine.ptt", policy="cool", run_dir="runs/a")
trainer = SFTTrainer(..., callbacks=[callback])
trainer.train()
"""

_RESUMED = """\
from ptt_runtime import DiagnosticsCallback

callback = DiagnosticsCallback(packs="sft", run_dir="runs/a")
trainer = SFTTrainer(..., callbacks=[callback], learning_rate=1e-5)
trainer.train()

callback = DiagnosticsCallback(run_dir="runs/a", on_resume_mismatch="fail")
trainer = SFTTrainer(..., callbacks=[callback], learning_rate={now})
trainer.train(resume_from_checkpoint="out/checkpoint-3")
"""

PAGES = (
    Code(
        "PTT501",
        "row that cannot be observed",
        what="A row needs a `step` that is a whole number, and the steps of a run never fall. The "
        "row is left out; the engine goes on with the next one.",
        why="Windows, baselines and holds count along the steps. A step that falls belongs to "
        "another branch of the run: after a resume, continue from the engine state that was saved "
        "with the checkpoint.",
        failing=Script("""\
import ptt_rules

engine = ptt_rules.load("grpo").engine()
engine.observe({"step": 200, "reward": 0.5})
engine.observe({"step": 100, "reward": 0.4})
"""),
        fixed=Script("""\
import ptt_rules

engine = ptt_rules.load("grpo").engine()
engine.observe({"step": 100, "reward": 0.4})
saved = engine.state()
engine.observe({"step": 200, "reward": 0.5})

resumed = ptt_rules.load("grpo").engine(state=saved)
resumed.observe({"step": 200, "reward": 0.6})
"""),
    ),
    Code(
        "PTT502",
        "rule that failed at run time",
        what="A failure inside ptt while a row was judged. Training goes on; the failure is "
        "reported once and recorded in `events.jsonl`. A rule that failed is turned off (its "
        "status is `broken`), and all other detectors and the policy go on. If the cause is not "
        "in your own code, it is a bug of ptt: please report it.",
        why="Findings of that row may be missing, so silence there is not a sign of health.",
        failing=Script(f"""\
from ptt_runtime import DiagnosticsCallback

class StagedTrainer(SFTTrainer):
    def log(self, logs, *args):
        self.state.global_step %= 2  # counts anew in each stage
        super().log(logs, *args)

callback = DiagnosticsCallback(packs="sft", run_dir="runs/a")
{_TRAIN.replace("SFT", "Staged")}"""),
        fixed=Script(f"""\
from ptt_runtime import DiagnosticsCallback

class StagedTrainer(SFTTrainer):
    def log(self, logs, *args):
        stage = self.state.global_step // 2
        super().log({{**logs, "stage": stage}}, *args)

callback = DiagnosticsCallback(packs="sft", run_dir="runs/a")
{_TRAIN.replace("SFT", "Staged")}"""),
    ),
    Code(
        "PTT503",
        "state that does not fit the pack",
        what="An engine was given a state that was saved with other rules, other parameters or "
        "another version of ptt, or that is damaged. A resumed run then judges the rows of its "
        "journal again.",
        why="The state holds the windows and baselines of those rules. For other rules the "
        "numbers would have no meaning.",
        failing=Script("""\
import ptt_rules

saved = ptt_rules.load("dpo").engine().state()
ptt_rules.load("grpo").engine(state=saved)
"""),
        fixed=Script("""\
import ptt_rules

saved = ptt_rules.load("dpo").engine().state()
ptt_rules.load("dpo").engine(state=saved)
"""),
    ),
    Code(
        "PTT504",
        "run directory that cannot be written",
        what="A file of the run directory could not be written: the disk is full, the folder is "
        "not yours, or something else has its name. Training goes on, and findings are still "
        "reported and acted on.",
        why="Rows and events that are not written cannot be replayed, compared or resumed from "
        "later.",
        failing=Script(
            f"""\
from ptt_runtime import DiagnosticsCallback

callback = DiagnosticsCallback(packs="sft", run_dir="runs/a")
{_TRAIN}""",
            {"runs": "a file where the folder of runs should be\n"},
        ),
        fixed=Script(
            f"""\
from ptt_runtime import DiagnosticsCallback

callback = DiagnosticsCallback(packs="sft", run_dir="runs-of-sft/a")
{_TRAIN}""",
            {"runs": "a file where the folder of runs should be\n"},
        ),
    ),
    Code(
        "PTT505",
        "logged values that are not numbers",
        what="The value that the trainer logged under this key is not a number: a list, a text, a "
        "table. The key is left out; the others of the same row are judged.",
        why="A rule that reads this key would have no data. Log a number under it, such as the "
        "mean of the list.",
        failing=Script(f"""\
from ptt_runtime import DiagnosticsCallback

class LengthTrainer(SFTTrainer):
    def log(self, logs, *args):
        super().log({{**logs, "lengths": [512, 768]}}, *args)

callback = DiagnosticsCallback(packs="sft", run_dir="runs/a")
{_TRAIN.replace("SFT", "Length")}"""),
        fixed=Script(f"""\
from ptt_runtime import DiagnosticsCallback

class LengthTrainer(SFTTrainer):
    def log(self, logs, *args):
        super().log({{**logs, "mean_length": 640}}, *args)

callback = DiagnosticsCallback(packs="sft", run_dir="runs/a")
{_TRAIN.replace("SFT", "Length")}"""),
    ),
    Code(
        "PTT506",
        "action that this trainer cannot carry out",
        what="The policy, or an option of the callback, asks for something that would not happen "
        "in this training: a channel that the callback was not given, a hyper-parameter that this "
        "trainer does not have or does not read at each step, `evaluate` where there is no "
        "evaluation. This is reported before the first step. During the run, the code stands for "
        "an action that failed.",
        why="The policy would decide and record its decision, and nothing would change.",
        failing=Script(_TRAIN_WITH_POLICY, {"mine.ptt": _POLICY.format(actions="set beta = 0.2")}),
        fixed=Script(
            _TRAIN_WITH_POLICY,
            {"mine.ptt": _POLICY.format(actions="checkpoint")},
        ),
    ),
    Code(
        "PTT507",
        "resume of a run that has become another one",
        what='The callback was created with `on_resume_mismatch="fail"`, and the run recorded in '
        "the checkpoint has a serious difference: the model or its weights, the data, the number "
        "of processes, or an argument such as the learning rate or the batch size.",
        why="The first part of the run and the second would be two trainings in one curve. With "
        '`"warn"`, the default, differences are reported and recorded, and training goes on.',
        failing=Script(_RESUMED.format(now="2e-5")),
        fixed=Script(_RESUMED.format(now="1e-5")),
    ),
    Code(
        "PTT508",
        "command that a run does not accept",
        what="`ptt resume` and `ptt ack` are for a run that goes on. This run is over, or is not "
        "paused, or does not understand the command.",
        why="The command would lie in the run directory without any effect.",
        failing=Session(
            "ptt resume runs/a", {"runs/a/run.json": "{}\n", "runs/a/heartbeat.json": _BEATS}
        ),
        fixed=Session(
            "ptt resume runs/a",
            {
                "runs/a/run.json": "{}\n",
                "runs/a/heartbeat.json": _BEATS.replace("running", "paused"),
            },
        ),
    ),
    Code(
        "PTT509",
        "family with more instances than are judged",
        what="Keys that match one pattern, such as `rewards/{func}/mean`, are instances of a "
        "family, and each is judged separately. This log has more than 1,000 of them: the first "
        "1,000 are judged, in the order of their appearance, and later ones are not.",
        why="Keys made of data, one for each sample or task, have no end. Judging each of them "
        "would slow the training more and more. Log a summary, such as their mean.",
        failing=Script(f"""\
from ptt_runtime import DiagnosticsCallback

class SampleTrainer(SFTTrainer):
    def log(self, logs, *args):
        samples = {{f"rewards/sample_{{n}}/mean": 0.5 for n in range(1001)}}
        super().log({{**logs, **samples}}, *args)

callback = DiagnosticsCallback(packs="grpo", only=True, run_dir="runs/a")
{_TRAIN.replace("SFT", "Sample")}"""),
        fixed=Script(f"""\
from ptt_runtime import DiagnosticsCallback

class SampleTrainer(SFTTrainer):
    def log(self, logs, *args):
        super().log({{**logs, "rewards/samples/mean": 0.5}}, *args)

callback = DiagnosticsCallback(packs="grpo", only=True, run_dir="runs/a")
{_TRAIN.replace("SFT", "Sample")}"""),
    ),
    *snapshots.RUNTIME_PAGES,
    Code(
        "PTT530",
        "invalid argument",
        what="The callback, or a channel, was given an argument that it does not have, or an "
        "invalid value: a text instead of True or False, a number outside its range, a folder "
        "that does not exist. All mistakes of a call are reported at once.",
        why="A script would train without the guard that it asks for, and nobody would know "
        "before the run is lost.",
        failing=Script("""\
from ptt_runtime import DiagnosticsCallback

DiagnosticsCallback(stop_on_criticals=True)
"""),
        fixed=Script("""\
from ptt_runtime import DiagnosticsCallback

DiagnosticsCallback(stop_on_critical=True)
"""),
    ),
    Code(
        "PTT531",
        "parameter of post-training-toolkit",
        what="The callback takes the parameters of post-training-toolkit that ptt has a meaning "
        "for. This one it does not have, or not with this value: what ptt always does cannot be "
        "switched off there, and the run of a tracker is opened by the trainer.",
        why="A parameter that is taken without its meaning is a guard that is missing. "
        "`docs/migrating.md` has all 31 of them.",
        failing=Script("""\
from ptt_runtime import DiagnosticsCallback

DiagnosticsCallback(experiment_tracker="wandb", experiment_name="a")
"""),
        fixed=Script("""\
from ptt_runtime import DiagnosticsCallback

DiagnosticsCallback(experiment_tracker="wandb")
"""),
    ),
)
