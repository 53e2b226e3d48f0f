import type { Answer, Engine, Request } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import type { OpenBatch } from './batches.js';
import type { Wave } from './waves.js';

/** What a pipeline has not finished. Without an open batch there is no item on its way, and so no effect. */
export interface OpenWork {
  readonly batches: readonly OpenBatch[];
  readonly waves: readonly Wave[];
}

/** As two of several statements; {@link openWork} reads their answers. */
export function openWorkRequests(engine: Engine, pipeline: string): Request[] {
  return ['ledger/open_batches', 'ledger/open_waves'].map((name) => ({
    statement: sql(engine, name),
    parameters: { pipeline },
  }));
}

export function openWork([batches, waves]: readonly Answer[]): OpenWork {
  return {
    batches: (batches?.rows ?? []) as unknown as readonly OpenBatch[],
    waves: (waves?.rows ?? []) as unknown as readonly Wave[],
  };
}
