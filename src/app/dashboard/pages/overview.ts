import { DAY, HOUR } from '../../../core/clock.js';
import { describeDuration, fromExigoText, toUtcText } from '../../../core/time.js';
import { type FlowHealth, type Health, judgeHealth, monitoringOf } from '../../../engine/health.js';
import { type Entry, firstEntries } from '../../../engine/persons/entries.js';
import { type PipelineStatus, readStatus, type Status } from '../../../engine/status-view.js';
import {
  type ClosedBatches,
  closedBatches,
  type OpenItemAge,
  oldestOpenItem,
} from '../../../queue/reads/overview.js';
import { timeChart } from '../charts.js';
import { type Html, html, link } from '../html.js';
import { maskSentence } from '../mask.js';
import type { Site } from '../site.js';
import { age, ago, amount, levelBadge } from '../words.js';

const HOURS = 48;

/** The page that says in five seconds whether all is well. */
export function addOverview(site: Site): void {
  const { app, context } = site;
  app.get('/', async (request, reply) => {
    const { database, clock, config, pipelines } = context;
    const now = clock.now();
    const status = await readStatus(context);
    const health = judgeHealth(status, monitoringOf(config), now);
    const closed = await closedBatches(
      database,
      toUtcText(Math.floor(now / HOUR) * HOUR - (HOURS - 1) * HOUR),
      'hour',
    );
    const { entries } = await firstEntries(context, { limit: 1 });
    const stuck = entries.find(({ state }) => state !== 'loading');
    const oldest = await oldestOpenItem(
      database,
      pipelines.map(({ name }) => name),
    );
    const next = new Map<string, string | null>();
    for (const { name } of pipelines) next.set(name, await site.nextRun(name));
    const body = html`${verdict(health)}
${flowTable(status, health, next, now)}
${stages(status, closed, now)}
${oldestOrders(stuck, oldest, now)}
${charts(closed, now)}
${places(status, now)}`;
    return site.show(site.visitOf(request), reply, { title: titleOf(health), at: '/', body, charts: true });
  });
}

const VERDICTS = {
  quiet: { sign: '○', title: 'Nothing has run yet', words: 'No flow has run on this database.' },
  good: {
    sign: '✓',
    title: 'All is well',
    words: 'Every flow succeeded in time, and nothing waits for a person.',
  },
  look: { sign: '!', title: 'Running, and something waits for a person', words: 'No threshold is exceeded.' },
  wrong: { sign: '✕', title: 'Something is wrong', words: 'A threshold is exceeded.' },
} as const;

function titleOf(health: Health): string {
  return VERDICTS[health.level].title;
}

function verdict(health: Health): Html {
  const { sign, title, words } = VERDICTS[health.level];
  return html`<section class="verdict ${health.level}"><span class="sign" aria-hidden="true">${sign}</span>
<div><h1>${title}</h1><p class="soft">${words}</p></div></section>`;
}

