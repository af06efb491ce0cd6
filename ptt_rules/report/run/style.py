"""The style of the page: two sets of colours, of which the reader's settings choose."""

STYLE = """\
:root{color-scheme:light dark;--page:#f6f8fa;--card:#ffffff;--text:#1f2328;--soft:#59636e;
--line:#d1d9e0;--accent:#0969da;--good:#1a7f37;--critical:#cf222e;--high:#bc4c00;
--medium:#9a6700;--low:#0550ae;--lost:#ffebe9;--new:#dafbe1}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#151b23;--text:#e6edf3;
--soft:#9198a1;--line:#30363d;--accent:#58a6ff;--good:#3fb950;--critical:#ff7b72;
--high:#f0883e;--medium:#d29922;--low:#79c0ff;--lost:#4a1e21;--new:#12361f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:0 0 .75rem}
h3{font-size:1rem;margin:1.25rem 0 .35rem}
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
table{border-collapse:collapse;width:100%;font-size:.9rem}
th{text-align:left;color:var(--soft);font-weight:600;white-space:nowrap}
th,td{padding:.3rem .7rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td{overflow-wrap:break-word;min-width:3rem}
table.numbers td,table.numbers th{text-align:right;font-variant-numeric:tabular-nums;
white-space:nowrap}
table.numbers td:first-child,table.numbers th:first-child{text-align:left}
.worst{font-weight:700;color:var(--high)}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--accent)}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:.75rem;margin:.4rem 0 1.1rem}
.sides>div{border:1px solid var(--line);border-radius:6px;padding:.5rem .7rem;
white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9rem}
del{background:var(--lost);text-decoration:none}
ins{background:var(--new);text-decoration:none}
svg{display:block;width:100%;height:auto}
svg text{font:11px system-ui,sans-serif;fill:var(--soft)}
svg .key{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;fill:var(--text)}
svg .frame{fill:none;stroke:var(--line)}
svg .curve{fill:none;stroke:var(--accent);stroke-width:1.4;stroke-linejoin:round;
stroke-linecap:round}
svg .dot{fill:var(--accent)}
svg .broken{stroke:var(--critical);stroke-width:1.4;fill:none}
svg .lane{stroke:var(--line);stroke-dasharray:1 4}
svg rect.critical,svg path.critical{fill:var(--critical)}
svg rect.high,svg path.high{fill:var(--high)}
svg rect.medium,svg path.medium{fill:var(--medium)}svg rect.low,svg path.low{fill:var(--low)}
svg rect.before{fill-opacity:.28}
svg rect.band{fill-opacity:.1}
svg line.critical{stroke:var(--critical)}svg line.high{stroke:var(--high)}
svg line.medium{stroke:var(--medium)}svg line.low{stroke:var(--low)}
svg .mark{fill:var(--soft)}svg path.good{fill:var(--good)}
svg .never{fill:var(--line);fill-opacity:.45}
svg .heat{fill:var(--accent)}
@media (max-width:40rem){dl{grid-template-columns:1fr;gap:.1rem}dt{margin-top:.5rem}
.sides{grid-template-columns:1fr}}
@media print{body{background:none}header,section{break-inside:avoid}}"""
