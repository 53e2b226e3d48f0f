import { codeOf, messageOf } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { ImportWindow, MarketplaceDocument, MarketplaceStore } from '../../core/feed-store.js';
import { toUtcText } from '../../core/time.js';
import type { ChangeSet } from '../../queue/freeze/change-set.js';
import { freezeDocuments, storeSource } from '../../queue/freeze/documents.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { endsTheRun } from './tell-stores.js';

export interface StoreProblem {
  readonly store: string;
  readonly error: unknown;
}

export interface FrozenStores {
  readonly changeSets: readonly ChangeSet[];
  /** Stores that could not be frozen; the others were. */
  readonly problems: readonly StoreProblem[];
}

/**
 * Freezes what is new in every store of GoDataFeed, each under a lease of its own: the list is read to its end, then
 * frozen in one transaction. What goes wrong with one store leaves the others working. `own` is the pipeline's lease.
 */
export async function freezeStores(
  context: EngineContext,
  own: Lease,
  window: ImportWindow | null,
): Promise<FrozenStores> {
  const changeSets: ChangeSet[] = [];
  const problems: StoreProblem[] = [];
  for (const store of context.stores.values()) {
    assertGoingOn(context.signal);
    await own.assertHeld();
    try {
      const { changeSet, problem } = await freezeStore(context, own, store, window);
      if (changeSet !== null) changeSets.push(changeSet);
      if (problem !== null) {
        context.log.error(problem.message);
        problems.push({ store: store.name, error: problem });
      }
    } catch (error) {
      if (endsTheRun(error)) throw error;
      context.log.error(`GoDataFeed store ${store.name} was not frozen: ${messageOf(error)}`, {
        code: codeOf(error) ?? null,
      });
      problems.push({ store: store.name, error });
    }
  }
  return { changeSets, problems };
}

/** No change set: another process is freezing it. */
async function freezeStore(
  context: EngineContext,
  own: Lease,
  store: MarketplaceStore,
  window: ImportWindow | null,
): Promise<{ readonly changeSet: ChangeSet | null; readonly problem: Error | null }> {
  const lease = await acquireLease(context.database, context.clock, {
    name: `source/${storeSource(store.name)}`,
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: 0,
  });
  if (!(lease instanceof Lease)) {
    context.log.info(`GoDataFeed store ${store.name} is being frozen by ${lease.heldBy}`);
    return { changeSet: null, problem: null };
  }
  try {
    const { documents, problem } = await store.listNew(window, async () => {
      assertGoingOn(context.signal);
      await own.assertHeld();
      await lease.assertHeld();
    });
    await faultPoint('marketplace/listed');
    await own.assertHeld(); // this process may have been stopped between the two
    const changeSet = await lease.transaction(async (session) => {
      const frozen = await freezeDocuments(session, documentSet(context, store.name, documents, window));
      await faultPoint('marketplace/before-freeze');
      return frozen;
    });
    await faultPoint('marketplace/after-freeze');
    return { changeSet, problem };
  } finally {
    await lease.release();
  }
}

function documentSet(
  { clock, pipelines }: EngineContext,
  store: string,
  documents: readonly MarketplaceDocument[],
  window: ImportWindow | null,
) {
  const subscribers = pipelines.filter(({ source }) => source.kind === 'godatafeed-new');
  return {
    store,
    documents,
    window: window === null ? null : { startAt: toUtcText(window.from), endAt: toUtcText(window.to) },
    subscribers: subscribers.map(({ name }) => name),
    now: toUtcText(clock.now()),
  };
}