function flowTable(
  status: Status,
  health: Health,
  next: ReadonlyMap<string, string | null>,
  now: number,
): Html {
  const rows = status.pipelines.map((flow, i) => {
    const own = health.flows[i];
    return own === undefined ? null : flowRow(flow, own, next.get(flow.pipeline) ?? null, now);
  });
  return html`<section aria-labelledby="flows"><h2 id="flows">Flows</h2><div class="wide"><table>
<caption>Each flow: its last success, how far it is behind, and what it waits for</caption>
<thead><tr><th scope="col">Flow</th><th scope="col">State</th><th scope="col">Last success</th><th scope="col" class="number">Lag</th>
<th scope="col" class="number">Backlog</th><th scope="col" class="number">Errors</th><th scope="col">Next run</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}

function flowRow(flow: PipelineStatus, own: FlowHealth, next: string | null, now: number): Html {
  const running =
    flow.runningIn === null
      ? null
      : html`<br><span class="soft">running${flow.runningSince !== null && html`, began ${ago(flow.runningSince, now)}`}</span>`;
  const findings =
    own.findings.length > 0 &&
    html`<ul class="soft">${own.findings.map(({ words }) => html`<li>${words}</li>`)}</ul>`;
  const errors =
    own.errors === 0
      ? '0'
      : html`<a href="${link('/errors', { pipeline: flow.pipeline })}">${amount(own.errors)}<span class="hidden"> errors of ${flow.pipeline}</span></a>`;
  return html`<tr><th scope="row">${flow.pipeline}${flow.mode === 'shadow' && html`<br><span class="soft">in shadow</span>`}</th>
<td>${levelBadge(own.level)}${findings}</td>
<td>${ago(flow.lastDone?.ended_utc ?? null, now)}${running}</td>
<td class="number">${age(own.lagMs)}</td><td class="number">${amount(own.backlog)}</td><td class="number">${errors}</td>
<td>${next === null ? html`<span class="none">by your scheduler</span>` : html`${next.slice(0, 16)}`}</td></tr>`;
}

/** Where items are, from left to right, per flow that has any. */
function stages(status: Status, closed: readonly ClosedBatches[], now: number): Html {
  const since = toUtcText(now - DAY).slice(0, 13);
  const blocks = status.pipelines.map((flow) => {
    const day = closed.filter(({ pipeline, stretch }) => pipeline === flow.pipeline && stretch >= since);
    const settled = (key: 'delivered' | 'excluded') => day.reduce((sum, row) => sum + row[key], 0);
    const open = (state: string) =>
      flow.backlog.filter((row) => row.state === state).reduce((sum, { items }) => sum + items, 0);
    const waits = (state: string) =>
      flow.waiting.filter((row) => row.state === state).reduce((sum, { items }) => sum + items, 0);
    const counts = [
      open('new'),
      open('ready'),
      open('loading'),
      settled('delivered'),
      settled('excluded'),
      waits('held'),
      waits('failed'),
    ];
    if (flow.openBatches === 0 && counts.every((count) => count === 0)) return null;
    const errors = (state: string) => link('/errors', { pipeline: flow.pipeline, state });
    return html`<h3>${flow.pipeline}</h3><ol class="stages">
${stage('New', open('new'), `wait for their verdict${openBatches(flow.openBatches)}`, false)}
${stage('Ready', open('ready'), 'wait for their wave')}
${stage('On their way', open('loading'), 'in a file or a step')}
${stage('Delivered', settled('delivered'), 'in the last 24 hours')}
${stage('Excluded', settled('excluded'), 'in the last 24 hours', false)}
${stage('Held', waits('held'), 'wait for a person', false, errors('held'))}
${stage('Failed', waits('failed'), 'tried and refused', false, errors('failed'))}
</ol>`;
  });
  const shown = blocks.filter((block) => block !== null);
  return html`<section aria-labelledby="orders"><h2 id="orders">Orders by state</h2>
${shown.length === 0 ? html`<p class="soft">Nothing is on its way, and nothing was settled in the last 24 hours.</p>` : shown}</section>`;
}

function openBatches(count: number): string {
  return count === 0 ? '' : `; ${count} open ${count === 1 ? 'batch' : 'batches'}`;
}

function stage(name: string, count: number, words: string, arrow = true, to?: string): Html {
  const number =
    to === undefined || count === 0
      ? html`<b>${amount(count)}</b>`
      : html`<a href="${to}"><b>${amount(count)}</b></a>`;
  return html`<li${arrow && html` class="on"`}>${name}${number}<small>${words}</small></li>`;
}

function oldestOrders(stuck: Entry | undefined, open: OpenItemAge | undefined, now: number): Html {
  return html`<section aria-labelledby="oldest"><h2 id="oldest">Oldest orders</h2><dl class="facts">
<dt>Waits for a person</dt><dd>${
    stuck === undefined
      ? 'none'
      : html`<a href="${link('/order', { key: stuck.item_key })}">${stuck.item_key}</a>, ${stuck.state} as <code>${stuck.code}</code>, first ${ago(stuck.first_utc, now)}: ${maskSentence(stuck.reason)}`
  }</dd>
<dt>On its way</dt><dd>${
    open === undefined
      ? 'none'
      : html`<a href="${link('/order', { key: open.item_key })}">${open.item_key}</a>, ${open.state}${open.target !== null && html` for ${open.target}`} in ${open.pipeline}, frozen ${ago(open.created_utc, now)}`
  }</dd></dl></section>`;
}

function charts(closed: readonly ClosedBatches[], now: number): Html {
  const first = Math.floor(now / HOUR) * HOUR - (HOURS - 1) * HOUR;
  const at = Array.from({ length: HOURS }, (_, i) => {
    const ms = first + i * HOUR;
    return { ms, stretch: toUtcText(ms).slice(0, 13), label: `${toUtcText(ms).slice(5, 13)}:00` };
  });
  const byHour = groupByHour(closed);
  const sums = (key: 'delivered' | 'excluded' | 'held' | 'failed') =>
    at.map(({ stretch }) => (byHour.get(stretch) ?? []).reduce((sum, row) => sum + row[key], 0));
  const lags = (pick: (rows: readonly ClosedBatches[]) => number) =>
    at.map(({ stretch }) => {
      const rows = byHour.get(stretch);
      return rows === undefined ? null : pick(rows) / 60_000;
    });
  const minutes = (value: number) => describeDuration(value * 60_000);
  return html`<section aria-labelledby="throughput"><h2 id="throughput">Throughput</h2>
<p class="soft">Items settled in each of the last ${HOURS} hours, when their batch closed.</p>
${timeChart('throughput-table', 'Items settled per hour', at, [
  { name: 'Delivered', values: sums('delivered'), show: amount },
  {
    name: 'Held or failed',
    values: sums('held').map((held, i) => held + (sums('failed')[i] ?? 0)),
    show: amount,
  },
])}</section>
<section aria-labelledby="lag"><h2 id="lag">Lag</h2>
<p class="soft">Minutes from the freeze of a batch to its end, by the hour in which it closed.</p>
${timeChart('lag-table', 'Minutes from freeze to end', at, [
  {
    name: 'Slowest batch',
    values: lags((rows) => Math.max(...rows.map(({ lag_ms }) => lag_ms))),
    show: minutes,
  },
  { name: 'Mean', values: lags(meanLag), show: minutes },
])}</section>`;
}

function meanLag(rows: readonly ClosedBatches[]): number {
  const batches = rows.reduce((sum, row) => sum + row.batches, 0);
  return rows.reduce((sum, row) => sum + row.mean_lag_ms * row.batches, 0) / Math.max(1, batches);
}

function groupByHour(closed: readonly ClosedBatches[]): Map<string, ClosedBatches[]> {
  const groups = new Map<string, ClosedBatches[]>();
  for (const row of closed) groups.set(row.stretch, [...(groups.get(row.stretch) ?? []), row]);
  return groups;
}

/** Waves to come, and files of 3PLs that were not used. */
function places(status: Status, now: number): Html {
  const waves = Object.entries(status.nextWaves).map(([name, next]) => {
    const words =
      next === null
        ? 'with every run'
        : next === 'now'
          ? 'due: the next run makes it'
          : `${next.slice(0, 16).replace('T', ' ')} UTC`;
    return html`<tr><th scope="row">${name}</th><td>${words}</td></tr>`;
  });
  const aside = status.setAside.map(
    ({ three_pl, name, code, reason, settled_utc }) =>
      html`<li>${three_pl}: <code>${name}</code> was not used, ${ago(settled_utc, now)}: <code>${code}</code> ${maskSentence(reason)}</li>`,
  );
  const watermark = Object.values(status.watermarks)
    .filter((value) => /^\d{4}-/.test(value))
    .sort()
    .at(-1);
  return html`<section aria-labelledby="waves"><h2 id="waves">Warehouses</h2>
${waves.length > 0 && html`<div class="wide"><table><caption>The next wave of each 3PL</caption><thead><tr><th scope="col">3PL</th><th scope="col">Next wave</th></tr></thead><tbody>${waves}</tbody></table></div>`}
${aside.length > 0 && html`<h3>Files that were not used</h3><ul>${aside}</ul>`}
${watermark !== undefined && html`<p class="soft">Newest stamp seen in the source: ${watermark.slice(0, 19)} US Central, ${describeDuration(Math.max(0, now - fromExigoText(watermark)))} old.</p>`}</section>`;
}
