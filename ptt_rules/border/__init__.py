"""The border to the outside: plain numbers, visible texts, regular files."""

from ptt_rules.border.counts import agreeing, first_few, plural
from ptt_rules.border.numbers import (
    described,
    not_a_number,
    number,
    number_of,
    plain_data,
    plain_number,
)
from ptt_rules.border.regular import (
    NotRegularError,
    check_regular,
    open_regular,
    regular_text,
    with_plain_ends,
    write_text,
)
from ptt_rules.border.visible import one_line, visible, visible_char, visible_json, visible_lines

__all__ = [
    "NotRegularError",
    "agreeing",
    "check_regular",
    "described",
    "first_few",
    "not_a_number",
    "number",
    "number_of",
    "one_line",
    "open_regular",
    "plain_data",
    "plain_number",
    "plural",
    "regular_text",
    "visible",
    "visible_char",
    "visible_json",
    "visible_lines",
    "with_plain_ends",
    "write_text",
]
