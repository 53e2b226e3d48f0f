import { DAY, MINUTE } from '../../src/core/clock.js';
import { InvariantError } from '../../src/core/errors.js';
import { shiftLocalText, toExigoText } from '../../src/core/time.js';
import type { Delivery } from './random-writer.js';
import { type FrozenState, LIVE, type NewFiles, type OrderState, type WriterSite } from './writer-site.js';

const OVERLAP = 15 * MINUTE;
const SETTLE = 10 * MINUTE;
const HORIZON = 30 * DAY;
const OPEN = [7, 8];

/**
 * Sees what the sync database shows right before every cycle, and says after it what must be frozen by then
 * and what may have been sent. Knows the promises, nothing of how they are kept.
 */
export class FreezeWitness {
  private readonly sent = new Set<number>();
  private readonly seenSince = new Map<number, { readonly state: string; readonly at: number }>();
  private lastDay = '';
  /** Start of the first freeze: what is older was never ours. */
  first = '';
  private before = new Map<number, OrderState>();

  constructor(private readonly site: WriterSite) {}

  get handedOver(): ReadonlySet<number> {
    return this.sent;
  }

  /** One run of the product, and what must be true after it. `arrived` since the cycle before. */
  async cycle(arrived: readonly Delivery[], slices: Parameters<WriterSite['run']>[0] = []): Promise<void> {
    const now = this.site.clock.now();
    const visible = await this.site.visible();
    const incomplete = await this.site.all<{ order_id: number }>(
      `SELECT order_id FROM "etl.item" WHERE state = 'held' AND resolution IS NULL AND code = 'INCOMPLETE'`,
    );
    for (const state of visible.values()) this.note(state, now);
    await this.site.run(slices);
    const frozen = await this.site.frozen();
    this.first ||= await this.firstStart();

    for (const state of visible.values()) {
      const version = frozen.get(state.id);
      if (state.status === 7 && state.stamp >= this.first)
        this.same('an Accepted order', state, version, false);
      if (OPEN.includes(this.before.get(state.id)?.status ?? 0))
        this.same('an open order', state, version, false);
    }
    for (const { order_id } of incomplete) {
      const state = visible.get(order_id);
      if (state !== undefined) this.same('an order held as incomplete', state, frozen.get(order_id), true);
    }
    this.freshRows(arrived, visible, frozen);
    await this.freshOthers(arrived);
    const day = toExigoText(now).slice(0, 10);
    if (day > this.lastDay) await this.nightly(now, visible, frozen);
    this.lastDay = day > this.lastDay ? day : this.lastDay;
    this.files(await this.site.newFiles(), visible, now);
    await this.ledger();
    this.before = frozen;
  }

  private note(state: OrderState, now: number): void {
    const text = JSON.stringify(state);
    if (this.seenSince.get(state.id)?.state !== text) this.seenSince.set(state.id, { state: text, at: now });
  }

  /** Rows whose stamp is their time and that came within the overlap are frozen by the next cycle. */
  private freshRows(
    arrived: readonly Delivery[],
    visible: ReadonlyMap<number, OrderState>,
    frozen: ReadonlyMap<number, OrderState>,
  ): void {
    for (const { table, row } of arrived.filter(isFresh)) {
      const state = visible.get(Number(row.OrderID));
      if (state === undefined) continue;
      if (table === 'Orders' && state.stamp === row.ModifiedDate)
        this.same('a fresh order', state, frozen.get(state.id), true);
      if (table === 'Payments') this.same('an order with a fresh payment', state, frozen.get(state.id), true);
    }
  }

  /** The same for the consumers of the raw tables; and nothing twice. */
  private async freshOthers(arrived: readonly Delivery[]): Promise<void> {
    for (const [table, key] of [
      ['Payments', 'PaymentID'],
      ['Customers', 'CustomerID'],
    ] as const) {
      const had = await this.rawRows(table, key);
      for (const one of arrived.filter((delivery) => delivery.table === table && isFresh(delivery))) {
        const version = `${one.row[key]}@${one.row.ModifiedDate}`;
        const [now] = await this.site.columnsOf(
          `dbo.${table}`,
          ['ModifiedDate'],
          `WHERE x.${key} = ${one.row[key]}`,
        );
        if (now?.[0] === one.row.ModifiedDate && !had.includes(version))
          throw new InvariantError(`${table} ${version} was not frozen`);
      }
      if (new Set(had).size !== had.length) {
        const twice = had.find((version, i) => had.indexOf(version) !== i);
        throw new InvariantError(`${table} ${twice} was frozen twice`);
      }
    }
  }

