import { createReadStream } from 'node:fs';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { API_TABLES, type ApiOrder, type ApiRow, type ApiTable } from '../../core/api-orders.js';
import type { ListedOrders } from '../../queue/freeze/listed.js';
import { isSensitive } from '../../queue/freeze/sensitive.js';

/** Orders in memory at a time. */
const PAGE = 200;

/**
 * The pages of a listing in a file, one order to a line, until they are frozen: a listing takes minutes, and a
 * transaction that waited for them would hold up every other writer. Readable by this user alone; whoever makes it
 * removes it, and what a killed process left is removed by its successor.
 */
export class Staged implements ListedOrders {
  readonly columns = Object.fromEntries(API_TABLES.map((table) => [table, new Set<string>()])) as Record<
    ApiTable,
    Set<string>
  >;
  newest: string | null = null;
  private constructor(
    private readonly path: string,
    private readonly allowSensitive: readonly string[],
  ) {}

  /** Sensitive columns that are not allowed do not even get here. */
  static async make(path: string, allowSensitive: readonly string[]): Promise<Staged> {
    await writeFile(path, '', { mode: 0o600 });
    return new Staged(path, allowSensitive);
  }

  async add(orders: readonly ApiOrder[]): Promise<void> {
    const kept = orders.map((order) => ({ ...order, rows: this.keptOf(order.rows) }));
    for (const { modifiedAt } of orders) {
      if (this.newest === null || modifiedAt > this.newest) this.newest = modifiedAt;
    }
    // Opened each time: a backfill of years has more slices than a process may have files open.
    await appendFile(this.path, kept.map((order) => `${lineOf(order)}\n`).join(''));
  }

  private keptOf(rows: ApiOrder['rows']): ApiOrder['rows'] {
    const kept = API_TABLES.map((table) => [table, rows[table].map((row) => this.keptRow(table, row))]);
    return Object.fromEntries(kept) as ApiOrder['rows'];
  }

  private keptRow(table: ApiTable, row: ApiRow): ApiRow {
    const names = Object.keys(row);
    if (names.every((name) => this.isKept(table, name))) return row;
    const kept = names.filter((name) => this.isKept(table, name));
    return Object.fromEntries(kept.map((name) => [name, row[name] ?? null]));
  }

  private isKept(table: ApiTable, name: string): boolean {
    if (this.columns[table].has(name)) return true;
    if (isSensitive(table, name, this.allowSensitive)) return false;
    this.columns[table].add(name);
    return true;
  }

  async *pages(): AsyncGenerator<ApiOrder[]> {
    let page: ApiOrder[] = [];
    const lines = createInterface({
      input: createReadStream(this.path, 'utf8'),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const line of lines) {
      page.push(JSON.parse(line) as ApiOrder);
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** Readers of lines take two more characters for the end of one, which JSON lets stand in texts. */
function lineOf(order: ApiOrder): string {
  return JSON.stringify(order).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
