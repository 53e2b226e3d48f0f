import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { type Clock, MINUTE } from '../../src/core/clock.js';
import { EXIGO_ZONE } from '../../src/core/time.js';

/** How the warehouse answers an order; by its number, so that it is the same every time. */
type Manner = 'whole' | 'parcels' | 'short' | 'corrected' | 'refused' | 'canceled';

interface Line {
  readonly sku: string;
  readonly quantity: string;
}

/** What became of an order there, as far as its files have said. */
export interface Shipped {
  readonly tracking: readonly string[];
}

/** How names of files begin that ask for orders to be taken out again. */
const CANCELLATIONS = 'ATLCXL_';
const SHIPMENT_COLUMNS =
  'ORDER_NO,STATUS,SKU,QTY,TRACKING,TRACKING_2,CARRIER,SERVICE,SHIP_DATE,SHIP_TIME,NOTE';

/**
 * A warehouse that takes the files of the shipped atlas template and answers as its `confirmations` say: it accepts, refuses,
 * cancels, ships whole, in two parcels, short, or with a number that it corrects later. What it has shipped whole it
 * remembers by itself, so that a test can compare.
 */
export class Warehouse {
  /** Orders of which every line is accounted for, and their numbers. */
  readonly shipped = new Map<number, Shipped>();
  readonly refused = new Set<number>();
  readonly canceled = new Set<number>();
  private readonly read = new Set<string>();
  private later: (() => string[])[] = [];
  private files = 0;

  constructor(
    private readonly folders: { readonly handOvers: string; readonly inbox: string },
    private readonly clock: Clock,
    private readonly mannerOf: (orderId: number) => Manner = manner,
  ) {}

  /** A shift: what was left from the last one, then every new hand-over file. */
  async work(): Promise<void> {
    const rows = this.later.flatMap((rest) => rest());
    this.later = [];
    const answers: string[] = [];
    const answer = (orderId: number, result: string, message = '') =>
      answers.push(`${orderId},${result},${this.at('yyyy-MM-dd HH:mm:ss')},${message}`);
    const asked = await this.newCancellations();
    for (const [orderId, lines] of await this.newOrders()) {
      const kind = asked.delete(orderId) ? 'canceled' : this.mannerOf(orderId);
      const result = kind === 'refused' ? 'REJ' : kind === 'canceled' ? 'CXL' : 'OK';
      answer(orderId, result, result === 'OK' ? '' : 'not today');
      if (kind === 'refused') this.refused.add(orderId);
      else if (kind === 'canceled') this.canceled.add(orderId);
      else rows.push(...this.ship(orderId, lines, kind));
    }
    // What was taken before is packed, or was never taken.
    for (const orderId of asked) {
      const isOut = this.refused.has(orderId) || this.canceled.has(orderId);
      answer(orderId, isOut ? 'CXL' : 'CXL-LATE', isOut ? '' : 'packed');
      if (isOut) this.canceled.add(orderId);
    }
    if (answers.length > 0) await this.write('ATL_ACK', ['ORDER_NO,RESULT,PROCESSED,MESSAGE', ...answers]);
    if (rows.length > 0) await this.write('ATL_SHIP', [SHIPMENT_COLUMNS, ...rows]);
  }

  private ship(orderId: number, lines: readonly Line[], kind: Manner): string[] {
    const row = ({ sku, quantity }: Line, number: string, status = 'SHIPPED') =>
      [
        orderId,
        status,
        sku,
        quantity,
        number,
        '',
        'UPSN',
        'UPS-GROUND',
        this.at('MM/dd/yyyy'),
        this.at('HH:mm'),
        '',
      ].join(',');
    const [first, ...rest] = lines;
    if (first === undefined) return [];
    const [one, two] = [`1Z${orderId}A`, `1Z${orderId}B`];
    if (kind === 'parcels' && rest.length > 0) {
      this.later.push(() => {
        this.shipped.set(orderId, { tracking: [one, two] });
        return rest.map((line) => row(line, two));
      });
      return [row(first, one)];
    }
    this.shipped.set(orderId, { tracking: [one] });
    if (kind === 'short' && rest.length > 0) {
      return [row(first, one), ...rest.map((line) => row(line, '', 'SHORT'))];
    }
    if (kind === 'corrected') {
      this.later.push(() => {
        this.shipped.set(orderId, { tracking: [two] });
        return lines.map((line) => row(line, two));
      });
    }
    return lines.map((line) => row(line, one));
  }

  private async newOrders(): Promise<Map<number, Line[]>> {
    const orders = new Map<number, Line[]>();
    for (const row of await this.newRows((name) => !name.startsWith(CANCELLATIONS))) {
      const orderId = Number(row.ORDER_NO);
      orders.set(orderId, [...(orders.get(orderId) ?? []), { sku: row.SKU ?? '', quantity: row.QTY ?? '' }]);
    }
    return orders;
  }

  private async newCancellations(): Promise<Set<number>> {
    const rows = await this.newRows((name) => name.startsWith(CANCELLATIONS));
    return new Set(rows.map(({ ORDER_NO }) => Number(ORDER_NO)));
  }

  private async newRows(isOne: (name: string) => boolean): Promise<Readonly<Record<string, string>>[]> {
    const rows: Record<string, string>[] = [];
    for (const name of (await readdir(this.folders.handOvers)).sort()) {
      if (!name.endsWith('.csv') || !isOne(name) || this.read.has(name)) continue;
      this.read.add(name);
      const text = await readFile(join(this.folders.handOvers, name), 'utf8');
      rows.push(...(parse(text, { columns: true }) as Record<string, string>[]));
    }
    return rows;
  }

  /** Written a while ago, so that it counts as whole. */
  private async write(prefix: string, lines: readonly string[]): Promise<void> {
    const path = join(this.folders.inbox, `${prefix}_${String(++this.files).padStart(4, '0')}.csv`);
    await writeFile(path, `${lines.join('\r\n')}\r\n`);
    const at = (this.clock.now() - 5 * MINUTE) / 1_000;
    await utimes(path, at, at);
  }

  private at(format: string): string {
    return DateTime.fromMillis(this.clock.now() - 10 * MINUTE, { zone: EXIGO_ZONE }).toFormat(format);
  }
}

function manner(orderId: number): Manner {
  const manners: readonly Manner[] = ['refused', 'canceled', 'short', 'parcels', 'corrected'];
  return manners[orderId % 10] ?? 'whole';
}
