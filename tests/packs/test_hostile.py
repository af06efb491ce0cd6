"""Packs that mean harm: each is refused with one message, and nothing outside of it is read."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ptt_rules import PttError, load
from ptt_rules.packs.record import record_text
from tests.packs.sites import install, rules

SECRET = "the secret of another folder"
LAB = rules("lab", "1.0.0")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in; beside it are what nobody may read, and what is installed."""
    for name in ("here", "site"):
        (tmp_path / name).mkdir()
    (tmp_path / "secret.ptt").write_text(SECRET)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def refused(pack: str, code: str, told: str) -> None:
    with pytest.raises(PttError, match=told) as caught:
        load(pack)
    (one,) = caught.value.diagnostics
    assert one.code == code
    assert one.hint
    assert SECRET not in str(caught.value)


# ---- folders -------------------------------------------------------------------------------


def folder(files: Mapping[str, str]) -> None:
    for name, text in {"pack.ptt": LAB, **files}.items():
        path = Path("lab", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("kl.ptt", "../../secret.ptt"),
        ("kl_test.ptt", "../../secret.ptt"),
        ("inner", "../.."),
        ("other", "/"),
    ],
)
def test_a_link_out_of_a_pack_is_not_followed(here: Path, link: str, target: str) -> None:
    folder({})
    Path("lab", link).symlink_to(target)
    refused("./lab", "PTT321", f"lab/{link}: .*leads out of its pack")


def test_a_link_that_stays_in_the_pack_is_none_of_that(here: Path) -> None:
    folder({"rules/kl.ptt": "param limit = 3 in 0..9\n"})
    Path("lab/again").symlink_to("rules")
    Path("lab/circle").symlink_to(".")
    assert set(load("./lab").params) == {"lab.limit"}


@pytest.mark.parametrize("place", [".git/kl.ptt", ".#kl.ptt", "venv/lib/kl.ptt"])
def test_hidden_files_and_environments_are_no_part_of_a_pack(here: Path, place: str) -> None:
    folder({place: SECRET, "venv/pyvenv.cfg": ""})
    assert load("./lab").packs[0].version == "1.0.0"


def test_a_huge_file_is_not_read_whole(here: Path) -> None:
    folder({})
    with open("lab/kl.ptt", "wb") as file:
        file.truncate(1 << 40)
    refused("./lab", "PTT004", "larger than 4 MB")


def test_many_files_are_too_many_and_many_large_ones_too(here: Path) -> None:
    folder({f"part_{number}.ptt": "" for number in range(1000)})
    refused("./lab", "PTT322", "more than 1,000 files")
    for number in range(1000):
        Path(f"lab/part_{number}.ptt").unlink()
    folder({f"part_{number}.ptt": "#" * 3_900_000 for number in range(5)})
    refused("./lab", "PTT322", "larger than 16 MB")


def test_a_pipe_is_not_waited_for(here: Path) -> None:
    folder({})
    os.mkfifo("lab/kl.ptt")
    with pytest.raises(PttError, match="PTT308 this is a pipe, not a regular file"):
        load("./lab")


def test_a_name_of_ours_is_refused_however_it_is_given(here: Path) -> None:
    Path("mine").mkdir()
    Path("mine/pack.ptt").write_text(rules("grpo", "1.0.0"))
    refused("./mine", "PTT320", "`grpo` is the name of a pack that ships")
    Path("dpo.ptt").write_text("param limit = 3 in 0..9\n")
    refused("dpo.ptt", "PTT320", "dpo.ptt: .*`dpo` is the name of a pack that ships")


# ---- installed distributions ---------------------------------------------------------------


@pytest.mark.parametrize("module", ["../secret", "/etc", "..", "lab/../..", "lab:attr", ""])
def test_a_registered_place_is_a_module(here: Path, module: str) -> None:
    install(here.parent / "site", "lab", "1.0.0", {}, entries={"lab": module})
    refused("lab", "PTT321", "is not a module")


def test_an_installed_folder_that_is_a_link_is_refused(here: Path) -> None:
    site = here.parent / "site"
    folder({})
    install(site, "lab", "1.0.0", {}, is_recorded=False)
    (site / "lab").symlink_to(here / "lab")
    os.chdir(site)
    refused("lab", "PTT321", "is a link that leads elsewhere")


def test_a_distribution_cannot_pass_off_the_files_of_another_as_its_own(here: Path) -> None:
    site = here.parent / "site"
    install(site, "lab", "1.0.0", {"lab/pack.ptt": LAB})
    install(site, "thief", "1.0.0", {}, entries={"stolen": "lab"})
    refused("stolen", "PTT325", "did not install `lab/pack.ptt`, which is there")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lab: (lab / "pack.ptt").write_text(LAB + "# changed"), "is not as the wheel"),
        (lambda lab: (lab / "kl.ptt").write_text(""), "is not in the wheel's record"),
        (lambda lab: (lab / "more.ptt").unlink(), "is gone"),
    ],
)
def test_an_installed_pack_is_as_its_wheel_had_it(
    here: Path, change: Callable[[Path], object], told: str
) -> None:
    site = here.parent / "site"
    install(site, "lab", "1.0.0", {"lab/pack.ptt": LAB, "lab/more.ptt": ""})
    assert load("lab").packs[0].version == "1.0.0"
    change(site / "lab")
    refused("lab", "PTT326", told)


