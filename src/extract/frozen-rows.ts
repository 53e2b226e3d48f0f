import { InvariantError } from '../core/errors.js';
import type { QueueTable } from '../core/exigo-tables.js';
import { ColumnNotFetched } from '../core/sources.js';
import type { CatalogueColumn, Session, Value } from '../db/database.js';
import { readableColumns } from '../db/readable.js';

/** Rows of one table as objects whose columns are found by name; made from arrays, without copying them. */
export type RowClass = new (values: readonly Value[]) => object;

/**
 * Which columns of a frozen table are read. An order has some 100 columns and a line 50; a pipeline uses a
 * dozen. Fetching all of them costs 5 times as much as fetching what is used, so the reader starts with the
 * needed ones, learns the others by use, and never asks the pipeline to list them.
 */
export class ColumnsInUse {
  private readonly used: Set<string>;
  private catalogue: readonly CatalogueColumn[] | undefined;
  private made: { readonly list: string; readonly rows: RowClass } | undefined;

  constructor(
    readonly table: QueueTable,
    always: readonly string[],
  ) {
    this.used = new Set(always);
  }

  get isUsed(): boolean {
    return this.used.size > 0;
  }

  add(column: string): void {
    this.used.add(column);
    this.made = undefined;
  }

  /** The select list, and the class that gives its values their names. The first value of a row is its position. */
  async current(session: Session): Promise<{ readonly list: string; readonly rows: RowClass }> {
    if (this.made !== undefined) return this.made;
    this.catalogue ??= await session.columns(`etl.frozen_${this.table}`);
    const fetched = this.catalogue.filter(({ name }) => this.used.has(name));
    this.made = {
      list: readableColumns(session.engine, 's', fetched),
      rows: makeRowClass(this.table, namesOf(this.catalogue), namesOf(fetched)),
    };
    return this.made;
  }
}

function namesOf(columns: readonly CatalogueColumn[]): string[] {
  return columns.map(({ name }) => name);
}

const VALUES = Symbol('values');

function makeRowClass(table: QueueTable, catalogue: readonly string[], fetched: readonly string[]): RowClass {
  class FrozenRow {
    readonly [VALUES]: readonly Value[];

    constructor(values: readonly Value[]) {
      this[VALUES] = values;
    }
  }
  for (const name of catalogue) {
    const index = fetched.indexOf(name) + 1; // values[0] is the position
    const get =
      index > 0
        ? function (this: FrozenRow): Value {
            return this[VALUES][index] ?? null;
          }
        : (): never => {
            throw new ColumnNotFetched(table, name);
          };
    Object.defineProperty(FrozenRow.prototype, name, { get, enumerable: true });
  }
  return FrozenRow;
}

/** The number in the first place of a row. */
export function positionOf(values: readonly Value[]): number {
  const position = values[0];
  if (typeof position !== 'number') throw new InvariantError('a frozen row without a position');
  return position;
}
