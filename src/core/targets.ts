import type { OrderStatus } from './exigo.js';

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
  /** Moves all of them in one call: one result for all. */
  change(orderIds: readonly number[], to: OrderStatus): Promise<void>;
}

export interface FileFacts {
  readonly sha256: string;
  readonly bytes: number;
}

/** A place hand-over files are delivered to. A name that ends in `.part` is not yet a file to the reader. */
export interface Delivery {
  /** For messages and events: `folder /srv/out/atlas`. */
  readonly description: string;
  /** Copies the local file to `<name>.part`, durably; replaces a `.part` left by an earlier try. */
  upload(localPath: string, name: string): Promise<void>;
  /** What is there under `<name>.part` and `<name>`; null where nothing is. */
  inspect(name: string): Promise<{ readonly part: FileFacts | null; readonly target: FileFacts | null }>;
  /** Gives `<name>.part` its name, durably. Throws TerminalError `FILE_EXISTS` rather than overwrite. */
  publish(name: string): Promise<void>;
  /** Removes `<name>.part` if it is there. */
  discard(name: string): Promise<void>;
}
