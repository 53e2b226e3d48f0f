import { shadowPath } from '../core/config.js';
import { codeOf, messageOf } from '../core/errors.js';
import { describePlace } from '../core/places.js';
import { readBatch } from '../queue/ledger/batches.js';
import { type BatchFile, effectCounts, filesOfBatches, stateCounts } from '../queue/reads/batches.js';
import type { EngineContext } from './context.js';
import type { RunReport } from './run.js';

export interface FileReport {
  readonly path: string;
  readonly target: string;
  readonly state: string;
  readonly orders: number | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
}

export interface BatchReport {
  readonly batchId: number;
  readonly changeSetId: number | null;
  readonly kind: string;
  readonly state: string;
  /** Items, without those that were unchanged. */
  readonly frozen: number;
  readonly unchanged: number;
  readonly delivered: number;
  readonly excluded: number;
  readonly held: number;
  readonly failed: number;
  /** Not settled yet: waits for its verdict, its wave or its next step. */
  readonly waiting: number;
  readonly files: readonly FileReport[];
  /** Per step, effects by state. */
  readonly effects: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface RunSummary {
  readonly pipeline: string;
  readonly runId: number | null;
  readonly heldBy: string | null;
  readonly changeSets: readonly {
    readonly changeSetId: number;
    /** `exigo`, or `godatafeed/<store>`. */
    readonly source: string;
    /** US Central; of a store UTC. */
    readonly startAt: string;
    readonly ordersFrozen: number;
    readonly ordersUnchanged: number;
    readonly rawRows: number;
  }[];
  readonly batches: readonly BatchReport[];
  readonly files: readonly FileReport[];
  readonly totals: Readonly<
    Record<
      'frozen' | 'unchanged' | 'delivered' | 'excluded' | 'held' | 'failed' | 'waiting' | 'files',
      number
    >
  >;
  /** Stores of GoDataFeed that could not be read, and files of 3PLs (`inbox/<3pl>`); the others were. */
  readonly storeProblems: readonly {
    readonly store: string;
    readonly code: string;
    readonly message: string;
  }[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What a run did, as `run --json` prints it; counted from the ledger, not remembered. */
export async function summarize(
  context: EngineContext,
  pipeline: string,
  report: RunReport,
): Promise<RunSummary> {
  const { database } = context;
  const counts = await stateCounts(database, report.batchIds);
  const carried = await filesOfBatches(database, report.batchIds);
  const effects = await effectCounts(database, report.batchIds);
  const paths = new Map<number, FileReport>();
  for (const file of carried) {
    const { target, state, orders, rows, bytes, sha256 } = file;
    paths.set(file.wave_id, {
      path: filePath(context, target, file),
      target,
      state,
      orders,
      rows,
      bytes,
      sha256,
    });
  }
  const batches: BatchReport[] = [];
  for (const batchId of report.batchIds) {
    const batch = await readBatch(database, batchId);
    if (batch === undefined) continue;
    const count = (state: string) =>
      counts.find((row) => row.batch_id === batchId && row.state === state)?.items ?? 0;
    const settled = ['delivered', 'excluded', 'held', 'failed'].map(count);
    const steps: Record<string, Record<string, number>> = {};
    for (const row of effects.filter((effect) => effect.batch_id === batchId)) {
      steps[row.step] = { ...steps[row.step], [row.state]: row.effects };
    }
    batches.push({
      batchId,
      changeSetId: batch.change_set_id,
      kind: batch.kind,
      state: batch.state,
      frozen: batch.items_frozen,
      unchanged: batch.items_unchanged,
      delivered: count('delivered'),
      excluded: count('excluded'),
      held: count('held'),
      failed: count('failed'),
      waiting: batch.items_frozen - settled.reduce((a, b) => a + b, 0),
      files: carried
        .filter((file) => file.batch_id === batchId)
        .flatMap((file) => paths.get(file.wave_id) ?? []),
      effects: steps,
    });
  }
  const total = (key: Exclude<keyof RunSummary['totals'], 'files'>) =>
    batches.reduce((sum, batch) => sum + batch[key], 0);
  const { error } = report;
  return {
    pipeline,
    runId: report.runId,
    heldBy: report.heldBy?.heldBy ?? null,
    changeSets: report.changeSets.map(
      ({ changeSetId, source, startAt, ordersFrozen, ordersUnchanged, rawRows }) => ({
        changeSetId,
        source,
        startAt,
        ordersFrozen,
        ordersUnchanged,
        rawRows,
      }),
    ),
    batches,
    files: [...paths.values()],
    totals: {
      frozen: total('frozen'),
      unchanged: total('unchanged'),
      delivered: total('delivered'),
      excluded: total('excluded'),
      held: total('held'),
      failed: total('failed'),
      waiting: total('waiting'),
      files: paths.size,
    },
    storeProblems: report.storeProblems.map((problem) => ({
      store: problem.store,
      code: codeOf(problem.error) ?? 'ERROR',
      message: messageOf(problem.error),
    })),
    error: error === null ? null : { code: codeOf(error) ?? 'ERROR', message: messageOf(error) },
  };
}

function isThreePl({ config }: EngineContext, target: string): boolean {
  return config.threePls.some(({ name }) => name === target);
}

function filePath(
  context: EngineContext,
  target: string,
  { file_name: name, shadow }: Pick<BatchFile, 'file_name' | 'shadow'>,
): string {
  if (shadow === 1)
    return `${shadowPath(context.config, isThreePl(context, target) ? target : 'tables')}/${name}`;
  const place = context.config.threePls.find((threePl) => threePl.name === target)?.delivery;
  if (place === undefined) return `${context.config.tableCsv.directory}/${name}`;
  return `${place.kind === 'folder' ? place.path : describePlace(place)}/${name}`;
}
