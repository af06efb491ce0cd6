"""Lock files: what is pinned is loaded, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ptt_rules import PttError, __version__, load, loads
from ptt_rules.cli.main import main
from ptt_rules.packs.lock import find_lock, read_run
from ptt_rules.packs.verified import verify
from tests.packs.sites import install, rules

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed distributions; the present one is a project with its own pack."""
    site, project = tmp_path / "site", tmp_path / "project"
    install(site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0")})
    project.mkdir()
    (project / "team.ptt").write_text(rules("team", "1.0.0", "extends lab"))
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.chdir(project)
    return site


def lock(*packs: str) -> None:
    assert main(["pack", "lock", *packs]) == 0


def told(load_it: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(PttError) as caught:
        load_it()
    return [(one.code, one.message) for one in caught.value.diagnostics]


def test_what_is_pinned_is_loaded_here_and_below(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock("./team.ptt")
    pinned = find_lock()
    assert pinned is not None
    assert pinned.asked == ("./team.ptt",)
    assert set(pinned.pins) == {"common", "lab", "team"}
    assert pinned.pins["team"].origin.place == "team.ptt"
    for info in load("team.ptt").packs:
        assert (pinned.pins[info.name].version, pinned.pins[info.name].digest) == (
            info.version,
            info.digest,
        )
    Path("scripts/deep").mkdir(parents=True)
    monkeypatch.chdir("scripts/deep")
    assert load("lab")
    assert told(lambda: load("dpo"))[0][0] == "PTT323"


def test_a_version_that_differs_is_told(site: Path) -> None:
    lock("team.ptt")
    (site / "lab-1.0.0.dist-info/entry_points.txt").unlink()
    install(site, "lab", "1.1.0", {"lab/pack.ptt": rules("lab", "1.1.0")})
    message = "`lab` is 1.1.0 here, and 1.0.0 in the lock (installed by lab 1.1.0)"
    assert told(lambda: load("team.ptt")) == [("PTT323", message)]


def test_rules_that_changed_under_the_same_version_are_told(site: Path) -> None:
    lock("team.ptt")
    install(site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0") + "# changed"})
    ((code, message),) = told(lambda: load("team.ptt"))
    assert code == "PTT323"
    assert (
        "`lab` 1.0.0 has other rules than in the lock (installed by lab 1.0.0): sha256:" in message
    )


def test_everything_that_differs_is_told_at_once(site: Path) -> None:
    lock("team.ptt")
    text = Path("ptt.lock").read_text()
    Path("ptt.lock").write_text(text.replace(f'ptt = "{__version__}"', 'ptt = "0.0.9"'))
    Path("team.ptt").write_text(rules("team", "1.0.1", "extends lab"))
    assert sorted(told(lambda: load("team.ptt", "dpo"))) == [
        ("PTT323", "`dpo` is not in the lock"),
        ("PTT323", "`preference` is not in the lock"),
        ("PTT323", "`team` is 1.0.1 here, and 1.0.0 in the lock (file team.ptt)"),
        ("PTT323", f"this is ptt {__version__}, and the lock has 0.0.9"),
    ]


def test_the_hint_pins_all_that_is_missing(site: Path) -> None:
    lock("team.ptt")
    with pytest.raises(PttError) as caught:
        load("dpo", "kto")
    hints = {one.hint for one in caught.value.diagnostics}
    assert hints == {"`ptt pack lock team.ptt dpo kto` pins it too"}
    lock("team.ptt", "dpo", "kto")
    assert load("dpo", "kto")


def test_the_policies_that_go_with_any_pack_are_pinned_too(site: Path) -> None:
    lock("lab")
    assert load("lab", policy="guard").policy == "guard"
    text = Path("ptt.lock").read_text()
    Path("ptt.lock").write_text(text.replace('name = "common"', 'name = "other"'))
    assert told(lambda: load("lab", policy="guard")) == [("PTT323", "`common` is not in the lock")]
    assert load("lab")


def test_a_text_is_what_it_is_and_what_it_extends_is_pinned(site: Path) -> None:
    lock("lab")
    assert loads("pack mine 1.0.0 { extends lab }")
    assert told(lambda: loads("pack mine 1.0.0 { extends dpo }"))


def test_tools_that_judge_no_run_take_no_notice(site: Path, capsys: Capture) -> None:
    lock("lab")
    Path("other.ptt").write_text(rules("other", "1.0.0"))
    for command in (
        ["check", "--show", "ir", "other.ptt"],
        ["explain", "preference.margin_lost"],
        ["pack", "list"],
    ):
        assert main(command) == 0, capsys.readouterr().err
    assert main(["armed", "dpo"]) == 2
    assert load("other.ptt", isolated=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format = ", "this file is not TOML"),
        ("", "this lock has the format None, and this ptt reads 1"),
        ("format = 2", "this lock has the format 2, and this ptt reads 1"),
        ("format = 1\npacks = []", "lacks a field"),
        ('format = 1\nptt = "0.1.0"', "lacks a field"),
        ('format = 1\nptt = "0.1.0"\npacks = [1]', "lacks a field"),
        ('format = 1\nptt = "0.1.0"\npacks = []\n[[pack]]\nname = "lab"', "lacks a field"),
        ('format = 1\nptt = "0.1.0"\npacks = []\npack = [3]', "lacks a field"),
        (
            'format = 1\nptt = "0.1.0"\npacks = []\n[[pack]]\nname = "lab"\nversion = "1.0.0"\n'
            'digest = "x"\norigin = "the moon"',
            "lacks a field",
        ),
    ],
)
def test_a_lock_that_cannot_be_read_is_an_error(site: Path, text: str, message: str) -> None:
    Path("ptt.lock").write_text(text)
    ((code, told_of),) = told(lambda: load("lab"))
    assert code == "PTT324"
    assert message in told_of


# ---- the command ---------------------------------------------------------------------------


def test_locking_again_renews_what_was_asked_for_and_tells_what_changed(
    site: Path, capsys: Capture
) -> None:
    lock("./team.ptt", "sft")
    first = Path("ptt.lock").read_bytes()
    assert capsys.readouterr().out == (
        "  common 1.0.0  ships with ptt\n"
        "  lab 1.0.0  installed by lab 1.0.0\n"
        "  sft 1.0.0  ships with ptt\n"
        "  team 1.0.0  file team.ptt\n"
        f"wrote ptt.lock: 4 packs, ptt {__version__}\n"
    )
    lock()
    assert Path("ptt.lock").read_bytes() == first
    assert capsys.readouterr().out == f"wrote ptt.lock: 4 packs, ptt {__version__}\n"
    Path("team.ptt").write_text(rules("team", "1.1.0"))
    install(site, "lab", "1.0.0", {"lab/pack.ptt": rules("lab", "1.0.0") + "# changed"})
    lock()
    assert "  lab  no more\n  team 1.1.0  before: 1.0.0\n" in capsys.readouterr().out
    lock("lab")
    before = rules("lab", "1.0.0")
    install(site, "lab", "1.0.0", {"lab/pack.ptt": before})
    capsys.readouterr()
    lock()
    assert "  lab 1.0.0  with other rules than before\n" in capsys.readouterr().out


def test_without_a_lock_there_is_nothing_to_renew(site: Path, capsys: Capture) -> None:
    assert main(["pack", "lock"]) == 2
    assert "[PTT324]" in capsys.readouterr().err


# ---- verify --------------------------------------------------------------------------------


def words() -> dict[str, str]:
    return {one.name: one.described for one in verify(find_lock())}


def test_packs_are_held_against_lock_and_record(site: Path, capsys: Capture) -> None:
    install(site, "extra", "1.0.0", {"extra/pack.ptt": rules("extra", "1.0.0")})
    install(site, "loose", "1.0.0", {"loose/pack.ptt": rules("loose", "1.0.0")}, is_recorded=False)
    assert {name: told for name, told in words().items() if name in ("lab", "loose")} == {
        "lab": "as its wheel had it",
        "loose": f"without a record, in {site}/loose",
    }
    lock("team.ptt")
    assert words() == {
        "common": "as in the lock",
        "lab": "as in the lock, and as its wheel had it",
        "team": "as in the lock",
        "extra": "not in the lock, as its wheel had it",
        "loose": f"not in the lock, without a record, in {site}/loose",
    }
    assert main(["pack", "verify"]) == 0
    (site / "lab/pack.ptt").write_text(rules("lab", "1.0.0") + "# changed")
    (site / "extra/pack.ptt").write_text(rules("extra", "1.0.0") + "# changed")
    Path("team.ptt").write_text(rules("team", "1.2.0"))
    (site / "loose/pack.ptt").unlink()
    assert words() == {
        "common": "as in the lock",
        "lab": "cannot be loaded",
        "team": "not as in the lock",
        "extra": "not as its wheel had it",
        "loose": "cannot be loaded",
    }
    capsys.readouterr()
    assert main(["pack", "verify", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["name"]: [one["code"] for one in line["wrong"]] for line in lines} == {
        "common": [],
        "lab": ["PTT326"],
        "team": ["PTT323"],
        "extra": ["PTT326"],
        "loose": ["PTT325"],
    }


def test_a_pack_beside_the_lock_is_found_from_below(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock("team.ptt")
    Path("scripts").mkdir()
    monkeypatch.chdir("scripts")
    assert words()["team"] == "as in the lock"


def test_the_rules_of_a_run_are_found_again(site: Path, capsys: Capture) -> None:
    pack = load("./team.ptt", "dpo")
    packs = [
        {"name": p.name, "version": p.version, "digest": p.digest, "origin": p.origin.to_json()}
        for p in pack.packs
    ]
    Path("runs/a").mkdir(parents=True)
    Path("runs/a/run.json").write_text(json.dumps({"ptt_version": __version__, "packs": packs}))
    assert read_run(Path("runs/a")).pins["lab"].origin.distribution == "lab 1.0.0"
    assert main(["pack", "verify", "--run", "runs/a"]) == 0
    assert "lab 1.0.0  as in the run, and as its wheel had it\n" in capsys.readouterr().out
    (site / "lab-1.0.0.dist-info/entry_points.txt").unlink()
    install(site, "lab", "1.1.0", {"lab/pack.ptt": rules("lab", "1.1.0")})
    assert main(["pack", "verify", "--run", "runs/a"]) == 1
    shown = capsys.readouterr()
    assert "lab 1.1.0  not as in the run\n" in shown.out
    assert "= hint: install `lab==1.0.0`\n" in shown.err


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"ptt_version": "0.1.0", "packs": [1]}'])
def test_a_folder_that_is_no_run_is_refused(site: Path, text: str, capsys: Capture) -> None:
    Path("run.json").write_text(text)
    assert main(["pack", "verify", "--run", "."]) == 2
    assert "[PTT324]" in capsys.readouterr().err
