"""Every command on good, bad and wrong input, in a folder that has what they need."""

from __future__ import annotations

import json
from pathlib import Path

from ptt_rules import load
from ptt_rules.snapshots import Completion, FixedPrompt, Snapshot, step_name
from tests.run_directories.made import Life

METRIC = 'metric kl: nats in 0.. = "kl" "Distance from the reference."\n'
GOOD = """\
detector kl_high {
  critical when mean(kl[3]) > 0.3
  message  "KL is {kl:.2f}"
  why      "It left the reference."
  remedy   "Raise beta."
}
"""
TEST = 'test "fires" {\n  kl = 9 x 9\n  expect kl_high.critical\n}\n'
FAILING = 'test "fails" {\n  kl = 0 x 9\n  expect kl_high.critical\n}\n'
INPUT = "detector a {    high when klx > 1 }\n"
"""What stands on standard input: rules with an error and not in order."""
ALERT = "dpo: margin < 0.1 for 20 steps -> high: Margin collapsed\n"

CASES: list[tuple[str, int]] = [
    ("doctor", 0),
    ("doctor args.yaml", 1),
    ("doctor run", 0),
    ("doctor nowhere", 2),
    ("new detector kl_low fresh --metric kl", 0),
    ("new detector kl_high taken", 2),
    ("new detector 1x", 2),
    ("check good.ptt", 0),
    ("check bad.ptt", 1),
    ("check warned.ptt", 0),
    ("check --lint warned.ptt", 0),
    ("check --strict warned.ptt", 1),
    ("check nowhere.ptt", 2),
    ("check good.ptt bad.ptt nowhere.ptt", 2),
    ("fmt good.ptt", 0),
    ("fmt tidied.ptt", 0),
    ("fmt --check untidy.ptt", 1),
    ("fmt --diff untidy.ptt", 1),
    ("fmt --check torn.ptt", 2),
    ("fmt -", 0),
    ("fmt --check -", 1),
    ("check -", 1),
    ("lint -", 1),
    ("lint --fix -", 2),
    ("lint good.ptt", 0),
    ("lint warned.ptt", 0),
    ("lint --strict warned.ptt", 1),
    ("lint --fix --strict --select PTT622 warned.ptt", 0),
    ("lint bad.ptt", 1),
    ("lint nowhere.ptt", 2),
    ("lint --select PTT101 good.ptt", 2),
    ("test good.ptt", 0),
    ("test good.ptt --coverage", 0),
    ("test failing.ptt", 1),
    ("test half.ptt --fail-under 100", 1),
    ("test warned.ptt", 2),
    ("explain PTT203", 0),
    ("explain policy_gradient.entropy_collapse", 0),
    ("explain nothing", 2),
    ("docs good.ptt -o pages", 0),
    ("docs good.ptt -o stale --check", 1),
    ("docs nowhere.ptt -o pages", 2),
    ("convert alerts.txt", 0),
    ("convert alerts.txt -o alerts.ptt", 0),
    ("convert some.txt", 1),
    ("convert nowhere.txt", 2),
    ("replay log.jsonl --pack good.ptt --policy guard", 0),
    ("replay log.jsonl --pack good.ptt --fail-on critical", 1),
    ("replay blind.jsonl --pack good.ptt --fail-on-blind 50%", 1),
    ("replay nowhere.jsonl --pack good.ptt", 2),
    ("why log.jsonl --pack good.ptt kl_high", 0),
    ("why log.jsonl --pack good.ptt", 0),
    ("why blind.jsonl --pack good.ptt", 0),
    ("why log.jsonl --pack good.ptt nothing", 2),
    ("values log.jsonl --pack good.ptt mean(kl[2]) kl_high.critical", 0),
    ("values log.jsonl --pack good.ptt -o values.parquet", 0),
    ("values log.jsonl --pack good.ptt nothing", 2),
    ("armed grpo --config beta=0", 0),
    ("armed run", 0),
    ("armed good.ptt", 2),
    ("runs .", 0),
    ("runs nowhere", 2),
    ("show run", 0),
    ("show good.ptt", 2),
    ("report run", 0),
    ("report nowhere", 2),
    ("checkpoints saved", 0),
    ("checkpoints run", 1),
    ("checkpoints nowhere", 2),
    ("postmortem run", 0),
    ("postmortem fine", 2),
    ("watch fine --once", 0),
    ("watch run --once", 1),
    ("watch good.ptt --once", 2),
    ("diff run 0 10", 0),
    ("diff run 0 5 10", 2),
    ("diff fine", 2),
    ("resume run", 2),
    ("ack run kl_high", 2),
    ("pack new lab", 0),
    ("pack new 1x", 2),
    ("pack build built", 0),
    ("pack build broken", 1),
    ("pack build nowhere", 2),
    ("pack lock common", 0),
    ("pack lock nowhere", 2),
    ("pack verify", 0),
    ("pack verify --run changed", 1),
    ("pack verify --run nowhere", 2),
    ("pack list", 0),
    ("pack diff good.ptt good.ptt --over log.jsonl", 0),
    ("pack diff built later", 1),
    ("pack diff good.ptt nowhere.ptt", 2),
    ("pack show common", 0),
    ("pack show nowhere.ptt", 2),
]
"""Commands with the exit code that the documentation says."""