  private async rawRows(table: string, key: string): Promise<string[]> {
    const rest = `WHERE x.queued = 1 AND ${LIVE}`;
    const rows = await this.site.columnsOf(`etl.frozen_${table}`, [key, 'ModifiedDate'], rest);
    return rows.map(([id, stamp]) => `${id}@${stamp}`);
  }

  /** Once a day everything within the horizon is compared, whatever its stamp. */
  private async nightly(
    now: number,
    visible: ReadonlyMap<number, OrderState>,
    frozen: ReadonlyMap<number, OrderState>,
  ): Promise<void> {
    const horizon = shiftLocalText(toExigoText(now), -HORIZON);
    const since = horizon > this.first ? horizon : this.first;
    for (const state of visible.values())
      if (state.stamp >= since) this.same('an order in the night', state, frozen.get(state.id), true);
    for (const [table, key] of [
      ['Payments', 'PaymentID'],
      ['Customers', 'CustomerID'],
    ] as const) {
      const had = new Set(await this.rawRows(table, key));
      const rest = `WHERE x.ModifiedDate >= '${since}'`;
      const rows = await this.site.columnsOf(`dbo.${table}`, [key, 'ModifiedDate'], rest);
      const lost = rows.map(([id, stamp]) => `${id}@${stamp}`).find((version) => !had.has(version));
      if (lost !== undefined) throw new InvariantError(`${table} ${lost} was not frozen in the night`);
    }
  }

  private files(files: NewFiles, visible: ReadonlyMap<number, OrderState>, now: number): void {
    for (const [id, lines] of files) {
      const state = visible.get(id);
      const seen = this.seenSince.get(id)?.at ?? now;
      if (this.sent.has(id)) throw new InvariantError(`order ${id} was sent twice`);
      this.sent.add(id);
      if (state === undefined || state.status !== 7 || state.lines !== lines)
        throw new InvariantError(`order ${id} was sent as ${lines}, seen was ${JSON.stringify(state)}`);
      if (!isComplete(state) && now - seen < SETTLE)
        throw new InvariantError(`order ${id} was sent incomplete: ${JSON.stringify(state)}`);
    }
  }

  private async ledger(): Promise<void> {
    const [open] = await this.site.all<{ n: number }>(
      `SELECT COUNT(*) AS n FROM "etl.batch" WHERE pipeline = 'exigo-orders-to-3pl' AND state <> 'closed'`,
    );
    if (open?.n !== 0) throw new InvariantError(`${open?.n} batches are open`);
    const newest = new Map<number, FrozenState>();
    for (const version of await this.site.versions()) {
      const before = newest.get(version.id);
      newest.set(version.id, version);
      if (before !== undefined && !version.settled && isSame(before, version))
        throw new InvariantError(`order ${version.id} was frozen again without a change`);
    }
  }

  private async firstStart(): Promise<string> {
    const [row] = await this.site.all<{ start_at: string }>(
      'SELECT start_at FROM "etl.change_set" WHERE change_set_id = (SELECT MIN(change_set_id) FROM "etl.change_set")',
    );
    return row?.start_at ?? '';
  }

  private same(what: string, state: OrderState, version: OrderState | undefined, whole: boolean): void {
    const pick = (one: OrderState | undefined) => (whole ? one : one && [one.status, one.stamp]);
    const [seen, has] = [JSON.stringify(pick(state)), JSON.stringify(pick(version))];
    if (seen !== has)
      throw new InvariantError(
        `${what}, ${state.id}, is ${seen} at ${toExigoText(this.site.clock.now())}, frozen is ${has}`,
      );
  }
}

function isFresh({ stamp, writtenAt, visibleAt }: Delivery): boolean {
  return stamp === 'honest' && visibleAt - writtenAt <= OVERLAP;
}

function isComplete({ lines, subTotal }: OrderState): boolean {
  const totals = lines.split(' ').map((line) => Number(line.split(':')[1] ?? Number.NaN));
  return totals.reduce((a, b) => a + b, 0) === Number(subTotal);
}

function isSame(a: FrozenState, b: FrozenState): boolean {
  return a.stamp === b.stamp && a.status === b.status && a.lines === b.lines && a.payments === b.payments;
}
