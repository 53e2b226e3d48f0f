import { mkdir } from 'node:fs/promises';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import type { StandinOrder } from '../../src/standins/godatafeed/orders.js';
import { type House, shippedTemplate } from '../support/house.js';
import { MAPS, orderMembers } from '../support/market.js';
import { MarketplaceHouse } from '../support/marketplace-house.js';
import { changeOrder, placeOrder } from '../support/small-orders.js';
import { Warehouse } from '../support/warehouse.js';
import type { Random } from './random.js';
import type { Receiver } from './receiver.js';

/** What is asked of a sale in the end. */
type Sale = Pick<StandinOrder, 'status' | 'sync' | 'destinationNumber'>;

/** The time between two cycles. */
export const CYCLE = 15 * MINUTE;

/** Numbers of orders that are made through the API begin here, above those of the company's own. */
const FIRST_MADE = 5_000_000;
const ACCEPTED = 7;
const CANCELED = 4;

/** How often something happens in a quarter of an hour. */
const ORDERS = 0.5;
const SALES = 0.3;
const CANCELLATIONS = 0.05;
const SHIFT = 2 * HOUR;
const SHOWN = 5 * DAY;

/** Frozen rows stay for a day and the ledger for three, so that a week shows whether the state stays flat. */
const RETENTION = { frozenMs: DAY, handedOverMs: 3 * DAY, textsMs: 2 * DAY };

/**
 * A company for weeks: customers order, marketplaces sell, somebody cancels, two warehouses (the second one has cut-offs, and
 * an order counts as printed there when it was accepted) pack and answer. Nothing in it knows that something is out of order.
 */
export class World {
  /** Orders placed in Exigo, and numbers of sales at GoDataFeed. */
  readonly placed = new Set<number>();
  readonly sold = new Set<string>();
  /** How sales ended that the marketplace does not show any more. */
  private readonly ended = new Map<string, Sale>();
  /** Canceled by somebody else, while they were Accepted or NEW. */
  readonly canceledOrders = new Set<number>();
  readonly canceledSales = new Set<string>();
  /** A warehouse that does not work at the moment: its files stay where they are. */
  readonly closed = new Set<string>();
  /** While replication stalls, what is ordered is not seen before it ends. */
  private stalled: (() => Promise<void>)[] | null = null;
  private lastShift = 0;
  private cycles = 0;

  private constructor(
    private readonly from: number,
    readonly market: MarketplaceHouse,
    readonly warehouses: ReadonlyMap<string, Warehouse>,
    private readonly random: Random,
  ) {}

  static async open(random: Random, from: number, receiver: Receiver): Promise<World> {
    const atlas = shippedTemplate('atlas') as Readonly<Record<string, unknown>>;
    const west = {
      ...atlas,
      name: 'west',
      routes: [{ when: { WarehouseID: 2 } }],
      wave: { cutOffs: ['11:00', '16:30'], zone: 'America/Los_Angeles', maxOrders: 50 },
      delivery: { folder: '../var/out/west' },
      printed: 'acknowledged',
      confirmations: { ...(atlas.confirmations as object), inbox: { folder: '../var/in/west' } },
    };
    const market = await MarketplaceHouse.open({
      templates: [atlas, west],
      now: from,
      firstId: FIRST_MADE,
      feed: { bucketSize: 1_000_000 },
      stores: {
        main: { orders: MAPS, updates: { carriers: { shipMethods: { 1: 'UPS', 2: 'UPS', 3: 'UPS' } } } },
      },
      config: {
        retention: RETENTION,
        alerts: {
          name: 'soak',
          mail: null,
          webhook: { url: receiver.url, secret: 'a-secret-of-the-soak', deadlineMs: 5 * SECOND },
          digest: null,
        },
      },
    });
    const { house } = market;
    const warehouses = new Map<string, Warehouse>();
    for (const { name, delivery, confirmations } of house.config.threePls) {
      if (confirmations === null) throw new InvariantError(`${name} sends nothing back`);
      await mkdir(confirmations.inbox.path, { recursive: true });
      const folders = { handOvers: delivery.path, inbox: confirmations.inbox.path };
      warehouses.set(name, new Warehouse(folders, house.clock));
    }
    return new World(from, market, warehouses, random);
  }

