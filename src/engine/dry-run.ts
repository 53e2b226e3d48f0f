import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvariantError } from '../core/errors.js';
import type { MarketplaceDocument, MarketplaceStore } from '../core/feed-store.js';
import type { Delivery } from '../core/targets.js';
import type { Database, Session } from '../queue/ledger/session.js';
import type { EngineContext } from './context.js';
import {
  dryDelivery,
  dryLogger,
  type Listed,
  type PlannedCall,
  recordingMailer,
  recordingOrderTarget,
  recordingReturns,
  recordingShipments,
  recordingStore,
  recordingStores,
  recordingTarget,
  unhurriedClock,
} from './dry-targets.js';
import { windowOf } from './freeze-source.js';
import { dryInbox } from './inbox/dry-inbox.js';
import { openOrders } from './marketplace/freeze-ended.js';
import { type RunSummary, summarize } from './report.js';
import { type RunRequest, runPipeline } from './run.js';
import { assertGoingOn } from './stop.js';

export interface DryRun extends RunSummary {
  readonly calls: readonly PlannedCall[];
}

/** The summary for whoever reads it, and the problem that would end the run early, for the exit code. */
export interface DryRunResult {
  readonly summary: DryRun;
  readonly error: unknown;
}

class RolledBack extends Error {
  constructor(readonly result: DryRunResult) {
    super('rolled back as planned');
    this.name = 'RolledBack';
  }
}

/**
 * The run as it would be, in one transaction that is rolled back: nothing is written to the database, a
 * folder or an API. Files are made in a temporary folder, for their size and hash, and thrown away; 3PL
 * folders are looked at, the APIs are not called, except to list new marketplace orders; a sync database that is hosted elsewhere is read, without a refresh. On the embedded engine other processes that write wait
 * meanwhile. When another process holds the pipeline, it says so (`heldBy`) and does no more.
 */
export async function dryRun(
  context: EngineContext,
  request: RunRequest,
  readers: (session: Session) => Pick<EngineContext, 'orders' | 'tables'>,
): Promise<DryRunResult> {
  context.circuits.disable(); // nothing is written, so nothing is learned either
  const listed = await listStores(context, request);
  const folder = await mkdtemp(join(tmpdir(), 'orderferry-dry-run-'));
  try {
    await context.database.transaction(async (session) => {
      const calls: PlannedCall[] = [];
      const deliveries = new Map<string, Delivery>();
      const dry: EngineContext = {
        ...context,
        ...readers(session),
        database: insideOf(session),
        hosted: context.hosted === null ? null : { ...context.hosted, refresh: false },
        clock: unhurriedClock(context.clock),
        log: dryLogger(context.log),
        config: { ...context.config, stateDirectory: folder },
        earlierState: context.config.stateDirectory,
        delivery(target, shadow = false) {
          const name =
            target === 'tables' ? `tables ${shadow}` : JSON.stringify([target.name, target.delivery, shadow]);
          const known = deliveries.get(name) ?? dryDelivery(context.delivery(target, shadow));
          deliveries.set(name, known);
          return known;
        },
        mailer: context.mailer === null ? null : recordingMailer(context.mailer, calls),
        inbox: (threePl) => dryInbox(context.inbox(threePl)),
        updateTargets: new Map(
          [...context.updateTargets].map(([name, target]) => [name, recordingStore(target, calls)]),
        ),
        statusTarget:
          context.statusTarget === null
            ? null
            : recordingTarget(
                context.statusTarget,
                context.config.source.orders === 'api' ? null : (context.hosted?.database ?? session),
                calls,
              ),
        shipmentTarget:
          context.shipmentTarget === null
            ? null
            : recordingShipments(
                context.shipmentTarget,
                context.config.source.orders === 'api' ? null : (context.hosted?.database ?? session),
                calls,
              ),
        orderTarget: context.orderTarget === null ? null : recordingOrderTarget(context.orderTarget, calls),
        returnTarget: context.returnTarget === null ? null : recordingReturns(context.returnTarget, calls),
        stores: recordingStores(
          listed,
          context.stores,
          calls,
          request.pipeline.source.kind === 'godatafeed-ended',
        ),
      };
      const report = await runPipeline(dry, request);
      const summary = await summarize({ ...dry, config: context.config }, request.pipeline.name, report);
      throw new RolledBack({ summary: { ...summary, calls }, error: report.error });
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.result;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  throw new InvariantError('a dry run ended without its roll-back');
}

/** Lists are read before the transaction: their calls pass the rate budget, which is a row of the same database. */
async function listStores(context: EngineContext, request: RunRequest): Promise<ReadonlyMap<string, Listed>> {
  const listed = new Map<string, Listed>();
  const { kind } = request.pipeline.source;
  if (!kind.startsWith('godatafeed-')) return listed;
  for (const store of context.stores.values()) {
    try {
      const between = async () => assertGoingOn(context.signal);
      const open =
        kind === 'godatafeed-ended' ? await openOrders(context, request.pipeline, store.name) : null;
      const list =
        kind === 'godatafeed-new'
          ? await store.listNew(windowOf(request.slices), between)
          : { documents: open === null ? [] : await listEnded(store, open, between), problem: null };
      listed.set(store.name, list);
    } catch (error) {
      listed.set(store.name, { error });
    }
  }
  return listed;
}

function listEnded(
  store: MarketplaceStore,
  { orders, since }: { readonly orders: ReadonlyMap<string, unknown>; readonly since: number },
  between: () => Promise<void>,
): Promise<readonly MarketplaceDocument[]> {
  return store.listEnded(since, (orderNumber) => orders.has(orderNumber), between);
}

/** The one transaction as a database of its own: transactions inside it are part of it. */
function insideOf(session: Session): Database {
  return {
    engine: session.engine,
    all: (statement, parameters) => session.all(statement, parameters),
    rows: (statement, parameters) => session.rows(statement, parameters),
    get: (statement, parameters) => session.get(statement, parameters),
    run: (statement, parameters) => session.run(statement, parameters),
    several: (requests) => session.several(requests),
    later: (statement, parameters) => session.later(statement, parameters),
    runMany: (statement, sets) => session.runMany(statement, sets),
    columns: (table) => session.columns(table),
    load: (table, columns, rows) => session.load(table, columns, rows),
    transaction: (work) => work(session),
    atomically: (requests) => session.several(requests),
    close: async () => undefined,
  };
}
