import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, MINUTE, SECOND } from '../core/clock.js';
import type { Config } from '../core/config.js';
import { statusName } from '../core/exigo.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { counted } from '../core/text.js';
import { migrate } from '../db/migrate.js';
import type { EngineContext } from '../engine/context.js';
import { explain } from '../engine/explain/explain.js';
import { explainMarketplace } from '../engine/explain/explain-marketplace.js';
import { summarize } from '../engine/report.js';
import { runPipeline } from '../engine/run.js';
import { marketplaceOrdersNamed } from '../queue/ledger/marketplace-orders.js';
import { itemsOfOrder, sourceOrder } from '../queue/reads/orders.js';
import { waitingItems } from '../queue/reads/waiting.js';
import { startExigoStandin } from '../standins/exigo/server.js';
import { startGoDataFeedStandin } from '../standins/godatafeed/server.js';
import { freezeConfig } from './config/frozen.js';
import { loadConfig } from './config/load.js';
import { init } from './init.js';
import type { Output } from './output.js';
import { findPipeline } from './pipelines.js';
import { makeContext, openDatabase } from './runtime.js';
import { SAMPLE_MARKETPLACE_NUMBER, sampleMarketOrders, sampleStore } from './sample-market.js';
import { advanceSampleTenant, loadSampleTenant } from './sample-tenant.js';
import { ORDERS, SAMPLE_ORDER } from './sample-tenant-orders.js';
import { answerAsAtlas } from './sample-warehouse.js';

const KEY = 'a-consumer-key-of-the-demo';
const CREDENTIALS = { login: 'demo', company: 'sample', password: 'demo-only' };

/**
 * The main job for a newcomer: a small tenant of our own invention, stand-ins of the Exigo API and of GoDataFeed on this
 * machine, two refresh cycles, before the second of which marketplace orders come in, and what a warehouse sends back. Everything lies in a temporary folder that stays for a look.
 */
export async function runDemo(output: Output, system: Clock, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'orderferry-demo-'));
  init(folder);
  const shipped = loadConfig(join(folder, 'config', 'orderferry.yaml'), {});
  let offset = 0;
  const clock: Clock = { now: () => system.now() + offset, sleep: (ms, abort) => system.sleep(ms, abort) };
  const database = await openDatabase(shipped, clock);
  const standinDatabase = await openDatabase(shipped, clock);
  const standin = await startExigoStandin({ database: standinDatabase, clock, ...CREDENTIALS });
  const feed = await startGoDataFeedStandin({ clock, consumerKey: KEY });
  const store = sampleStore(feed.url, KEY);
  const config: Config = {
    ...shipped,
    godatafeed: { stores: [store] },
    frozen: freezeConfig(shipped.frozen.threePls, [store]),
    exigoApi: {
      ...CREDENTIALS,
      baseUrl: standin.url,
      maxOrders: 200,
      deadlineMs: 10 * SECOND,
      unknownWaitMs: SECOND,
    },
  };
  const context = makeContext({ config, database, clock, signal });
  try {
    await migrate(database);
    await loadSampleTenant(database, clock);
    output.line(
      'A tenant of 25 orders in six countries; warehouses atlas (US, CA, MX, BR) and borealis (DE, FR).',
    );
    output.line();
    output.line('Cycle 1: freeze, hand over, Printed');
    await cycle(context, FIRST_CYCLE, output);
    offset += 15 * MINUTE;
    await advanceSampleTenant(database, clock);
    for (const order of sampleMarketOrders(clock.now())) feed.put(order);
    output.line();
    output.line(
      'Meanwhile late lines arrived, an address changed, an order was canceled, a new one came in,',
    );
    output.line('and three came in at marketplaces.');
    output.line('Cycle 2, a quarter of an hour later');
    await cycle(context, SECOND_CYCLE, output);
    const [atlas] = config.threePls;
    if (atlas !== undefined) await answerAsAtlas(atlas, clock.now());
    offset += 15 * MINUTE;
    output.line();
    output.line('Atlas answers: two orders have left, one is refused, the canceled one is taken out');
    output.line('Cycle 3, what it sent back');
    await cycle(context, ['3pl-shipments-to-exigo', 'exigo-cancellations-to-3pl'], output);
    await printWhereabouts(context, output);
    await printWaiting(context, output);
    await printExplanation(context, output, SAMPLE_ORDER.addressChanges);
    await printMarketplaceOrder(context, output);
    output.line();
    const statusCalls = standin.journal.filter(({ operation }) => operation === 'ChangeOrderStatusBatch');
    output.line(`Status calls the Exigo stand-in got: ${statusCalls.length}`);
    output.line(`Files, database and logs are in ${folder}`);
  } finally {
    await context.close();
    await feed.close();
    await standin.close();
    await standinDatabase.close();
    await database.close();
  }
}

