"""Pages of group 3: packs, and what is chosen where they are loaded."""

from __future__ import annotations

from ptt_rules.language.codes.page import Code, Rules, Script, Session

_ENTROPY = """\
metric entropy: nats = "entropy"
param drop = 50% in 10%..90%
  "Fall from the baseline that counts as a collapse."

detector entropy_collapse {
  high when mean(entropy[3]) < (1 - drop) * mean(entropy[first 3])
}
"""
_RUN = """\
{"step": 1, "entropy": 2.1}
{"step": 2, "entropy": 2.0}
{"step": 3, "entropy": 2.0}
"""
_FILES = {"mine.ptt": _ENTROPY, "run.jsonl": _RUN}
_TWO_GUARDS = {
    "lab.ptt": f"{_ENTROPY}\npolicy guard {{\n  on high {{ stop }}\n}}\n",
    "run.jsonl": _RUN,
}
_LAB = "pack lab 1.0.0 {\n  extends grpo\n}\n\noverride param entropy_floor = 20%\n"
_HEURISTIC = """\
- name: kl_high
  trainers: [dpo]
  metric: kl
  condition: "> 0.3"
  severity: high
  message: "KL is {value:.2f}"
"""
_TWO_TRAINERS = """\
dpo: margin < 0.1 -> high: Margin collapsed
sft: loss spike(2x) -> low: Loss spike
"""

_PACK = """\
pack lab 1.0.0 {
  extends grpo
}
"""
_TEAM_FILES = {"lab/pack.ptt": _PACK, "team/kl.ptt": "param limit = 3 in 0..9\n"}
_RECORD = "lab/pack.ptt,sha256=uvRW5Mgrs0jtDctR2ALUTuLSTftjckNh288rhpwacIQ,34\n"
_LOAD_INSTALLED = """\
import os
import sys

import ptt_rules

sys.path.insert(0, os.path.abspath("site"))
ptt_rules.load("lab")
"""


def _installed(entry: str, pack: str, recorded: str = "") -> dict[str, str]:
    """The files of an installed distribution with a pack."""
    files = {
        "site/lab-1.0.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: lab\nVersion: 1.0.0\n",
        "site/lab-1.0.0.dist-info/entry_points.txt": f"[ptt.rulepacks]\n{entry}",
        "site/lab/pack.ptt": pack,
    }
    return files | ({"site/lab-1.0.0.dist-info/RECORD": recorded} if recorded else {})


def _project(version: str) -> dict[str, str]:
    """The source of a distribution with a pack that has a test."""
    return {
        "lab/pyproject.toml": f"""[project]
name = "lab"
{version}

[project.entry-points."ptt.rulepacks"]
lab = "lab"
""",
        "lab/pack.ptt": _PACK,
        "lab/pack_test.ptt": 'test "a calm run" {\n  entropy = 2 x 60\n  expect silence\n}\n',
    }


def _since(rules: str) -> dict[str, str]:
    """The distribution, and its version before with some rules more."""
    now = _project('dynamic = ["version"]')
    test = now["lab/pack_test.ptt"]
    return {**now, "before/pack.ptt": _PACK + rules, "before/pack_test.ptt": test}


