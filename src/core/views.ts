/*
 * What the systems say of orders, for comparing them: read, never changed. Instants are in milliseconds. Errors are
 * those of a read: TransientError, ConfigurationError, TerminalError.
 */

/** An order as Exigo shows it, by its API or in the sync database. */
export interface ShownOrder {
  readonly orderId: number;
  /** By the API's name: `Accepted`. */
  readonly status: string;
  readonly modifiedAt: number;
  readonly createdAt: number | null;
  /** Those of its parcels, without empty ones. */
  readonly tracking: readonly string[];
}

/** The Exigo API. */
export interface OrderView {
  /** Orders modified after an instant, in pages, by ascending id. */
  changedAfter(instant: number): AsyncIterable<readonly ShownOrder[]>;
  /** These orders; one that is not shown is missing from the map. */
  read(orderIds: readonly number[]): Promise<ReadonlyMap<number, ShownOrder>>;
}

/** A marketplace order as GoDataFeed shows it. */
export interface ShownMarketplaceOrder {
  /** GoDataFeed's own number. */
  readonly orderNumber: string;
  readonly marketplaceNumber: string | null;
  /** The number it was acknowledged with. */
  readonly destinationNumber: string | null;
  /** `new`, `processing`, `shipped`, `canceled`, or as it is written. */
  readonly status: string | null;
  readonly tracking: string | null;
  /** What its marketplace says of the update. */
  readonly answer: 'complete' | 'manual' | 'error' | null;
  readonly message: string | null;
  /** Whether GoDataFeed shows the marketplace's answer at all. */
  readonly showsAnswer: boolean;
}

/** A store of GoDataFeed. */
export interface StoreView {
  readonly store: string;
  /** Orders of every status that were imported in this time, in pages; one may come twice when rows move. */
  imported(from: number, to: number): AsyncIterable<readonly ShownMarketplaceOrder[]>;
  find(orderNumber: string): Promise<ShownMarketplaceOrder | null>;
}

/** Where the files of a 3PL are. */
export interface PlaceView {
  readonly description: string;
  /** Names of the files that are there for the 3PL, without manifests and what is still under way. */
  names(): Promise<readonly string[]>;
}

/** Everything a comparison asks besides the databases. */
export interface Views {
  /** Null: no API is configured. */
  readonly api: OrderView | null;
  readonly stores: readonly StoreView[];
  /** By 3PL. */
  readonly places: ReadonlyMap<string, PlaceView>;
}
