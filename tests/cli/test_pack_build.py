"""`ptt pack new` and `ptt pack build`: from nothing to a wheel, the same each time."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from ptt_rules import load
from ptt_rules.cli.main import main

Capture = pytest.CaptureFixture[str]
WHEEL = "lab_rules-0.1.0-py3-none-any.whl"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def new_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    assert main(["pack", "new", "lab_rules", str(folder)]) == 0
    return folder / "lab_rules"


@pytest.fixture
def lab(new_pack: Path, capsys: Capture) -> Path:
    """A new pack."""
    shutil.copytree(new_pack, "lab_rules")
    capsys.readouterr()
    return Path("lab_rules")


@pytest.mark.parametrize("extended", ["common", "grpo"])
def test_a_new_pack_is_clean_covered_laid_out_and_can_be_built(
    extended: str, capsys: Capture
) -> None:
    assert main(["pack", "new", "lab_rules", "in", "--extends", extended]) == 0
    shown = capsys.readouterr().out
    assert "wrote in/lab_rules/pyproject.toml\n" in shown
    assert "ptt pack build in/lab_rules\n" in shown
    for command in (
        ["check", "--lint", "--strict", "in/lab_rules"],
        ["test", "in/lab_rules", "--fail-under", "100"],
        ["fmt", "--check", "in/lab_rules"],
        ["pack", "build", "in/lab_rules"],
    ):
        assert main(command) == 0, capsys.readouterr()
    assert load(f"in/lab_rules/dist/{WHEEL}").packs[-1].digest == (
        load("in/lab_rules").packs[-1].digest
    )
    assert extended in [info.name for info in load("in/lab_rules").packs]


def test_a_pack_that_extends_one_that_was_made_so_has_another_detector(lab: Path) -> None:
    assert main(["pack", "build", "lab_rules"]) == 0
    assert main(["pack", "new", "team", "--extends", f"lab_rules/dist/{WHEEL}"]) == 0
    assert Path("team/gradient_multiplied_in_team.ptt").is_file()
    assert '"lab-rules~=0.1"' in Path("team/pyproject.toml").read_text()


def installed_from(monkeypatch: pytest.MonkeyPatch, **note: object) -> None:
    """As if pip had noted where it got ptt from."""
    where = Path("site/ptt_rules-0.1.0.dist-info")
    where.mkdir(parents=True)
    (where / "METADATA").write_text("Metadata-Version: 2.4\nName: ptt-rules\nVersion: 0.1.0\n")
    if note:
        (where / "direct_url.json").write_text(json.dumps(note))
    monkeypatch.syspath_prepend(where.parent.absolute())


WORKFLOW = Path("lab_rules/.github/workflows/pack.yml")


@pytest.mark.parametrize(
    ("note", "asked"),
    [
        ({}, "ptt-rules>=0.1"),
        ({"url": "file:///gone/ptt-0.1.0-py3-none-any.whl", "archive_info": {}}, "ptt-rules>=0.1"),
        ({"url": "https://a.b/ptt.whl", "archive_info": {}}, "ptt-rules @ https://a.b/ptt.whl"),
        (
            {"url": "https://a.b/ptt", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}},
            "ptt-rules @ git+https://a.b/ptt@c0ffee",
        ),
    ],
)
def test_the_workflow_of_a_new_pack_gets_ptt_from_where_it_was_installed(
    note: dict, asked: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    installed_from(monkeypatch, **note)
    assert main(["pack", "new", "lab_rules"]) == 0
    assert f'pip install wheels/*.whl "{asked}"\n' in WORKFLOW.read_text()
    assert ("put a wheel of ptt into" in capsys.readouterr().out) == ("gone" in asked + str(note))


def test_a_wheel_that_ptt_was_installed_from_comes_along(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    wheel = folder / "a b" / "ptt_rules-0.1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    wheel.write_bytes(b"a wheel")
    installed_from(monkeypatch, url=wheel.as_uri(), archive_info={})
    assert main(["pack", "new", "lab_rules", "--json"]) == 0
    carried = "lab_rules/wheels/ptt_rules-0.1.0-py3-none-any.whl"
    assert carried in json.loads(capsys.readouterr().out)["files"]
    assert Path(carried).read_bytes() == b"a wheel"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["grpo"], "PTT320"), (["a-b"], "PTT316"), (["lab", "--extends", "gropo"], "PTT301")],
)
def test_a_pack_that_cannot_be_made_is_refused(
    arguments: list[str], code: str, capsys: Capture
) -> None:
    assert main(["pack", "new", *arguments]) == 2
    assert f"[{code}]" in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_nothing_is_overwritten(lab: Path, capsys: Capture) -> None:
    assert main(["pack", "new", "lab_rules"]) == 2
    assert "[PTT315]" in capsys.readouterr().err


# ---- the wheel -----------------------------------------------------------------------------


def built(place: str = "lab_rules") -> bytes:
    assert main(["pack", "build", place, "-o", f"out/{place}"]) == 0
    return Path("out", place, WHEEL).read_bytes()


def test_the_same_rules_give_the_same_wheel_byte_for_byte(lab: Path) -> None:
    first = built()
    for path in lab.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700)
    pack = lab / "pack.ptt"
    pack.write_bytes(pack.read_bytes().replace(b"\n", b"\r\n"))
    (lab / "runs").mkdir()
    lab.rename("elsewhere")
    assert built("elsewhere") == first
    Path("elsewhere/pack.ptt").write_text(pack_text("Other rules"))
    assert built("elsewhere") != first


def pack_text(title: str, version: str = "0.1.0", extends: str = "common") -> str:
    return f'pack lab_rules {version} {{\n  title "{title}"\n  extends {extends}\n}}\n'


def test_a_wheel_holds_rules_and_tests_and_a_true_record(lab: Path) -> None:
    (lab / "LICENSE").write_text("Do what you like.\n")
    about = (lab / "pyproject.toml").read_text()
    more = 'license-files = ["LICENSE"]\nlicense = "MIT"\nauthors = [{ name = "Ann" }]\n'
    (lab / "pyproject.toml").write_text(about.replace("dynamic", f"{more}dynamic"))
    (lab / "code.py").write_text("raise RuntimeError\n")
    built()
    with zipfile.ZipFile(f"out/lab_rules/{WHEEL}") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    about = "lab_rules-0.1.0.dist-info"
    assert sorted(contents) == [
        *(f"{about}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")),
        f"{about}/licenses/LICENSE",
        "lab_rules/gradient_multiplied.ptt",
        "lab_rules/gradient_multiplied_test.ptt",
        "lab_rules/pack.ptt",
    ]
    assert b"License-File: LICENSE\n" in contents[f"{about}/METADATA"]
    record = contents.pop(f"{about}/RECORD").decode()
    rows = {name: (digest, size) for name, digest, size in csv.reader(record.splitlines())}
    assert rows.pop(f"{about}/RECORD") == ("", "")
    assert rows == {
        name: (f"sha256={_urlsafe(data)}", str(len(data))) for name, data in contents.items()
    }


def _urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def test_what_was_made_is_told_to_machines(lab: Path, capsys: Capture) -> None:
    assert main(["pack", "build", "lab_rules", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    wheel = Path(told["wheel"])
    assert wheel == lab / "dist" / WHEEL
    assert told["sha256"] == f"sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
    assert told["digest"] == load(lab).packs[-1].digest


# ---- what is refused -----------------------------------------------------------------------


def test_a_pack_with_errors_is_not_built(lab: Path, capsys: Capture) -> None:
    (lab / "more.ptt").write_text("detector x { high when nothing > 3 }\n")
    assert main(["pack", "build", "lab_rules"]) == 1
    assert "[PTT101]" in capsys.readouterr().err
    assert not (lab / "dist").exists()


def test_a_pack_whose_tests_fail_is_not_built(lab: Path, capsys: Capture) -> None:
    (lab / "more_test.ptt").write_text(
        'test "wrong" {\n  grad_norm = 1 x 99\n  expect gradient_multiplied.low\n}\n'
    )
    assert main(["pack", "build", "lab_rules"]) == 1
    shown = capsys.readouterr().err
    assert 'FAILED "wrong"' in shown or "wrong" in shown
    assert "no wheel was made: 1 test fails\n" in shown
    assert not (lab / "dist").exists()


def test_a_pack_without_tests_is_not_built(lab: Path, capsys: Capture) -> None:
    (lab / "gradient_multiplied_test.ptt").unlink()
    assert main(["pack", "build", "lab_rules"]) == 2
    assert "[PTT407]: this pack has no tests" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('dynamic = ["version"]', 'version = "0.2.0"', "is 0.2.0, and the pack in it 0.1.0"),
        ('dynamic = ["version"]', "", "it has no version"),
        ('dynamic = ["version"]', "[", "this file is not TOML"),
        ('dynamic = ["version"]', "dynamic = 3", "`dynamic` of `[project]` is not a list of texts"),
        ('name = "lab-rules"', 'name = "lab-rules"\nauthors = ["Ann"]', "is not a list of tables"),
        ('name = "lab-rules"', 'name = "lab-rules"\nurls = "x"', "`urls` of `[project]` is not a"),
        ('lab_rules = "lab_rules"', 'other = "lab_rules"', "and the pack has lab_rules"),
        ('lab_rules = "lab_rules"', 'lab_rules = "../.."', "said to be in `../..`"),
        ('lab_rules = "lab_rules"', "", "it registers 0 packs"),
        ("dynamic =", 'scripts = { x = "lab:main" }\ndynamic =', "`scripts` of `[project]`"),
        ('readme = "README.md"', 'readme = "../README.md"', "`readme` is `../README.md`"),
        ("dynamic =", 'license-files = ["../x"]\ndynamic =', "`license-files` names `../x`"),
        (
            "dynamic =",
            'keywords = ["a\\nName: b"]\ndynamic =',
            "`Keywords` is not one line of text",
        ),
        ('"ptt-rules>=0.1"', '"ptt rules"', "a dependency cannot be read"),
        ('name = "lab-rules"', 'name = "lab rules!"', "`lab rules!` is not a name"),
        ('name = "lab-rules"\n', "", "`` is not a name"),
    ],
)
def test_pack_and_distribution_agree(
    lab: Path, old: str, new: str, message: str, capsys: Capture
) -> None:
    path = lab / "pyproject.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert main(["pack", "build", "lab_rules"]) == 2
    shown = capsys.readouterr().err
    assert "[PTT327]" in shown
    assert message in shown


def test_a_folder_that_is_no_distribution_is_refused(lab: Path, capsys: Capture) -> None:
    (lab / "pyproject.toml").unlink()
    assert main(["pack", "build", "lab_rules"]) == 2
    assert "there is no `pyproject.toml` in this folder" in capsys.readouterr().err
