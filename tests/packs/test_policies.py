"""Policies under the rule of names: who has one, who replaces one, and which a name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptt_rules import PttError, load
from ptt_rules.cli.main import main

KL = 'metric kl: nats = "kl"\ndetector kl_high { critical when kl > 4 high when kl > 2 }\n'
FILES = {
    "a": 'policy careful { on high { snapshot } } policy guard { on critical { notify "a" } }',
    "b": "policy careful { on high { evaluate } }",
    "replacing": "override policy guard { on critical { checkpoint } }",
    "other": "override policy common.guard { on critical { pause 1 h } }",
}
SHIPPED = ["checkpoint", "invalidate", "stop"]
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(f"{name}.ptt").write_text(KL + text)
    Path("nearer.ptt").write_text(
        "pack nearer 1.0.0 { extends base }\noverride policy careful { on high { stop } }\n"
    )
    Path("base").mkdir()
    Path("base/pack.ptt").write_text("pack base 1.0.0 { extends common }\n" + KL + FILES["b"])
    Path("run.jsonl").write_text('{"step": 1, "kl": 5}\n')
    return tmp_path


def decided(*packs: str, policy: str) -> list[str]:
    pack = load(*(f"{name}.ptt" for name in packs), policy=policy)
    engine = pack.engine()
    engine.observe({"step": 1, "kl": 5})
    again = load(*(f"{name}.ptt" for name in packs), policy=pack.policy).compiled
    assert again.digest == pack.compiled.digest  # what a run records means the same once more
    return [action.action.value for action in engine.actions]


@pytest.mark.parametrize(
    ("packs", "policy", "actions"),
    [
        ("a", "a.guard", ["notify"]),
        ("a", "common.guard", SHIPPED),
        ("a b", "a.careful", ["snapshot"]),
        ("a b", "b.careful", ["evaluate"]),
        ("b a", "a.careful", ["snapshot"]),
        ("b", "careful", ["evaluate"]),
        ("b", "guard", SHIPPED),
        ("replacing", "guard", ["checkpoint"]),
        ("replacing", "replacing.guard", ["checkpoint"]),
        ("replacing", "common.guard", SHIPPED),
        ("nearer", "careful", ["stop"]),
        ("nearer", "base.careful", ["evaluate"]),
        ("nearer", "nearer.careful", ["stop"]),
    ],
)
def test_a_name_means_one_policy(packs: str, policy: str, actions: list[str]) -> None:
    assert decided(*packs.split(), policy=policy) == actions


@pytest.mark.parametrize(
    ("packs", "policy", "told"),
    [
        ("a b", "careful", "PTT317 `careful` is a policy of `a` and `b`.*such as `b.careful`"),
        (
            "b a",
            "careful",
            "PTT317 `careful` is a policy of `b` and `a`.*override policy b.careful",
        ),
        ("a", "guard", "PTT317 `guard` is a policy of `common` and `a`"),
        ("a replacing", "guard", "PTT317 `guard` is a policy of `replacing` and `a`"),
        ("replacing other", "guard", "PTT310 `common.guard` is overridden by `replacing`"),
        ("a", "a.gaurd", "PTT304 .*did you mean `a.guard`"),
        ("b", "a.careful", "PTT304 no pack has a policy `a.careful`"),
    ],
)
def test_a_name_of_two_is_an_error_with_both_places(packs: str, policy: str, told: str) -> None:
    with pytest.raises(PttError, match=told) as raised:
        decided(*packs.split(), policy=policy)
    (only,) = raised.value.diagnostics
    if only.code == "PTT317":
        places = {only.file_name, *(label.source.name for label in only.labels if label.source)}
        assert len(places) == 2


@pytest.mark.parametrize(
    ("packs", "told"),
    [
        ("a b", "PTT317 `careful` is a policy of `a` and `b`"),
        (
            "common a",
            "PTT317 `guard` is a policy of `common` and `a`.*override policy common.guard",
        ),
        ("a common", "PTT317 `guard` is a policy of `.*` and `.*`"),
        ("a replacing", "PTT317 `guard` is a policy of `replacing` and `a`"),
    ],
)
def test_a_name_of_two_packs_is_an_error_where_no_policy_is_chosen(packs: str, told: str) -> None:
    files = [name if name == "common" else f"{name}.ptt" for name in packs.split()]
    with pytest.raises(PttError, match=told) as raised:
        load(*files)
    (only,) = raised.value.diagnostics
    assert only.source is not None
    assert only.labels[0].source is not None
    assert load(*files, policy="observe").policy == "observe"


@pytest.mark.parametrize("packs", ["a", "common b", "replacing", "common replacing", "nearer"])
def test_packs_whose_policies_have_names_of_their_own_need_no_choice(packs: str) -> None:
    files = [name if name == "common" else f"{name}.ptt" for name in packs.split()]
    assert load(*files).policy is None


def test_settings_replace_a_policy_too(folder: Path) -> None:
    (folder / "ptt.yaml").write_text(
        "policy: guard\noverrides: |\n  override policy guard { on critical { evaluate } }\n"
    )
    pack = load("b.ptt")
    engine = pack.engine()
    engine.observe({"step": 1, "kl": 5})
    assert [action.action.value for action in engine.actions] == ["evaluate"]
    assert pack.compiled.digest != load("b.ptt", policy="guard", isolated=True).compiled.digest


def test_so_does_a_test_of_a_pack_that_has_a_policy_of_a_shipped_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = """
test "its own, as the only one" { kl = 5 x 2 expect action notify at 1 }
test "by its name" { with policy own.guard kl = 5 x 2 expect action notify at 1 }
test "that of ptt" { with policy common.guard kl = 5 x 2 expect action stop at 1 }
"""
    text = KL + 'policy guard { on critical { notify "a" } }' + tests
    (folder / "own.ptt").write_text(text)
    assert main(["test", "own.ptt", "--coverage"]) == 0, capsys.readouterr()
    assert "guard `on critical` never ran" not in capsys.readouterr().out


def test_the_command_line_takes_a_policy_with_its_pack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def replayed(policy: str) -> int:
        packs = ["--pack", "a.ptt", "--pack", "b.ptt"]
        return main(["replay", "run.jsonl", *packs, "--policy", policy])

    assert replayed("b.careful") == 0
    assert "evaluate" in capsys.readouterr().out
    assert replayed("careful") == 2
    assert "error[PTT317]" in capsys.readouterr().err


def test_the_page_of_policies_has_those_that_ship() -> None:
    text = (ROOT / "rulepacks" / "common" / "policies.ptt").read_text()
    declared = text.partition("\n\n")[2].strip()
    page = (ROOT / "docs" / "language" / "07-policies.md").read_text()
    assert declared in page