PAGES = (
    Code(
        "PTT301",
        "no such pack",
        what="No shipped or installed pack has this name and no file or folder has it, or the "
        "folder has no `.ptt` files. Names of packs are plain, such as `grpo`; `ptt pack list` "
        "lists them. Give the path of a pack that is not installed.",
        why="The rules that you asked for would not guard the run.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grppo
}
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo
}
"""),
    ),
    Code(
        "PTT302",
        "version constraint not met",
        what="The pack requires a version of ptt, or of a pack that it extends, which is not the "
        'one here. Constraints are those of Python packages: `"~=1.0"` is any 1.x from 1.0 on, '
        '`">=1.2,<2"` a range. There is one version of each pack: if several packs require it, '
        "the hint has the chain of each.",
        why="Rules written for another version may read metrics and parameters that are missing "
        "here or mean something else.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=9.0"
}
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}
"""),
    ),
    Code(
        "PTT303",
        "unknown parameter",
        what="A parameter was set that no loaded pack has, or the setting is not a name and a "
        "number.",
        why="The threshold that you meant to change would keep its value.",
        failing=Session("ptt replay run.jsonl --pack mine.ptt --param dorp=40%", _FILES),
        fixed=Session("ptt replay run.jsonl --pack mine.ptt --param drop=40%", _FILES),
    ),
    Code(
        "PTT304",
        "unknown policy",
        what="A policy was chosen that no loaded pack has. `guard`, `observe` and `strict` ship "
        "with ptt, in the pack `common`, and work with any pack.",
        why="Findings would be reported and nothing done, while you believe that the run is "
        "guarded.",
        failing=Session("ptt replay run.jsonl --pack mine.ptt --policy gaurd", _FILES),
        fixed=Session("ptt replay run.jsonl --pack mine.ptt --policy guard", _FILES),
    ),
    Code(
        "PTT305",
        "pack declared twice, or parts of two packs in one folder",
        what="All `.ptt` files of a folder make one pack, so only one of them may have a `pack` "
        "declaration. Packs that are loaded together need different names, and only one installed "
        "pack, or one pack in the present folder, may have a name.",
        why="A detector's full name is `pack.detector`. With two packs of one name, or two names "
        "for one pack, nobody would know whose finding it is.",
        failing=Session(
            "ptt check lab",
            {
                "lab/pack.ptt": 'pack lab 1.0.0 {\n  title "Rules of the lab"\n}\n',
                "lab/entropy.ptt": f"pack entropy 1.0.0 {{ }}\n\n{_ENTROPY}",
            },
        ),
        fixed=Session(
            "ptt check lab",
            {
                "lab/pack.ptt": 'pack lab 1.0.0 {\n  title "Rules of the lab"\n}\n',
                "lab/entropy.ptt": _ENTROPY,
            },
        ),
    ),
    Code(
        "PTT306",
        "bad version or constraint",
        what="A version has three numbers, such as `1.2.0`. A constraint has the form of Python "
        'packages, such as `"~=1.0"` or `">=1.2"`.',
        why="An unreadable version cannot be compared, and the pack would be built on whatever "
        "version happens to be there.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grpo "newest"
}
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo "~=1.0"
}
"""),
    ),
    Code(
        "PTT307",
        "packs that extend each other",
        what="A pack extends itself, directly or through other packs.",
        why="A pack needs the packs that it extends to be loaded first. In a circle none is first.",
        failing=Session(
            "ptt check lab",
            {
                "lab/pack.ptt": "pack lab 1.0.0 {\n  extends team\n}\n",
                "team/pack.ptt": "pack team 1.0.0 {\n  extends lab\n}\n",
            },
        ),
        fixed=Session(
            "ptt check lab",
            {
                "lab/pack.ptt": "pack lab 1.0.0 {\n  extends team\n}\n",
                "team/pack.ptt": "pack team 1.0.0 {\n  extends grpo\n}\n",
            },
        ),
    ),
    Code(
        "PTT308",
        "file that cannot be read or written",
        what="A file of a pack is not UTF-8, or the system does not allow reading it, or `ptt "
        "fmt` writing it.",
        why="A pack without one of its files would guard less than it claims.",
        failing=Script("""\
from pathlib import Path

import ptt_rules

Path("mine.ptt").write_text("# Schwelle für KL\\n", encoding="latin-1")
ptt_rules.load("mine.ptt")
"""),
        fixed=Script("""\
from pathlib import Path

import ptt_rules

Path("mine.ptt").write_text("# Schwelle für KL\\n", encoding="utf-8")
ptt_rules.load("mine.ptt")
"""),
    ),
    Code(
        "PTT309",
        "override of a declaration of the same pack",
        what="`override` and `disable` are for declarations of packs that this one extends. "
        "Change the pack's own declarations in place; mark a detector with `shadow` if it should "
        "only be recorded for now.",
        why="The rule would say one thing where it is declared and another thing elsewhere.",
        failing=Rules("""\
metric kl_max: nats = "kl_max"

