import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvariantError, messageOf } from '../../../core/errors.js';
import { toUtcText } from '../../../core/time.js';
import { renderWave, UnrenderableMembers } from '../../../engine/waves/render.js';
import { insertEvent } from '../../../queue/ledger/events.js';
import { waveMembers } from '../../../queue/ledger/waves.js';
import type { BatchFile } from '../../../queue/reads/batches.js';
import {
  type ListedInboxFile,
  type ListedWave,
  listedWave,
  newestInboxFiles,
  newestWaves,
} from '../../../queue/reads/listings.js';
import { timelineOfMany } from '../../../queue/reads/orders.js';
import { type Html, html, link } from '../html.js';
import { csrfField, pager, type Visit } from '../layout.js';
import { maskSentence } from '../mask.js';
import { refuse, type Site } from '../site.js';
import { amount, instant, stateBadge } from '../words.js';
import { orderLink } from './order.js';
import { idOf, nameOf } from './parameters.js';

const SHOWN = 50;
const MEMBERS = 200;

/** Files for 3PLs with hash and download, and those that 3PLs sent. A file goes by the number of its wave alone. */
export function addFiles(site: Site): void {
  const { app, context, settings } = site;
  const { database } = context;

  app.get('/files', async (request, reply) => {
    const query = request.query as Record<string, unknown>;
    const target = nameOf(query.target);
    const before = idOf(query.before);
    const waves = await newestWaves(database, { before, limit: SHOWN, target });
    const received =
      before === undefined ? await newestInboxFiles(database, { limit: SHOWN, threePl: target }) : [];
    const last = waves.at(-1);
    const older =
      waves.length < SHOWN || last === undefined ? null : link('/files', { target, before: last.wave_id });
    const body = html`<h1>Files</h1><section aria-labelledby="sent"><h2 id="sent">For 3PLs</h2>
<form class="filter" action="/files" method="get"><div><label for="target">3PL</label><select id="target" name="target"><option value="">all</option>${context.config.threePls.map(
      ({ name }) => html`<option value="${name}"${name === target && html` selected`}>${name}</option>`,
    )}</select></div><button>Show</button></form>
${waves.length === 0 ? html`<p class="soft">There is no file.</p>` : waveTable(waves)}
${pager(link('/files', { target }), older, before === undefined)}</section>
${received.length > 0 && html`<section aria-labelledby="received"><h2 id="received">From 3PLs</h2>${inboxTable(received)}</section>`}`;
    return site.show(site.visitOf(request), reply, { title: 'Files', at: '/files', body });
  });

  app.get('/files/:id', async (request, reply) => {
    const wave = await waveOf(request.params);
    if (wave === undefined) return refuse(reply, 404, 'There is no such file.');
    const members = await waveMembers(database, wave.wave_id, -1, MEMBERS);
    const events = await timelineOfMany(database, { waveId: wave.wave_id });
    const visit = site.visitOf(request);
    const body = html`<h1>${wave.file_name}</h1>
<section aria-labelledby="facts"><h2 id="facts">The file</h2><dl class="facts">
<dt>State</dt><dd>${stateBadge(wave.state)}${wave.last_error !== null && html` ${maskSentence(wave.last_error)}`}</dd>
<dt>For</dt><dd>${wave.target}, number ${wave.number}, in ${wave.pipeline}</dd>
<dt>Cut-off taken</dt><dd>${instant(wave.planned_utc)}</dd><dt>Delivered</dt><dd>${instant(wave.delivered_utc)}${wave.receipt !== null && html`: ${wave.receipt}`}</dd>
<dt>Holds</dt><dd>${amount(wave.orders)} orders, ${amount(wave.rows)} rows, ${amount(wave.bytes)} bytes</dd>
<dt>SHA-256</dt><dd><code>${wave.sha256 ?? 'not fixed yet'}</code></dd></dl>
${wave.sha256 !== null && download(wave, visit)}</section>
${
  members.some(({ order_id }) => order_id !== null) &&
  html`<section aria-labelledby="orders"><h2 id="orders">Orders in it</h2>
<p>${members.map(({ order_id }, i) => order_id !== null && html`${i > 0 && ', '}${orderLink(order_id)}`)}${members.length === MEMBERS && html` and more`}</p></section>`
}
<section aria-labelledby="events"><h2 id="events">What happened</h2>${
      events.length === 0
        ? html`<p class="soft">Nothing yet.</p>`
        : html`<ul>${events.map(({ at_utc, message }) => html`<li>${instant(at_utc)} ${maskSentence(message)}</li>`)}</ul>`
    }</section>`;
    return site.show(visit, reply, { title: wave.file_name, at: '/files', body });
  });

  app.post('/files/:id/download', async (request, reply) => {
    const wave = await waveOf(request.params);
    if (wave?.sha256 == null) return refuse(reply, 404, 'There is no such file.');
    if (!settings.downloads) return refuse(reply, 403, 'Downloads are turned off: dashboard.downloads.');
    await mkdir(context.config.stateDirectory, { recursive: true });
    const folder = await mkdtemp(join(context.config.stateDirectory, 'download-'));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const path = join(folder, 'file');
      const made = await renderWave(context, wave, path);
      if (made.sha256 !== wave.sha256) {
        await remove();
        return refuse(
          reply,
          409,
          'Its frozen rows were altered since: what would be made is not the file that was sent.',
        );
      }
      const at = toUtcText(context.clock.now());
      const message = `a person downloaded file ${wave.file_name} from the dashboard`;
      await database.transaction((session) =>
        insertEvent(session, {
          at,
          kind: 'downloaded',
          pipeline: wave.pipeline,
          waveId: wave.wave_id,
          message,
        }),
      );
      const stream = createReadStream(path);
      stream.on('close', () => {
        remove().catch((error: unknown) =>
          context.log.warn(`dashboard: ${folder} stays: ${messageOf(error)}`),
        );
      });
      return reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${wave.file_name.replace(/[^\w.-]/g, '_')}"`)
        .header('content-length', made.bytes)
        .send(stream);
    } catch (error) {
      await remove();
      if (error instanceof InvariantError || error instanceof UnrenderableMembers) {
        return refuse(reply, 410, 'Its frozen rows are not kept any more, so it cannot be made again.');
      }
      throw error;
    }
  });

  async function waveOf(parameters: unknown): Promise<ListedWave | undefined> {
    const id = idOf((parameters as { id?: unknown }).id);
    return id === undefined ? undefined : listedWave(database, id);
  }

  function download(wave: ListedWave, visit: Visit): Html {
    if (!settings.downloads) return html`<p class="soft">Downloads are turned off.</p>`;
    return html`<form action="/files/${wave.wave_id}/download" method="post">${csrfField(visit)}<button>Download</button>
<p class="soft">Made again from the frozen rows, and compared with the hash. It holds names and addresses; that it was downloaded stands in the timeline.</p></form>`;
  }
}

