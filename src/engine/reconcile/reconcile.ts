import type { Views } from '../../core/views.js';
import type { EngineContext } from '../context.js';
import type { Discrepancy, Harmless } from './findings.js';
import type { Part } from './part.js';
import { reconcileFiles } from './reconcile-files.js';
import { reconcileMarketplaces } from './reconcile-marketplaces.js';
import { reconcileOrders } from './reconcile-orders.js';
import { makeScope, type ReconcileRequest } from './scope.js';
import type { Counts, Listed, Subject } from './tally.js';

export interface ReconcileReport {
  /** ISO, UTC; the end excluded. */
  readonly from: string;
  readonly to: string;
  /** Every system that was asked; `problem` says why it was not compared, or not to its end. */
  readonly systems: readonly {
    readonly name: string;
    readonly told: number;
    readonly problem: string | null;
  }[];
  readonly counts: Readonly<Record<Subject, Counts>>;
  readonly harmless: Readonly<Partial<Record<Harmless, number>>>;
  readonly discrepancies: {
    readonly total: number;
    readonly byCode: Readonly<Partial<Record<Discrepancy, number>>>;
    /** The first so many. */
    readonly listed: readonly Listed[];
  };
}

export interface Reconciled {
  readonly report: ReconcileReport;
  /** The first system that did not answer. */
  readonly problem: unknown;
}

/**
 * Compares, order by order, what the sync database, the Exigo API, the stores of GoDataFeed, the files of the 3PLs and
 * the ledger say. Changes nothing anywhere: reads alone, and the calls to GoDataFeed are taken from its shared budget.
 * A system that does not answer is named, and nothing is concluded from its silence; the ledger must answer.
 */
export async function reconcile(
  context: EngineContext,
  views: Views,
  request: ReconcileRequest,
): Promise<Reconciled> {
  const asked = await makeScope(context, views, request);
  const ledgerBehind = await reconcileFiles(asked);
  const scope = { ...asked, orderRules: { ...asked.orderRules, ledgerBehind } };
  const compared = await reconcileOrders(scope);
  await reconcileMarketplaces(scope, compared);
  const { tally, syncPart, apiPart, storeParts, placeParts } = scope;
  const parts = [syncPart, apiPart, ...storeParts.values(), ...placeParts.values()].filter(
    (part): part is Part => part !== null && !part.absent,
  );
  return {
    problem: parts.find(({ problem }) => problem !== null)?.problem ?? null,
    report: {
      from: new Date(request.from).toISOString(),
      to: new Date(request.to).toISOString(),
      systems: parts.map(({ name, told, trouble }) => ({ name, told, problem: trouble })),
      counts: tally.counts,
      harmless: sorted(tally.harmless),
      discrepancies: {
        total: tally.total,
        byCode: sorted(tally.differences),
        listed: tally.listed,
      },
    },
  };
}

/** By code, the most frequent first. */
function sorted<Code extends string>(counts: ReadonlyMap<Code, number>): Partial<Record<Code, number>> {
  const entries = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return Object.fromEntries(entries) as Partial<Record<Code, number>>;
}
