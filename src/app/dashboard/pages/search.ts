import { UsageError } from '../../../core/errors.js';
import { askedFor } from '../../../engine/persons/asked.js';
import { isFaultKey } from '../../../engine/shipments/read-again.js';
import { marketplaceKey, marketplaceOrdersNamed } from '../../../queue/ledger/marketplace-orders.js';
import { wavesNamed } from '../../../queue/reads/listings.js';
import { ordersOfTracking, rowsOfReference } from '../../../queue/reads/numbers.js';
import { html, link } from '../html.js';
import type { Site } from '../site.js';

/** Orders that are listed when a number is of several. */
const MOST = 20;

/** A place that a number leads to. */
interface Hit {
  readonly to: string;
  readonly name: string;
  /** How the number is known. */
  readonly as: string;
}

/** Leads from any number of an order to the order: Exigo's, GoDataFeed's, the marketplace's, the 3PL's, a tracking number. */
export function addSearch(site: Site): void {
  site.app.get('/search', async (request, reply) => {
    const { q } = request.query as { q?: unknown };
    const asked = typeof q === 'string' ? q.trim().slice(0, 200) : '';
    const hits = asked === '' ? [] : await hitsOf(site, asked);
    const [only] = hits;
    if (only !== undefined && hits.length === 1) return reply.redirect(only.to, 303);
    const visit = site.visitOf(request);
    if (hits.length === 0) {
      const body = html`<h1>Nothing goes by “${asked}”</h1><section><p>Searched: orders of Exigo, of GoDataFeed and of
marketplaces, names that 3PLs give orders, tracking numbers that 3PLs sent, and names of files.</p></section>`;
      return site.show(visit, reply, { title: 'Search', at: '', body }, 404);
    }
    const body = html`<h1>“${asked}” goes by several</h1><section><ul>${hits.map(
      ({ to, name, as }) => html`<li><a href="${to}">${name}</a> <span class="soft">${as}</span></li>`,
    )}</ul></section>`;
    return site.show(visit, reply, { title: 'Search', at: '', body });
  });
}

async function hitsOf({ context }: Site, asked: string): Promise<Hit[]> {
  const { database } = context;
  if (isFaultKey(asked)) return [{ to: link('/order', { key: asked }), name: asked, as: 'row of a file' }];
  const hits = new Map<string, Hit>();
  const add = (key: string, as: string) => {
    const to = link('/order', { key });
    if (!hits.has(to)) hits.set(to, { to, name: key, as });
  };
  for (const order of await marketplaceOrdersNamed(database, asked)) {
    add(marketplaceKey(order), `order of ${order.marketplace ?? 'a marketplace'}`);
  }
  for (const id of await ordersOfTracking(database, asked, MOST)) add(String(id), 'by its tracking number');
  for (const { order_id, file_id, line } of await rowsOfReference(database, asked, MOST)) {
    add(order_id === null ? `inbox/${file_id}/${line}` : String(order_id), 'as a 3PL named it');
  }
  for (const { wave_id } of await wavesNamed(database, asked)) {
    const to = `/files/${wave_id}`;
    hits.set(to, { to, name: asked, as: 'hand-over file' });
  }
  const known = await knownOrder(context, asked);
  if (known !== null) add(known, 'order of Exigo');
  return [...hits.values()];
}

/** An order of Exigo, or one of a marketplace by store and number. */
async function knownOrder(context: Site['context'], text: string): Promise<string | null> {
  try {
    const asked = await askedFor(context, text);
    return 'orderId' in asked ? String(asked.orderId) : marketplaceKey(asked.marketplace);
  } catch (error) {
    if (error instanceof UsageError) return null;
    throw error;
  }
}
