"""Builds the release of the last commit and does with it what its users will.

    python .ci/release.py build dist
    python .ci/release.py install dist python3.10 python3.13
    python .ci/release.py train dist python3.12

`build` makes the same bytes twice and looks into them. `install` checks, tests and replays rules in
an empty environment of each Python, `train` runs the demo there and a run of one's own.
"""

from __future__ import annotations

import email
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RULES = """\
metric margins: score = "rewards/margins"

detector margin_runaway {
  critical  when mean(margins[10]) > 1.5
  message   "The margin is large."
}

test "fires once the margin is large" {
  margins = 0.2 x 30, 2.0 x 30
  expect margin_runaway.critical at 31..40
}
"""
LOG = '{"step": 1, "loss": 0.69, "grad_norm": 0.6}\n{"step": 2, "loss": 0.0, "grad_norm": NaN}\n'
TRAINING = """\
from pathlib import Path

from trl import DPOConfig, DPOTrainer

from ptt_runtime import DiagnosticsCallback
from ptt_runtime.demo import tiny

trainer = DPOTrainer(
    model=tiny.tiny_model(Path("tiny-model")),
    processing_class=tiny.tiny_tokenizer(),
    train_dataset=tiny.preference_pairs(64),
    args=DPOConfig(output_dir="out", max_steps=100, learning_rate=1e-3, logging_steps=1,
                   report_to="none", use_cpu=True, disable_tqdm=True),
    callbacks=[DiagnosticsCallback(run_dir="runs/mine", packs=["mine.ptt"], policy="guard")],
)
trainer.train()
print("stopped at", trainer.state.global_step)
"""


def say(text: str) -> None:
    print(f"release  {text}", flush=True)