detector kl_spike {
  high when kl_max > 0.3
}

disable kl_spike because "fires too often"
"""),
        fixed=Rules("""\
metric kl_max: nats = "kl_max"

detector kl_spike {
  high when kl_max > 0.3
  shadow
}
"""),
    ),
    Code(
        "PTT310",
        "two packs that override the same",
        what="Two packs that are loaded together override the same detector or parameter of a "
        "third one, and neither extends the other.",
        why="The order in which the packs are named would decide which override counts. A pack "
        "that extends the other may override it again: then the order is clear.",
        failing=Session(
            "ptt replay run.jsonl --pack lab --pack team",
            {
                "lab/pack.ptt": _LAB,
                "team/pack.ptt": "pack team 1.0.0 {\n  extends grpo\n}\n\n"
                "override param entropy_floor = 5%\n",
                "run.jsonl": '{"step": 1, "entropy": 2.1}\n',
            },
        ),
        fixed=Session(
            "ptt replay run.jsonl --pack lab --pack team",
            {
                "lab/pack.ptt": _LAB,
                "team/pack.ptt": "pack team 1.0.0 {\n  extends lab\n}\n\n"
                "override param entropy_floor = 5%\n",
                "run.jsonl": '{"step": 1, "entropy": 2.1}\n',
            },
        ),
    ),
    Code(
        "PTT311",
        "override that breaks a rule",
        what="An override replaces the clauses that it names and keeps the others. Together they "
        "no longer make sense: a kept clause uses a replaced one, and does not fit its new form.",
        why="The rule of the other pack would be judged by a condition that its author never "
        "meant.",
        failing=Rules("""\
pack acme 1.0.0 {
  extends grpo
}

override detector entropy_collapse {
  let now = mean(reward[20])
}
"""),
        fixed=Rules("""\
pack acme 1.0.0 {
  extends grpo
}

override detector entropy_collapse {
  let now = mean(entropy[20])
}
"""),
    ),
    Code(
        "PTT312",
        "file without heuristics",
        what="The file is not YAML, or it has no heuristics: neither fields with a `condition`, "
        "nor a list of such, nor one-line alerts. In YAML a text that begins with `>`, `{` or "
        "another sign needs quotes.",
        why="A pack without rules would pass every check and guard nothing.",
        failing=Session("ptt convert kl.yaml", {"kl.yaml": _HEURISTIC.replace('"> 0.3"', "> 0.3")}),
        fixed=Session("ptt convert kl.yaml", {"kl.yaml": _HEURISTIC}),
    ),
    Code(
        "PTT313",
        "heuristic that cannot be converted",
        what="A heuristic lacks a field, or a part of it is invalid: a condition, a trainer, a "
        "level, a placeholder, a name that another heuristic has. It is left out, and the others "
        "are converted. An unknown field, such as a misspelt one, is reported, and only that "
        "field is left out.",
        why="The older tool skipped such a heuristic or field silently, and the run went on "
        "unwatched.",
        failing=Session(
            "ptt convert kl.yaml", {"kl.yaml": _HEURISTIC.replace("> 0.3", "over 0.3")}
        ),
        fixed=Session("ptt convert kl.yaml", {"kl.yaml": _HEURISTIC}),
    ),
    Code(
        "PTT314",
        "several packs for one file",
        what="Heuristics for different trainers become a pack for each trainer, and heuristics of "
        "different files a pack for each file. A file holds one pack, so give a folder: `-o "
        "FOLDER`.",
        why="A rule for one trainer would be judged in runs of another, where the same key may "
        "mean something else.",
        failing=Session("ptt convert alerts.txt", {"alerts.txt": _TWO_TRAINERS}),
        fixed=Session("ptt convert alerts.txt -o packs", {"alerts.txt": _TWO_TRAINERS}),
    ),
    Code(
        "PTT315",
        "file that exists already",
        what="A command would have to overwrite a file. It wrote nothing: choose another place, "
        "or let `ptt convert` replace the file with `--force`.",
        why="Your manual changes to the file would be lost.",
        failing=Session(
            "ptt convert kl.yaml -o mine.ptt", {"kl.yaml": _HEURISTIC, "mine.ptt": _ENTROPY}
        ),
        fixed=Session("ptt convert kl.yaml -o kl.ptt", {"kl.yaml": _HEURISTIC}),
    ),
    Code(
        "PTT316",
        "invalid name",
        what="A name has letters, digits and `_`, does not begin with a digit, and is not one of "
        "the words `and`, `or`, `not`, `in`.",
        why="Rules, policies and tests could not refer to it.",
        failing=Session("ptt new detector kl-runaway --metric kl"),
        fixed=Session("ptt new detector kl_runaway --metric kl"),
    ),
    Code(
        "PTT317",
        "policy name of two packs",
        what="A policy was chosen by a name that two packs have, or none was chosen and two packs "
        "that are loaded have one of the same name. ptt's own policies are in the pack `common`, "
        "and are available with any packs.",
        why="The order of the packs would decide which policy acts on the run. Name one with its "
        "pack, such as `lab.guard`, or write `override policy guard { ... }` in a pack that "
        "should replace it.",
        failing=Session("ptt replay run.jsonl --pack lab.ptt --policy guard", _TWO_GUARDS),
        fixed=Session("ptt replay run.jsonl --pack lab.ptt --policy lab.guard", _TWO_GUARDS),
    ),
    Code(
        "PTT320",
        "name of a shipped pack",
        what="A pack has the name of one that ships with ptt, by its declaration, its file or "
        "folder, or the entry point of its distribution.",
        why="Users of the name would not know whose rules guard the run, and a pack of a stranger "
        "could replace ours.",
        failing=Rules("""\
