import type { NoticeKind } from '../../core/hand-over.js';
import type { CellChange } from '../context.js';

/** Orders that today's configuration would send elsewhere, or not at all. */
export interface RouteChange {
  /** The 3PL whose file had them. */
  readonly from: string;
  /** Of a notice; hand-over files have none. */
  readonly section?: NoticeKind;
  /** Another 3PL, or the one that cannot take it; null: none. */
  readonly to: string | null;
  readonly outcome: 'sent' | 'held' | 'excluded';
  /** Why it is not sent. */
  readonly code: string | null;
  readonly reason: string | null;
  orders: number;
  /** One of them. */
  readonly exampleOrder: number;
}

/** A column whose cells differ. */
export interface ColumnChange {
  readonly threePl: string;
  /** Of a notice; hand-over files have none. */
  readonly section?: NoticeKind;
  readonly column: string;
  cells: number;
  orders: number;
  readonly exampleOrder: number;
  /** Of the first cell that differs; null: there was no such row or column. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Counts differences, keeps one example of each kind: as large as the templates, however many orders. */
export class DifferenceTally {
  private readonly routesByKey = new Map<string, RouteChange>();
  private readonly columnsByKey = new Map<string, ColumnChange>();
  orders = 0;
  same = 0;

  get routes(): readonly RouteChange[] {
    return [...this.routesByKey.values()];
  }

  get columns(): readonly ColumnChange[] {
    return [...this.columnsByKey.values()];
  }

  route(order: number, change: Omit<RouteChange, 'orders' | 'exampleOrder'>): void {
    const key = JSON.stringify([change.from, change.section, change.to, change.outcome, change.code]);
    const known = this.routesByKey.get(key);
    if (known !== undefined) known.orders++;
    else this.routesByKey.set(key, { ...change, orders: 1, exampleOrder: order });
  }

  cells(
    order: number,
    threePl: string,
    changes: readonly CellChange[],
    section: NoticeKind | null = null,
  ): void {
    const counted = new Set<string>();
    for (const { column, before, after } of changes) {
      const key = JSON.stringify([threePl, section, column]);
      const known = this.columnsByKey.get(key) ?? {
        threePl,
        ...(section === null ? {} : { section }),
        column,
        cells: 0,
        orders: 0,
        exampleOrder: order,
        before,
        after,
      };
      known.cells++;
      if (!counted.has(key)) known.orders++;
      counted.add(key);
      this.columnsByKey.set(key, known);
    }
  }
}