const FIRST_CYCLE = ['exigo-orders-to-3pl', 'exigo-snapshot-to-csv'];
/** Marketplace orders first: they go on to the warehouse with the freeze that comes after. */
const SECOND_CYCLE = ['godatafeed-orders-to-exigo', ...FIRST_CYCLE, 'exigo-cancellations-to-3pl'];

async function cycle(context: EngineContext, names: readonly string[], output: Output): Promise<void> {
  for (const pipeline of names.map((name) => findPipeline(name))) {
    const summary = await summarize(context, pipeline.name, await runOnce(context, pipeline));
    for (const { changeSetId, ordersFrozen, ordersUnchanged } of summary.changeSets) {
      if (ordersFrozen > 0) {
        output.line(
          `  change set ${changeSetId}: ${counted(ordersFrozen, 'order')} frozen, ${ordersUnchanged} unchanged`,
        );
      }
    }
    const { delivered, excluded, held, failed } = summary.totals;
    output.line(
      `  ${pipeline.name}: ${delivered} delivered, ${excluded} excluded, ${held} held, ${failed} failed`,
    );
    for (const file of summary.files.filter(({ target }) =>
      context.config.threePls.some(({ name }) => name === target),
    )) {
      output.line(
        `    file ${file.path.split('/').pop()}: ${counted(file.orders ?? 0, 'order')}, ${counted(file.rows ?? 0, 'row')}, ${file.bytes} bytes`,
      );
    }
  }
}

async function runOnce(context: EngineContext, pipeline: AnyPipeline) {
  const report = await runPipeline(context, { pipeline, slices: [] });
  if (report.error !== null) throw report.error;
  return report;
}

async function printWhereabouts(context: EngineContext, output: Output): Promise<void> {
  const rows: string[][] = [];
  for (const orderId of [...Object.keys(ORDERS).map(Number), SAMPLE_ORDER.added]) {
    const items = await itemsOfOrder(context.database, orderId);
    const status = statusName((await sourceOrder(context.database, orderId))?.OrderStatusID ?? -1);
    const sent = items.find((item) => item.file_name !== null);
    const last = items.at(-1);
    const where =
      sent === undefined ? `${last?.state} as ${last?.code}` : `${sent.target}, ${sent.file_name}`;
    rows.push([String(orderId), status, where]);
  }
  output.line();
  output.line('Where each order went:');
  output.table([{ title: 'order', align: 'right' }, { title: 'Exigo status' }, { title: 'where' }], rows);
}

async function printWaiting(context: EngineContext, output: Output): Promise<void> {
  const waiting = await waitingItems(context.database, {});
  output.line();
  output.line('What waits for somebody:');
  output.table(
    [{ title: 'order', align: 'right' }, { title: 'state' }, { title: 'code' }, { title: 'reason' }],
    waiting.map((item) => [item.item_key, item.state, item.code, item.reason]),
  );
}

async function printExplanation(context: EngineContext, output: Output, orderId: number): Promise<void> {
  const { where, next, timeline } = await explain(context, orderId);
  output.line();
  output.line(`orderferry explain ${orderId}`);
  for (const text of where) output.line(`  where  ${text}`);
  output.line(`  next   ${next}`);
  for (const { at_utc, kind, message } of timeline)
    output.line(`    ${at_utc}  ${kind.padEnd(9)} ${message}`);
}

/** A marketplace order's way: into Exigo, acknowledged, and with the next freeze to the warehouse. */
async function printMarketplaceOrder(context: EngineContext, output: Output): Promise<void> {
  const [order] = await marketplaceOrdersNamed(context.database, SAMPLE_MARKETPLACE_NUMBER);
  if (order === undefined) return;
  const { where, next, timeline } = await explainMarketplace(context, order);
  output.line();
  output.line(`orderferry explain ${SAMPLE_MARKETPLACE_NUMBER}`);
  for (const text of where) output.line(`  where  ${text}`);
  output.line(`  next   ${next}`);
  for (const { at_utc, kind, message } of timeline)
    output.line(`    ${at_utc}  ${kind.padEnd(9)} ${message}`);
  if (order.exigo_order_id !== null) await printExplanation(context, output, order.exigo_order_id);
}
