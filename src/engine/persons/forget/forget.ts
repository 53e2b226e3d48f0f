import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, UsageError } from '../../../core/errors.js';
import { toUtcText } from '../../../core/time.js';
import {
  archivesOfOrders,
  type Forgotten,
  filesOfOrders,
  forgetNamedEvents,
  forgetNamedRows,
  forgetNamedWords,
  forgetRows,
  personalRows,
  type UnderWay,
  underWay,
  type Whom,
} from '../../../queue/forget.js';
import { acquireLease, Lease } from '../../../queue/lease/lease.js';
import { insertEvent } from '../../../queue/ledger/events.js';
import type { Session } from '../../../queue/ledger/session.js';
import { type EngineContext, orderSource } from '../../context.js';
import { requestDeadline } from '../../leases.js';
import { type AskedPerson, whomToForget } from './whom.js';
import { namesOf } from './words.js';

export interface ForgetReport {
  readonly orders: readonly number[];
  readonly marketplaceOrders: readonly string[];
  /** Rows that were deleted or emptied (with `dryRun`: that would be). */
  readonly removed: Forgotten & {
    readonly namedRows: number;
    readonly namedEvents: number;
    /** Incidents, circuits and alerts that named him. */
    readonly namedWords: number;
  };
  /** Files at 3PLs that were handed over with his orders. */
  readonly deliveredFiles: readonly string[];
  /** Copies of 3PLs' files that speak of his orders or name him, below the state directory. */
  readonly archivedFiles: readonly string[];
  /** Files on their way that a killed run left; the next run removes them. */
  readonly spooledFiles: number;
}

/** Undoes the transaction of a dry run. */
class DryRunEnds extends Error {
  constructor(readonly report: ForgetReport) {
    super('dry run');
  }
}

/**
 * Removes one person's data from the state: frozen rows, documents, requests, reasons and the texts of his timeline. Keys,
 * states, times, amounts and what was done stay, so that nothing is done twice; his orders as they are are not taken for
 * new by the next freeze, and a later change of one is frozen anew. Throws UsageError while one of his orders is under way.
 */
export async function forget(
  context: EngineContext,
  asked: AskedPerson,
  options: { readonly by: string; readonly dryRun?: boolean },
): Promise<ForgetReport> {
  const lease = await acquireLease(context.database, context.clock, {
    name: `source/${orderSource(context.config)}`,
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: requestDeadline(context.config),
  });
  if (!(lease instanceof Lease)) {
    throw new UsageError(
      `${lease.heldBy} is freezing at this moment and may bring an order of his; nothing was done, repeat it when that has ended`,
    );
  }
  try {
    const whom = await whomToForget(context, asked);
    return await lease.transaction(async (session) => {
      const report = await forgetAll(context, session, whom, options.by);
      if (options.dryRun === true) throw new DryRunEnds(report);
      return report;
    });
  } catch (error) {
    if (error instanceof DryRunEnds) return error.report;
    throw error;
  } finally {
    await lease.release();
  }
}

async function forgetAll(
  context: EngineContext,
  session: Session,
  whom: Whom,
  by: string,
): Promise<ForgetReport> {
  const open = await underWay(session, whom);
  if (open.length > 0) throw stillUnderWay(open);
  const rows = await personalRows(session, whom);
  const names = namesOf(rows);
  const deliveredFiles = await filesOfOrders(session, whom.orderIds);
  const ofOrders = await archivesOfOrders(session, whom.orderIds);
  const forgotten = await forgetRows(session, whom);
  const named = await forgetNamedRows(session, names);
  const namedEvents = await forgetNamedEvents(session, names);
  const namedWords = await forgetNamedWords(session, names);
  await noteIt(context, session, whom, by);
  return {
    orders: whom.orderIds,
    marketplaceOrders: whom.itemKeys,
    removed: { ...forgotten, namedRows: named.length, namedEvents, namedWords },
    deliveredFiles,
    archivedFiles: [...new Set([...ofOrders, ...named])].sort(),
    spooledFiles: await filesIn(join(context.config.stateDirectory, 'spool')),
  };
}

function stillUnderWay(open: readonly UnderWay[]): UsageError {
  const shown = open.slice(0, 5).map(({ which, pipeline, state }) => `${which} (${pipeline}: ${state})`);
  const more = open.length > shown.length ? ` and ${open.length - shown.length} more` : '';
  return new UsageError(
    `not over yet: ${shown.join(', ')}${more}; nothing was removed. Let the pipelines run to their end, and close what waits with "orderferry errors drop" or "release", then repeat it`,
  );
}

/** Whoever looks at one of the orders later is told why there is so little to see. */
async function noteIt({ clock }: EngineContext, session: Session, whom: Whom, by: string): Promise<void> {
  const at = toUtcText(clock.now());
  const event = { at, kind: 'forgotten', pipeline: 'forget', message: `${by} had the personal data removed` };
  for (const orderId of whom.orderIds) await insertEvent(session, { ...event, orderId });
  for (const itemKey of whom.itemKeys) await insertEvent(session, { ...event, itemKey });
}

async function filesIn(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).length;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
