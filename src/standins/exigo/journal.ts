/** Operations of the API that the stand-in knows. */
export type ExigoOperation =
  | 'GetOrders'
  | 'GetCustomers'
  | 'ChangeOrderStatus'
  | 'ChangeOrderStatusBatch'
  | 'UpdateOrder'
  | 'ProcessTransaction';

/** A status an order had and got; names as the API has them. Equal when the call left it where it was; `nothing` before it was made. */
export interface StatusMove {
  readonly orderId: number;
  readonly from: string;
  readonly to: string;
}

/** One mutating call that came with valid credentials, in the order of arrival. */
export interface JournalEntry {
  /** Instant (ms) of the injected clock. */
  readonly at: number;
  readonly operation: Exclude<ExigoOperation, 'GetOrders' | 'GetCustomers'>;
  /** Orders the call names by id. */
  readonly orderIds: readonly number[];
  /** The request body as it was parsed; credentials are in the header and never here. */
  readonly body: unknown;
  /** What the caller got: `200 Success`, `200 Failure`, `429`, `cut` ... */
  readonly answer: string;
  /** Whether it has changed the tables (a late effect: not before it shows). */
  readonly applied: boolean;
  /** The orders it has changed. */
  readonly changes: readonly StatusMove[];
}

export type OpenEntry = { -readonly [K in keyof JournalEntry]: JournalEntry[K] };
