import fc from 'fast-check';
import { HOUR, MINUTE } from '../../src/core/clock.js';
import { type OrderStatus, statusId, statusName } from '../../src/core/exigo.js';
import type { StatusTarget } from '../../src/core/targets.js';
import { toExigoText } from '../../src/core/time.js';
import type { Database, Parameters } from '../../src/db/database.js';
import { putRows } from '../../src/db/put-rows.js';
import type { TestClock } from './clock.js';

export const REPLICATED = ['Orders', 'OrderDetails', 'Payments', 'Customers'] as const;
export type Replicated = (typeof REPLICATED)[number];

/** How a change stamps its row: with its time, with one ahead or behind, or not at all. */
export type Stamp = 'honest' | 'future' | 'old' | 'same';

export type Action = { readonly after: number } & (
  | {
      readonly do: 'create';
      readonly status: number;
      readonly lines: number;
      readonly odd: boolean;
      readonly stamp: Stamp;
    }
  | { readonly do: 'status'; readonly order: number; readonly status: number; readonly stamp: Stamp }
  | { readonly do: 'lines'; readonly order: number; readonly stamped: boolean }
  | { readonly do: 'payment' | 'customer'; readonly order: number; readonly stamp: Stamp }
  | { readonly do: 'lag'; readonly table: Replicated; readonly minutes: number }
  | { readonly do: 'foreign' | 'cycle' }
  | { readonly do: 'backfill'; readonly hours: number }
);

/** A row on its way to the sync database, or just arrived there. */
export interface Delivery {
  readonly table: Replicated;
  readonly row: Parameters;
  readonly writtenAt: number;
  readonly visibleAt: number;
  readonly stamp: Stamp;
}

interface PrimaryOrder {
  readonly id: number;
  status: number;
  stamp: string;
  subTotal: number;
  readonly lines: number[];
}

const ACCEPTED = 7;
const SHIFT = { future: 5 * HOUR, old: -3 * HOUR };

/**
 * A tenant whose sync database lags behind, each table by its own time: what is written here becomes visible
 * later, in order per table, so lines and customers come before or after their order, and an order comes in
 * parts. Its API shows and changes what is here, not what is visible.
 */
export class RandomWriter implements StatusTarget {
  readonly maxOrders = 50;
  readonly unknownWaitMs = 30_000;
  readonly orders: PrimaryOrder[] = [];
  private payments = 0;
  private readonly onTheirWay: Delivery[] = [];
  private readonly lags = new Map<Replicated, number>();
  private readonly lastVisible = new Map<Replicated, number>();

  constructor(
    private readonly database: Database,
    private readonly clock: TestClock,
  ) {}

  write(action: Action): void {
    switch (action.do) {
      case 'create':
        this.create(action.status, action.lines, action.odd, action.stamp);
        break;
      case 'lag':
        this.lags.set(action.table, action.minutes * MINUTE);
        break;
      case 'status':
      case 'lines':
      case 'payment':
      case 'customer':
        this.touch(action, this.orders[action.order % Math.max(this.orders.length, 1)]);
        break;
    }
  }

  /** From now on nothing lags, and nothing is on its way any longer than now. */
  catchUp(): void {
    this.lags.clear();
    for (const [i, one] of this.onTheirWay.entries()) {
      this.onTheirWay[i] = { ...one, visibleAt: Math.min(one.visibleAt, this.clock.now()) };
    }
    this.lastVisible.clear();
  }

  /** Makes visible what has arrived by now; returns it. */
  async deliver(): Promise<Delivery[]> {
    const now = this.clock.now();
    const arrived = this.onTheirWay.filter(({ visibleAt }) => visibleAt <= now);
    const waiting = this.onTheirWay.filter(({ visibleAt }) => visibleAt > now);
    this.onTheirWay.splice(0, this.onTheirWay.length, ...waiting);
    await this.database.transaction(async (session) => {
      for (const { table, row } of arrived) await putRows(session, table, [row]);
    });
    return arrived;
  }

  async read(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const wanted = new Set(ids);
    return new Map(
      this.orders.filter(({ id }) => wanted.has(id)).map(({ id, status }) => [id, statusName(status)]),
    );
  }

  async change(ids: readonly number[], to: OrderStatus): Promise<void> {
    for (const order of this.orders.filter(({ id }) => ids.includes(id))) {
      order.status = statusId(to);
      this.sendOrder(order, 'honest');
    }
  }

  private touch(action: Extract<Action, { order: number }>, order: PrimaryOrder | undefined): void {
    if (order === undefined) return;
    switch (action.do) {
      case 'status':
        order.status = action.status;
        this.sendOrder(order, action.stamp);
        break;
      case 'lines':
        this.changeLine(order, action.stamped);
        break;
      case 'payment':
        this.payments += 1;
        this.send(
          'Payments',
          { PaymentID: this.payments, OrderID: order.id, Amount: '1.0000' },
          action.stamp,
        );
        break;
      case 'customer':
        this.send('Customers', { CustomerID: order.id }, action.stamp);
        break;
    }
  }

