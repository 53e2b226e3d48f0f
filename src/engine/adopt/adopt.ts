import type { AdoptedLine, Adoption, AdoptionRemark, ReadAdoption } from '../../core/adoption.js';
import { UsageError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import { acquireLease, Lease } from '../../queue/lease/lease.js';
import type { Session } from '../../queue/ledger/session.js';
import { sourceStatuses } from '../../queue/reads/orders.js';
import type { EngineContext } from '../context.js';
import { pipelineLease, requestDeadline } from '../leases.js';
import { assertGoingOn } from '../stop.js';
import { adoptMarketplace } from './adopt-marketplace.js';
import { adoptOrders } from './adopt-orders.js';

/** Lines to a transaction. */
const PAGE = 500;

export interface AdoptionOptions {
  /** The pipeline that hands over, and the one that makes orders of marketplace orders. */
  readonly handOver: AnyPipeline;
  readonly marketplace: AnyPipeline;
  /** Everything is looked at, in one transaction that is rolled back. */
  readonly dryRun: boolean;
  /** All lines or none, in one transaction. */
  readonly strict: boolean;
  readonly tell: (remark: AdoptionRemark) => void;
}

/** What the steps of a page count. */
export type Counts = { -readonly [Name in Exclude<keyof Adoption, 'written'>]: number };

/** A page of lines on its way into the ledger. */
export interface AdoptedPage {
  readonly session: Session;
  /** UTC text. */
  readonly now: string;
  readonly lines: readonly AdoptedLine[];
  readonly counts: Counts;
  readonly tell: (remark: AdoptionRemark) => void;
}

class RolledBack extends Error {
  constructor() {
    super('rolled back as planned');
    this.name = 'RolledBack';
  }
}

/**
 * Takes over what an earlier script did: orders that a 3PL has, and marketplace orders that are in Exigo, so that nothing
 * goes or is made a second time. Repeatable: what is known stays as it is. Under the leases of both pipelines, so that no
 * run plans or sends such an order meanwhile. Throws UsageError while one of them runs.
 */
export async function adopt(
  context: EngineContext,
  lines: AsyncIterable<ReadAdoption>,
  options: AdoptionOptions,
): Promise<Adoption> {
  const counts: Counts = { lines: 0, adopted: 0, known: 0, linked: 0, settled: 0, conflicts: 0, bad: 0 };
  if (options.dryRun) {
    const work = (session: Session) => atOnce(context, session, lines, counts, options);
    await rolledBack(() => context.database.transaction(work), true);
    return { ...counts, written: false };
  }
  return underLeases(context, options, async (handOver, marketplace) => {
    if (options.strict) {
      const written = await rolledBack(() =>
        handOver.transaction(async (session) => {
          await atOnce(context, session, lines, counts, options);
          if (counts.bad + counts.conflicts > 0) throw new RolledBack();
        }),
      );
      return { ...counts, written };
    }
    for await (const page of pages(context, lines, counts, options)) {
      const rest = { now: toUtcText(context.clock.now()), counts, tell: options.tell };
      const usable = await handOver.transaction(async (session) => {
        const part = { ...rest, session, lines: await inExigo(context, session, page, rest) };
        await adoptOrders(options.handOver, part);
        return part.lines;
      });
      if (!usable.some(({ market }) => market !== null)) continue;
      await marketplace.transaction((session) =>
        adoptMarketplace(options.marketplace, { ...rest, session, lines: usable }),
      );
    }
    return { ...counts, written: true };
  });
}

/** True when the work was committed. */
async function rolledBack(work: () => Promise<void>, always = false): Promise<boolean> {
  try {
    await work();
    return !always;
  } catch (error) {
    if (error instanceof RolledBack) return false;
    throw error;
  }
}

/** All pages in one transaction; a dry run is rolled back at its end. */
async function atOnce(
  context: EngineContext,
  session: Session,
  lines: AsyncIterable<ReadAdoption>,
  counts: Counts,
  options: AdoptionOptions,
): Promise<void> {
  const now = toUtcText(context.clock.now());
  for await (const page of pages(context, lines, counts, options)) {
    const rest = { session, now, counts, tell: options.tell };
    const part = { ...rest, lines: await inExigo(context, session, page, rest) };
    await adoptOrders(options.handOver, part);
    await adoptMarketplace(options.marketplace, part);
  }
  if (options.dryRun) throw new RolledBack();
}

/** The usable lines, some hundreds at a time. */
async function* pages(
  context: EngineContext,
  lines: AsyncIterable<ReadAdoption>,
  counts: Counts,
  { tell }: AdoptionOptions,
): AsyncGenerator<readonly AdoptedLine[], void, undefined> {
  let page: AdoptedLine[] = [];
  for await (const one of lines) {
    counts.lines++;
    if ('fault' in one) {
      counts.bad++;
      tell({ line: one.line, orderId: null, kind: 'bad', message: one.fault });
      continue;
    }
    page.push(one.adopted);
    if (page.length < PAGE) continue;
    assertGoingOn(context.signal);
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** An order that Exigo does not know is a mistyped one: kept as adopted, it would hold back a later order of that number. */
async function inExigo(
  context: EngineContext,
  session: Session,
  page: readonly AdoptedLine[],
  { counts, tell }: Pick<AdoptedPage, 'counts' | 'tell'>,
): Promise<readonly AdoptedLine[]> {
  if (context.config.source.orders === 'api') return page;
  const ids = page.map(({ orderId }) => orderId);
  const known = await sourceStatuses(context.hosted?.database ?? session, ids);
  return page.filter(({ line, orderId }) => {
    if (known.has(orderId)) return true;
    counts.bad++;
    const message = `the sync database has no order ${orderId}: mistyped, or not replicated yet`;
    tell({ line, orderId, kind: 'bad', message });
    return false;
  });
}

async function underLeases<T>(
  context: EngineContext,
  { handOver, marketplace }: AdoptionOptions,
  work: (handOver: Lease, marketplace: Lease) => Promise<T>,
): Promise<T> {
  return underLease(context, handOver, (first) =>
    underLease(context, marketplace, (second) => work(first, second)),
  );
}

async function underLease<T>(
  context: EngineContext,
  { name }: AnyPipeline,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const lease = await acquireLease(context.database, context.clock, {
    name: pipelineLease(name),
    ttlMs: context.config.lease.ttlMs,
    requestDeadlineMs: requestDeadline(context.config),
  });
  if (!(lease instanceof Lease)) {
    throw new UsageError(
      `${lease.heldBy} is working on ${name}, and may be sending these orders; nothing was adopted, repeat it when that run has ended`,
    );
  }
  try {
    return await work(lease);
  } finally {
    await lease.release();
  }
}
