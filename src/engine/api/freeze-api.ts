import type { ApiListing, ApiPage } from '../../core/api-orders.js';
import { DAY } from '../../core/clock.js';
import { faultPoint } from '../../core/fault-points.js';
import { shiftLocalText } from '../../core/time.js';
import type { ChangeSet, Subscriber } from '../../queue/freeze/change-set.js';
import { API_SOURCE, freezeListed, type ListingFacts } from '../../queue/freeze/listed.js';
import { type Clocks, readClocks } from '../../queue/freeze/source.js';
import { freezeStart } from '../../queue/freeze/start.js';
import type { Lease } from '../../queue/lease/lease.js';
import { readWatermarks } from '../../queue/ledger/watermarks.js';
import { idsOfInterest, versionsOfOrders } from '../../queue/reads/listed.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { emptySpool, spoolPath } from '../waves/spool.js';
import { apiOf, instantBefore, listed, problemOf } from './listing.js';
import { Staged } from './staged.js';
import { Unseen } from './unseen.js';

/** Ids in one question, to the database or to the API. */
const PAGE = 1_000;

export interface FrozenApi {
  readonly changeSet: ChangeSet;
  /** Why some of what was listed could not be frozen; the rest was. */
  readonly problem: Error | null;
}

/**
 * Freezes what the Exigo API has that is new: what changed since the watermark, all open orders that are not as last
 * frozen, and by their ids the orders that were open or incomplete with us and that neither list shows. Everything is
 * read before anything is written. Throws FreezeError when the API fails on the way: nothing is frozen then, and the
 * next run lists the same again. `own` is the pipeline's lease, `lease` the source's.
 */
export async function freezeApi(
  context: EngineContext,
  own: Lease,
  lease: Lease,
  subscribers: readonly Subscriber[],
): Promise<FrozenApi> {
  const { database, config } = context;
  const facts = await readWatermarks(database, API_SOURCE);
  const plan = planListing(facts, await readClocks(database), config.source);
  const between = async () => {
    assertGoingOn(context.signal);
    await own.assertHeld();
    await lease.assertHeld();
  };
  await emptySpool(context, lease, API_SOURCE);
  const staged = await Staged.make(
    await spoolPath(context, lease, API_SOURCE, 'orders.jsonl'),
    config.source.allowSensitive,
  );
  try {
    const unreadable = await listed(() => listAll(context, plan, staged, between));
    await faultPoint('api/listed');
    await own.assertHeld(); // this process may have been stopped between the two
    const whole = unreadable.length === 0;
    const changeSet = await lease.repeatable(async (session) => {
      const done = await freezeListed(session, staged, config.source, { ...plan, whole }, subscribers);
      await faultPoint('freeze/before-commit');
      return done;
    });
    await faultPoint('freeze/after-commit');
    return { changeSet, problem: problemOf(unreadable) };
  } finally {
    await staged.remove();
  }
}

interface Plan extends Omit<ListingFacts, 'whole'> {
  /** US Central; changes are listed from here on, which may be long before `start`. */
  readonly since: string;
}

function planListing(
  facts: ReadonlyMap<string, string>,
  { exigo_now, utc_now }: Clocks,
  config: EngineContext['config']['source'],
): Plan {
  const watermark = facts.get('Orders') ?? null;
  const known = watermark === null ? [] : [['Orders', watermark] as const];
  const start = freezeStart(new Map(known), exigo_now, config);
  const first = facts.get('first') ?? start;
  const lastFull = facts.get('full-sweep');
  const full = lastFull === undefined || lastFull.slice(0, 10) < exigo_now.slice(0, 10);
  const horizon = shiftLocalText(exigo_now, -Math.max(config.sweepHorizonMs, DAY));
  const oldest = horizon > first ? horizon : first;
  const since = full && oldest < start ? oldest : start;
  return { start, watermark, first, since, full, exigoNow: exigo_now, utcNow: utc_now };
}

/** Returns what could not be read. */
async function listAll(
  context: EngineContext,
  { since, first, full }: Plan,
  staged: Staged,
  between: () => Promise<void>,
): Promise<string[]> {
  const api = apiOf(context);
  const unreadable: string[] = [];
  const { unseen, incomplete } = await openWithUs(context, full);
  const take = async (listing: ApiListing, pick: (page: ApiPage) => Promise<ApiPage['orders']>) => {
    for await (const page of api.list(listing, between)) {
      unreadable.push(...page.unreadable);
      const picked = await pick(page);
      for (const { orderId } of page.orders) unseen.see(orderId);
      await staged.add(picked);
      await faultPoint('api/after-page');
    }
  };
  await take({ changedAfter: instantBefore(since) }, async ({ orders }) => orders);
  if (since > first) {
    await take({ acceptedAfter: instantBefore(first) }, (page) => moved(context, page, incomplete));
  }
  for (const orderIds of unseen.left(PAGE)) await take({ orderIds }, async ({ orders }) => orders);
  return [...new Set(unreadable)];
}

/** Open orders whose status or stamp is not the one last frozen, and those that are held as incomplete. */
async function moved(
  { database }: EngineContext,
  { orders }: ApiPage,
  incomplete: Unseen,
): Promise<ApiPage['orders']> {
  const ids = orders.map(({ orderId }) => orderId);
  const known = new Map((await versionsOfOrders(database, ids)).map((one) => [one.order_id, one]));
  return orders.filter(({ orderId, statusId, modifiedAt }) => {
    const version = known.get(orderId);
    if (incomplete.has(orderId)) return true;
    return version?.status_id !== statusId || version.modified_at.slice(0, 23) !== modifiedAt;
  });
}

async function openWithUs(
  { database }: EngineContext,
  printed: boolean,
): Promise<{ readonly unseen: Unseen; readonly incomplete: Unseen }> {
  const [unseen, incomplete] = [new Unseen(), new Unseen()];
  for (let after = -1; ; ) {
    const page = await idsOfInterest(database, printed, after, PAGE);
    unseen.add(page.map(({ id }) => id));
    incomplete.add(page.flatMap((one) => (one.incomplete ? [one.id] : [])));
    if (page.length < PAGE) return { unseen, incomplete };
    after = page.at(-1)?.id ?? after;
  }
}
