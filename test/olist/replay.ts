import { InvariantError } from '../../src/core/errors.js';
import type { Database, Statement } from '../../src/db/database.js';
import { createSyncSchema } from '../../src/db/sync-schema.js';
import { applyEvents, type LateRows } from './apply.js';
import type { ReplayClock } from './clock.js';
import { compareSets } from './compare.js';
import { compareSales } from './compare-sales.js';
import { spelt } from './engine.js';
import { dailyCuts, type ExpectedSets, expectedLives, expectedSets } from './expected.js';
import type { OlistFiles } from './files.js';
import { Life, type LifeEvent } from './life.js';
import { loadOlist } from './load.js';
import { SALE_KEY, type Sales } from './market.js';

export const FIRST_CUT = '2016-09-05';
export const LAST_CUT = '2018-10-01';

/** What the product says of itself after a cut, by OrderID, since the beginning. */
export interface ProductSets {
  /** Orders that are in a delivered hand-over file. */
  readonly handedOver: ReadonlySet<number>;
  /** Their lines in those files. */
  readonly lines: number;
  /** Orders whose move to Printed has its receipt. */
  readonly printed: ReadonlySet<number>;
  /** Orders whose move to Shipped has its receipt; absent where the 3PLs ship by themselves. */
  readonly shipped?: ReadonlySet<number>;
  /** Orders that wait now for a person or another event. */
  readonly held: ReadonlySet<number>;
}

export interface ReplayOptions {
  readonly files: OlistFiles;
  readonly database: Database;
  /** The clock that `database` and the product run on; on a server `database` has the tenant's tables already. */
  readonly clock: ReplayClock;
  /** First and last midnight, `yyyy-MM-dd`; the sample's own by default. */
  readonly first?: string;
  readonly last?: string;
  /** At most this many cuts. */
  readonly days?: number;
  /** Default `stamped`. */
  readonly lateRows?: LateRows;
  /** Where a part of the orders is sold; without it they come as the others do. */
  readonly sales?: Sales;
  /** Runs every pipeline once, at the instant of the cut. */
  runCycle(cut: number): Promise<void>;
  readSets(): Promise<ProductSets>;
  /** The 3PLs say that these orders left; absent: they set them to Shipped in Exigo themselves. */
  confirm?(events: readonly LifeEvent[], exigoId: (number: number) => number): Promise<void>;
  onCut?(cut: number, sets: ProductSets): void;
}

export interface ReplayTotals {
  readonly cuts: number;
  readonly handedOver: number;
  readonly lines: number;
  readonly printed: number;
  /** In Exigo. */
  readonly shipped: number;
  readonly held: number;
  /** Orders of the marketplace: made and acknowledged, and reported. */
  readonly sales?: { readonly made: number; readonly shipped: number; readonly canceled: number };
}

const CANCELED = 4;
const PRINTED = 8;
const SHIPPED = 9;

const STATUSES: Statement = {
  name: 'olist/statuses',
  text: `SELECT OrderStatusID, OrderID FROM "dbo.Orders" WHERE OrderStatusID IN (${CANCELED}, ${PRINTED}, ${SHIPPED})`,
};

const MADE: Statement = {
  name: 'olist/made',
  text: `SELECT OrderID, Other20 FROM "dbo.Orders" WHERE Other20 LIKE '${SALE_KEY}%'`,
};

/**
 * Plays the life of the sample from cut to cut: applies what happened up to the cut, runs the pipelines,
 * and compares what the product says, and the statuses in the sync database, with what must be true.
 * Throws at the first cut at which a set differs.
 */
