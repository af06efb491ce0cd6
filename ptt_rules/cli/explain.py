"""`ptt explain`: the page of a diagnostic code or of a detector."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence

from ptt_rules.authoring import PAGES
from ptt_rules.authoring.lint import lint_files
from ptt_rules.cli.common import EXIT_CLEAN, Commands, add_settings, load_packs, print_json
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import Diagnostic, PttError, Source, Who
from ptt_rules.language.check import did_you_mean, spellings, the_one_meant
from ptt_rules.language.codes import Code, Rules
from ptt_rules.packs import DetectorInfo, Pack, PackFiles, load, named_packs, shipped_packs
from ptt_rules.report import (
    Colour,
    RuleWords,
    code_json,
    code_text,
    detector_json,
    detector_text,
    rule_words,
    width_of,
)

ABOUT = About(Group.WRITE, 60, "what a diagnostic code or a detector means")

EXAMPLE_FILE = "mine.ptt"


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "explain",
        description="Explains a diagnostic code with an example and its fix, or a detector "
        "with what it watches, when it fires and what to do then.",
        epilog="exit: 0, 2 if the name is neither\n\n"
        "example:\n  ptt explain PTT203\n  ptt explain policy_gradient.entropy_collapse",
    )
    parser.add_argument("name", metavar="NAME", help="a code, or a detector as `pack.detector`")
    parser.add_argument(
        "--pack",
        action="append",
        metavar="P",
        help="where the detector is: a pack by name, or a .ptt file, folder or wheel; may be "
        "given again; with the settings of this place (default: all shipped packs, as they ship)",
    )
    add_settings(parser)
    parser.add_argument("--json", action="store_true", help="the page as one JSON object")
    return parser


def run(options: argparse.Namespace) -> int:
    code = PAGES.get(options.name.upper())
    if code is not None:
        _explain_code(code, as_json=options.json)
        return EXIT_CLEAN
    pack = load_packs(options.pack, options) if options.pack else _shipped(options.name)
    detector = _find(pack, options.name)
    if not options.pack:
        # alone, so that other packs' parameters are not in it
        pack = load(_owner(detector.name), isolated=True)
    params, words = _used(detector, pack.params), _words(pack, detector.name)
    if options.json:
        print_json(detector_json(detector, params, words))
    else:
        print(detector_text(detector, params, words, Colour.of(sys.stdout), width_of(sys.stdout)))
    return EXIT_CLEAN


def _words(pack: Pack, name: str) -> RuleWords:
    """The conditions of a detector in words."""
    detectors = {one.detector.qualified: one.detector for one in pack.compiled.detectors}
    return rule_words(detectors[name], pack.params)


def _explain_code(page: Code, *, as_json: bool) -> None:
    reported = _reported(page.code, page.failing.text) if isinstance(page.failing, Rules) else ()
    if as_json:
        print_json(code_json(page, reported))
    else:
        print(code_text(page, reported, Colour.of(sys.stdout), width_of(sys.stdout)))


def _reported(code: str, rules: str) -> Sequence[Diagnostic]:
    """The diagnostics of the example with this code, as this version of ptt reports them."""
    files = PackFiles(EXAMPLE_FILE, EXAMPLE_FILE, (Source(EXAMPLE_FILE, rules),))
    return [diagnostic for diagnostic in lint_files(files) if diagnostic.code == code]


def _shipped(name: str) -> Pack:
    """The pack that a qualified name begins with as it ships or is installed, or all that ship."""
    owner = _owner(name)
    names = [owner] if owner in named_packs() else shipped_packs()
    return load(*names, isolated=True)


def _owner(name: str) -> str:
    return Who.parse(name).pack or name


def _find(pack: Pack, name: str) -> DetectorInfo:
    """The detector of a qualified name, or of a bare one that only one pack has.

    Errors: PTT101
    """
    known = {detector.name: detector for detector in pack.detectors}
    found = the_one_meant(name, known)
    if found is not None:
        return known[found]
    begun = [code for code in PAGES if code.startswith(name.upper())]
    hint = did_you_mean(
        name,
        begun or [*spellings(known), *PAGES],
        "give a code such as `PTT101`, or a detector such as `policy_gradient.entropy_collapse`; "
        "for one of your own add `--pack PATH`",
    )
    raise PttError.of("PTT101", f"`{name}` is not a code and no detector", hint=hint)


def _used(detector: DetectorInfo, params: Mapping[str, float]) -> dict[str, float]:
    """The parameters that the clauses of a detector name; its own pack's before others'."""
    words = {word for clause in detector.clauses for word in re.findall(r"\w+", clause.text)}
    used: dict[str, str] = {}
    for name in params:
        word = Who.parse(name).name
        if word in words and (word not in used or _owner(name) == _owner(detector.name)):
            used[word] = name
    return {name: params[name] for name in used.values()}
