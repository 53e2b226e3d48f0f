import type { QueueTable } from './exigo-tables.js';
import type { FrozenValue, Order } from './order.js';

/** Which frozen version of which order. */
export interface OrderKey {
  readonly changeSetId: number;
  readonly orderId: number;
}

/** Reads frozen orders back, in pages small enough to hold in memory. */
export interface OrderReader {
  /** Ids of the orders of a change set above `after`, ascending, at most `limit`. */
  ids(changeSetId: number, after: number, limit: number): Promise<number[]>;
  /**
   * The orders of these keys, in the order of the keys; versions that were pruned are left out. `work` must
   * be pure: it is called again when it reads a column that was not fetched (columns are learnt by use).
   */
  read<T>(keys: readonly OrderKey[], work: (orders: readonly Order[]) => T): Promise<T>;
}

/** Reads the frozen rows of the six tables back. */
export interface TableReader {
  /** Columns the table had when the change set was frozen, in the source's order. */
  columns(changeSetId: number, table: QueueTable): Promise<readonly string[]>;
  /** Rows of the snapshot, ascending by key, in pages. */
  pages(changeSetId: number, table: QueueTable): AsyncIterable<FrozenValue[][]>;
  count(changeSetId: number, table: QueueTable): Promise<number>;
}

/**
 * A column was read that the page does not hold. Never caught by a transform or a template: the reader
 * fetches the page again with the column and repeats the work.
 */
export class ColumnNotFetched extends Error {
  constructor(
    readonly table: QueueTable,
    readonly column: string,
  ) {
    super(`${table}.${column} was not fetched`);
    this.name = 'ColumnNotFetched';
  }
}
