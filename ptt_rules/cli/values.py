"""`ptt values`: expressions and named values over a run, as a table or a Parquet file."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from ptt_rules.cli.common import (
    EXIT_CLEAN,
    Commands,
    add_config,
    add_rules,
    add_siblings,
    add_stack,
    config_of,
    print_json,
    write_file,
)
from ptt_rules.cli.judging import packs_for
from ptt_rules.cli.registry import About, Group
from ptt_rules.evaluation import json_number
from ptt_rules.logs import Siblings
from ptt_rules.report import values_text

ABOUT = About(Group.JUDGE, 25, "expressions and named values over a run, row by row")


def add_parser(commands: Commands) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        "values",
        description="Computes expressions over a run as its rules would, row by row: any "
        "expression of the quantities of the packs, and what a detector names: its `let`s, and "
        "the conditions of its levels. Of a family there is a column for each instance. Without "
        "an expression it is all that the detectors name.",
        epilog="exit: 0, 2 unusable input\n\n"
        "examples:\n  ptt values runs/demo-dpo-nan 'mean(margins[20])'\n"
        "  ptt values log.jsonl --pack grpo grpo.kl_jump.now\n"
        "  ptt values log.jsonl --pack grpo -o values.parquet",
    )
    parser.add_argument("log", metavar="RUN", help="the log of a run, as for `ptt replay`")
    parser.add_argument(
        "expressions",
        nargs="*",
        metavar="EXPR",
        help="such as `mean(kl[20])` or `grpo.kl_jump.now` (default: all named values)",
    )
    add_rules(parser)
    add_config(parser)
    add_siblings(parser)
    add_stack(parser)
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write a Parquet file instead of printing a table"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object for each row")
    return parser


def run(options: argparse.Namespace) -> int:
    """Errors: those of the packs, of the log and of expressions; PTT308 for the file"""
    pack = packs_for(options)(options.log)
    names = options.expressions or None
    table = pack.columns(
        options.log,
        names,
        config=config_of(options),
        siblings=Siblings.of(options.siblings),
        stack=options.stack,
    )
    if options.output:
        data = io.BytesIO()
        table.write_parquet(data)
        write_file(Path(options.output), data.getvalue())
    if options.json:
        for number, row in enumerate(table.iter_rows(named=True)):
            values = {name: json_number(value) for name, value in row.items()}
            print_json({"row": number, "step": values.pop("step"), "values": values})
    elif not options.output:
        for line in values_text(table.to_dict(as_series=False)):
            print(line)
    return EXIT_CLEAN
