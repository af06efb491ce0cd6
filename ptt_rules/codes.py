"""Every diagnostic code with its title: PTT and three digits.

0 syntax · 1 names · 2 types and units · 3 packs · 4 tests and replay · 5 run time ·
6 lint.
"""

from __future__ import annotations

CODES: dict[str, str] = {
    # 0 syntax
    "PTT001": "syntax error",
    "PTT002": "character that begins nothing",
    "PTT003": "string that is not closed or has a bad escape",
    "PTT004": "source larger than the limit",
    "PTT005": "nesting deeper than the limit",
    # 1 names
    "PTT101": "unknown name",
    "PTT102": "name declared twice",
    "PTT103": "unknown placeholder in a text",
    "PTT104": "unknown clause or word",
    "PTT105": "a name that stands for itself",
    "PTT106": "detector without a level",
    "PTT107": "reaction without an action",
    "PTT108": "empty logged key",
    "PTT109": "family where one metric is needed, or the reverse",
    # 2 types and units
    "PTT201": "number where a truth is needed, or the reverse",
    "PTT202": "wrong arguments of a function",
    "PTT203": "different units",
    "PTT204": "window on something that is not a series",
    "PTT205": "aggregate without a window",
    "PTT206": "value outside its range",
    "PTT207": "chained comparison",
    "PTT208": "bad format specification",
    "PTT209": "text where a number is needed",
    "PTT210": "bad window",
    "PTT211": "aggregate that has no meaning over this window",
    # 3 packs
    "PTT301": "no such pack",
    "PTT302": "version constraint not met",
    "PTT303": "unknown parameter",
    "PTT304": "unknown policy",
    "PTT305": "pack declared twice, or parts of two packs in one folder",
    "PTT306": "bad version or constraint",
    "PTT307": "packs that extend each other",
    "PTT308": "file that cannot be read",
    "PTT309": "override of what the pack itself declares",
    "PTT310": "two packs that override the same",
    "PTT311": "override that breaks a rule",
    # 4 tests and replay
    "PTT401": "file that is no run log",
    "PTT402": "no such run log",
    "PTT403": "run log without steps",
    "PTT404": "reader that is not installed",
    "PTT405": "test that cannot mean anything",
    # 5 run time
    "PTT501": "row that cannot be observed",
    "PTT502": "rule that failed at run time",
    "PTT503": "state that does not fit the pack",
    "PTT504": "run directory that cannot be written",
    "PTT505": "values of a log that are no numbers",
}
