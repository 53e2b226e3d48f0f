import { SYSTEM } from '../core/circuits.js';
import type { ImportWindow } from '../core/feed-store.js';
import type { AnyPipeline } from '../core/pipeline.js';
import { fromExigoText } from '../core/time.js';
import type { ChangeSet, Subscriber } from '../queue/freeze/change-set.js';
import { freezeLive } from '../queue/freeze/freeze.js';
import { Lease } from '../queue/lease/lease.js';
import { runIdOf } from '../queue/ledger/runs.js';
import type { Answer } from '../queue/ledger/session.js';
import { freezeApi } from './api/freeze-api.js';
import { goOnWithCancellations } from './cancellations/judge-cancellations.js';
import { orderSource } from './context.js';
import { takeInboxes } from './inbox/take-inboxes.js';
import { goOnWithEnded } from './marketplace/ask-three-pl.js';
import { freezeEnded } from './marketplace/freeze-ended.js';
import { type FrozenStores, freezeStores } from './marketplace/freeze-stores.js';
import { assertGoingOn } from './stop.js';
import { acquire, begin, beginNow, standingRequests, type Turn } from './turn.js';

/** Slices of a backfill, oldest first, in Exigo's time; empty for a live run. */
export type Slices = readonly { readonly startAt: string; readonly endAt: string }[];

export interface Frozen extends FrozenStores {
  /** What stands afterwards, where that was asked in the same trip. */
  readonly standing: readonly Answer[] | null;
  /** Why some orders of the API could not be frozen; the others were. */
  readonly problem?: Error | null;
}

/** What the pipeline's source has that is new. */
export async function freezeOnce(turn: Turn, slices: Slices): Promise<Frozen> {
  const { context, lease, pipeline } = turn;
  if (isOfOrders(pipeline)) {
    const { changeSet, standing, problem } = await freezeLiveOnce(turn);
    return { changeSets: changeSet === null ? [] : [changeSet], problems: [], standing, problem };
  }
  await beginNow(turn);
  if (pipeline.source.kind === 'cancellations') {
    await goOnWithCancellations({ context, lease, pipeline });
    return { changeSets: [], problems: [], standing: null };
  }
  if (pipeline.source.kind === '3pl-inbox') {
    return { ...(await takeInboxes(context, lease)), standing: null };
  }
  if (pipeline.source.kind === 'godatafeed-ended') {
    await goOnWithEnded(context, lease, pipeline);
    return { ...(await freezeEnded(context, lease, pipeline)), standing: null };
  }
  return { ...(await freezeStores(context, lease, windowOf(slices))), standing: null };
}

/** The import dates a backfill of marketplace orders is limited to; null: over all time. */
export function windowOf(slices: Slices): ImportWindow | null {
  const [first, last] = [slices[0], slices.at(-1)];
  if (first === undefined || last === undefined) return null;
  return { from: fromExigoText(first.startAt), to: fromExigoText(last.endAt) };
}

/** A backfill of marketplace orders is one list of a window, frozen instead of the one over all time. */
export function slicesOf(pipeline: AnyPipeline, slices: Slices): Slices {
  return isOfOrders(pipeline) ? slices : [];
}

function isOfOrders({ source }: AnyPipeline): boolean {
  return source.kind === 'exigo-queue' || source.kind === 'exigo-api';
}

/**
 * One freeze feeds every pipeline of the source; when another process is freezing, its change set will do. Gives
 * what stands afterwards, too, which the source's lease is given back with.
 */
async function freezeLiveOnce(turn: Turn): Promise<{
  readonly changeSet: ChangeSet | null;
  readonly standing: readonly Answer[] | null;
  readonly problem: Error | null;
}> {
  const { context } = turn;
  const source = `source/${orderSource(context.config)}`;
  assertGoingOn(context.signal);
  await turn.lease.assertHeld(); // who has lost the pipeline writes nothing, so it freezes nothing either
  const { lease, answers } = await acquire(context, source, turn.runId === null ? [begin(turn)] : []);
  turn.runId ??= runIdOf(answers[0]);
  if (!(lease instanceof Lease)) {
    if (turn.runId === null) throw turn.lease.lost();
    context.log.info(`the source is being frozen by ${lease.heldBy}; this run works on what there is`);
    return { changeSet: null, standing: null, problem: null };
  }
  let changeSet: ChangeSet;
  let problem: Error | null = null;
  try {
    if (turn.runId === null) throw turn.lease.lost();
    await turn.lease.assertHeld(); // this process may have been stopped between the two
    const subscribers = subscribersOf(context.pipelines);
    if (turn.pipeline.source.kind === 'exigo-api') {
      ({ changeSet, problem } = await freezeApi(context, turn.lease, lease, subscribers));
    } else {
      const freeze = () => freezeLive(lease, context.config.source, subscribers, context.hosted);
      // Our own database is no system of others: without it nothing goes on.
      changeSet =
        context.hosted === null ? await freeze() : await context.circuits.call(SYSTEM.syncDatabase, freeze);
    }
  } catch (error) {
    await lease.release().catch(() => undefined); // it ends by itself; what went wrong before is what counts
    throw error;
  }
  return { changeSet, standing: (await lease.release(standingRequests(turn))).answers, problem };
}

export function subscribersOf(pipelines: readonly AnyPipeline[]): Subscriber[] {
  return pipelines.flatMap(({ name, source }) =>
    source.kind === 'exigo-queue' || source.kind === 'exigo-api'
      ? [{ pipeline: name, aggregate: source.aggregate }]
      : [],
  );
}