def run(command: Sequence[str | Path], at: Path, **more: str) -> str:
    """What a command prints; the release ends with its output if it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=at,
        env={**environment, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}\nexit {done.returncode}")
    return done.stdout


def build(out: Path) -> None:
    """Wheel and sdist of the last commit in `out`, which must not hold another version."""
    if changed := run(["git", "status", "--porcelain", "--untracked-files=no"], ROOT):
        raise SystemExit(f"commit first, a release is made of the last commit:\n{changed}")
    with tempfile.TemporaryDirectory() as temporary:
        made = [_built(Path(temporary) / name) for name in ("one", "another/place")]
        digests = [{path.name: _digest(path) for path in files} for files in made]
        if digests[0] != digests[1]:
            raise SystemExit(f"two builds of one commit differ: {digests}")
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        for path in made[0]:
            shutil.copy(path, out)
    for name, digest in sorted(digests[0].items()):
        say(f"{digest}  {name}")
    say("built twice in two places, the same bytes")
    files = sorted(out.iterdir())
    run([sys.executable, "-m", "twine", "check", "--strict", *files], ROOT)
    look_into(*files)


def _built(folder: Path) -> list[Path]:
    """A build from nothing but what the commit has."""
    folder.mkdir(parents=True)
    archive = folder / "commit.tar"
    run(["git", "archive", "--output", archive, "HEAD"], ROOT)
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "ptt")
    when = run(["git", "log", "-1", "--format=%ct"], ROOT).strip()
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist"]
    run([*command, folder / "ptt"], folder, SOURCE_DATE_EPOCH=when)
    return sorted((folder / "dist").iterdir())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def look_into(wheel: Path, sdist: Path) -> None:
    """What must be inside, and the version, which is the same everywhere."""
    names = set(zipfile.ZipFile(wheel).namelist())
    version = re.findall(r'"(.+)"', (ROOT / "ptt_rules/_version.py").read_text("utf-8"))[-1]
    info = f"ptt_rules-{version}.dist-info"
    tracked = run(["git", "ls-files", "grammar", "rulepacks"], ROOT).split()
    needed = {f"ptt_rules/_data/{name}" for name in tracked}
    needed |= {"ptt_rules/py.typed", "ptt_runtime/py.typed", f"{info}/licenses/LICENSE"}
    if missing := needed - names:
        raise SystemExit(f"{wheel.name} lacks {', '.join(sorted(missing))}")
    metadata = email.message_from_bytes(zipfile.ZipFile(wheel).read(f"{info}/METADATA"))
    if metadata["License-Expression"] != "MIT" or metadata["Version"] != version:
        raise SystemExit(f"{wheel.name}: version or licence is not that of the project")
    if f"\n## {version}" not in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        raise SystemExit(f"CHANGELOG.md has no heading `## {version}`")
    with tarfile.open(sdist) as opened:
        if f"ptt_rules-{version}/LICENSE" not in opened.getnames():
            raise SystemExit(f"{sdist.name} lacks LICENSE")
    say(f"{wheel.name}: {len(tracked)} files of rules and grammar, types, licence, metadata")


def environment(folder: Path, python: str, *installed: str | Path) -> Path:
    """A new environment with what is given, one after another; the folder of its commands."""
    run([python, "-m", "venv", folder / "env"], folder)
    commands = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    for one in installed:
        run([commands / "python", "-m", "pip", "install", "--quiet", one], folder)
    run([commands / "python", "-m", "pip", "check"], folder)
    return commands


def try_rules(commands: Path, folder: Path) -> None:
    """Check, test and replay rules in a folder that is not the checkout."""
    (folder / "mine.ptt").write_text(RULES, encoding="utf-8")
    (folder / "log.jsonl").write_text(LOG, encoding="utf-8")
    ptt = commands / "ptt"
    run([ptt, "--version"], folder)
    run([ptt, "check", "mine.ptt"], folder)
    run([ptt, "test", "mine.ptt"], folder)
    found = run([ptt, "replay", "log.jsonl", "--pack", "dpo", "--pack", "mine.ptt"], folder)
    if "gradient_not_finite" not in found:
        raise SystemExit(f"the replay did not find what is wrong:\n{found}")


def install(dist: Path, pythons: Sequence[str]) -> None:
    """Wheel and sdist in an empty environment of each Python."""
    wheel, sdist = sorted(dist.resolve().iterdir())
    for python in pythons:
        version = run([python, "--version"], ROOT).strip()
        for one in (wheel, sdist):
            with tempfile.TemporaryDirectory() as temporary:
                folder = Path(temporary)
                try_rules(environment(folder, python, one), folder)
        say(f"{version}: wheel and sdist installed, checked, tested, replayed")


def train(dist: Path, pythons: Sequence[str]) -> None:
    """`ptt demo`, and a run that a rule of one's own stops, from the wheel alone."""
    wheel = next(dist.resolve().glob("*.whl"))
    pinned = (ROOT / "requirements/trl-newest.in").read_text("utf-8")
    torch = re.findall(r"^torch==\S+", pinned, re.MULTILINE)[0]
    for python in pythons:
        version = run([python, "--version"], ROOT).strip()
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            commands = environment(folder, python, torch, f"{wheel}[trl]")
            try_trainings(commands, folder)
        say(f"{version}: the demo, and a run that a rule of its own stopped")


def try_trainings(commands: Path, folder: Path) -> None:
    (folder / "mine.ptt").write_text(RULES, encoding="utf-8")
    (folder / "train.py").write_text(TRAINING, encoding="utf-8")
    alone = {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "TRL_EXPERIMENTAL_SILENCE": "1"}
    printed = run([commands / "ptt", "demo"], folder, **alone)
    if "margin_lost" not in printed:
        raise SystemExit(f"the demo did not catch what it breaks:\n{printed}")
    printed = run([commands / "python", "train.py"], folder, **alone)
    if "policy guard" not in printed or "stopped at 100\n" in printed:
        raise SystemExit(f"the run was not stopped:\n{printed}")
    run([commands / "ptt", "show", "runs/mine"], folder)


def main(what: str, dist: str, *pythons: str) -> None:
    if what == "build":
        build(Path(dist))
    elif what == "install":
        install(Path(dist), pythons)
    elif what == "train":
        train(Path(dist), pythons)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
