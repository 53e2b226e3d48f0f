/** The look of all pages. Colours are named by what they mean; both schemes meet a contrast of 4.5 to 1. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --surface: #ffffff; --line: #dde1e7; --text: #1b2330; --soft: #566072; --accent: #1f5fbf;
  --good: #17693a; --good-back: #e3f4e9; --look: #7d5000; --look-back: #fdf1d6; --wrong: #a91d27; --wrong-back: #fde7e8;
  --quiet: #566072; --quiet-back: #eceff3; --series-1: #1f5fbf; --series-2: #b4570b; --series-3: #17693a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --surface: #1a2028; --line: #303946; --text: #e6eaf0; --soft: #a3aebd; --accent: #86b6ff;
    --good: #74d69a; --good-back: #14301f; --look: #f0c05f; --look-back: #362a10; --wrong: #ff9a9e; --wrong-back: #3d191c;
    --quiet: #a3aebd; --quiet-back: #262e39; --series-1: #86b6ff; --series-2: #f0a35f; --series-3: #74d69a;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
body { margin: 0; background: var(--page); color: var(--text); }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -99em; }
.skip:focus { left: 1rem; top: .5rem; background: var(--surface); padding: .5rem 1rem; z-index: 1; }
.bar { background: var(--surface); border-bottom: 1px solid var(--line); }
.bar > div { max-width: 78rem; margin: 0 auto; padding: .6rem 1.25rem; display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; }
.brand { font-weight: 650; color: inherit; text-decoration: none; letter-spacing: -.01em; }
.bar nav ul { display: flex; flex-wrap: wrap; gap: .25rem; list-style: none; margin: 0; padding: 0; }
.bar nav a { display: block; padding: .3rem .7rem; border-radius: 6px; color: var(--soft); text-decoration: none; }
.bar nav a:hover { color: var(--text); background: var(--quiet-back); }
.bar nav a[aria-current] { color: var(--text); background: var(--quiet-back); font-weight: 600; }
.bar form { margin-left: auto; display: flex; gap: .4rem; align-items: center; }
.bar input { width: 16rem; } .bar form.leave { margin-left: 0; }
main { max-width: 78rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; letter-spacing: -.015em; }
h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
h3 { font-size: .95rem; margin: 1rem 0 .5rem; }
section, .panel { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; margin: 0 0 1.25rem; }
p { margin: 0 0 .75rem; max-width: 75ch; } p:last-child { margin-bottom: 0; }
.soft, caption, .none { color: var(--soft); }
.verdict { display: flex; gap: 1rem; align-items: center; border-left-width: 6px; }
.verdict h1 { margin: 0; } .verdict p { margin: .15rem 0 0; }
.verdict .sign { font-size: 1.6rem; width: 2.6rem; height: 2.6rem; border-radius: 50%; display: grid; place-items: center; flex: none; }
.verdict.good { border-left-color: var(--good); } .verdict.look { border-left-color: var(--look); }
.verdict.wrong { border-left-color: var(--wrong); } .verdict.quiet { border-left-color: var(--quiet); }
.good .sign, .badge.good { color: var(--good); background: var(--good-back); }
.look .sign, .badge.look { color: var(--look); background: var(--look-back); }
.wrong .sign, .badge.wrong { color: var(--wrong); background: var(--wrong-back); }
.quiet .sign, .badge.quiet, .badge.plain { color: var(--quiet); background: var(--quiet-back); }
.badge { display: inline-block; padding: .05rem .55rem; border-radius: 99px; font-size: .85rem; font-weight: 600; white-space: nowrap; }
.wide { position: relative; overflow-x: auto; margin: 0 -.25rem; padding: 0 .25rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0 0 .5rem; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem 1.1rem .45rem 0; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: .82rem; white-space: nowrap; }
tbody th { font-weight: 600; } td.number, th.number { text-align: right; } td:last-child, th:last-child { padding-right: 0; }
td ul { margin: 0; padding: 0; list-style: none; } td time { white-space: nowrap; }
code, .code, pre { font-family: ui-monospace, "Cascadia Mono", Menlo, "Liberation Mono", monospace; font-size: .88em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; background: var(--page); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; margin: .5rem 0; }
.stages { list-style: none; display: flex; flex-wrap: wrap; gap: .6rem 1.9rem; margin: 0; padding: 0; }
.stages li { position: relative; flex: 1 1 7rem; background: var(--page); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
.stages li + li.on::before { content: "→"; position: absolute; left: -1.55rem; top: 50%; transform: translateY(-50%); color: var(--soft); }
.stages b { display: block; font-size: 1.35rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.stages small { color: var(--soft); font-size: .82rem; display: block; line-height: 1.35; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; margin: 0; }
.facts dt { color: var(--soft); } .facts dd { margin: 0; overflow-wrap: anywhere; }
form.filter { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; margin-bottom: 1rem; }
label { display: block; font-size: .85rem; color: var(--soft); } label.row { display: flex; gap: .4rem; align-items: center; }
input, select, button, textarea { font: inherit; color: inherit; }
input, select, button, .button { min-height: 2.2rem; }
input, select { background: var(--surface); border: 1px solid var(--soft); border-radius: 6px; padding: .3rem .55rem; max-width: 100%; }
button, .button { background: var(--surface); border: 1px solid var(--soft); border-radius: 6px; padding: .3rem .8rem; cursor: pointer; color: inherit; text-decoration: none; display: inline-block; }
button:hover, .button:hover { border-color: var(--text); } button.main { background: var(--accent); border-color: var(--accent); color: var(--surface); font-weight: 600; }
dl + form, .wide + p, .wide + form { margin-top: 1rem; } form p { margin-top: .4rem; } section > ul { margin: 0; padding-left: 1.2rem; }
details summary { cursor: pointer; } details + details { margin-top: .5rem; }
.acts { display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: start; min-width: 9.5rem; } .acts summary { line-height: 2.2rem; } .acts details form { margin-top: .5rem; display: grid; gap: .4rem; max-width: 22rem; }
.notice { border-left: 6px solid var(--accent); } .fault { border-left: 6px solid var(--wrong); }
.pages { display: flex; gap: 1rem; margin-top: 1rem; } .chart { margin: .5rem 0 1rem; min-height: 1px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { max-width: 78rem; margin: 0 auto; padding: 0 1.25rem 2rem; color: var(--soft); font-size: .85rem; }
.narrow { max-width: 26rem; margin: 4rem auto; } .narrow form { display: grid; gap: .8rem; } .narrow input { width: 100%; }
.u-legend { font-size: .85rem; color: var(--soft); } .uplot { font-family: inherit; max-width: 100%; }
@media (max-width: 40rem) { .facts { grid-template-columns: 1fr; gap: 0; } .facts dd { margin-bottom: .5rem; } .bar form { margin-left: 0; } }
@media print { .bar form, .acts, form.filter { display: none; } }
`;
