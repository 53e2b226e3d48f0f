import { messageOf, OrderferryError } from '../../../core/errors.js';
import { RenderError } from '../../../core/hand-over.js';
import { columnOf, type Order } from '../../../core/order.js';
import { ColumnNotFetched } from '../../../core/sources.js';
import { fromUtcText } from '../../../core/time.js';
import type { EngineContext } from '../../../engine/context.js';
import type { Explanation } from '../../../engine/explain/explain.js';
import type { MarketplaceExplanation } from '../../../engine/explain/explain-marketplace.js';
import { threePlOf } from '../../../engine/waves/render.js';
import { readDocuments } from '../../../queue/reads/documents.js';
import { listedWave } from '../../../queue/reads/listings.js';
import {
  type FrozenRow,
  frozenVersion,
  type SentRequest,
  sentRequests,
} from '../../../queue/reads/payloads.js';
import { type Html, html } from '../html.js';
import { Masker } from '../mask.js';

/** Columns of ours in the frozen tables. */
const OWN = new Set(['change_set_id', 'queued', 'settled']);
/** What a customer's row adds to the names that are masked. */
const OF_CUSTOMER = [
  'FirstName',
  'LastName',
  'Company',
  'Email',
  'Phone',
  'Phone2',
  'MobilePhone',
  'MainAddress1',
] as const;

/** What was received and sent for an order, masked, and what masks everything else that is said of it. */
export async function payloadsOf(
  context: EngineContext,
  order: Explanation | null,
  marketplace: MarketplaceExplanation | null,
): Promise<{ readonly masker: Masker; readonly payloads: readonly Html[] }> {
  const { database } = context;
  const newest = order?.newestChangeSet ?? null;
  const version =
    order === null || newest === null ? null : await frozenVersion(database, order.orderId, newest);
  const customer =
    order === null || newest === null ? null : await customerOf(context, order.orderId, newest);
  const masker = new Masker([...(version?.orders ?? []), ...(customer === null ? [] : [customer])]);
  const payloads: Html[] = [];
  if (version !== null && newest !== null) {
    payloads.push(
      ...rowsOf(`Received from Exigo: the order, change set ${newest}`, version.orders, masker),
      ...rowsOf('Received from Exigo: lines', version.lines, masker),
      ...rowsOf('Received from Exigo: payments', version.payments, masker),
    );
  }
  if (order !== null) {
    payloads.push(...(await handedOver(context, order, masker)));
    payloads.push(...requests(await sentRequests(database, { orderId: order.orderId }), masker));
  }
  if (marketplace !== null) {
    payloads.push(...(await documents(context, marketplace, masker)));
    payloads.push(...requests(await sentRequests(database, { itemKey: marketplace.key }), masker));
  }
  return { masker, payloads };
}

/** The customer of a version, as far as masking needs it. */
async function customerOf(
  context: EngineContext,
  orderId: number,
  changeSetId: number,
): Promise<FrozenRow | null> {
  const pick = ([order]: readonly Order[]): FrozenRow | null => {
    const row = order?.customer ?? null;
    if (row === null) return null;
    return Object.fromEntries(OF_CUSTOMER.map((name) => [name, columnOf(row, name)]));
  };
  return context.orders.read([{ changeSetId, orderId }], pick);
}

function rowsOf(title: string, rows: readonly FrozenRow[], masker: Masker): Html[] {
  if (rows.length === 0) return [];
  return [
    html`<details><summary>${title}</summary>${rows.map(
      (row) =>
        html`<dl class="facts code">${Object.entries(row)
          .filter(([name, value]) => !OWN.has(name) && value !== null && value !== '')
          .map(([name, value]) => html`<dt>${name}</dt><dd>${masker.field(name, value)}</dd>`)}</dl>`,
    )}</details>`,
  ];
}

/** The rows of the order in each file that has it, as its stored configuration makes them. */
async function handedOver(context: EngineContext, order: Explanation, masker: Masker): Promise<Html[]> {
  const found: Html[] = [];
  const seen = new Set<number>();
  for (const { wave_id, file_name } of order.effects) {
    if (wave_id === null || seen.has(wave_id)) continue;
    seen.add(wave_id);
    const wave = await listedWave(context.database, wave_id);
    const version = order.items.findLast((item) => item.file_name === file_name)?.change_set_id;
    if (wave === undefined || wave.step === 'table-csv' || version === undefined) continue;
    const title = `${wave.state === 'delivered' ? 'Sent' : 'To be sent'} to ${wave.target} in ${wave.file_name}`;
    const rows = await renderedRows(context, wave, order.orderId, version);
    found.push(
      typeof rows === 'string'
        ? html`<details><summary>${title}</summary><p class="soft">${masker.sentence(rows)}</p></details>`
        : html`<details><summary>${title}</summary>${rows.map(
            (cells) =>
              html`<dl class="facts code">${Object.entries(cells).map(([name, value]) => html`<dt>${name}</dt><dd>${masker.field(name, value)}</dd>`)}</dl>`,
          )}</details>`,
    );
  }
  return found;
}

/** Cells by column; or why they cannot be made again. */
async function renderedRows(
  context: EngineContext,
  wave: NonNullable<Awaited<ReturnType<typeof listedWave>>>,
  orderId: number,
  changeSetId: number,
): Promise<readonly Readonly<Record<string, string>>[] | string> {
  try {
    const threePl = await threePlOf(context, wave);
    const file = { number: wave.number, plannedAt: fromUtcText(wave.planned_utc) };
    return await context.orders.read([{ changeSetId, orderId }], ([order]) =>
      order === undefined ? 'its frozen rows are not kept any more' : threePl.preview(order, file),
    );
  } catch (error) {
    if (error instanceof ColumnNotFetched) throw error;
    if (error instanceof RenderError || error instanceof OrderferryError) return messageOf(error);
    throw error;
  }
}

function requests(sent: readonly SentRequest[], masker: Masker): Html[] {
  return sent.map(
    ({
      step,
      generation,
      request,
      receipt,
    }) => html`<details><summary>Sent by step ${step}${generation > 1 && `, generation ${generation}`}</summary>
<pre>${masker.json(request)}</pre>${receipt !== null && html`<p>Answer: ${masker.sentence(receipt)}</p>`}</details>`,
  );
}

async function documents(
  { database }: EngineContext,
  { key, items }: MarketplaceExplanation,
  masker: Masker,
): Promise<Html[]> {
  const versions = [...new Set(items.map(({ change_set_id }) => change_set_id))];
  const read = await readDocuments(
    database,
    versions.map((changeSetId) => ({ changeSetId, key })),
  );
  return read.flatMap(({ document }, i) =>
    document === null
      ? []
      : [
          html`<details><summary>Received from GoDataFeed, change set ${versions[i]}</summary><pre>${masker.json(document.json)}</pre></details>`,
        ],
  );
}
