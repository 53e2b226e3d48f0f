import { ConfigurationError } from '../core/errors.js';

/** A file as a listing or a look shows it. */
export interface RemoteFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Instant (ms), as exact as the server tells it: SFTP to the second, some FTP servers to the minute. Null: not told. */
  readonly modifiedAt: number | null;
  /** False: a link, pipe or device. True where the server does not tell. */
  readonly ordinary: boolean;
}

export interface WriteOptions {
  /** Replaces what is there, whatever it is a link to. Without it, a name that is taken is refused. */
  readonly overwrite?: boolean;
  /** Called when all bytes are written and before they are made durable. */
  readonly written?: () => Promise<void>;
}

/**
 * A folder that files are left in or taken from: local, SFTP, FTP(S). Its connection is opened by the first act,
 * used for all of them, one after the other, and made anew by the next act after it was cut. A name is one in the folder, or
 * in one below it (`archive/a.csv`) that must exist.
 *
 * Errors: TransientError (nothing was done that a reader could see), ConfigurationError (login, host key or
 * certificate, permission, a folder that is missing), TerminalError `FILE_EXISTS`, UnknownOutcomeError (of
 * {@link rename} alone: look before anything else; a removal may be repeated).
 */
export interface RemoteFolder {
  /** For messages and events: `sftp ferry@sftp.atlas.example:22/in`. */
  readonly description: string;
  readonly kind: 'folder' | 'sftp' | 'ftp';
  /** Resolves when the folder is there and is one. */
  check(): Promise<void>;
  /** Everything in the folder that is no folder, in no order; `below`: in the folder of that name in it. */
  list(below?: string): AsyncIterable<RemoteFile>;
  /** Null: there is nothing of that name. */
  stat(name: string): Promise<RemoteFile | null>;
  /** The bytes, in pieces, to be read to the end or left by `break`; null: there is nothing of that name. */
  read(name: string): Promise<AsyncIterable<Uint8Array> | null>;
  /**
   * Writes the bytes of a file, durably where the place can: a local one is synced, SFTP by
   * `fsync@openssh.com` where the server has it; FTP has no such thing. What was written is as long as the
   * source, or the act fails; a part may stay then.
   */
  write(name: string, source: AsyncIterable<Uint8Array>, options?: WriteOptions): Promise<void>;
  /** Refuses with `FILE_EXISTS` rather than overwrite. */
  rename(from: string, to: string): Promise<void>;
  /** False: there was nothing of that name. */
  remove(name: string): Promise<boolean>;
  /** Makes names durable that were made, changed or removed; nothing where the place has no such act. */
  sync(): Promise<void>;
  /** Ends the connection. An act after it opens another one. */
  close(): Promise<void>;
}

/** Throws when a name would lead out of the folder, or holds what a protocol takes for its own. */
export function assertName(description: string, name: string): void {
  const parts = name.split('/');
  const bad = parts.some((part) => part === '' || part === '.' || part === '..');
  if (bad || parts.length > 2 || /[\\\0\r\n]/.test(name)) {
    throw new ConfigurationError(
      `${description}: ${JSON.stringify(name)} is no name of a file in this folder`,
    );
  }
}
