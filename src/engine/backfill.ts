import type { AnyPipeline } from '../core/pipeline.js';
import type { ChangeSet, Subscriber } from '../queue/freeze/change-set.js';
import { freezeSlice } from '../queue/freeze/freeze.js';
import type { Range } from '../queue/freeze/source.js';
import type { Lease } from '../queue/lease/lease.js';
import { ApiBackfill } from './api/backfill-api.js';
import type { EngineContext } from './context.js';

/** Where the slices of a backfill come from. */
export interface Backfill {
  freeze(slice: Range): Promise<ChangeSet>;
  /** Why some orders of it could not be frozen; the others were. */
  readonly problem: Error | null;
  remove(): Promise<void>;
}

/** Slices of the sync tables are read one by one, those of the API are listed beforehand. */
export async function openBackfill(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
  slices: readonly Range[],
  subscriber: Subscriber,
): Promise<Backfill> {
  const { config, hosted } = context;
  if (pipeline.source.kind === 'exigo-api') {
    const listed = await ApiBackfill.list(context, lease, pipeline.name, slices);
    return {
      freeze: (slice) => listed.freeze(slice, subscriber),
      problem: listed.problem,
      remove: () => listed.remove(),
    };
  }
  return {
    freeze: (slice) => freezeSlice(lease, config.source, slice, subscriber, hosted),
    problem: null,
    remove: async () => undefined,
  };
}