  private create(status: number, lines: number, odd: boolean, stamp: Stamp): void {
    const prices = Array.from({ length: lines }, (_, i) => 10 + i);
    const subTotal = prices.reduce((a, b) => a + b, odd ? 1 : 0);
    const order = { id: this.orders.length + 1, status, stamp: this.local(), subTotal, lines: prices };
    this.orders.push(order);
    this.send('Customers', { CustomerID: order.id }, 'honest');
    this.sendOrder(order, stamp);
    for (const line of prices.keys()) this.sendLine(order, line);
  }

  /** A price changes: with the order's total and stamp, or a line alone, which nothing tells of. */
  private changeLine(order: PrimaryOrder, stamped: boolean): void {
    const [price = 0] = order.lines;
    order.lines[0] = price + 1;
    this.sendLine(order, 0);
    if (!stamped) return;
    order.subTotal += 1;
    this.sendOrder(order, 'honest');
  }

  private sendOrder(order: PrimaryOrder, stamp: Stamp): void {
    order.stamp = this.stamped(stamp, order.stamp);
    this.enqueue('Orders', stamp, {
      OrderID: order.id,
      CustomerID: order.id,
      OrderStatusID: order.status,
      OrderTypeID: 2,
      WarehouseID: 1,
      SubTotal: money(order.subTotal),
      ModifiedDate: order.stamp,
    });
  }

  private sendLine(order: PrimaryOrder, line: number): void {
    const price = money(order.lines[line] ?? 0);
    this.enqueue('OrderDetails', 'same', {
      OrderID: order.id,
      OrderLine: line + 1,
      ItemCode: `ITEM-${line}`,
      Quantity: '1.0000',
      PriceEach: price,
      PriceTotal: price,
    });
  }

  private send(table: 'Payments' | 'Customers', row: Parameters, stamp: Stamp): void {
    this.enqueue(table, stamp, { ...row, ModifiedDate: this.stamped(stamp, this.local()) });
  }

  private enqueue(table: Replicated, stamp: Stamp, row: Parameters): void {
    const writtenAt = this.clock.now();
    const visibleAt = Math.max(this.lastVisible.get(table) ?? 0, writtenAt + (this.lags.get(table) ?? 0));
    this.lastVisible.set(table, visibleAt);
    this.onTheirWay.push({ table, row, stamp, writtenAt, visibleAt });
  }

  private stamped(stamp: Stamp, before: string): string {
    if (stamp === 'same') return before;
    return stamp === 'honest' ? this.local() : toExigoText(this.clock.now() + SHIFT[stamp]);
  }

  private local(): string {
    return toExigoText(this.clock.now());
  }
}

function money(amount: number): string {
  return `${amount}.0000`;
}

const anyStamp = fc.oneof(
  { weight: 6, arbitrary: fc.constant('honest' as const) },
  { weight: 4, arbitrary: fc.constantFrom<Stamp>('future', 'old', 'same') },
);
const order = fc.nat({ max: 30 });
const minutes = (min: number, max: number) => fc.integer({ min, max });

interface Life {
  /** Minutes from one action to the next. */
  readonly after: fc.Arbitrary<number>;
  readonly lag: fc.Arbitrary<number>;
  readonly stamp: fc.Arbitrary<Stamp>;
  readonly status: fc.Arbitrary<number>;
}

/** Days and nights, with everything that can go wrong. */
export const DAYS: Life = {
  after: fc.oneof(
    { weight: 8, arbitrary: minutes(0, 12) },
    { weight: 3, arbitrary: minutes(13, 70) },
    { weight: 1, arbitrary: minutes(300, 1_600) },
  ),
  lag: fc.oneof(minutes(0, 15), fc.constantFrom(0, 40, 300, 1_500)),
  stamp: anyStamp,
  status: fc.constantFrom(1, 4, 9, 10, ACCEPTED, ACCEPTED, ACCEPTED),
};

/** A few hours of rows that keep to the overlap, of orders that no sweep looks at before the next night. */
export const HOURS: Life = {
  after: fc.oneof({ weight: 3, arbitrary: minutes(0, 4) }, { weight: 2, arbitrary: minutes(5, 20) }),
  lag: minutes(0, 15),
  stamp: fc.constant('honest' as const),
  status: fc.constantFrom(1, 4, 10),
};

/** What happens, one after the other; `after` in minutes. */
export function actions(life: Life): fc.Arbitrary<Action[]> {
  const { stamp, status, lag } = life;
  const what = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('create' as const),
        status,
        lines: fc.integer({ min: 1, max: 3 }),
        odd: fc.nat({ max: 4 }).map((n) => n === 4),
        stamp,
      }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('status' as const), order, status, stamp }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('lines' as const), order, stamped: fc.boolean() }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('payment' as const, 'customer' as const), order, stamp }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('lag' as const),
        table: fc.constantFrom(...REPLICATED),
        minutes: lag,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('foreign' as const) }) },
    { weight: 9, arbitrary: fc.record({ do: fc.constant('cycle' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('backfill' as const), hours: fc.integer({ min: 1, max: 48 }) }),
    },
  );
  return fc.array(
    fc.tuple(life.after, what).map(([wait, one]): Action => ({ after: wait, ...one })),
    { minLength: 10, maxLength: 80 },
  );
}
