"""Findings of people's own checks: one rule that is there whatever packs judge.

Each is an instance, by its title, of one family of keys. So it lives, is recorded, reaches
policies and channels, and comes out of a replay like a finding of any detector. What it says is in
the record of the run, as a log has numbers.
"""

from __future__ import annotations

from functools import cache

from ptt_rules.evaluation import OWN_DETECTOR
from ptt_rules.language import Source, Who
from ptt_rules.language.check import check_pack
from ptt_rules.language.ir import Detector
from ptt_rules.language.syntax import parse
from ptt_rules.logs import OWN_KEY
from ptt_rules.packs.pack import DetectorInfo

_WHO = Who.parse(OWN_DETECTOR)

_RULE = f"""
metric reported[title]: count in 0..4 = "{OWN_KEY}{{title}}"

detector {_WHO.name} for each reported {{
  summary  "A finding of a check of one's own"
  critical when reported >= 4
  high     when reported >= 3
  medium   when reported >= 2
  low      when reported >= 1
  message  "{{title}}"
}}
"""


@cache
def own_detector() -> Detector:
    source = Source(f"{_WHO.pack}.ptt", _RULE)
    module, mistakes = parse(source)
    checked, wrong = check_pack((_WHO.pack, "1.0.0", None), [(source, module)])
    assert not mistakes, mistakes
    assert not wrong, wrong
    return checked.detectors[_WHO.name]


@cache
def own_info() -> DetectorInfo:
    return DetectorInfo.of(own_detector(), {})
