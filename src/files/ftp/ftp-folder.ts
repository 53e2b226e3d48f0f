import { PassThrough, Readable } from 'node:stream';
import { type Client, type FileInfo, FileType, FTPError } from 'basic-ftp';
import type { Clock } from '../../core/clock.js';
import {
  ConfigurationError,
  InvariantError,
  messageOf,
  OrderferryError,
  TransientError,
} from '../../core/errors.js';
import { describePlace, type FtpPlace } from '../../core/places.js';
import { Connection, CutError, cut } from '../connection.js';
import {
  fileExists,
  folderInTheWay,
  notPermitted,
  renameUnknown,
  serverFailed,
  writtenShort,
} from '../faults.js';
import { assertName, type RemoteFile, type RemoteFolder, type WriteOptions } from '../remote-folder.js';
import { factsOf } from './facts.js';
import { ftpProtocol, type Session } from './session.js';

/** "No such file", "no permission" and "not a file" are one answer of the protocol. */
const NOT_AVAILABLE = 550;
const NO_SPACE = 552;

/** A folder on an FTP server, with TLS or without. One act at a time: a file is read to its end before the next. */
export function ftpFolder(place: FtpPlace, clock: Clock): RemoteFolder {
  return new FtpFolder(place, new Connection(ftpProtocol(place), clock));
}

class FtpFolder implements RemoteFolder {
  readonly kind = 'ftp';
  readonly description: string;
  private busy: string | null = null;

  constructor(
    place: FtpPlace,
    private readonly connection: Connection<Session>,
  ) {
    this.description = describePlace(place);
  }

  /** The connection enters the folder when it is opened. */
  async check(): Promise<void> {
    await this.act('looking at the folder', async ({ client }) => void (await client.send('PWD')));
  }

  async *list(below?: string): AsyncGenerator<RemoteFile> {
    if (below !== undefined) assertName(this.description, below);
    const what = `listing ${below ?? 'it'}`;
    yield* await this.act(what, ({ client }) => this.filesOf(client, what, below));
  }

  async stat(name: string): Promise<RemoteFile | null> {
    assertName(this.description, name);
    return this.act(`looking at ${name}`, (session) => this.look(session, name));
  }

  async read(name: string): Promise<AsyncIterable<Uint8Array> | null> {
    const there = await this.stat(name);
    return there === null ? null : this.bytesOf(name, there.size);
  }

  async write(name: string, source: AsyncIterable<Uint8Array>, options: WriteOptions = {}): Promise<void> {
    assertName(this.description, name);
    const what = `writing ${name}`;
    if (options.overwrite === true) await this.remove(name);
    else if ((await this.stat(name)) !== null) throw fileExists(this.at(what));
    const counted = new Counted(source);
    await this.act(what, async ({ client }) => {
      try {
        await client.uploadFrom(Readable.from(counted, { objectMode: false }), name);
      } catch (error) {
        throw counted.failure ?? error;
      }
    });
    await options.written?.();
    const there = await this.stat(name);
    if (there?.size === counted.bytes) return;
    throw writtenShort(this.at(what), counted.bytes, there?.size);
  }

  /** Looks, then renames: RNTO overwrites on most servers, and the protocol has nothing that refuses. */
  async rename(from: string, to: string): Promise<void> {
    for (const name of [from, to]) assertName(this.description, name);
    const what = `renaming ${from} to ${to}`;
    if ((await this.stat(to)) !== null) throw fileExists(this.at(what));
    const chosen = await this.act(what, async ({ client }) => {
      try {
        await client.send(`RNFR ${await client.protectWhitespace(from)}`);
        return true;
      } catch (error) {
        if (error instanceof FTPError && error.code === NOT_AVAILABLE) return false;
        throw error;
      }
    });
    if (!chosen) throw await this.notChosen(what, from);
    let sent = false;
    try {
      await this.act(what, async ({ client }) => {
        const name = await client.protectWhitespace(to);
        sent = true;
        await client.send(`RNTO ${name}`);
      });
    } catch (error) {
      if (sent && error instanceof CutError)
        throw renameUnknown(this.at(what), 'CONNECTION_CUT', messageOf(error), error);
      if ((await this.stat(to)) !== null) throw fileExists(this.at(what));
      throw error;
    }
  }

  async remove(name: string): Promise<boolean> {
    assertName(this.description, name);
    const what = `removing ${name}`;
    return this.act(what, async (session) => {
      try {
        await session.client.remove(name);
        return true;
      } catch (error) {
        if (!(error instanceof FTPError) || error.code !== NOT_AVAILABLE) throw error;
        if ((await this.look(session, name)) === null) return false;
        throw error;
      }
    });
  }

  /** The protocol has no such act. */
  async sync(): Promise<void> {}

  async close(): Promise<void> {
    await this.connection.close();
  }

