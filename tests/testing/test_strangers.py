"""A test of a stranger's pack reads regular files in its folder, and shows none of their lines."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ptt_rules.cli.main import main

SECRET = "root:$6$salt$hash:19000:0:99999:7:::"
RULES = 'pack lab 0.1.0 { title "Lab" }\nmetric kl: nats = "kl"\ndetector d { high when kl > 9 }\n'
ROWS = '{"step": 1, "kl": 0.5}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lab(replayed: str) -> Path:
    folder = Path("work/lab")
    folder.mkdir(parents=True)
    (folder / "pack.ptt").write_text(RULES)
    (folder / "d_test.ptt").write_text(
        f'test "t" {{\n  replay "{replayed}"\n  expect silence\n}}\n'
    )
    return folder


def outside() -> None:
    """Beside the pack: a log, a secret, and folders of them."""
    Path("work").mkdir(exist_ok=True)
    for name in ("work/run.jsonl", "work/runs/a/metrics.jsonl", "work/lab2/run.jsonl"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(ROWS)
    Path("work/secret.txt").write_text(SECRET + "\n")


def link(folder: Path) -> None:
    (folder / "run.jsonl").symlink_to("../secret.txt")


def link_of_link(folder: Path) -> None:
    (folder / "a").symlink_to("run.jsonl")
    (folder / "run.jsonl").symlink_to("../run.jsonl")


def folder_of_a_run(folder: Path) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "metrics.jsonl").write_text('{"step": 1, "kl": 1}\n')


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "run.jsonl")


def circle(folder: Path) -> None:
    (folder / "run.jsonl").symlink_to("run.jsonl")


def listening(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(folder / "run.jsonl"))


def secret_inside(folder: Path) -> None:
    (folder / "run.jsonl").write_text(SECRET + "\n")


def nothing(folder: Path) -> None:
    pass


CASES: list[tuple[str, Callable[[Path], None], str]] = [
    ("/etc/shadow", nothing, "PTT321"),
    ("/etc/passwd", nothing, "PTT321"),
    ("/proc/self/environ", nothing, "PTT321"),
    ("/dev/zero", nothing, "PTT321"),
    ("/dev/stdin", nothing, "PTT321"),
    ("../run.jsonl", nothing, "PTT321"),
    ("../secret.txt", nothing, "PTT321"),
    ("../lab2/run.jsonl", nothing, "PTT321"),
    ("x/../../secret.txt", nothing, "PTT321"),
    ("../no_such_file", nothing, "PTT321"),
    ("..", nothing, "PTT321"),
    ("run.jsonl", link, "PTT321"),
    ("a", link_of_link, "PTT321"),
    ("run.jsonl", pipe, "PTT401"),
    ("run", folder_of_a_run, "PTT401"),
    ("run.jsonl", circle, "PTT401"),
    ("run.jsonl", listening, "PTT401"),
    ("run.jsonl", secret_inside, "PTT401"),
    ("run.jsonl", nothing, "PTT402"),
    ("run\\0.jsonl", nothing, "PTT321"),
]


@pytest.mark.parametrize(("replayed", "prepared", "code"), CASES)
def test_what_a_test_may_not_replay_is_an_error_where_it_names_it(
    replayed: str, prepared: Callable[[Path], None], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lab(replayed)
    outside()
    prepared(folder)
    assert main(["test", "work/lab"]) == 1
    out, err = capsys.readouterr()
    assert f"error[{code}]" in err
    assert "work/lab/d_test.ptt:2:" in err
    for told in ("root:", 'kl":', "/bin/", "PATH="):
        assert told not in out + err


def test_a_build_reads_no_more_than_a_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pack", "new", "lab_rules", "."]) == 0
    Path("secret.txt").write_text(SECRET)
    (tests,) = Path("lab_rules").rglob("*_test.ptt")
    up = "../" * (len(tests.parts) - 1)
    added = f'test "t" {{\n  replay "{up}secret.txt"\n  expect silence\n}}\n'
    tests.write_text(tests.read_text() + added)
    capsys.readouterr()
    assert main(["pack", "build", "lab_rules"]) == 1
    out, err = capsys.readouterr()
    assert "error[PTT321]" in out + err
    assert "root:" not in out + err


def test_a_log_elsewhere_in_the_folder_of_the_pack_is_read() -> None:
    folder = lab("../traces/run.jsonl")
    (folder / "tests").mkdir()
    (folder / "d_test.ptt").rename(folder / "tests" / "d_test.ptt")
    (folder / "traces").mkdir()
    (folder / "traces" / "monday.jsonl").write_text(ROWS)
    (folder / "traces" / "run.jsonl").symlink_to("monday.jsonl")
    assert main(["test", "work/lab"]) == 0
