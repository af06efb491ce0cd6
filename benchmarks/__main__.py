"""`make bench`: what one judgement costs, against pandas, and how it grows."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.pandas_rival import PandasRival
from ptt_rules import Pack, load, loads, replay

KEYS = {
    "sft": ["loss", "grad_norm", "learning_rate", "entropy", "mean_token_accuracy", "num_tokens"],
    "dpo": [
        "loss", "grad_norm", "learning_rate", "entropy", "num_tokens", "mean_token_accuracy",
        "logits/chosen", "logits/rejected", "rewards/chosen", "rewards/rejected",
        "rewards/accuracies", "rewards/margins", "logps/chosen", "logps/rejected",
    ],
    "grpo": [
        "loss", "grad_norm", "learning_rate", "num_tokens", "completions/mean_length",
        "completions/clipped_ratio", "rewards/f/mean", "rewards/f/std", "reward", "reward_std",
        "frac_reward_zero_std", "entropy", "kl", "clip_ratio/region_mean", "step_time",
    ],
}  # fmt: skip
JUDGEMENTS = 400
EARLY, LATE = 200, 200_000
RULES = 35
LARGE = 1000


def rows(algorithm: str, start: int, count: int) -> list[dict[str, Any]]:
    """Rows as the trainer logs them, with values that no rule finds remarkable."""
    source = random.Random(start)
    return [
        {"step": step, "time": 0.1 * step, **{k: source.uniform(0.4, 0.6) for k in KEYS[algorithm]}}
        for step in range(start, start + count)
    ]


def microseconds(observe: Callable[[dict[str, Any]], Any], log: list[dict[str, Any]]) -> float:
    """Median time of one judgement."""
    times = []
    for row in log:
        began = time.perf_counter_ns()
        observe(row)
        times.append(time.perf_counter_ns() - began)
    return statistics.median(times) / 1000


def rules_of_lab(count: int) -> Pack:
    """As many rules as the rival has, of the same kinds, over the same columns."""
    keys = KEYS["grpo"]
    metrics = "".join(f'metric m{i}: none = "{key}"\n' for i, key in enumerate(keys))
    forms = (
        "mean(M[W]) < 0.1 * mean(M[first W])",
        "mean(M[W]) > 1e6",
        "max(M[5]) > 1e6 * mean(M[W])",
        "std(M[W]) > 1e6",
        "max(M[W]) - min(M[W]) > 1e6",
    )
    windows = (10, 20, 30, 50)
    detectors = ""
    for i in range(count):
        form = forms[i % len(forms)].replace("M", f"m{i % len(keys)}")
        condition = form.replace("W", str(windows[i % len(windows)]))
        detectors += f"detector d{i} {{ high when {condition} for 3 }}\n"
    return loads(metrics + detectors)


def measure(pack: Pack, algorithm: str) -> tuple[float, float]:
    """Microseconds of one judgement after a short and after a long history."""
    engine = pack.engine()
    for row in rows(algorithm, 1, EARLY):
        engine.observe(row)
    early = microseconds(engine.observe, rows(algorithm, EARLY + 1, JUDGEMENTS))
    done = EARLY + JUDGEMENTS
    while done < LATE:
        part = rows(algorithm, done + 1, min(10_000, LATE - done))
        for row in part:
            engine.observe(row)
        done += len(part)
    return early, microseconds(engine.observe, rows(algorithm, LATE + 1, JUDGEMENTS))


def rival(algorithm: str, count: int) -> float:
    judge = PandasRival(KEYS[algorithm], count)
    for row in rows(algorithm, 1, EARLY):
        judge.observe(row)
    return microseconds(judge.observe, rows(algorithm, EARLY + 1, JUDGEMENTS // 4))


def import_seconds() -> float:
    """Median time to start Python and import ptt_rules, less the start alone."""

    def run(code: str) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append(time.perf_counter() - began)
        return statistics.median(times)

    return run("import ptt_rules") - run("pass")


def replay_rate(pack: Pack) -> float:
    """Rows a second of a whole log at once."""
    log = rows("grpo", 1, 20_000)
    began = time.perf_counter()
    replay(pack, log)
    return len(log) / (time.perf_counter() - began)


def many_detectors(count: int) -> str:
    """The text of a pack of so many detectors, as authors write them."""
    metrics = "".join(f'metric m{i}: nats = "key_{i}"\n' for i in range(50))
    return metrics + "".join(
        f"""detector d{i} {{
  summary "Something is wrong"
  let now = mean(m{i % 50}[{10 + i % 40}])
  let base = mean(m{i % 50}[first {10 + i % 30}])
  high when now > {i}.5 * base and std(m{(i + 1) % 50}[20]) > 0
  critical when now > {2 * i + 2} * base
  for 3
  message "{{now:.3f}} from {{base:.3f}}"
}}
"""
        for i in range(count)
    )


def check_cost(path: str) -> tuple[float, float]:
    """Seconds and MiB of `ptt check` from a cold start."""
    command = [sys.executable, "-m", "ptt_rules.cli.main", "check", path]
    measured = (
        "import resource, subprocess, sys, time; began = time.perf_counter(); "
        "subprocess.run(sys.argv[1:], check=True); took = time.perf_counter() - began; "
        "print(took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    told = subprocess.run(
        [sys.executable, "-c", measured, *command], check=True, capture_output=True, text=True
    )
    seconds, mebibytes = map(float, told.stdout.split())
    return seconds, mebibytes


def checks() -> dict[str, tuple[float, float]]:
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "large.ptt")
        large.write_text(many_detectors(LARGE))
        shipped = str(Path(__file__).parents[1] / "rulepacks")
        return {"shipped packs": check_cost(shipped), f"{LARGE} detectors": check_cost(str(large))}


def main() -> None:
    results: dict[str, Any] = {"judgement": []}
    print("One judgement, median microseconds on this machine; the rival is pandas with as many")
    print(f"rules over the same columns (benchmarks/pandas_rival.py), after {EARLY} rows.\n")
    print(f"| rules | number | ptt, row {EARLY} | ptt, row {LATE:,} | pandas | pandas / ptt |")
    print("|---|---|---|---|---|---|")
    cases = [(name, load(name), name) for name in KEYS]
    cases.append((f"{RULES} rules", rules_of_lab(RULES), "grpo"))
    for name, pack, algorithm in cases:
        count = len(pack.detectors)
        early, late = measure(pack, algorithm)
        other = rival(algorithm, count)
        print(
            f"| {name} | {count} | {early:.0f} | {late:.0f} | {other:.0f} | {other / early:.0f}x |"
        )
        results["judgement"].append(
            {"rules": name, "number": count, "early_us": early, "late_us": late, "pandas_us": other}
        )
    results["import_s"] = import_seconds()
    results["replay_rows_per_s"] = replay_rate(cases[-1][1])
    print(f"\n`import ptt_rules`: {results['import_s']:.2f} s")
    print(f"replay of 20,000 rows with {RULES} rules: {results['replay_rows_per_s']:,.0f} rows/s")
    print("\n| ptt check | s | MiB |\n|---|---|---|")
    results["check"] = checks()
    for name, (seconds, mebibytes) in results["check"].items():
        print(f"| {name} | {seconds:.2f} | {mebibytes:.0f} |")
    out = Path(__file__).parent / "results"
    out.mkdir(exist_ok=True)
    (out / "latest.json").write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
