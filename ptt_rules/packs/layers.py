"""Settings from outside the packs, layer on layer.

From the weakest layer to the strongest:

    the packs themselves     defaults, then `override` and `disable` of the packs that extend them
    the site                 the file that the environment variable PTT_SITE names
    the project              `ptt.yaml` here or in a folder above, up to the root of the checkout
    files that are given     `settings=` and `--settings`, in their order
    the environment          PTT_PARAMS and PTT_POLICY
    the call                 `params=` and `policy=`, `--param` and `--policy`
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, SupportsFloat

from ptt_rules.border import not_a_number, number_of, plain_number
from ptt_rules.language import Diagnostic, PttError, Source, Span
from ptt_rules.packs.choices import Layer, PackChoice, ParamChoice, PolicyChoice, Where
from ptt_rules.packs.settings import Settings, read_settings

PROJECT_FILE = "ptt.yaml"
SITE = "PTT_SITE"
PARAMS = "PTT_PARAMS"
POLICY = "PTT_POLICY"

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Layers:
    """All that was said, the weakest first; `diagnostics` are of what has no meaning.

    `params` are those of environment and call; each file has its own.
    """

    settings: tuple[Settings, ...] = ()
    params: tuple[ParamChoice, ...] = ()
    policies: tuple[PolicyChoice, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def packs(self) -> tuple[PackChoice, ...]:
        """Those of the last file that names some."""
        return self._naming.packs if self._naming else ()

    @property
    def only(self) -> bool:
        """Whether the file that names packs wants no others beside them."""
        return self._naming is not None and self._naming.only

    @property
    def _naming(self) -> Settings | None:
        named = [one for one in self.settings if one.packs]
        return named[-1] if named else None


def layers(
    params: Mapping[str, SupportsFloat] | None = None,
    policy: str | None = None,
    *,
    settings: Paths = (),
    isolated: bool = False,
) -> Layers:
    """Everything that is said from outside; `isolated` leaves out all but what is given here.

    Errors: raises PTT308, PTT340 for a file that cannot be read as settings
    """
    given = [settings] if isinstance(settings, (str, os.PathLike)) else settings
    files = [] if isolated else list(_found())
    files += [(Path(path), Layer.GIVEN) for path in given]
    read = [read_settings(path, layer) for path, layer in files]
    spoken = Spoken() if isolated else environment()
    said = [one for one, _ in read]
    called, wrong = _called(params or {})
    policies = [one.policy for one in said if one.policy is not None]
    policies += [spoken.policy] if spoken.policy else []
    policies += [PolicyChoice(policy)] if policy is not None else []
    return Layers(
        tuple(said),
        (*spoken.params, *plain_first(called)),
        tuple(policies),
        (*(each for _, found in read for each in found), *spoken.diagnostics, *wrong),
    )


def _called(params: Mapping[Any, Any]) -> tuple[list[ParamChoice], list[Diagnostic]]:
    """The parameters of a call as plain numbers.

    Errors: PTT303 for each value that is not a number
    """
    choices, wrong = [], []
    for name, value in params.items():
        plain = plain_number(value)
        if plain is None:
            message, hint = not_a_number(str(name), value)
            wrong.append(Diagnostic("PTT303", message, hint=hint))
        else:
            choices.append(ParamChoice(str(name), plain))
    return choices, wrong


def _found() -> Iterator[tuple[Path, Layer]]:
    """The files that nobody has to name in a call."""
    site = os.environ.get(SITE)
    if site:
        path = Path(site)
        if not path.is_file():
            hint = f"change the environment variable {SITE}, or unset it"
            raise PttError.of("PTT308", f"{SITE} names no file", file=site, hint=hint)
        yield path, Layer.SITE
    project = project_file(Path.cwd())
    if project is not None:
        yield project, Layer.PROJECT


def project_file(folder: Path) -> Path | None:
    """`ptt.yaml` in a folder or the nearest one above, not beyond the root of a checkout."""
    for place in (folder, *folder.parents):
        path = place / PROJECT_FILE
        if path.is_file():
            return Path(os.path.relpath(path)) if place == folder else path
        if (place / ".git").exists():
            return None
    return None


@dataclass(frozen=True, slots=True)
class Spoken:
    """The settings of environment variables."""

    params: tuple[ParamChoice, ...] = ()
    policy: PolicyChoice | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def environment() -> Spoken:
    """PTT_PARAMS as `NAME=VALUE`, with commas or blanks between, and PTT_POLICY.

    Errors: PTT303 for what sets no parameter
    """
    source = Source(PARAMS, os.environ.get(PARAMS, ""))
    params, wrong = [], []
    for found in re.finditer(r"[^\s,]+", source.text):
        span = Span(*found.span())
        name, _, text = found[0].partition("=")
        value = number_of(text)
        if value is None:
            hint = "write names and numbers, such as `drop=0.4,policy_gradient.entropy_floor=20%`"
            message = f"`{found[0]}` sets no parameter"
            wrong.append(Diagnostic("PTT303", message, source, span, hint=hint))
        else:
            params.append(ParamChoice(name, value, Where(Layer.ENVIRONMENT, source, span)))
    named = Source(POLICY, os.environ.get(POLICY, "").strip())
    where = Where(Layer.ENVIRONMENT, named, Span(0, len(named.text)))
    policy = PolicyChoice(named.text, where) if named.text else None
    return Spoken(plain_first(params), policy, tuple(wrong))


def plain_first(choices: Iterable[ParamChoice]) -> tuple[ParamChoice, ...]:
    """In one layer `grpo.drop` has the last word before `drop`, wherever they stand."""
    return tuple(sorted(choices, key=lambda choice: "." in choice.name))
