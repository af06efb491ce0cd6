"""TensorBoard event files give back the log events that the trainer wrote into them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from ptt_rules import PttError, read_log

DATA = Path(__file__).parent / "data"
EVENTS = DATA / "events.out.tfevents.0.dpo"


@pytest.fixture
def tensorboard() -> None:
    pytest.importorskip("tensorboard", reason="the extra `trackers` is not installed")


@pytest.fixture
def writer(tensorboard: None) -> Any:
    return pytest.importorskip("torch.utils.tensorboard").SummaryWriter


@pytest.mark.usefixtures("tensorboard")
def test_events_of_a_run_have_the_rows_that_the_callback_saw() -> None:
    events, seen = read_log(EVENTS), read_log(DATA / "run")
    assert events.frame.columns == seen.frame.columns
    # they keep 32 bits of a number, and their clock starts a little earlier
    assert_frame_equal(
        events.frame.drop("time"), seen.frame.drop("time"), rel_tol=1e-6, abs_tol=1e-9
    )
    assert events.frame["time"].is_sorted()
    late = events.frame["time"] - seen.frame["time"]
    assert late.is_between(0, 1).all()


@pytest.mark.usefixtures("tensorboard")
def test_training_arguments_come_with_the_events() -> None:
    assert (
        read_log(EVENTS).context.config["beta"]
        == read_log(DATA / "run").context.config["beta"]
        == 0.2
    )


@pytest.mark.usefixtures("tensorboard")
def test_a_folder_of_event_files_is_read_as_the_file_in_it(tmp_path: Path) -> None:
    shutil.copy(EVENTS, tmp_path)
    assert_frame_equal(read_log(tmp_path).frame, read_log(EVENTS).frame)


def test_a_resume_leaves_out_what_it_abandoned(writer: Any, tmp_path: Path) -> None:
    for number, steps in enumerate([range(1, 7), range(4, 6)]):
        events = writer(str(tmp_path), filename_suffix=f".{number}")
        for step in steps:
            events.add_scalar("train/loss", 10 * number + step, step, walltime=100 * number + step)
        events.close()
    log = read_log(tmp_path)
    assert log.frame["step"].to_list() == [1, 2, 3, 4, 5]
    assert log.frame["loss"].to_list() == [1, 2, 3, 14, 15]
    assert log.abandoned == 3


def test_scalars_of_other_writers_keep_their_names(writer: Any, tmp_path: Path) -> None:
    events = writer(str(tmp_path))
    for key in ("ppo/kl", "train/epoch", "test/loss", "eval/rewards/margins"):
        events.add_scalar(key, 0.5, 1)
    events.close()
    assert read_log(tmp_path).frame.columns[3:] == ["ppo/kl", "test_loss", "eval_rewards/margins"]
    assert read_log(tmp_path).context.config == {}


@pytest.mark.usefixtures("tensorboard")
@pytest.mark.parametrize("content", [b"", b"\x01garbage" * 20, EVENTS.read_bytes()[:40]])
def test_events_without_scalars_are_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(content)
    with pytest.raises(PttError, match=r"tfevents\.1: PTT401 .* no scalars"):
        read_log(path)


@pytest.mark.usefixtures("tensorboard")
def test_events_of_a_killed_run_are_read_up_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / EVENTS.name
    path.write_bytes(EVENTS.read_bytes()[:-1000])
    frame = read_log(path).frame
    assert 0 < frame.height < 11
    assert frame["step"].to_list() == read_log(EVENTS).frame["step"].to_list()[: frame.height]


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(PttError, match=r"PTT404 .*not installed") as raised:
        read_log(EVENTS)
    (diagnostic,) = raised.value.diagnostics
    assert "ptt-rules[trackers]" in str(diagnostic.hint)
