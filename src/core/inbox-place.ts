/** A file of an inbox, as a listing or a look shows it. */
export interface InboxEntry {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Instant (ms), as exact as the place tells it; null: not told. */
  readonly modifiedAt: number | null;
}

/**
 * Where a 3PL puts its files: a folder, here or on a server. Errors: TransientError (nothing was done),
 * ConfigurationError (missing, no permission), TerminalError `FILE_EXISTS`, UnknownOutcomeError (of {@link rename} alone:
 * look before anything else).
 */
export interface InboxPlace {
  /** For messages and events: `folder /srv/in/atlas`. */
  readonly description: string;
  /** A folder here shows times by our clock. */
  readonly kind: 'folder' | 'sftp' | 'ftp';
  /** Resolves when the folder is there and is one. */
  check(): Promise<void>;
  /** Everything in it that is a file, in no order. */
  list(): AsyncIterable<InboxEntry>;
  /** Null: there is nothing of that name. */
  stat(name: string): Promise<InboxEntry | null>;
  /** The bytes, in pieces; null: there is nothing of that name. */
  read(name: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Refuses with `FILE_EXISTS` rather than overwrite. */
  rename(from: string, to: string): Promise<void>;
  /** False: there was nothing of that name. May be repeated. */
  remove(name: string): Promise<boolean>;
  /** Makes names durable that were changed or removed, where the place can. */
  sync(): Promise<void>;
}
