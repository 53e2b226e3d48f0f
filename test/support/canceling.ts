import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MINUTE } from '../../src/core/clock.js';
import { release } from '../../src/engine/persons/persons.js';
import type { Said } from './inbox.js';
import { SHIPMENTS, say } from './inbox.js';
import { MarketplaceHouse, type MarketplaceHouseOptions, REPORTS } from './marketplace-house.js';
import { readableTemplate } from './small-orders.js';

export const ORDERS = 'exigo-orders-to-3pl';
export const CANCELS = 'exigo-cancellations-to-3pl';
export const ENDS = 'godatafeed-cancellations-to-exigo';
export { REPORTS, SHIPMENTS };

/** A 3PL that takes cancellations and answers them. */
export function cancelingTemplate(overrides: Record<string, unknown> = {}): unknown {
  return readableTemplate({
    manifest: 'none',
    confirmations: {
      inbox: { folder: '../in' },
      files: [{ name: 'answers', match: 'ACK_*', columns: { order: 'ORDER', answer: 'canceled' } }],
    },
    cancellations: {
      file: { name: 'CXL_{number:000}.csv' },
      columns: [{ name: 'order', from: 'order.OrderID' }],
    },
    ...overrides,
  });
}

/** An installation with a marketplace, and a 3PL `plain` that takes cancellations. Orders of it are sold or placed. */
export class CancelingHouse {
  private constructor(readonly market: MarketplaceHouse) {}

  static async open(options: MarketplaceHouseOptions = {}): Promise<CancelingHouse> {
    const market = await MarketplaceHouse.open({ templates: [cancelingTemplate()], ...options });
    await mkdir(join(market.house.folder, 'in'), { recursive: true });
    return new CancelingHouse(market);
  }

  get house() {
    return this.market.house;
  }

  /** A run of one pipeline a quarter of an hour later; returns its error. */
  async run(name: string): Promise<unknown> {
    this.house.clock.advance(15 * MINUTE);
    return (await this.house.run(name)).error;
  }

  say(...rows: readonly Said[]): Promise<string> {
    this.house.clock.advance(MINUTE);
    return say(this.house, rows);
  }

  async cancelInExigo(id: number): Promise<void> {
    await this.market.change(id, { OrderStatusID: 4 });
  }

  async cancelAtMarketplace(id: number): Promise<void> {
    this.market.feed.marketplaceSets(`G-${id}`, 'Canceled');
  }

  async cancelByPerson(id: number): Promise<string> {
    const context = this.house.context();
    const pipeline = context.pipelines.find(({ name }) => name === ORDERS);
    if (pipeline === undefined) throw new TypeError(ORDERS);
    return release(context, pipeline, id, 'cancel', null);
  }

  async resend(id: number): Promise<string> {
    const context = this.house.context();
    const pipeline = context.pipelines.find(({ name }) => name === ORDERS);
    if (pipeline === undefined) throw new TypeError(ORDERS);
    return release(context, pipeline, id, 'resend', null);
  }

  /** Newest item of an order in a pipeline: `held TOO_LATE`, with how it was answered. */
  async outcome(id: number, pipeline: string): Promise<string> {
    const rows = await this.house.all<{ outcome: string }>(
      `SELECT RTRIM(CONCAT(state, ' ', code, ' ', resolution)) AS outcome FROM "etl.item"
       WHERE order_id = ${id} AND pipeline = '${pipeline}' ORDER BY item_id`,
    );
    return rows.at(-1)?.outcome.replace(/ +/g, ' ') ?? 'no item';
  }

  async reason(id: number, pipeline: string): Promise<string> {
    const rows = await this.house.all<{ reason: string | null }>(
      `SELECT reason FROM "etl.item" WHERE order_id = ${id} AND pipeline = '${pipeline}' ORDER BY item_id`,
    );
    return rows.at(-1)?.reason ?? '';
  }

  async statusOf(id: number): Promise<number | undefined> {
    const rows = await this.house.all<{ id: number }>(
      `SELECT OrderStatusID AS id FROM "dbo.Orders" WHERE OrderID = ${id}`,
    );
    return rows[0]?.id;
  }

  /** Files of cancellations by name. */
  async files(): Promise<Record<string, string>> {
    const files = [...(await this.house.files('plain'))].filter(([name]) => name.startsWith('CXL_'));
    return Object.fromEntries(files);
  }

  /** What was asked of a 3PL: `1 exigo person canceled`. */
  async asked(id: number): Promise<string[]> {
    const rows = await this.house.all<Record<string, number | string | null>>(
      `SELECT generation, by_exigo, by_marketplace, by_person, answer FROM "etl.cancellation"
       WHERE order_id = ${id} ORDER BY generation`,
    );
    return rows.map((row) =>
      [
        row.generation,
        row.by_exigo === 1 ? 'exigo' : null,
        row.by_marketplace === 1 ? 'marketplace' : null,
        row.by_person === 1 ? 'person' : null,
        row.answer,
      ]
        .filter((part) => part !== null)
        .join(' '),
    );
  }

  /** What waits for a person, by pipeline: `exigo-cancellations-to-3pl TOO_LATE`. */
  async waiting(id: number): Promise<string[]> {
    const rows = await this.house.all<{ line: string }>(
      `SELECT CONCAT(pipeline, ' ', code) AS line FROM "etl.item"
       WHERE order_id = ${id} AND state IN ('held', 'failed') AND resolution IS NULL ORDER BY item_id`,
    );
    return rows.map(({ line }) => line);
  }

  close(): Promise<void> {
    return this.market.close();
  }
}
