import { InvariantError } from '../../src/core/errors.js';
import type { Database } from '../../src/db/database.js';
import type { ReplayClock } from './clock.js';
import type { ProductSets } from './replay.js';

/** What the product runs on during a replay; `directory` is temporary and takes its files. */
export interface OlistContext {
  readonly database: Database;
  readonly clock: ReplayClock;
  readonly directory: string;
}

/** One run of every pipeline at the cut. */
export async function runOlistCycle(_context: OlistContext, _cut: number): Promise<void> {
  throw new InvariantError('the pipelines are not wired to the replay yet');
}

export async function readSets(_context: OlistContext): Promise<ProductSets> {
  throw new InvariantError('the pipelines are not wired to the replay yet');
}
