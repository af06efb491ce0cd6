"""What is said of packs from outside: files, environment and call, and who has the last word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ptt_rules
from ptt_rules import Pack, PttError, load, replay
from ptt_rules.language import Measure
from ptt_rules.language.ir import Aggregate, LastWindow, Length
from ptt_rules.report.effective import effective_json, effective_text

WRONG = (Path(__file__).parent / "wrong_settings.md").read_text()
LAB = re.search(r"```ptt\n(.*?)```", WRONG, re.DOTALL)[1]
MARK = re.compile(r" *### (PTT\d{3}) ?(.*)$", re.MULTILINE)

ORDER = ("pack", "site", "project", "given", "second", "environment", "call")
"""Who sets a parameter and a policy, the weakest first."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the pack `lab`, and no settings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "lab.ptt").write_text(LAB)
    return tmp_path


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", WRONG, re.DOTALL))
def test_what_is_wrong_is_told_on_its_line_and_nothing_else_is(text: str, folder: Path) -> None:
    (folder / "ptt.yaml").write_text(MARK.sub("", text))
    expected = {
        number: mark.groups()
        for number, line in enumerate(text.splitlines(), 1)
        if (mark := MARK.search(line))
    }
    with pytest.raises(PttError) as raised:
        load("./lab.ptt")
    told = list(_placed(raised.value))
    assert [(line, code) for line, code, _ in told] == [(n, c) for n, (c, _) in expected.items()]
    for line, _, message in told:
        assert re.search(expected[line][1], message), message


def _placed(error: PttError) -> Iterator[tuple[int, str, str]]:
    for one in error.diagnostics:
        assert one.source is not None
        assert one.file_name == "ptt.yaml"
        line = one.source.position(one.span.start)[0]
        assert one.source.line(line) in Path("ptt.yaml").read_text().splitlines()
        yield line, one.code, f"{one.message} ({one.hint})"


# ---- order -----------------------------------------------------------------------------------