pack grpo 1.0.0 {
  title "Our rules for GRPO"
}
"""),
        fixed=Rules("""\
pack lab_grpo 1.0.0 {
  title "Our rules for GRPO"
}
"""),
    ),
    Code(
        "PTT321",
        "path that leads out of a pack",
        what="A link in a pack, a path in a wheel, the place of a registered pack or the log that "
        "a test replays leads out of the pack. Nothing was read there. Put files that several "
        "packs need into a separate pack, which the others extend.",
        why="A pack of a stranger could show your files in its messages, and its meaning would "
        "depend on the machine.",
        failing=Script(
            """\
from pathlib import Path

import ptt_rules

Path("lab/kl.ptt").symlink_to(Path("team/kl.ptt").absolute())
ptt_rules.load("./lab")
""",
            _TEAM_FILES,
        ),
        fixed=Script(
            """\
from pathlib import Path

import ptt_rules

Path("lab/kl.ptt").write_text(Path("team/kl.ptt").read_text())
ptt_rules.load("./lab")
""",
            _TEAM_FILES,
        ),
    ),
    Code(
        "PTT322",
        "pack larger than the limit",
        what="A pack has at most a thousand files, of 16 MB together.",
        why="Packs are shared, and are read on the machine that trains. The limit keeps a pack "
        "from using up its time and memory.",
        failing=Script(
            """\
from pathlib import Path

import ptt_rules

for part in range(1001):
    Path(f"lab/part_{part}.ptt").write_text("# to be written")
ptt_rules.load("./lab")
""",
            {"lab/pack.ptt": _PACK},
        ),
        fixed=Script(
            """\
from pathlib import Path

import ptt_rules

for part in range(10):
    Path(f"lab/part_{part}.ptt").write_text("# to be written")
ptt_rules.load("./lab")
""",
            {"lab/pack.ptt": _PACK},
        ),
    ),
    Code(
        "PTT323",
        "packs that differ from the lock",
        what="A pack, or ptt itself, differs from `ptt.lock`, or from the record of a run: "
        "another version, other rules under the same version, or a pack that is not listed. The "
        "lock is the nearest one in the present folder or above.",
        why="A run would be judged by other rules than the agreed ones, and its findings could "
        "not be compared with those of earlier runs.",
        failing=Script(
            """\
from pathlib import Path

import ptt_rules
from ptt_rules.cli.main import main

