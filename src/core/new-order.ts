/** Fields of an order in Exigo that are free for the tenant's own texts. */
export const OTHER_FIELDS = [
  'other11',
  'other12',
  'other13',
  'other14',
  'other15',
  'other16',
  'other17',
  'other18',
  'other19',
  'other20',
] as const;
export type OtherField = (typeof OTHER_FIELDS)[number];

export interface NewOrderAddress {
  readonly firstName: string;
  readonly lastName: string;
  readonly company: string | null;
  readonly address1: string;
  readonly address2: string | null;
  readonly city: string;
  readonly state: string | null;
  readonly zip: string;
  readonly country: string;
  readonly phone: string | null;
}

/** Amounts and quantities are decimal text. */
export interface NewOrderLine {
  readonly itemCode: string;
  readonly quantity: string;
  readonly priceEach: string;
  readonly description: string | null;
  /** The marketplace's number of the line. */
  readonly reference: string | null;
}

/** Whose order it is: a customer that is known, or the one with this e-mail address, found or made. */
export type NewOrderCustomer =
  | { readonly kind: 'house'; readonly customerId: number }
  | { readonly kind: 'email'; readonly email: string; readonly customerType: number };

/** An order as it is to be made in Exigo: customer, order and payment, one transaction. Amounts are decimal text. */
export interface NewExigoOrder {
  /** Marketplace and its number, the business key: `amazon:113-5551234-8`. */
  readonly key: string;
  /** The field that holds the key, too, and by which the order is found again. */
  readonly keyField: OtherField;
  readonly customer: NewOrderCustomer;
  /** Instant (ms). */
  readonly orderedAt: number;
  readonly currency: string;
  readonly warehouseId: number;
  readonly shipMethodId: number;
  readonly priceType: number;
  readonly shipTo: NewOrderAddress;
  readonly email: string | null;
  readonly lines: readonly NewOrderLine[];
  /** Instead of what Exigo would calculate; null where a line carries it. */
  readonly shipping: string | null;
  readonly payment: { readonly amount: string; readonly type: number; readonly memo: string } | null;
  readonly notes: string | null;
}

/** What Exigo says of an order that was made. */
export interface MadeOrder {
  readonly orderId: number;
  readonly customerId: number | null;
}

/** An order that was found by its key, in any status. */
export interface FoundOrder extends MadeOrder {
  /** As the API of Exigo names it. */
  readonly status: string | null;
}

/** An order as it stands, of what {@link NewExigoOrder} says of one; null for what is not shown. Amounts are decimal text. */
export interface ShownNewOrder extends FoundOrder {
  readonly currency: string | null;
  readonly warehouseId: number | null;
  readonly shipMethodId: number | null;
  readonly shipping: string | null;
  readonly lines: readonly {
    readonly itemCode: string | null;
    readonly quantity: string | null;
    readonly priceEach: string | null;
  }[];
}

/**
 * Where orders are made. Errors: TransientError (nothing was done), TerminalError (refused), UnknownOutcomeError (may
 * have been made: look), ConfigurationError (credentials, permission).
 */
export interface OrderTarget {
  /** After an unknown outcome absence proves nothing before this many milliseconds. */
  readonly unknownWaitMs: number;
  /** Whether a second order with the same key is proven to be refused, so that a repeat makes none. */
  readonly refusesDuplicates: boolean;
  /**
   * The order with this key; null when it is not shown. One that is Canceled only where no other has the key. Throws
   * TerminalError when several have it that are not.
   */
  find(order: Pick<NewExigoOrder, 'key' | 'keyField'>): Promise<FoundOrder | null>;
  /** The order with this id, by whomever it was made; null when it is not shown. */
  show(orderId: number): Promise<ShownNewOrder | null>;
  /** Customers with this e-mail address. */
  customersOf(email: string): Promise<readonly number[]>;
  /**
   * Customer (unless `customerId` says which), order and payment, all or nothing. `guard` is called right before the
   * request leaves; when it throws, nothing leaves.
   */
  make(order: NewExigoOrder, customerId: number | null, guard?: () => Promise<void>): Promise<MadeOrder>;
}

/** What a marketplace order becomes in Exigo, or why it cannot be mapped. Pure. */
export type MappedOrder =
  | { readonly order: NewExigoOrder }
  | { readonly code: string; readonly reason: string };
