"""A pack to start from: a folder that is the source of a distribution, with what is around it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from ptt_rules._version import __version__
from ptt_rules.language import PttError, Source, Who
from ptt_rules.language.syntax import as_name, format_source, is_name
from ptt_rules.packs.files import shipped_packs
from ptt_rules.packs.installed import Origin, origin_of
from ptt_rules.packs.loading import POLICY_PACK, load
from ptt_rules.packs.pack import Pack, PackInfo

_PACK = """\
pack $name 0.1.0 {
  title    "Rules of $name"
  requires ptt ">=$ptt"
$extends}
"""
_DETECTOR = """\
# An example: replace it by what your runs have taught you.

param ${detector}_by = 2x in 1.1x..100x
  "Growth of the mean gradient norm over that of the first logs that counts."

detector $detector {
  summary   "The mean gradient norm is a multiple of what it was"
  let now   = mean(grad_norm[20])
  let base  = mean(grad_norm[first 20])
  after     40
  low       when base > 0 and now > ${detector}_by * base
  for       3
  message   "The gradient norm is {now:.3g}, {base:.3g} at the start."
  why       "Gradients that grow come before a divergence."
  remedy    "Lower learning_rate, or set max_grad_norm."
  reference "arXiv:2309.14322"
}
"""
_TESTS = """\
test "a gradient norm three times that of the start fires" {
  grad_norm = 1 x 40, 3 x 40
  expect $detector.low at 50..60
}

test "a growth by four fifths does not" {
  grad_norm = 1 x 40, 1.8 x 40
  expect no $detector
}

test "a run without a gradient norm is silent" {
  loss = 1 x 80
  expect no $detector
}
"""
_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "$distribution"
description = "Rules of $name for the health of post-training runs"
readme = "README.md"
requires-python = ">=3.10"
dependencies = [$dependencies]
dynamic = ["version"]

# ptt finds the pack by this name, in the folder of this module; no code is imported
[project.entry-points."ptt.rulepacks"]
$name = "$name"

# `ptt pack build` needs none of the rest: it is for pip, which builds from a git checkout
[tool.hatch.version]
path = "pack.ptt"
pattern = '^pack \\w+ (?P<version>\\S+)'

[tool.hatch.build.targets.wheel]
include = ["*.ptt"]
dev-mode-dirs = ["."]

[tool.hatch.build.targets.wheel.sources]
"" = "$name"
"""
_README = """\
# $name

Rules for the health of post-training runs, for ptt.

```console
$$ ptt lint --strict .
$$ ptt test . --coverage
$$ ptt pack build
```

The workflow installs ptt as it was installed where this pack was made. Wheels that no index has lie
in `wheels/`, beside `pack.ptt`; it takes them first.

`ptt pack build` leaves a wheel in `dist/` that any package index serves. Whoever has installed it
uses the pack by its name:

```python
import ptt_rules

pack = ptt_rules.load("$name")
```

```ptt
pack team 1.0.0 {
  extends $name "~=0.1"
}
```

The version is that of `pack.ptt`. `ptt pack diff OLD .` says which one the changes since a release
ask for, and `ptt pack build --since OLD` makes no wheel of a version that is too low.
"""
_CI = """\
name: pack

on: [push, pull_request]

jobs:
  pack:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      # wheels in the folder `wheels` come before those of an index
      - run: |
          shopt -s nullglob
          pip install wheels/*.whl $dependencies_in_shell
      - run: ptt lint --strict --format github .
      - run: ptt test . --coverage --fail-under 100
      - run: ptt pack build
      - uses: actions/upload-artifact@v4
        with:
          name: wheel
          path: dist/*.whl
"""
_IGNORED = "dist/\n.venv/\nruns/\n"


def new_pack(name: str, folder: Path, extended: str) -> Mapping[Path, str]:
    """The files of a new pack that extends another one, in a folder of its name.

    Errors: PTT316 if the name is invalid, PTT320 if a shipped pack has it, and those of `load` for
            the extended pack
    """
    if not is_name(name):
        hint = f"use letters, digits and `_`, such as `{as_name(name, 'pack')}`"
        raise PttError.of("PTT316", f"a pack cannot be called `{name}`", hint=hint)
    if name in shipped_packs():
        message = f"`{name}` is the name of a pack that ships with ptt"
        hint = f"choose another one, such as `lab_{name}`"
        raise PttError.of("PTT320", message, hint=hint)
    pack = load(extended, isolated=True)
    words = {**_words(name, pack), "name": name, "ptt": _minor(__version__)}
    top = folder / name
    rules = {
        "pack.ptt": _PACK,
        f"{words['detector']}.ptt": _DETECTOR,
        f"{words['detector']}_test.ptt": _TESTS,
    }
    around = {
        "pyproject.toml": _PYPROJECT,
        "README.md": _README,
        ".gitignore": _IGNORED,
        ".github/workflows/pack.yml": _CI,
    }
    made = {top / at: _in_layout(Template(text).substitute(words)) for at, text in rules.items()}
    return made | {top / at: Template(text).substitute(words) for at, text in around.items()}


def _words(name: str, pack: Pack) -> dict[str, str]:
    """The parts of the templates that depend on the extended pack."""
    extended = pack.packs[-1]
    bases = [extended]
    if POLICY_PACK not in (info.name for info in pack.packs):
        bases.append(load(POLICY_PACK, isolated=True).packs[0])
    taken = {Who.parse(one.name).name for one in pack.detectors}
    detector = "gradient_multiplied"
    needed = [f"ptt-rules>={_minor(__version__)}", *_distribution(extended)]
    asked = [origin_of_ptt().requirement, *needed[1:]]
    return {
        "extends": "".join(f'  extends {info.name} "~={_minor(info.version)}"\n' for info in bases),
        "detector": f"{detector}_in_{name}" if detector in taken else detector,
        "distribution": name.replace("_", "-").strip("-").lower(),
        "dependencies": ", ".join(f'"{one}"' for one in needed),
        "dependencies_in_shell": " ".join(f'"{one}"' for one in asked),
    }


def origin_of_ptt() -> Origin:
    """From where a workflow elsewhere gets ptt: from where it was installed here."""
    return origin_of("ptt-rules", f"ptt-rules>={_minor(__version__)}")


def _distribution(info: PackInfo) -> list[str]:
    """The distribution that pip installs for a pack."""
    name = info.origin.distribution.partition(" ")[0]
    return [f"{name}~={_minor(info.version)}"] if name else []


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _in_layout(text: str) -> str:
    formatted, diagnostics = format_source(Source(PACK_NAME, text))
    if formatted is None:
        raise RuntimeError(diagnostics[0].message)
    return formatted


PACK_NAME = "new.ptt"