def test_an_installed_pack_has_no_name_of_ours_and_no_other_than_it_is_found_by(here: Path) -> None:
    site = here.parent / "site"
    install(site, "grpo", "1.0.0", {"grpo/pack.ptt": rules("grpo", "1.0.0")})
    refused("grpo", "PTT320", "`grpo` ships with ptt, and a pack in .* has its name too")
    install(site, "fair", "1.0.0", {"fair/pack.ptt": rules("dpo", "1.0.0")})
    refused("fair", "PTT320", "`dpo` is the name of a pack that ships")
    install(site, "other", "1.0.0", {"other/pack.ptt": LAB})
    refused("other", "PTT325", "registered as `other` and calls itself `lab`")


def test_what_is_wrong_with_an_extended_pack_is_told_once(here: Path) -> None:
    site = here.parent / "site"
    install(site, "lab", "1.0.0", {"lab/pack.ptt": LAB})
    (site / "lab/pack.ptt").write_text(LAB + "# changed")
    Path("team.ptt").write_text(rules("team", "1.0.0", "extends lab"))
    refused("team.ptt", "PTT326", "is not as the wheel had it")


# ---- wheels --------------------------------------------------------------------------------

ENTRY = "[ptt.rulepacks]\nlab = lab\n"


def wheel(
    files: Mapping[str, str], entry: str = ENTRY, changed: Mapping[str, str] | None = None
) -> str:
    """A wheel of the pack `lab`; `changed` are files that its record has otherwise."""
    about = {"entry_points.txt": entry, "METADATA": "Name: lab\nVersion: 1.0.0\n"}
    texts = {**files, **{f"lab-1.0.0.dist-info/{name}": text for name, text in about.items()}}
    own = "lab-1.0.0.dist-info/RECORD"
    texts[own] = record_text([(name, text.encode()) for name, text in texts.items()], own)
    with zipfile.ZipFile("lab-1.0.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**texts, **(changed or {})}.items():
            archive.writestr(name, text)
    return "lab-1.0.0-py3-none-any.whl"


def test_a_wheel_is_a_pack_without_being_installed(here: Path) -> None:
    path = wheel({"lab/pack.ptt": LAB, "lab/b/kl.ptt": "", "lab/b.ptt": "", "other/x.ptt": SECRET})
    folder({"b/kl.ptt": "", "b.ptt": ""})
    (info,) = load(path).packs
    assert info.origin.described == f"wheel {path}"
    assert info.digest == load("./lab").packs[0].digest


@pytest.mark.parametrize(
    "name", ["../kl.ptt", "/kl.ptt", "lab/../../kl.ptt", "lab\\..\\kl.ptt", "c:/kl"]
)
def test_a_path_out_of_a_wheel_is_refused(here: Path, name: str) -> None:
    refused(wheel({"lab/pack.ptt": LAB, name: SECRET}), "PTT321", "leads out of the folder")


def test_a_link_in_a_wheel_is_refused(here: Path) -> None:
    path = wheel({"lab/pack.ptt": LAB})
    link = zipfile.ZipInfo("lab/kl.ptt")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(path, "PTT321", "`lab/kl.ptt` in this wheel leads out")


@pytest.mark.parametrize(
    ("entry", "code", "told"),
    [
        ("[ptt.rulepacks]\nlab = ../..\n", "PTT321", "is not a module"),
        ("[ptt.rulepacks]\nlab = other\n", "PTT325", "has no `other/pack.ptt`"),
        ("[ptt.rulepacks]\nlab = lab\nteam = lab\n", "PTT325", "registers 2 packs"),
        ("[console_scripts]\nlab = lab:main\n", "PTT325", "registers 0 packs"),
        ("lab = lab\n", "PTT325", "entry points that cannot be read"),
    ],
)
def test_a_wheel_registers_one_pack(here: Path, entry: str, code: str, told: str) -> None:
    refused(wheel({"lab/pack.ptt": LAB}, entry), code, told)


def test_a_wheel_that_grows_when_it_is_unpacked_is_not_unpacked_whole(here: Path) -> None:
    path = wheel({"lab/pack.ptt": LAB, "lab/kl.ptt": "#" * 50_000_000})
    assert Path(path).stat().st_size < 100_000
    refused(path, "PTT004", "larger than 4 MB")


def test_a_wheel_with_a_file_that_its_record_has_otherwise_is_refused(here: Path) -> None:
    path = wheel({"lab/pack.ptt": LAB}, changed={"lab/pack.ptt": LAB + "# changed"})
    refused(path, "PTT326", "`lab/pack.ptt` is not as the wheel's record has it")


def test_a_file_that_is_no_wheel_is_refused(here: Path) -> None:
    Path("lab.whl").write_text("no archive")
    refused("lab.whl", "PTT325", "this wheel cannot be unpacked")
    whole = Path(wheel({"lab/pack.ptt": LAB})).read_bytes()
    Path("lab.whl").write_bytes(whole[: len(whole) // 2])
    refused("lab.whl", "PTT325", "this wheel cannot be unpacked")
