"""The style sheet of all pages: two sets of colours, of which the reader's settings choose."""

from __future__ import annotations

from collections.abc import Mapping

from ptt_rules.report.chart import PALETTES, RULES

_SHEET = """\
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:0 0 .75rem}
h3{font-size:1rem;margin:1.25rem 0 .35rem;white-space:pre-wrap}
p{margin:.35rem 0}
a{color:var(--accent)}
code,pre{font:.88em/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{overflow-x:auto;margin:.5rem 0;padding:.75rem;background:var(--page);
border:1px solid var(--line);border-radius:6px}
header,section{background:var(--card);border:1px solid var(--line);border-radius:10px;
padding:1.1rem 1.25rem;margin-bottom:1rem}
.head{display:flex;flex-wrap:wrap;gap:.35rem .75rem;align-items:center}
.soft{color:var(--soft)}
nav{margin-top:.5rem;font-size:.9rem;display:flex;flex-wrap:wrap;gap:.2rem 1rem}
.state,.badge{display:inline-block;border-radius:99px;font-weight:600;white-space:nowrap;
border:1px solid currentColor}
.state{padding:.1rem .8rem}
.badge{padding:0 .55rem;font-size:.8rem}
.critical{color:var(--critical)}.high{color:var(--high)}.medium{color:var(--medium)}
.low{color:var(--low)}.good{color:var(--good)}
dl{display:grid;grid-template-columns:9.5rem 1fr;gap:.6rem 1rem;margin:0}
dt{font-weight:600;color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
dd p{margin:0 0 .2rem}
dd p:first-child{font-weight:600}
dd ol{margin:0;padding-left:1.2rem}
.wide{overflow-x:auto}
.wide+.wide,p+.wide{margin-top:.75rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;color:var(--soft);font-weight:600;white-space:nowrap}
th,td{padding:.3rem .7rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td{overflow-wrap:break-word;min-width:3rem}
table.numbers td,table.numbers th{text-align:right;font-variant-numeric:tabular-nums;
white-space:nowrap}
table.numbers td:first-child,table.numbers th:first-child{text-align:left}
table.fitted{width:auto}
.worst{font-weight:700;color:var(--high)}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--accent)}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;margin:.4rem 0 1.1rem}
.sides>div{border:1px solid var(--line);border-radius:6px;padding:.5rem .7rem;
white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}
section>h3:first-child{margin-top:0}
section>.sides:last-child{margin-bottom:0}
del{background:var(--lost);text-decoration:none}
ins{background:var(--new);text-decoration:none}
svg{display:block;width:100%;height:auto}
svg.long{min-width:44rem}
@media (max-width:40rem){dl{grid-template-columns:1fr;gap:.1rem}dt{margin-top:.5rem}
.sides{grid-template-columns:1fr}
table:not(.numbers) thead{display:none}
table:not(.numbers) tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}
table:not(.numbers) td{display:block;border:0;padding:.1rem 0;overflow-wrap:anywhere}
td[data-head]::before{content:attr(data-head)": ";color:var(--soft)}
svg.broad{display:none}}
@media (min-width:40.01rem){svg.narrow{display:none}}
.reading{max-width:54rem}
.reading p,.reading ul{margin:.7rem 0}
.sides b{display:block;font-size:.8em;color:var(--soft)}
.sides i{color:var(--soft)}
@media print{body{background:none}header,section{break-inside:avoid}}"""


def _colours(palette: Mapping[str, str]) -> str:
    return ":root{" + ";".join(f"--{name}:{colour}" for name, colour in palette.items()) + "}"


STYLE = f"""\
:root{{color-scheme:light dark}}
{_colours(PALETTES["light"])}
@media (prefers-color-scheme:dark){{{_colours(PALETTES["dark"])}}}
{_SHEET}
{RULES}"""