def _say(who: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Lets one of them choose; what the call needs for it."""
    value = ORDER.index(who)
    settings = f"params: {{limit: {value}}}\npolicy: p{value}\n"
    match who:
        case "pack":
            text = Path("lab.ptt").read_text().replace("limit = 0.3", "limit = 0")
            policies = "".join(f"policy p{n} {{ on high {{ stop }} }}\n" for n in range(7))
            Path("lab.ptt").write_text(f"{text}\n{policies}")
        case "site":
            Path("site.yaml").write_text(settings)
            monkeypatch.setenv("PTT_SITE", "site.yaml")
        case "project":
            Path("ptt.yaml").write_text(settings)
        case "environment":
            monkeypatch.setenv("PTT_PARAMS", f"lab.limit={value}")
            monkeypatch.setenv("PTT_POLICY", f"p{value}")
        case "call":
            return {"params": {"limit": value}, "policy": f"p{value}"}
        case _:
            Path(f"{who}.yaml").write_text(settings)
            return {"settings": [f"{who}.yaml"]}
    return {}


@pytest.mark.parametrize("last", range(1, len(ORDER)))
def test_a_later_layer_has_the_last_word(
    last: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call: dict[str, Any] = {}
    for who in ORDER[: last + 1]:
        said = _say(who, monkeypatch)
        call = {**call, **said, "settings": call.get("settings", []) + said.get("settings", [])}
    pack = load("./lab.ptt", **call)
    assert pack.params["lab.limit"] == last
    assert pack.policy == f"p{last}"
    said = [choice.value for choice in pack.composition.params["lab.limit"]]
    assert said == list(range(last + 1))


def test_isolated_leaves_out_all_but_the_call(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call: dict[str, Any] = {}
    for who in ORDER:
        call.update(_say(who, monkeypatch))
    pack = load("./lab.ptt", isolated=True, params={"limit": 9})
    assert (pack.params["lab.limit"], pack.policy) == (9, None)
    assert pack.composition.settings == ()


def test_settings_of_a_folder_above_hold_up_to_the_checkout(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ptt.yaml").write_text("packs: [./lab.ptt]\nparams: {limit: 4}\n")
    (folder / "runs" / "a").mkdir(parents=True)
    monkeypatch.chdir(folder / "runs" / "a")
    assert load().params["lab.limit"] == 4
    (folder / "runs" / ".git").mkdir()
    with pytest.raises(PttError, match="PTT301 no pack was given"):
        load()


def test_packs_of_settings_are_for_calls_without_packs(folder: Path) -> None:
    (folder / "ptt.yaml").write_text("packs: [orpo, ./lab.ptt]\n")
    assert ptt_rules.settings_packs().names == ("orpo", "lab.ptt")
    assert load().name == "orpo+lab"
    assert load("dpo").name == "dpo"
    (folder / "ptt.yaml").write_text("packs: [oprt]\n")
    with pytest.raises(PttError, match=r"ptt.yaml:1:9: PTT301 .*`oprt`"):
        load()


def test_mistakes_are_reported_where_no_pack_is_named_for_them(folder: Path) -> None:
    (folder / "ptt.yaml").write_text("pakcs: [orpo]\n")
    with pytest.raises(PttError) as raised:
        load()
    assert [one.code for one in raised.value.diagnostics] == ["PTT340"]


def test_what_is_said_of_a_pack_that_is_not_loaded_waits_for_it(folder: Path) -> None:
    (folder / "ptt.yaml").write_text(
        "params: {policy_gradient.entropy_floor: 0.2}\n"
        "disable: {policy_gradient.entropy_collapse: ours is sparse}\n"
        "overrides: 'override detector dpo.margin_lost { for 9 }'\n"
    )
    ignored = [(one.what, one.name) for one in load("./lab.ptt").composition.ignored]
    assert ignored == [
        ("disable", "policy_gradient.entropy_collapse"),
        ("override", "dpo.margin_lost"),
        ("param", "policy_gradient.entropy_floor"),
    ]
    assert load("grpo").params["policy_gradient.entropy_floor"] == 0.2
    (folder / "ptt.yaml").write_text("params: {policy_gradient.entropy_floor: 7}\n")
    with pytest.raises(PttError, match=r"ptt.yaml:1:10: PTT206"):
        load("grpo")
    with pytest.raises(PttError, match="PTT303"):
        load("./lab.ptt", params={"policy_gradient.entropy_floor": 0.2})


def test_a_name_that_two_packs_have_is_refused_where_it_must_be_one(folder: Path) -> None:
    (folder / "other.ptt").write_text(LAB.replace("pack lab", "pack other"))
    for text in ("disable: {kl_high: why}", "overrides: override param limit = 3"):
        (folder / "ptt.yaml").write_text(text)
        with pytest.raises(PttError, match=r"2 packs have a .*write `lab\.\w+` or `other\.\w+`"):
            load("./lab.ptt", "./other.ptt")


# ---- effect ----------------------------------------------------------------------------------

ROWS = [{"step": step, "kl": 5.0} for step in range(1, 8)]


def _events(pack: Pack) -> list[tuple[str, int]]:
    return [(event.detector, event.step) for event in replay(pack, ROWS).events]


def test_overrides_of_layers_add_up_clause_by_clause(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "site.yaml").write_text(
        "overrides: |\n  override detector kl_high { for 4 message 'site' }\n".replace("'", '"')
    )
    (folder / "ours.ptt").write_text("override detector lab.kl_high { for 6 }\n")
    (folder / "ptt.yaml").write_text("overrides: [ours.ptt]\ndisable: {kl_odd: Known.}\n")
    assert _events(load("./lab.ptt")) == [("lab.kl_high", 6)]
    monkeypatch.setenv("PTT_SITE", "site.yaml")
    pack = load("./lab.ptt")
    assert _events(pack) == [("lab.kl_high", 6)]
    assert replay(pack, ROWS).events[0].message == "site"
    assert [(one.detector, one.reason, one.pack) for one in pack.disabled] == [
        ("lab.kl_odd", "Known.", "ptt.yaml")
    ]


def test_state_goes_with_what_is_in_effect_and_not_with_comments(folder: Path) -> None:
    settings = folder / "ptt.yaml"
    settings.write_text("overrides: override detector kl_high { for 4 }\n")
    pack = load("./lab.ptt")
    state = pack.engine().state()
    settings.write_text("# ours\noverrides: |\n  override detector kl_high { for 4 }\n")
    load("./lab.ptt").engine(state=state)
    assert load("./lab.ptt").composition.settings != pack.composition.settings
    settings.write_text("overrides: override detector kl_high { for 5 }\n")
    with pytest.raises(PttError, match="PTT503"):
        load("./lab.ptt").engine(state=state)


def test_environment_variables_are_told_with_their_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTT_PARAMS", "limit=0.5, limit=70 foo")
    monkeypatch.setenv("PTT_POLICY", "gard")
    with pytest.raises(PttError) as raised:
        load("./lab.ptt")
    told = [str(PttError([one])).partition(" (")[0] for one in raised.value.diagnostics]
    assert told == [
        "PTT_PARAMS:1:12: PTT206 `limit` was set to 70, outside its range 0..10",
        "PTT_PARAMS:1:21: PTT303 `foo` sets no parameter",
        "PTT_POLICY:1:1: PTT304 no pack has a policy `gard`",
    ]
    monkeypatch.setenv("PTT_SITE", "nowhere.yaml")
    with pytest.raises(PttError, match="PTT_SITE names no file"):
        load("./lab.ptt")


def test_what_is_in_effect_is_shown_with_where_it_came_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ptt.yaml").write_text(
        "params:\n  limit: 0.5\n"
        "disable:\n  kl_odd: Known.\n"
        'overrides: |\n  override detector kl_high {\n    for 5\n    message "ours"\n  }\n'
    )
    monkeypatch.setenv("PTT_POLICY", "guard")
    pack = load("./lab.ptt", params={"lab.limit": 0.6})
    lines = [" ".join(line.split()) for line in effective_text(pack).splitlines()]
    for line in (
        "ptt.yaml of the project",
        "guard # PTT_POLICY",
        "lab.limit 0.6 # the call",
        "over 0.5 # ptt.yaml:2",
        "over 0.3 # lab.ptt:3",
        "lab.kl_odd # ptt.yaml:4",
        "lab.kl_high # lab.ptt:4",
        "for 5 # ptt.yaml:7",
        "over for 2 # lab.ptt:4",
        'message "ours" # ptt.yaml:8',
    ):
        assert line in lines
    shown = effective_json(pack)
    assert [one["value"] for one in shown["params"]["lab.limit"]["from"]] == [0.6, 0.5, 0.3]
    assert [one["layer"] for one in shown["params"]["lab.limit"]["from"]] == [
        "call",
        "project",
        "pack",
    ]
    assert shown["disabled"][0]["line"] == 4
    (clause,) = (
        clause
        for detector in shown["detectors"]
        if detector["name"] == "lab.kl_high"
        for clause in detector["clauses"]
        if clause["clause"] == "for"
    )
    assert (clause["text"], clause["line"], clause["over"][0]["text"]) == ("5", 7, "2")


# ---- numbers of windows --------------------------------------------------------------------


def test_a_number_of_a_window_is_whole_wherever_it_is_set(folder: Path) -> None:
    rules = """metric a: none = "a"
param n = 2 in 0..9
param hold = 2
detector d { high when mean(a[n]) > 1  for hold s }
"""
    (folder / "w.ptt").write_text(rules)
    for params in ({"n": 2.5}, {"n": 0.0}, {"hold": 0.0}, {"hold": -1.0}):
        with pytest.raises(PttError, match="is a number of a window or span"):
            load(folder / "w.ptt", params=params)
    compiled = load(folder / "w.ptt", params={"n": 3, "hold": 0.5}).compiled
    nodes = [one.node for one in compiled.program.operations]
    assert [one.window for one in nodes if isinstance(one, Aggregate)] == [LastWindow(3)]
    assert compiled.detectors[0].detector.levels[0].hold == Length(0.5, Measure.SECONDS)