  get house(): House {
    return this.market.house;
  }

  /** Until the next quarter of an hour. `busy`: people order; later the world comes to rest. */
  async live(busy: boolean): Promise<void> {
    const { clock } = this.house;
    this.cycles++;
    // Pauses between tries have moved it.
    clock.set(Math.max(clock.now(), this.from + this.cycles * CYCLE));
    if (busy) {
      if (this.random.chance(ORDERS)) await this.order();
      if (this.random.chance(SALES)) this.sell();
      if (this.random.chance(CANCELLATIONS)) await this.cancel();
      if (this.random.chance(CANCELLATIONS)) this.cancelSale();
    }
    this.market.feed.cycle();
    if (clock.now() - this.lastShift < SHIFT) return;
    this.lastShift = clock.now();
    for (const [name, warehouse] of this.warehouses) if (!this.closed.has(name)) await warehouse.work();
  }

  /** A sale as its marketplace shows it, or has shown it last. */
  sale(number: string): Sale | undefined {
    return this.ended.get(number) ?? this.market.feed.order(number);
  }

  /** Sales that ended days ago are shown no more: a marketplace in memory would grow with every day. */
  forgetEnded(): void {
    const before = this.house.clock.now() - SHOWN;
    for (const number of this.sold) {
      const sale = this.market.feed.order(number);
      if (sale === undefined || sale.purchasedAt >= before) continue;
      if (sale.sync !== 'Sync Complete' && sale.status !== 'Canceled') continue;
      const { status, sync, destinationNumber } = sale;
      this.ended.set(number, { status, sync, destinationNumber });
      this.market.feed.remove(number);
    }
  }

  stall(): void {
    this.stalled ??= [];
  }

  /** Replication goes on: what it was behind with comes at once, with the stamps it had. */
  async catchUp(): Promise<void> {
    const behind = this.stalled ?? [];
    this.stalled = null;
    for (const arrive of behind) await arrive();
  }

  private async order(): Promise<void> {
    const id = 1 + this.placed.size;
    this.placed.add(id);
    const at = this.house.clock.now();
    const warehouse = 1 + this.random.upTo(1);
    const arrive = async () => {
      const now = this.house.clock.now();
      this.house.clock.set(at);
      await placeOrder(this.house, id, {
        row: { WarehouseID: warehouse },
        lines: [
          ['TEA', '6.00'],
          ['CUP', '4.00'],
        ],
      });
      this.house.clock.set(now);
    };
    if (this.stalled === null) await arrive();
    else this.stalled.push(arrive);
  }

  private sell(): void {
    const number = `G-${this.sold.size + 1}`;
    this.sold.add(number);
    const purchasedAt = this.house.clock.now() - HOUR;
    this.market.feed.put({
      number,
      marketplaceNumber: `M-${number}`,
      purchasedAt,
      members: orderMembers({ CustomerEmail: `${number}@example.com` }),
    });
  }

  /** Somebody cancels the newest order that is still Accepted in Exigo. */
  private async cancel(): Promise<void> {
    const [order] = await this.house.all<{ id: number }>(
      `SELECT OrderID AS id FROM "dbo.Orders" WHERE OrderStatusID = ${ACCEPTED} AND OrderID < ${FIRST_MADE}
       ORDER BY OrderID DESC`,
    );
    if (order === undefined) return;
    this.canceledOrders.add(order.id);
    await changeOrder(this.house, order.id, { OrderStatusID: CANCELED });
  }

  /** The buyer cancels what he bought last, unless it has left. */
  private cancelSale(): void {
    const number = [...this.sold].at(-1);
    const status = number === undefined ? undefined : this.market.feed.order(number)?.status;
    if (number === undefined || (status !== 'New' && status !== 'Processing')) return;
    this.canceledSales.add(number);
    this.market.feed.marketplaceSets(number, 'Canceled');
  }
}
