import { statusName, typeName } from './exigo.js';
import type { CustomersRow, OrderDetailsRow, OrdersRow, PaymentsRow } from './exigo-tables.js';

/**
 * The aggregate: one frozen order with all its lines, payments and its customer, read as one thing.
 * Rows carry the vendor's column names; a column this product has never heard of is there too, under
 * its name (see {@link columnOf}).
 */
export interface Order {
  readonly id: number;
  readonly changeSetId: number;
  /** Status and type by the API's names; ids without a name read `status 42`, `type 42`. */
  readonly status: ReturnType<typeof statusName>;
  readonly type: ReturnType<typeof typeName>;
  readonly row: OrdersRow;
  /** Ordered by `OrderLine`. */
  readonly lines: readonly OrderDetailsRow[];
  /** Ordered by `PaymentID`. */
  readonly payments: readonly PaymentsRow[];
  /** Null when the customer had not arrived when the order was frozen. */
  readonly customer: CustomersRow | null;
}

export type FrozenValue = string | number | Uint8Array | null;

/** Any column by name, also one that is not in the documented list; null when the source has no such column. */
export function columnOf(row: object | null, name: string): FrozenValue {
  const value = row === null ? null : (row as Record<string, FrozenValue | undefined>)[name];
  return value ?? null;
}

export function makeOrder(
  changeSetId: number,
  row: OrdersRow,
  lines: readonly OrderDetailsRow[],
  payments: readonly PaymentsRow[],
  customer: CustomersRow | null,
): Order {
  return {
    id: row.OrderID,
    changeSetId,
    status: statusName(row.OrderStatusID),
    type: typeName(row.OrderTypeID),
    row,
    lines,
    payments,
    customer,
  };
}
