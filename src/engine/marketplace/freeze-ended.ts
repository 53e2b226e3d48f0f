import { DAY, MINUTE } from '../../core/clock.js';
import { codeOf, messageOf } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { MarketplaceStore } from '../../core/feed-store.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import type { ChangeSet } from '../../queue/freeze/change-set.js';
import { freezeEndedDocuments } from '../../queue/freeze/ended.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import { type OpenMarketplaceOrder, openMarketplaceOrders } from '../../queue/ledger/ended-orders.js';
import type { Session } from '../../queue/ledger/session.js';
import { readWatermarks, writeWatermark } from '../../queue/ledger/watermarks.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import type { FrozenStores, StoreProblem } from './freeze-stores.js';
import { endsTheRun } from './tell-stores.js';

/** An order that is open for longer than this is no longer looked for. */
const OPEN_FOR = 60 * DAY;
/** Sales become known within days; a purchase that is said to be older (0001-01-01 for none) would list years. */
const KNOWN_WITHIN = 30 * DAY;
/** GoDataFeed itself asks the marketplaces every 15 minutes; a list costs several calls of the budget. */
const LOOK_EVERY = 10 * MINUTE;
const LOOKED = 'ended';

/**
 * Freezes, store by store, the orders that are open with us, also those that wait in the error list before they are
 * made, and that the store shows Canceled, or shipped by someone else. What goes wrong with one store leaves the others working. `own` is the pipeline's lease.
 */
export async function freezeEnded(
  context: EngineContext,
  own: Lease,
  pipeline: AnyPipeline,
): Promise<FrozenStores> {
  const changeSets: ChangeSet[] = [];
  const problems: StoreProblem[] = [];
  for (const store of context.stores.values()) {
    assertGoingOn(context.signal);
    await own.assertHeld();
    try {
      const changeSet = await freezeStore(context, own, pipeline, store);
      if (changeSet !== null) changeSets.push(changeSet);
    } catch (error) {
      if (endsTheRun(error)) throw error;
      const code = codeOf(error) ?? null;
      context.log.error(`GoDataFeed store ${store.name} was not asked what ended: ${messageOf(error)}`, {
        code,
      });
      problems.push({ store: store.name, error });
    }
  }
  return { changeSets, problems };
}

/** Orders of a store that may end, and since when they may have been purchased; null when none is open. */
export async function openOrders(
  context: EngineContext,
  pipeline: AnyPipeline,
  store: string,
): Promise<{ readonly orders: ReadonlyMap<string, OpenMarketplaceOrder>; readonly since: number } | null> {
  const orders = await openIn(context.database, context, pipeline, store);
  if (orders.size === 0) return null;
  const now = context.clock.now();
  let oldest = now;
  for (const { purchased_utc, frozen_utc } of orders.values()) {
    const at = purchased_utc === null ? fromUtcText(frozen_utc) - KNOWN_WITHIN : fromUtcText(purchased_utc);
    oldest = Math.min(oldest, at);
  }
  return { orders, since: Math.max(oldest - DAY, now - OPEN_FOR - KNOWN_WITHIN) };
}

function openIn(
  session: Session,
  { clock, pipelines }: EngineContext,
  pipeline: AnyPipeline,
  store: string,
): Promise<ReadonlyMap<string, OpenMarketplaceOrder>> {
  const reports = pipelines.find(({ load }) => load[0]?.kind === 'godatafeed-update')?.name ?? '';
  const makes = pipelines.find(({ source }) => source.kind === 'godatafeed-new')?.name ?? '';
  const since = toUtcText(clock.now() - OPEN_FOR);
  return openMarketplaceOrders(session, { store, since, pipeline: pipeline.name, reports, makes });
}

/** Null when nothing is open or ended, when it was asked a moment ago, or when another process asks. */
async function freezeStore(
  context: EngineContext,
  own: Lease,
  pipeline: AnyPipeline,
  store: MarketplaceStore,
): Promise<ChangeSet | null> {
  const { database, clock, config } = context;
  const looked = (await readWatermarks(database, LOOKED)).get(store.name);
  if (looked !== undefined && fromUtcText(looked) > clock.now() - LOOK_EVERY) return null;
  const lease = await acquireLease(database, clock, {
    name: `source/godatafeed/${store.name}/ended`,
    ttlMs: config.lease.ttlMs,
    requestDeadlineMs: 0,
  });
  if (!(lease instanceof Lease)) return null;
  try {
    const open = await openOrders(context, pipeline, store.name);
    if (open === null) return null;
    const among = (orderNumber: string) => open.orders.has(orderNumber);
    const ended = await store.listEnded(open.since, among, async () => {
      assertGoingOn(context.signal);
      await own.assertHeld();
      await lease.assertHeld();
    });
    await faultPoint('ended/listed');
    await own.assertHeld(); // this process may have been stopped between the two
    return await lease.transaction(async (session) => {
      const now = toUtcText(clock.now());
      // The list takes minutes: what we reported meanwhile was shipped by nobody else.
      const still = await openIn(session, context, pipeline, store.name);
      const documents = ended.filter(({ orderNumber }) => still.has(orderNumber));
      const frozen = await freezeEndedDocuments(session, {
        store: store.name,
        documents,
        pipeline: pipeline.name,
        now,
      });
      await writeWatermark(session, LOOKED, store.name, now);
      await faultPoint('ended/before-freeze');
      return frozen;
    });
  } finally {
    await lease.release();
  }
}
