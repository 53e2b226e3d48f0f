/** A marketplace order as GoDataFeed showed it. */
export interface MarketplaceDocument {
  /** Of GoDataFeed, as it is named in the configuration. */
  readonly store: string;
  /** GoDataFeed's own number, the key of every call about it. */
  readonly orderNumber: string;
  readonly marketplace: string | null;
  readonly marketplaceNumber: string | null;
  /** Instant (ms); null where GoDataFeed does not say. */
  readonly purchasedAt: number | null;
  /** Exactly as it came. */
  readonly json: string;
}

/** What a store shows as NEW. */
export interface NewOrders {
  readonly documents: readonly MarketplaceDocument[];
  /** Why some of the list are not among them; they stay NEW there. */
  readonly problem: Error | null;
}

/** When GoDataFeed imported the orders (ms); for backfills. */
export interface ImportWindow {
  readonly from: number;
  readonly to: number;
}

/** Where an order of a store stands, as GoDataFeed shows it. */
export interface MarketplaceState {
  /** `new`, `processing`, `shipped`, `canceled`, another word as it is written, or null. */
  readonly status: string | null;
  /** The seller's number, once it is acknowledged. */
  readonly destinationNumber: string | null;
}

/**
 * One store of GoDataFeed, as far as the engine works with it. Errors: TransientError (nothing was done), TerminalError
 * (refused), UnknownOutcomeError (may have been done: look), ConfigurationError (key, scope, form of the API).
 */
export interface MarketplaceStore {
  readonly name: string;
  /** After an unknown outcome absence proves nothing before this many milliseconds. */
  readonly unknownWaitMs: number;
  /**
   * All orders that are NEW, each once, read to the end; `between` is awaited before every page. Throws rather than give
   * a list that is short.
   */
  listNew(window: ImportWindow | null, between: () => Promise<void>): Promise<NewOrders>;
  /**
   * Orders purchased since then that are Canceled or Shipped, those alone of these numbers: the others may be very many,
   * and are only counted. `between` is awaited before every page. Throws rather than give a list that is short.
   */
  listEnded(
    since: number,
    among: (orderNumber: string) => boolean,
    between: () => Promise<void>,
  ): Promise<readonly MarketplaceDocument[]>;
  /** An order as it stands, by either of its numbers; null when GoDataFeed does not show it. */
  look(orderNumber: string, marketplaceNumber: string | null): Promise<MarketplaceState | null>;
  /**
   * The order is at its destination, under this number there. `guard` is called right before the request leaves, when the
   * budget has let it pass; when it throws, nothing leaves.
   */
  acknowledge(orderNumber: string, destinationNumber: string, guard?: () => Promise<void>): Promise<void>;
  cancel(orderNumber: string, guard?: () => Promise<void>): Promise<void>;
}