main(["pack", "lock", "./lab"])
Path("lab/pack.ptt").write_text("pack lab 1.1.0 { }")
ptt_rules.load("./lab")
""",
            {"lab/pack.ptt": _PACK},
        ),
        fixed=Script(
            """\
from pathlib import Path

import ptt_rules
from ptt_rules.cli.main import main

Path("lab/pack.ptt").write_text("pack lab 1.1.0 { }")
main(["pack", "lock", "./lab"])
ptt_rules.load("./lab")
""",
            {"lab/pack.ptt": _PACK},
        ),
    ),
    Code(
        "PTT324",
        "no lock",
        what="`ptt.lock` is missing where one is needed, was changed by hand, or was made by "
        "another version of ptt. With `ptt pack verify --run` this is about the `run.json` of a "
        "run.",
        why="An unreadable lock pins nothing, while everybody believes that the packs are pinned.",
        failing=Session("ptt pack lock", {"mine.ptt": _ENTROPY}),
        fixed=Session("ptt pack lock mine.ptt", {"mine.ptt": _ENTROPY}),
    ),
    Code(
        "PTT325",
        "distribution without the pack that it names",
        what="A distribution or a wheel registers a pack under `ptt.rulepacks`, but the pack is "
        "missing or has another name, or the wheel cannot be read. An entry is the name of the "
        "pack and the module in whose folder its `pack.ptt` lies.",
        why="The rules that you asked for would not guard the run.",
        failing=Script(_LOAD_INSTALLED, _installed("lab = lab_rules\n", _PACK)),
        fixed=Script(_LOAD_INSTALLED, _installed("lab = lab\n", _PACK)),
    ),
    Code(
        "PTT326",
        "file that differs from its wheel",
        what="A file of a pack differs from its wheel: it was changed, added or removed after the "
        "wheel was made. `ptt pack verify` checks all installed packs.",
        why="Users who trust the version of the pack get other rules than its authors released.",
        failing=Script(
            _LOAD_INSTALLED, _installed("lab = lab\n", _PACK.replace("grpo", "dpo"), _RECORD)
        ),
        fixed=Script(_LOAD_INSTALLED, _installed("lab = lab\n", _PACK, _RECORD)),
    ),
    Code(
        "PTT327",
        "pack that cannot be built",
        what="`pyproject.toml` and the pack disagree, or `pyproject.toml` has something that a "
        "wheel of rules cannot have. The version of the pack is that of the distribution. A pack "
        "that is extended and does not ship with ptt must be among the dependencies.",
        why="The wheel would install another pack than its name and version promise, or one that "
        "cannot be loaded.",
        failing=Session("ptt pack build lab", _project('version = "1.1.0"')),
        fixed=Session("ptt pack build lab", _project('dynamic = ["version"]')),
    ),
    Code(
        "PTT340",
        "invalid settings",
        what="A file of settings, such as `ptt.yaml`, is not YAML, or a part of it is invalid: a "
        "misspelt or repeated key, a parameter without a number, rules among the overrides that "
        "are neither `override` nor `disable`. The settings are `packs`, `only`, `params`, "
        "`policy`, `disable` and `overrides`.",
        why="A choice for the whole project would be ignored silently.",
        failing=Session(
            "ptt replay run.jsonl --pack mine.ptt",
            {**_FILES, "ptt.yaml": "parms:\n  drop: 40%\n"},
        ),
        fixed=Session(
            "ptt replay run.jsonl --pack mine.ptt",
            {**_FILES, "ptt.yaml": "params:\n  drop: 40%\n"},
        ),
    ),
    Code(
        "PTT341",
        "version too low for the changes",
        what="The version of a pack does not reflect the changes since the one before. A major "
        "change may keep others from loading: a detector, level, parameter or policy that is "
        "gone, a narrower range. A minor change may give other events or actions. Everything else "
        "is a patch.",
        why='Users who extend the pack by `"~=1.2"` or pin it trust its version: a new version '
        "would fail to load, or judge differently, without a warning.",
        failing=Session("ptt pack build lab --since before", _since("param limit = 3 in 0..9\n")),
        fixed=Session("ptt pack build lab --since before", _since("")),
    ),
)
