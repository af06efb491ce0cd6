"""`ptt docs`: pages of packs, generated from the packs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from ptt_rules.border import plural
from ptt_rules.cli.common import EXIT_CLEAN, EXIT_FINDINGS, Commands, print_json, write_file
from ptt_rules.cli.registry import About, Group
from ptt_rules.language import PttError
from ptt_rules.packs import load_tested, shipped_packs
from ptt_rules.report import (
    Block,
    Heading,
    Paragraph,
    Picture,
    Table,
    html_page,
    markdown,
    pack_page,
)

ABOUT = About(Group.WRITE, 70, "write a page for each pack, with pictures of how rules fire")

FORMATS = {"markdown": "md", "html": "html"}


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "docs",
        description="Writes a page for each pack, and an index: conditions in words, levels, "
        "parameters, causes, remedies and references, and the first test that fires each detector "
        "as a picture.",
        epilog="exit: 0; with --check: 1 if a page would change; 2 unusable input\n\n"
        "example:\n  ptt docs -o docs/packs\n  ptt docs lab/ -o pages --format html",
    )
    parser.add_argument(
        "packs",
        nargs="*",
        metavar="PACK",
        help="a pack by name, or a .ptt file, folder or wheel (default: all shipped packs)",
    )
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="where pages go")
    parser.add_argument(
        "--format",
        choices=tuple(FORMATS),
        default="markdown",
        help="Markdown with pictures beside it, or HTML pages that need no other file",
    )
    parser.add_argument(
        "--check", action="store_true", help="writes nothing, exits with 1 if a page would change"
    )
    parser.add_argument("--json", action="store_true", help="an object a page, one a line")
    return parser


def run(options: argparse.Namespace) -> int:
    files = pages(options.packs or shipped_packs(), options.format)
    folder = Path(options.output)
    changed = [name for name, text in files.items() if _read(folder / name) != text]
    for name in () if options.check else changed:
        _write(folder / name, files[name])
    if options.json:
        for name in files:
            print_json({"file": str(folder / name), "changed": name in changed})
    elif options.check:
        for name in changed:
            print(f"{folder / name} would change")
    else:
        print(f"{len(changed)} of {plural(len(files), 'file')} written to {folder}")
    return EXIT_FINDINGS if options.check and changed else EXIT_CLEAN


def pages(packs: Sequence[str], form: str) -> dict[str, str]:
    """The files of the pages by name, with their contents."""
    made: dict[str, list[Block]] = {}
    for pack in packs:
        tested = load_tested(pack)
        made[tested.checked.name] = pack_page(tested)
    ending = FORMATS[form]
    index = "README.md" if form == "markdown" else "index.html"
    files = {index: _rendered("Packs", _index(made), form)}
    for name, blocks in made.items():
        files[f"{name}.{ending}"] = _rendered(f"Pack {name}", blocks, form)
        if form == "markdown":
            files.update((b.file, b.drawing.file()) for b in blocks if isinstance(b, Picture))
    return files


def _rendered(title: str, blocks: Sequence[Block], form: str) -> str:
    return markdown(blocks) if form == "markdown" else html_page(title, blocks)


def _index(made: Mapping[str, Sequence[Block]]) -> list[Block]:
    rows = tuple((f"[{name}]({name}.md)", *_about(blocks)) for name, blocks in made.items())
    return [
        Heading("Packs", 1),
        Paragraph("Each page is made from its pack by `ptt docs`; the pictures are of its tests."),
        Table(("pack", "detectors of its own", ""), rows),
    ]


def _about(blocks: Sequence[Block]) -> tuple[str, str]:
    """How many detectors a page has, and its first sentence."""
    count = sum(isinstance(block, Heading) and block.depth > 1 for block in blocks)
    about = next(block.text for block in blocks if isinstance(block, Paragraph))
    return f"{count}", about.partition(". ")[0]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _write(path: Path, text: str) -> None:
    """Errors: PTT308"""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"no folder for pages can be made: {error.strerror}"
        hint = "give another one with `-o`"
        raise PttError.of("PTT308", message, file=str(path.parent), hint=hint) from error
    write_file(path, text.encode())
