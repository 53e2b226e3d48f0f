import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvariantError } from '../core/errors.js';
import type { Delivery, StatusTarget } from '../core/targets.js';
import type { Database, Session } from '../queue/ledger/session.js';
import type { EngineContext } from './context.js';
import { type RunSummary, summarize } from './report.js';
import { type RunRequest, runPipeline } from './run.js';

/** A call that a real run would make. */
export interface PlannedCall {
  readonly operation: string;
  readonly orders: readonly number[];
}

export interface DryRun extends RunSummary {
  readonly calls: readonly PlannedCall[];
}

class RolledBack extends Error {
  constructor(readonly result: DryRun) {
    super('rolled back as planned');
    this.name = 'RolledBack';
  }
}

/**
 * The run as it would be, in one transaction that is rolled back: nothing is written to the database, a
 * folder or an API. Files are made in a temporary folder, for their size and hash, and thrown away. On the
 * embedded engine other processes that write wait meanwhile.
 */
export async function dryRun(
  context: EngineContext,
  request: RunRequest,
  readers: (session: Session) => Pick<EngineContext, 'orders' | 'tables'>,
): Promise<DryRun> {
  const folder = await mkdtemp(join(tmpdir(), 'orderferry-dry-run-'));
  try {
    await context.database.transaction(async (session) => {
      const calls: PlannedCall[] = [];
      const dry: EngineContext = {
        ...context,
        ...readers(session),
        database: insideOf(session),
        config: { ...context.config, stateDirectory: folder },
        delivery: () => nowhere,
        statusTarget: context.statusTarget === null ? null : recordingTarget(context.statusTarget, calls),
      };
      const report = await runPipeline(dry, request);
      const summary = await summarize({ ...dry, config: context.config }, request.pipeline.name, report);
      throw new RolledBack({ ...summary, calls });
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.result;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  throw new InvariantError('a dry run ended without its roll-back');
}

/** The one transaction as a database of its own: transactions inside it are part of it. */
function insideOf(session: Session): Database {
  return {
    engine: session.engine,
    all: (statement, parameters) => session.all(statement, parameters),
    rows: (statement, parameters) => session.rows(statement, parameters),
    get: (statement, parameters) => session.get(statement, parameters),
    run: (statement, parameters) => session.run(statement, parameters),
    runMany: (statement, sets) => session.runMany(statement, sets),
    columns: (table) => session.columns(table),
    transaction: (work) => work(session),
    close: async () => undefined,
  };
}

const nowhere: Delivery = {
  description: 'nowhere (dry run)',
  upload: async () => undefined,
  inspect: async () => ({ part: null, target: null }),
  publish: async () => undefined,
  discard: async () => undefined,
};

/** Notes what would be called; everything it was asked for then counts as done. */
function recordingTarget(real: StatusTarget, calls: PlannedCall[]): StatusTarget {
  const done = new Map<number, string>();
  return {
    maxOrders: real.maxOrders,
    unknownWaitMs: 0,
    read: async (orderIds) => new Map(orderIds.map((id) => [id, done.get(id) ?? 'Accepted'])),
    async change(orderIds, to) {
      calls.push({ operation: `ChangeOrderStatusBatch ${to}`, orders: orderIds });
      for (const id of orderIds) done.set(id, to);
    },
  };
}