export async function replay(options: ReplayOptions): Promise<ReplayTotals> {
  const { database, clock } = options;
  const { sales } = options;
  const orders = loadOlist(options.files, sales !== undefined);
  const numbers = new Map(orders.map(({ id, number }) => [`${SALE_KEY}${id}`, number]));
  const cuts = dailyCuts(options.first ?? FIRST_CUT, options.last ?? LAST_CUT).slice(0, options.days);
  const expected = expectedLives(options.files, cuts, sales !== undefined);
  const life = new Life(orders);
  let sets: ProductSets = { handedOver: new Set(), lines: 0, printed: new Set(), held: new Set() };
  let made = new Map<number, number>();
  let totals = {};
  let shipped = 0;
  await database.transaction(createSyncSchema);
  for (const cut of cuts) {
    clock.set(cut);
    const events = life.until(cut);
    const left = options.confirm === undefined ? [] : events.filter(({ kind }) => kind === 'shipped');
    const others = events.filter((event) => !left.includes(event));
    await applyEvents(database, others, options.lateRows ?? 'stamped', sales, made);
    const known = made;
    await options.confirm?.(left, (number) => known.get(number) ?? number);
    await options.runCycle(cut);
    const before = sets.handedOver;
    made = await madeOf(database, numbers);
    const named = numbering(made);
    sets = renumbered(await options.readSets(), named);
    const wanted = expectedSets(expected, cut);
    const inExigo = await statuses(database, named);
    compare(cut, sets, inExigo, wanted);
    shipped = inExigo.get(SHIPPED)?.size ?? 0;
    if (sales !== undefined) totals = { sales: compareSales(cut, made, sales, wanted) };
    life.handedOver(
      [...sets.handedOver].filter((number) => !before.has(number)),
      cut,
    );
    options.onCut?.(cut, sets);
  }
  return {
    cuts: cuts.length,
    handedOver: sets.handedOver.size,
    lines: sets.lines,
    printed: sets.printed.size,
    shipped,
    held: sets.held.size,
    ...totals,
  };
}

/** One line, the last of a replay. */
export function totalsLine(totals: ReplayTotals): string {
  const { handedOver, lines, printed, shipped, held, cuts, sales } = totals;
  const market =
    sales === undefined
      ? ''
      : `; marketplace: made and acknowledged ${sales.made}, reported Shipped ${sales.shipped}, Canceled ${sales.canceled}`;
  return `handed over ${handedOver}, lines ${lines}, printed ${printed}, shipped ${shipped}, held ${held} (after ${cuts} cuts)${market}`;
}

function compare(
  cut: number,
  product: ProductSets,
  statusSets: ReadonlyMap<number, ReadonlySet<number>>,
  expected: ExpectedSets,
): void {
  compareSets(cut, 'handed over', product.handedOver, expected.handedOver);
  compareSets(cut, 'set to Printed', product.printed, expected.handedOver);
  if (product.shipped !== undefined) {
    compareSets(cut, 'set to Shipped', product.shipped, expected.shipped);
  }
  compareSets(cut, 'held', product.held, expected.held);
  const status = (id: number) => statusSets.get(id) ?? new Set<number>();
  compareSets(cut, 'status Printed', status(PRINTED), expected.printed);
  compareSets(cut, 'status Shipped', status(SHIPPED), expected.shipped);
  compareSets(cut, 'status Canceled', status(CANCELED), expected.canceled);
  if (product.lines !== expected.lines) {
    throw new InvariantError(
      `after the cut ${new Date(cut).toISOString()}: expected ${expected.lines} lines in the files, found ${product.lines}`,
    );
  }
}

/** The order in Exigo that was made of each sale, by the number of the sale; throws when there are two. */
async function madeOf(
  database: Database,
  numbers: ReadonlyMap<string, number>,
): Promise<Map<number, number>> {
  const made = new Map<number, number>();
  for (const [id, key] of await database.rows(spelt(database, MADE))) {
    const number = numbers.get(String(key));
    if (number === undefined || made.has(number)) throw new InvariantError(`order ${id} has the key ${key}`);
    made.set(number, Number(id));
  }
  return made;
}

/** From ids in Exigo to numbers: those of the shop are the same. */
function numbering(made: ReadonlyMap<number, number>): (id: number) => number {
  const numbers = new Map([...made].map(([number, id]) => [id, number]));
  return (id) => numbers.get(id) ?? id;
}

function renumbered(sets: ProductSets, numberOf: (id: number) => number): ProductSets {
  const named = (ids: ReadonlySet<number>) => new Set([...ids].map(numberOf));
  const { handedOver, lines, printed, shipped, held } = sets;
  return {
    handedOver: named(handedOver),
    lines,
    printed: named(printed),
    ...(shipped === undefined ? {} : { shipped: named(shipped) }),
    held: named(held),
  };
}

async function statuses(
  database: Database,
  numberOf: (id: number) => number,
): Promise<Map<number, Set<number>>> {
  const found = new Map<number, Set<number>>();
  for (const [status, order] of await database.rows(spelt(database, STATUSES))) {
    const numbers = found.get(Number(status)) ?? new Set<number>();
    found.set(Number(status), numbers.add(numberOf(Number(order))));
  }
  return found;
}
