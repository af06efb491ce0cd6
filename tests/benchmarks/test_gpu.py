"""The benchmark for a GPU: that it works, by a tiny model on the CPU."""

from __future__ import annotations

import warnings

import pytest
import torch

pytest.importorskip("trl", reason="trains with TRL")

from benchmarks import gpu
from benchmarks.on_device import WAITS, Watcher

pytestmark = pytest.mark.runtime


def test_a_tiny_training_fills_each_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu.main(["--tiny", "--algorithms", "sft"]) == 0
    said = capsys.readouterr().out
    for words in ("share of a step", "| sft | 0 |", "| forward_time |", "| memory |", "Graphs"):
        assert words in said
    without, with_ptt = said.rstrip().splitlines()[-1].strip("| ").split(" | ")[1:]
    assert int(without) == int(with_ptt) > 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu.main([]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "no GPU: torch finds no CUDA here; --tiny tries it on the CPU"
    ]


def test_a_tiny_training_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert gpu.main(["--tiny", "--write"]) == 2
    assert "--write" in capsys.readouterr().err


def test_the_page_has_the_place_of_the_tables() -> None:
    assert gpu.PAGE.read_text(encoding="utf-8").count(gpu.MARK) == 1


def test_values_read_off_tensors_are_counted() -> None:
    watcher = Watcher(torch.device("cpu"))
    with watcher.watching():
        float(torch.ones(1) + 1)
    assert (watcher.read, watcher.waits) == (1, None)


def test_calls_that_wait_for_the_device_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[str] = []
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", modes.append)
    watcher = Watcher(torch.device("cuda"))
    with watcher.watching():
        warnings.warn(WAITS, stacklevel=1)
        warnings.warn("something else", stacklevel=1)
    assert (watcher.waits, modes) == (1, ["warn", "default"])
