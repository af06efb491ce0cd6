"""Drawings in SVG: scales, ticks, curves and marks, for pages and as files of their own."""

from ptt_rules.report.chart.curve import MAX_POINTS, Plot
from ptt_rules.report.chart.drawing import Drawing
from ptt_rules.report.chart.marks import band, bar, diamond, upright
from ptt_rules.report.chart.scale import Across, Extent
from ptt_rules.report.chart.style import PALETTES, RULES
from ptt_rules.report.chart.ticks import axis, ends, fitting, label, nice, room_for

__all__ = [
    "MAX_POINTS",
    "PALETTES",
    "RULES",
    "Across",
    "Drawing",
    "Extent",
    "Plot",
    "axis",
    "band",
    "bar",
    "diamond",
    "ends",
    "fitting",
    "label",
    "nice",
    "room_for",
    "upright",
]
