"""Pages of group 4: logs of runs, and tests."""

from __future__ import annotations

from ptt_rules.language.codes import snapshots
from ptt_rules.language.codes.page import Code, Rules, Session

_REPLAY = "ptt replay run.jsonl --pack grpo"
_ROWS = """\
{"step": 10, "reward": 0.4, "kl": 0.01}
{"step": 20, "reward": 0.5, "kl": 0.02}
"""

_PANEL = """\
"Step","brisk - reward","calm - reward"
"10","0.4","0.3"
"20","0.5","0.4"
"""

_TESTED = """\
metric kl: nats = "kl"

detector kl_runaway {{
  high when mean(kl[3]) > 0.3
}}

test "fires on a fast rise" {{
  kl = 0.01 x 10, 0.5 x 10
  expect kl_runaway.high
  expect mean(kl[3]) == 0.5 at {step}
}}
"""

_CASE = (
    '{{"name": "fires", "pack": "detector high_kl {{ high when `kl` > 1 }}", '
    '"rows": [{{"step": 1, "kl": 0}}, {{"step": 2, "kl": 3}}], "events": [{{"event": "fired", '
    '"detector": "high_kl", "instance": {{}}, "level": "high", "step": {step}, "row": 1, '
    '"reported": true}}]}}\n'
)

PAGES = (
    Code(
        "PTT401",
        "file that is not a run log",
        what="The file or folder does not contain the log of a run. Formats that can be read: a "
        "run directory, `trainer_state.json`, JSON lines of log dicts, CSV and Parquet tables, "
        "what a trainer printed, TensorBoard events, the files of Weights & Biases, MLflow and "
        "Trackio, and the logs of verl, prime-rl, LLaMA-Factory, ms-swift and torchtune.",
        why="Numbers guessed from another kind of file would be judged as if the run had logged "
        "them.",
        failing=Session(
            "ptt replay run.log --pack grpo", {"run.log": "step 10: reward 0.4, kl 0.01\n"}
        ),
        fixed=Session(_REPLAY, {"run.jsonl": _ROWS}),
    ),
    Code(
        "PTT402",
        "no such run log",
        what="There is no file and no folder at this path.",
        why="A replay of nothing finds nothing, which looks like a healthy run.",
        failing=Session("ptt replay runs/monday.jsonl --pack grpo", {"run.jsonl": _ROWS}),
        fixed=Session(_REPLAY, {"run.jsonl": _ROWS}),
    ),
    Code(
        "PTT403",
        "run log without steps",
        what="No row has a step, under any of the names that trainers give it (`step`, "
        "`global_step`, `current_steps`, `iteration`, `_step` and others), and no key is one that "
        "trainers log. The rows of a log that trainers are known to write are counted instead, "
        "with a note.",
        why="Rules depend on steps: how long something held, when it began, where to resume. A "
        "table of anything else with its rows counted would be judged as a healthy run.",
        failing=Session(_REPLAY, {"run.jsonl": '{"question": "2 + 2", "tokens": 7}\n'}),
        fixed=Session(_REPLAY, {"run.jsonl": '{"step": 10, "reward": 0.4, "kl": 0.01}\n'}),
    ),
    Code(
        "PTT404",
        "reader that is not installed",
        what="Another library reads logs of this format, and it is not installed: `tensorboard` "
        "for TensorBoard events. `pip install 'ptt-rules[trackers]'` installs it; where no index "
        "has ptt, write the path of its wheel and `[trackers]`. Most runs also leave a "
        "`trainer_state.json`, which needs no other library.",
        why="Without its reader the log is only bytes.",
        failing=Session(
            "ptt replay runs/a --pack grpo",
            {"runs/a/events.out.tfevents.1": ""},
            without="tensorboard",
        ),
        fixed=Session(
            "ptt replay runs/a/trainer_state.json --pack grpo",
            {
                "runs/a/events.out.tfevents.1": "",
                "runs/a/trainer_state.json": '{"log_history": [{"step": 10, "reward": 0.4}]}\n',
            },
            without="tensorboard",
        ),
    ),
    Code(
        "PTT405",
        "test that has no meaning",
        what="A test gives series first, and states what must happen last. This one states "
        "nothing, something that cannot be tested (a condition without a step, or `resolves` of "
        "something that is not a detector), or gives something after an expectation.",
        why="The test would pass whatever the rules do, so it would check nothing.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[3]) > 0.3
}

test "fires on a fast rise" {
  kl = 0.01 x 20, 0.5 x 20
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[3]) > 0.3
}

