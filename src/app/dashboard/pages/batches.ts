import { type BatchRow, readBatch } from '../../../queue/ledger/batches.js';
import { effectCounts, filesOfBatches, stateCounts } from '../../../queue/reads/batches.js';
import { newestBatches } from '../../../queue/reads/listings.js';
import { timelineOfMany } from '../../../queue/reads/orders.js';
import { type Html, html, link } from '../html.js';
import { pager } from '../layout.js';
import { maskSentence } from '../mask.js';
import { refuse, type Site } from '../site.js';
import { amount, instant, stateBadge } from '../words.js';
import { fileLinks } from './files.js';
import { idOf, nameOf } from './parameters.js';

const SHOWN = 50;
/** A larger batch that is open is not counted while somebody waits for the page: a million items take a second. */
const COUNTED = 50_000;

/** Batches with their balance: frozen = delivered + excluded + held + failed. */
export function addBatches(site: Site): void {
  const { app, context } = site;
  const { database } = context;

  app.get('/batches', async (request, reply) => {
    const query = request.query as Record<string, unknown>;
    const pipeline = nameOf(query.pipeline);
    const before = idOf(query.before);
    const rows = await newestBatches(database, { before, limit: SHOWN, pipeline });
    const last = rows.at(-1);
    const older =
      rows.length < SHOWN || last === undefined
        ? null
        : link('/batches', { pipeline, before: last.batch_id });
    const body = html`<h1>Batches</h1><section>
<form class="filter" action="/batches" method="get"><div><label for="pipeline">Flow</label><select id="pipeline" name="pipeline"><option value="">all flows</option>${context.pipelines.map(
      ({ name }) => html`<option value="${name}"${name === pipeline && html` selected`}>${name}</option>`,
    )}</select></div><button>Show</button></form>
${rows.length === 0 ? html`<p class="soft">There is no batch.</p>` : batchTable(rows)}
${pager(link('/batches', { pipeline }), older, before === undefined)}</section>`;
    return site.show(site.visitOf(request), reply, { title: 'Batches', at: '/batches', body });
  });

  app.get('/batches/:id', async (request, reply) => {
    const id = idOf((request.params as { id?: unknown }).id);
    const batch = id === undefined ? undefined : await readBatch(database, id);
    if (id === undefined || batch === undefined) return refuse(reply, 404, 'There is no such batch.');
    const isCounted = batch.items_frozen <= COUNTED;
    const states = isCounted ? await stateCounts(database, [id]) : [];
    const steps = isCounted ? await effectCounts(database, [id]) : [];
    const files = isCounted ? await filesOfBatches(database, [id]) : [];
    const events = await timelineOfMany(database, { batchId: id });
    const body = html`<h1>Batch ${id}</h1>
<section aria-labelledby="balance"><h2 id="balance">Balance</h2>${batchTable([batch])}
${balanceWords(batch)}
${!isCounted && html`<p class="soft">It has more than ${amount(COUNTED)} items, which are not counted for a page.</p>`}
${states.length > 0 && html`<h3>Items now</h3><ol class="stages">${states.map(({ state, items }) => html`<li>${state}<b>${amount(items)}</b></li>`)}</ol>`}
${steps.length > 0 && html`<h3>Steps</h3><ul>${steps.map(({ step, state, effects }) => html`<li>${step}: ${amount(effects)} ${state}</li>`)}</ul>`}</section>
<section aria-labelledby="facts"><h2 id="facts">Made of</h2><dl class="facts"><dt>Kind</dt><dd>${batch.kind}</dd>
<dt>Change set</dt><dd>${batch.change_set_id ?? 'none, a person asked for it'}</dd>
${batch.start_at !== null && html`<dt>Since</dt><dd>${batch.start_at} US Central${batch.end_at !== null && html` to ${batch.end_at}`}</dd>`}
<dt>Configuration</dt><dd><code>${batch.config_hash ?? 'not fixed yet'}</code></dd></dl></section>
${files.length > 0 && html`<section aria-labelledby="files"><h2 id="files">Files</h2>${fileLinks(files)}</section>`}
<section aria-labelledby="events"><h2 id="events">What happened</h2>${
      events.length === 0
        ? html`<p class="soft">Nothing yet.</p>`
        : html`<ul>${events.map(({ at_utc, message }) => html`<li>${instant(at_utc)} ${maskSentence(message)}</li>`)}</ul>`
    }</section>`;
    return site.show(site.visitOf(request), reply, { title: `Batch ${id}`, at: '/batches', body });
  });
}

function batchTable(rows: readonly BatchRow[]): Html {
  return html`<div class="wide"><table><caption>Frozen = delivered + excluded + held + failed, once a batch is closed</caption>
<thead><tr><th scope="col" class="number">Batch</th><th scope="col">Flow</th><th scope="col">State</th><th scope="col">Made</th><th scope="col">Closed</th>
<th scope="col" class="number">Frozen</th><th scope="col" class="number">Delivered</th><th scope="col" class="number">Excluded</th><th scope="col" class="number">Held</th><th scope="col" class="number">Failed</th><th scope="col">Balance</th></tr></thead>
<tbody>${rows.map(batchRow)}</tbody></table></div>`;
}

function batchRow(batch: BatchRow): Html {
  const { batch_id, pipeline, kind, state, created_utc, closed_utc } = batch;
  return html`<tr><th scope="row" class="number"><a href="/batches/${batch_id}">${batch_id}</a></th>
<td>${pipeline}${kind !== 'live' && html`<br><span class="soft">${kind}</span>`}</td><td>${stateBadge(state === 'frozen' ? 'waits' : state)}</td>
<td>${instant(created_utc)}</td><td>${instant(closed_utc)}</td>
<td class="number">${amount(batch.items_frozen)}</td><td class="number">${amount(batch.delivered)}</td><td class="number">${amount(batch.excluded)}</td>
<td class="number">${amount(batch.held)}</td><td class="number">${amount(batch.failed)}</td><td>${balanceOf(batch)}</td></tr>`;
}

function balanceOf({ state, items_frozen, delivered, excluded, held, failed }: BatchRow): Html {
  if (state !== 'closed') return html`<span class="soft">open</span>`;
  const settled = (delivered ?? 0) + (excluded ?? 0) + (held ?? 0) + (failed ?? 0);
  return settled === items_frozen
    ? html`<span class="badge good"><span aria-hidden="true">✓</span> balances</span>`
    : html`<span class="badge wrong">off by ${items_frozen - settled}</span>`;
}

function balanceWords(batch: BatchRow): Html {
  const { state, items_frozen, items_unchanged } = batch;
  const unchanged =
    items_unchanged === 0 ? '' : ` ${amount(items_unchanged)} more were looked at and had not changed.`;
  return html`<p class="soft">${amount(items_frozen)} frozen${state !== 'closed' && ', and not all of them settled yet'}.${unchanged}</p>`;
}