  private async look({ client, asksByName }: Session, name: string): Promise<RemoteFile | null> {
    const what = `looking at ${name}`;
    if (asksByName) {
      try {
        const { message } = await client.send(`MLST ${await client.protectWhitespace(name)}`);
        const found = factsOf(message, name);
        if (found === 'folder') throw folderInTheWay(this.at(name));
        if (found !== null) return found;
      } catch (error) {
        if (!(error instanceof FTPError)) throw error;
        if (error.code === NOT_AVAILABLE) return null;
      }
    }
    const slash = name.lastIndexOf('/');
    const below = slash < 0 ? undefined : name.slice(0, slash);
    const wanted = name.slice(slash + 1);
    const found = (await this.listed(client, what, below)).find((one) => one.name === wanted);
    if (found === undefined) return null;
    if (found.type === FileType.Directory) throw folderInTheWay(this.at(name));
    return fileOf(found, name);
  }

  private async filesOf(client: Client, what: string, below?: string): Promise<RemoteFile[]> {
    return (await this.listed(client, what, below)).flatMap((found) =>
      found.type === FileType.Directory ? [] : [fileOf(found, found.name)],
    );
  }

  private async listed(client: Client, what: string, below?: string) {
    try {
      return await client.list(below);
    } catch (error) {
      // Some servers say so of an empty folder.
      if (error instanceof FTPError && error.code === 450) return [];
      if (error instanceof FTPError && error.code === NOT_AVAILABLE && below !== undefined) {
        throw new ConfigurationError(
          `${this.description}: ${what}: there is no such folder (${error.message})`,
        );
      }
      throw error;
    }
  }

  private async *bytesOf(name: string, size: number): AsyncGenerator<Uint8Array> {
    const what = `reading ${name}`;
    const { client } = await this.begin(what);
    const through = new PassThrough();
    const transfer = client.downloadTo(through, name);
    // Seen below; until then a failure is no unhandled one.
    const ended = transfer.then(
      () => null,
      (error: unknown) => ({ error }),
    );
    let whole = false;
    let bytes = 0;
    try {
      void ended.then((failure) => {
        if (failure !== null) through.destroy(failure.error as Error);
      });
      for await (const piece of through) {
        bytes += (piece as Uint8Array).length;
        yield piece as Uint8Array;
      }
      const failure = await ended;
      if (failure !== null) throw failure.error;
      if (bytes !== size) throw this.cutShort(what, bytes, size);
      whole = true;
    } catch (error) {
      throw this.fault(what, error);
    } finally {
      this.busy = null;
      // What was left half read cannot be told apart from the next answer.
      if (!whole) client.close();
    }
  }

  /** A data connection that ends early looks like one that is done. */
  private cutShort(what: string, bytes: number, size: number): TransientError {
    return new TransientError(
      'SIZE_DIFFERS',
      `${this.description}: ${what}: ${bytes} bytes came of ${size}; the next run reads it again`,
    );
  }

  private async begin(what: string): Promise<Session> {
    if (this.busy !== null) {
      throw new InvariantError(`${this.description}: ${what} while ${this.busy}: one act at a time`);
    }
    this.busy = what;
    try {
      return await this.connection.get();
    } catch (error) {
      this.busy = null;
      throw error;
    }
  }

  private async act<T>(what: string, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.begin(what);
    try {
      return await work(session);
    } catch (error) {
      throw this.fault(what, error);
    } finally {
      this.busy = null;
    }
  }

  private fault(what: string, error: unknown): unknown {
    if (error instanceof OrderferryError) return error;
    if (!(error instanceof FTPError) || error.code === 421) return cut(this.description, what, error);
    const { code, message } = error;
    if (code >= 500 && code !== NO_SPACE) return notPermitted(this.at(what), message, error);
    return serverFailed(this.at(what), `FTP_${code}`, message, error);
  }

  private async notChosen(what: string, from: string): Promise<OrderferryError> {
    if ((await this.stat(from)) === null) {
      return renameUnknown(this.at(what), 'CONNECTION_CUT', `${from} is not there`);
    }
    return notPermitted(this.at(what), `${NOT_AVAILABLE}`);
  }

  private at(what: string): string {
    return `${this.description}: ${what}`;
  }
}

function fileOf({ size, type, modifiedAt }: FileInfo, name: string): RemoteFile {
  const ordinary = type === FileType.File || type === FileType.Unknown;
  return { name, size, modifiedAt: modifiedAt?.getTime() ?? null, ordinary };
}

/** Counts what passes, and keeps what the source itself failed with. */
class Counted implements AsyncIterable<Uint8Array> {
  bytes = 0;
  failure: unknown;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of this.source) {
        this.bytes += piece.length;
        yield Uint8Array.from(piece); // the stream reads ahead, the source's buffer may be used again
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}
