/** Of the page. Lines differ by dashes as well as by colour. */
export const STYLE = `
:root { --ground: #ffffff; --text: #1b1f24; --quiet: #57606a; --rule: #d0d7de; --line-0: #0550ae; --line-1: #116329; --line-2: #953800; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0d1117; --text: #e6edf3; --quiet: #9da7b3; --rule: #30363d; --line-0: #79c0ff; --line-1: #7ee787; --line-2: #ffa657; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2rem 0 0; font-size: 1.15rem; }
p { margin: .25rem 0; color: var(--quiet); }
figure { margin: .5rem 0; }
figure svg { display: block; width: 100%; height: auto; }
.plot { overflow-x: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .5rem 0; padding: 0; list-style: none; }
.swatch { margin-right: .5rem; vertical-align: middle; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line-0 { stroke: var(--line-0); }
.line-1 { stroke: var(--line-1); stroke-dasharray: 7 3; }
.line-2 { stroke: var(--line-2); stroke-dasharray: 2 3; }
.shade { opacity: .18; stroke: none; }
.shade-0 { fill: var(--line-0); }
.shade-1 { fill: var(--line-1); }
.shade-2 { fill: var(--line-2); }
.grid { stroke: var(--rule); }
.tick { fill: var(--quiet); font-size: 12px; }
.pointer { stroke: var(--text); }
.cursor { display: flex; gap: .75rem; align-items: center; color: var(--quiet); font-size: .875rem; }
.cursor[hidden] { display: none; }
.cursor input { flex: 1; }
.reading { display: block; min-height: 1.5rem; font-variant-numeric: tabular-nums; }
.scroll { max-height: 24rem; overflow: auto; border: 1px solid var(--rule); }
summary { cursor: pointer; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { padding: .5rem; text-align: left; color: var(--quiet); }
th, td { padding: .25rem .75rem; border-bottom: 1px solid var(--rule); text-align: right; font-weight: normal; }
th:first-child { text-align: left; }
thead th { position: sticky; top: 0; background: var(--ground); font-weight: 600; }
.none { color: var(--quiet); }
:focus-visible { outline: 2px solid var(--line-0); outline-offset: 2px; }
@media (max-width: 40rem) {
  .plot svg { min-width: 36rem; }
  .tick { font-size: 19px; }
}
@media print { .cursor, .reading { display: none; } }
`;
