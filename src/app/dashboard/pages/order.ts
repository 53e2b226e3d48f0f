import { UsageError } from '../../../core/errors.js';
import { type Explanation, explain } from '../../../engine/explain/explain.js';
import {
  explainMarketplace,
  type MarketplaceExplanation,
} from '../../../engine/explain/explain-marketplace.js';
import { askedFor } from '../../../engine/persons/asked.js';
import { remedyFor } from '../../../engine/persons/remedy.js';
import { isFaultKey } from '../../../engine/shipments/read-again.js';
import { marketplaceOrdersOfExigo } from '../../../queue/ledger/marketplace-orders.js';
import type { OrderEffect, TimelineEntry } from '../../../queue/reads/orders.js';
import { waitingItems } from '../../../queue/reads/waiting.js';
import { type Html, html, link } from '../html.js';
import type { Masker } from '../mask.js';
import { maskSentence } from '../mask.js';
import type { Site } from '../site.js';
import { instant, stateBadge } from '../words.js';
import { payloadsOf } from './payloads.js';

/** Everything about one order: where it is, what happens next, its timeline, and what was received and sent. */
export function addOrder(site: Site): void {
  const { app, context } = site;
  app.get('/order', async (request, reply) => {
    const { key } = request.query as { key?: unknown };
    const asked = typeof key === 'string' ? key.trim().slice(0, 200) : '';
    const visit = site.visitOf(request);
    try {
      const body = isFaultKey(asked) ? await faultBody(site, asked) : await orderBody(site, asked);
      return site.show(visit, reply, { title: `Order ${asked}`, at: '', body });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const body = html`<h1>No such order</h1><section><p>${maskSentence(error.message)}</p></section>`;
      return site.show(visit, reply, { title: 'No such order', at: '', body }, 404);
    }
  });

  async function orderBody(_: Site, text: string): Promise<Html> {
    const { database } = context;
    const asked = await askedFor(context, text);
    const orderId = 'orderId' in asked ? asked.orderId : asked.marketplace.exigo_order_id;
    const linked =
      'orderId' in asked
        ? (await marketplaceOrdersOfExigo(database, [asked.orderId])).get(asked.orderId)
        : asked.marketplace;
    const order = orderId === null ? null : await explain(context, orderId);
    const marketplace = linked === undefined ? null : await explainMarketplace(context, linked);
    const { masker, payloads } = await payloadsOf(context, order, marketplace);
    return html`<h1>Order ${orderId ?? marketplace?.key ?? text}</h1>
${order !== null && exigoPart(order, masker)}
${marketplace !== null && marketplacePart(marketplace, masker)}
<section aria-labelledby="payloads"><h2 id="payloads">Received and sent</h2>
<p class="soft">What identifies a person is masked; whether it is there, and how long it is, is not.</p>
${payloads.length === 0 ? html`<p>Nothing of it is kept.</p>` : payloads}</section>`;
  }
}

async function faultBody({ context }: Site, key: string): Promise<Html> {
  const items = await waitingItems(context.database, { itemKey: key });
  if (items.length === 0) throw new UsageError(`${key} does not wait`);
  return html`<h1>${key}</h1>${items.map(
    (
      item,
    ) => html`<section><p>${stateBadge(item.state)} <code>${item.code}</code> since ${instant(item.settled_utc)}: ${maskSentence(item.reason)}</p>
<p class="code">${remedyFor(item)}</p></section>`,
  )}`;
}

function exigoPart(order: Explanation, masker: Masker): Html {
  const { source, where, next, links, items, effects, timeline } = order;
  const waits = items.some(
    ({ state, resolution }) => (state === 'held' || state === 'failed') && resolution === null,
  );
  return html`<section aria-labelledby="where"><h2 id="where">Where it is</h2><dl class="facts">
<dt>Exigo</dt><dd>${source === null ? 'not in the sync database' : `${source.status}, modified ${source.modifiedAt}`}</dd>
${where.map((text) => html`<dt>Here</dt><dd>${masker.sentence(text)}</dd>`)}
<dt>Next</dt><dd>${masker.sentence(next)}</dd>
${links.map(({ system, reference, linked_utc }) => html`<dt>Link</dt><dd>${system}: ${reference}, ${instant(linked_utc)}</dd>`)}
</dl>${waits && html`<p><a href="/errors">To the error list</a></p>`}</section>
${timelineOf('timeline', 'Timeline', timeline, masker)}
${effectsOf(effects, masker)}`;
}

function marketplacePart(
  { key, order, where, next, timeline }: MarketplaceExplanation,
  masker: Masker,
): Html {
  return html`<section aria-labelledby="market"><h2 id="market">At its marketplace</h2><dl class="facts">
<dt>GoDataFeed</dt><dd>${key}</dd><dt>Marketplace</dt><dd>${order.marketplace ?? 'unknown'} ${order.marketplace_number ?? ''}</dd>
${where.map((text) => html`<dt>Here</dt><dd>${masker.sentence(text)}</dd>`)}
<dt>Next</dt><dd>${masker.sentence(next)}</dd></dl></section>
${timelineOf('market-timeline', 'Timeline on its way into Exigo', timeline, masker)}`;
}

function timelineOf(id: string, title: string, entries: readonly TimelineEntry[], masker: Masker): Html {
  if (entries.length === 0)
    return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><p class="soft">Nothing yet.</p></section>`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><div class="wide"><table>
<caption>What happened to it, oldest first</caption>
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">What</th><th scope="col">Flow</th></tr></thead>
<tbody>${entries.map(
    ({ at_utc, kind, message, pipeline }) =>
      html`<tr><td><time datetime="${at_utc.replace(' ', 'T')}Z">${at_utc.slice(0, 19)}</time></td><td>${stateBadge(kind)} ${masker.sentence(message)}</td><td>${pipeline}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function effectsOf(effects: readonly OrderEffect[], masker: Masker): Html | null {
  if (effects.length === 0) return null;
  return html`<section aria-labelledby="effects"><h2 id="effects">Steps</h2><div class="wide"><table>
<caption>What was, or is to be, done outward: each once per generation</caption>
<thead><tr><th scope="col">Flow and step</th><th scope="col">State</th><th scope="col" class="number">Generation</th><th scope="col" class="number">Tries</th><th scope="col">Receipt or last error</th></tr></thead>
<tbody>${effects.map((effect) => {
    const file =
      effect.wave_id === null ? null : html`<a href="/files/${effect.wave_id}">${effect.file_name}</a> `;
    return html`<tr><th scope="row">${effect.pipeline}<br><span class="soft">${effect.step}</span></th><td>${stateBadge(effect.state)}</td>
<td class="number">${effect.generation}</td><td class="number">${effect.attempts}</td>
<td>${file}${masker.sentence(effect.receipt ?? effect.last_error ?? effect.wave_error ?? '')}</td></tr>`;
  })}</tbody></table></div></section>`;
}

/** Where else an order is shown. */
export function orderLink(orderId: number): Html {
  return html`<a href="${link('/order', { key: orderId })}">${orderId}</a>`;
}