/** Links to the files of a batch. */
export function fileLinks(files: readonly BatchFile[]): Html {
  return html`<ul>${files.map(
    ({ wave_id, file_name, target, state, orders, sha256 }) =>
      html`<li><a href="/files/${wave_id}">${file_name}</a> for ${target}: ${stateBadge(state)} ${amount(orders)} orders${sha256 !== null && html`, <code>${sha256.slice(0, 12)}</code>`}</li>`,
  )}</ul>`;
}

function waveTable(waves: readonly ListedWave[]): Html {
  return html`<div class="wide"><table><caption>Each wave: when its cut-off took orders, and what became of its file</caption>
<thead><tr><th scope="col">File</th><th scope="col">3PL</th><th scope="col">State</th><th scope="col">Cut-off taken</th><th scope="col">Delivered</th>
<th scope="col" class="number">Orders</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Bytes</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${waves.map(
    (
      wave,
    ) => html`<tr><th scope="row"><a href="/files/${wave.wave_id}">${wave.file_name}</a></th><td>${wave.target}</td><td>${stateBadge(wave.state)}</td>
<td>${instant(wave.planned_utc)}</td><td>${instant(wave.delivered_utc)}</td><td class="number">${amount(wave.orders)}</td><td class="number">${amount(wave.rows)}</td>
<td class="number">${amount(wave.bytes)}</td><td><code title="${wave.sha256 ?? ''}">${wave.sha256?.slice(0, 12) ?? '–'}</code></td></tr>`,
  )}</tbody></table></div>`;
}

function inboxTable(files: readonly ListedInboxFile[]): Html {
  return html`<div class="wide"><table><caption>What 3PLs sent, newest first</caption>
<thead><tr><th scope="col">File</th><th scope="col">3PL</th><th scope="col">State</th><th scope="col">Taken</th><th scope="col" class="number">Good rows</th>
<th scope="col" class="number">Faulty</th><th scope="col" class="number">Repeated</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${files.map(
    (
      file,
    ) => html`<tr><th scope="row">${file.name}</th><td>${file.three_pl}<br><span class="soft">${file.kind}</span></td>
<td>${stateBadge(file.state)}${file.code !== null && html`<br><code>${file.code}</code> ${maskSentence(file.reason ?? '')}`}</td><td>${instant(file.claimed_utc)}</td>
<td class="number">${amount(file.good)}</td><td class="number">${amount(file.faulty)}</td><td class="number">${amount(file.repeated)}</td>
<td><code title="${file.sha256 ?? ''}">${file.sha256?.slice(0, 12) ?? '–'}</code></td></tr>`,
  )}</tbody></table></div>`;
}
