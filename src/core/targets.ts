import type { OrderStatus } from './exigo.js';
import type { FixedUpdate } from './marketplace.js';
import type { ShipmentNotice } from './shipment.js';

/**
 * A target that shows its state, so that an effect is read back instead of guessed (design section 5).
 * Errors: TransientError (nothing was done), TerminalError (refused), UnknownOutcomeError (may have been
 * done: read back), ConfigurationError (credentials, permission).
 */
export interface StatusTarget {
  /** Most orders one call may carry. */
  readonly maxOrders: number;
  /** After an unknown outcome absence proves nothing before this many milliseconds. */
  readonly unknownWaitMs: number;
  /** Status of each order now; an order the target does not know is missing from the map. */
  read(orderIds: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Moves all of them in one call: one result for all. `details` goes along with orders that were shipped. */
  change(
    orderIds: readonly number[],
    to: OrderStatus,
    details?: ReadonlyMap<number, ShipmentNotice>,
  ): Promise<void>;
}

/** What Exigo shows of the shipment of an order; it does not show carriers. */
export interface ShownShipment {
  /** By the API's name. */
  readonly status: string;
  /** By field, the first one first; null for an empty one. */
  readonly tracking: readonly (string | null)[];
  readonly shipMethodId: number | null;
}

/** Where the numbers of parcels go, one order at a time. Errors as of {@link StatusTarget}. */
export interface ShipmentTarget {
  /** After an unknown outcome absence proves nothing before this many milliseconds. */
  readonly unknownWaitMs: number;
  /** Null: the target does not know the order. */
  look(orderId: number): Promise<ShownShipment | null>;
  /** Sets numbers, carriers and, if there is one, the ship method; fields beyond the numbers are emptied where `shown` has any. */
  tell(orderId: number, notice: ShipmentNotice, shown: ShownShipment): Promise<void>;
}

/** What a store of GoDataFeed shows of an order and of the last update for it; null for what it does not show. */
export interface ShownUpdate {
  /** `new`, `processing`, `shipped`, `canceled`, or as it is written. */
  readonly status: string | null;
  readonly tracking: string | null;
  readonly carrier: string | null;
  /** Instant (ms). */
  readonly shippedAt: number | null;
  /** What the marketplace says: it has taken it, somebody else did it there, or it was refused. */
  readonly answer: 'complete' | 'manual' | 'error' | null;
  readonly message: string | null;
  /** Whether it shows the marketplace's answer at all, be it that there is none yet. */
  readonly showsAnswer: boolean;
}

/** An order by its numbers at GoDataFeed and its marketplace, and by its id in Exigo. */
export interface UpdatedOrder {
  readonly orderNumber: string;
  readonly marketplaceNumber: string | null;
  readonly orderId: number;
}

/** A store of GoDataFeed, told of one order at a time. Errors as of {@link StatusTarget}. Times in milliseconds. */
export interface UpdateTarget {
  readonly store: string;
  /** After an unknown outcome absence proves nothing before. */
  readonly unknownWaitMs: number;
  /** When the marketplace is first asked whether it has taken an update. */
  readonly firstLookMs: number;
  /** Without its answer for this long an order is given to a person. */
  readonly confirmWaitMs: number;
  /** False in a dry run: what is on its way or not answered yet is left to a real one. */
  readonly isAsked: boolean;
  /** The order as it stands; null when the store does not know it. */
  look(order: UpdatedOrder, why: 'read-back' | 'watch'): Promise<ShownUpdate | null>;
  /** `guard` is called right before the request leaves, also when the budget had it wait; when it throws, nothing does. */
  send(order: UpdatedOrder, update: FixedUpdate, guard: () => Promise<void>): Promise<void>;
}

export interface FileFacts {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * File in a delivery folder that tells it from another one under the same path, such as a mount point without
 * its share. Its name ends as those do that a 3PL ignores.
 */
export const FOLDER_MARK = '.orderferry.part';

/** What a place has of a file; null where there is nothing. */
export interface PlaceFacts {
  readonly part: FileFacts | null;
  readonly target: FileFacts | null;
  /** Which place was looked at, as {@link Delivery.upload} told it; null where the place does not say. */
  readonly place: string | null;
}

/**
 * A place hand-over files are delivered to. A name that ends in `.part` is not yet a file to the reader.
 * `sender` is the fencing token of who uploads: each writes a `.part` of its own, `<name>.<sender>.part`, so one
 * that was stopped and wakes up after a takeover never alters what its successor is about to publish.
 */
export interface Delivery {
  /** For messages and events: `folder /srv/out/atlas`. */
  readonly description: string;
  /**
   * What it means that neither an uploaded `.part` nor its target is there, in the place of the upload: in a
   * folder only the rename takes the `.part` away, so the file was collected. On a server others may tidy up.
   */
  readonly absence: 'collected' | 'unproven';
  /**
   * Copies the local file to the sender's `.part`, durably; replaces one left by an earlier try. Returns which
   * place that was: absence proves something only where {@link inspect} names the same one. `guard` is called
   * between the pieces of a file, which over a slow line take longer than a lease; when it throws, the upload ends.
   */
  upload(localPath: string, name: string, sender: number, guard?: () => Promise<void>): Promise<string>;
  /** What is there as the sender's `.part` and as `<name>`. */
  inspect(name: string, sender: number): Promise<PlaceFacts>;
  /** Gives the sender's `.part` its name, durably. Throws TerminalError `FILE_EXISTS` rather than overwrite. */
  publish(name: string, sender: number): Promise<void>;
  /** Removes what `.part` of this name there is of the sender and of any before it, durably. */
  discard(name: string, sender: number): Promise<void>;
}