def make_folder(folder: Path) -> None:
    """What the commands of `CASES` are given, in the present folder."""
    _rules(folder)
    _logs(folder)
    for name, level in (("built", "critical"), ("later", "high"), ("broken", "critical")):
        _distribution(folder / name, level, "klx" if name == "broken" else "kl")
    _run(folder / "run", kl=0.1).close()
    _snapshots(folder / "run")
    _run(folder / "fine", kl=0.0).close()
    saved = _run(folder / "saved", kl=0.0)
    saved.save()
    saved.close()
    changed = folder / "changed"
    _run(changed, kl=0.0).close()
    told = json.loads((changed / "run.json").read_text())
    told["packs"][0]["digest"] = "sha256:" + "0" * 64
    (changed / "run.json").write_text(json.dumps(told))


def _rules(folder: Path) -> None:
    whole = METRIC + "\n" + GOOD
    texts = {
        "good.ptt": f"{whole}\n{TEST}",
        "bad.ptt": whole.replace("mean(kl", "mean(klx"),
        "warned.ptt": whole.replace("  message", "  for      1\n  message"),
        "untidy.ptt": whole.replace("  critical", "       critical"),
        "tidied.ptt": whole.replace("  critical", "       critical"),
        "torn.ptt": "detector a {",
        "failing.ptt": f"{whole}\n{FAILING}",
        "half.ptt": f"{whole}{GOOD.replace('kl_high', 'kl_other')}\n{TEST}",
        "alerts.txt": ALERT,
        "some.txt": f"dpo: kl over 3 -> high: KL\n{ALERT}",
        "taken/kl_high.ptt": whole,
        "args.yaml": "logging_steps: 10\n",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)


def _logs(folder: Path) -> None:
    rows = [{"step": step, "kl": 0.1 * step, "time": step} for step in range(1, 9)]
    for name, key in (("log", "kl"), ("blind", "loss")):
        lines = [json.dumps({key if k == "kl" else k: v for k, v in row.items()}) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


def _distribution(folder: Path, level: str, metric: str) -> None:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1.0.0"\n\n'
        '[project.entry-points."ptt.rulepacks"]\nmine = "mine"\n'
    )
    (folder / "mine").mkdir()
    rules = GOOD.replace("critical", level).replace("mean(kl", f"mean({metric}")
    head = 'pack mine 1.0.0 {\n  title "Mine"\n  requires ptt ">=0.1"\n}\n\n'
    (folder / "mine" / "pack.ptt").write_text(f"{head}{METRIC}\n{rules}")
    (folder / "mine" / "mine_test.ptt").write_text(TEST.replace("critical", level))


def _run(folder: Path, *, kl: float) -> Life:
    life = Life(load("good.ptt", policy="guard"), folder, max_steps=8, output_dir=folder / "out")
    for step in range(1, 9):
        if life.log({"step": step, "time": float(step), "kl": kl * step}):
            break
    return life


def _snapshots(run: Path) -> None:
    (run / "snapshots").mkdir()
    for step in (0, 10):
        asked = FixedPrompt("prompt", label="harmless")
        said = Completion(asked, f"answer {step}", tokens=2, is_truncated=False)
        text = json.dumps(Snapshot.of(step, [said]).to_json())
        (run / "snapshots" / f"{step_name(step)}.json").write_text(text)