test "fires on a fast rise" {
  kl = 0.01 x 20, 0.5 x 20
  expect kl_runaway.high at 21..25
}
"""),
    ),
    Code(
        "PTT406",
        "expectation at a step without a row",
        what="A test expects something at steps for which it has no row: its series, or the log "
        "that it replays, end before these steps, begin after them, or skip them, or the policy "
        "stopped the run before them.",
        why="Rules are judged only at rows, and after a `stop` at none. Nothing can happen at "
        "another step, so `expect no ...` would pass whatever the rules do.",
        failing=Session("ptt test mine.ptt", {"mine.ptt": _TESTED.format(step=30)}),
        fixed=Session("ptt test mine.ptt", {"mine.ptt": _TESTED.format(step=15)}),
    ),
    Code(
        "PTT407",
        "no tests to run",
        what="There is no test at these paths, or none whose name contains a word given with `-k`.",
        why="A run without tests would pass, which looks like tested rules.",
        failing=Session("ptt test mine.ptt -k colapse", {"mine.ptt": _TESTED.format(step=15)}),
        fixed=Session("ptt test mine.ptt -k fires", {"mine.ptt": _TESTED.format(step=15)}),
    ),
    Code(
        "PTT408",
        "folder that is not a run directory",
        what="Commands about a whole run (`ptt show`, `ptt checkpoints`, `ptt postmortem`, `ptt "
        "report`) read the folder that the callback wrote: its `run_dir`. This is another folder, "
        "or a file in it does not have the format of ptt.",
        why="This folder says neither what the run was nor what was found in it, so an answer "
        "would be a guess. `ptt replay` judges logs of other kinds.",
        failing=Session("ptt show runs", {"runs/a/run.json": "{}\n"}),
        fixed=Session("ptt show runs/a", {"runs/a/run.json": "{}\n"}),
    ),
    Code(
        "PTT409",
        "run without a postmortem",
        what="A postmortem describes a run that failed, was killed or was marked as not to be "
        "used. This run goes on, or ended normally. A run on a lost machine counts as dead after "
        "ten minutes of silence; if you know that it is dead, give `--dead`.",
        why="A postmortem of a live run would be wrong a minute later, and would be read as its "
        "end.",
        failing=Session(
            "ptt postmortem runs/a",
            {"runs/a/run.json": "{}\n", "runs/a/metrics.jsonl": _ROWS},
        ),
        fixed=Session(
            "ptt postmortem runs/a --dead",
            {"runs/a/run.json": "{}\n", "runs/a/metrics.jsonl": _ROWS},
        ),
    ),
    Code(
        "PTT410",
        "conformance case that gives something else",
        what="A case of a conformance file says which events and actions its rows give. Judged "
        "all at once, row by row, or from a state that was saved and restored, they give others.",
        why="The rules mean something else than the case says, or the ways to judge do not agree.",
        failing=Session("ptt test cases.jsonl", {"cases.jsonl": _CASE.format(step=3)}),
        fixed=Session("ptt test cases.jsonl", {"cases.jsonl": _CASE.format(step=2)}),
    ),
    Code(
        "PTT411",
        "file that has no conformance cases",
        what="`ptt test` takes a `.jsonl` file for conformance cases: a JSON object a line, with a "
        "`name`, a `pack`, its `rows`, and the `events` that they give. This line is not one.",
        why="A case that is left out would look like one that passed.",
        failing=Session("ptt test cases.jsonl", {"cases.jsonl": _ROWS}),
        fixed=Session("ptt test cases.jsonl", {"cases.jsonl": _CASE.format(step=2)}),
    ),
    Code(
        "PTT412",
        "log of several runs",
        what="This file or folder holds the logs of more than one run: a database or folder of a "
        "tracker, TensorBoard events of trainings that begin anew, a table with a column for each "
        "run. Name one after `#`, or give its own folder.",
        why="Rows of two runs one after the other look like one run that was resumed, of which "
        "all but the last part would be left out.",
        failing=Session("ptt replay panel.csv --pack grpo", {"panel.csv": _PANEL}),
        fixed=Session("ptt replay panel.csv#calm --pack grpo", {"panel.csv": _PANEL}),
    ),
    *snapshots.LOG_PAGES,
)
