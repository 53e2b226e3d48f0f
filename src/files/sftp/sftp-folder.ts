import type { FileEntryWithStats, Stats } from 'ssh2';
import type { Clock } from '../../core/clock.js';
import { ConfigurationError } from '../../core/errors.js';
import { describePlace, type SftpPlace } from '../../core/places.js';
import { Connection, cut } from '../connection.js';
import {
  fileExists,
  folderInTheWay,
  notPermitted,
  renameUnknown,
  serverFailed,
  writtenShort,
} from '../faults.js';
import { assertName, type RemoteFile, type RemoteFolder, type WriteOptions } from '../remote-folder.js';
import { type Act, actsOn, isStatus, NoAnswer } from './act.js';
import { type Session, sftpProtocol } from './session.js';
import { isEnd, readAll, writeAll } from './transfer.js';

/** Statuses of the protocol, version 3. */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

const FOLDER_BIT = 0o040000;
const FILE_BITS = 0o100000;
const KIND_BITS = 0o170000;

/** A folder on an SFTP server. */
export function sftpFolder(place: SftpPlace, clock: Clock): RemoteFolder {
  return new SftpFolder(place, new Connection(sftpProtocol(place), clock));
}

class SftpFolder implements RemoteFolder {
  readonly kind = 'sftp';
  readonly description: string;

  constructor(
    private readonly place: SftpPlace,
    private readonly connection: Connection<Session>,
  ) {
    this.description = describePlace(place);
  }

  async check(): Promise<void> {
    const act = await this.act();
    const found = await this.none(
      'looking at the folder',
      act<Stats>((sftp, done) => sftp.stat(this.root(), done)),
    );
    if (found === null) {
      throw new ConfigurationError(
        `${this.description}: the folder does not exist; mend it in the template of the 3PL, or ask the 3PL to make it`,
      );
    }
    if (!isFolder(found.mode)) {
      throw new ConfigurationError(
        `${this.description}: is a file, no folder; mend the folder in the template of the 3PL`,
      );
    }
  }

  async *list(below?: string): AsyncGenerator<RemoteFile> {
    const what = `listing ${below ?? 'it'}`;
    const act = await this.act();
    const path = below === undefined ? this.root() : this.pathOf(below);
    const handle = await this.none(
      what,
      act<Buffer>((sftp, done) => sftp.opendir(path, done)),
    );
    if (handle === null)
      throw new ConfigurationError(`${this.description}: ${what}: there is no such folder`);
    try {
      for (;;) {
        const entries = await this.piece(what, act, handle);
        if (entries === null) return;
        for (const { filename, longname, attrs } of entries) {
          if (filename === '.' || filename === '..') continue;
          const folder = attrs.mode === undefined ? longname.startsWith('d') : isFolder(attrs.mode);
          if (!folder) yield fileOf(filename, attrs);
        }
      }
    } finally {
      await this.closed(act, handle);
    }
  }

  async stat(name: string): Promise<RemoteFile | null> {
    const path = this.pathOf(name);
    const act = await this.act();
    const found = await this.none(
      `looking at ${name}`,
      act<Stats>((sftp, done) => sftp.lstat(path, done)),
    );
    if (found !== null && isFolder(found.mode)) {
      throw folderInTheWay(this.at(name));
    }
    return found === null ? null : fileOf(name, found);
  }

  async read(name: string): Promise<AsyncIterable<Uint8Array> | null> {
    const path = this.pathOf(name);
    const act = await this.act();
    const handle = await this.none(
      `reading ${name}`,
      act<Buffer>((sftp, done) => sftp.open(path, 'r', done)),
    );
    return handle === null ? null : this.bytesOf(name, act, handle);
  }

  async write(name: string, source: AsyncIterable<Uint8Array>, options: WriteOptions = {}): Promise<void> {
    const path = this.pathOf(name);
    const what = `writing ${name}`;
    // Removed and made anew, instead of emptied: a link of that name is not followed out of the folder.
    if (options.overwrite === true) await this.remove(name);
    const act = await this.act();
    const handle = await this.made(
      name,
      act<Buffer>((sftp, done) => sftp.open(path, 'wx', done)),
    );
    let bytes: number;
    try {
      bytes = await this.said(what, writeAll(act, handle, source));
      await options.written?.();
      await this.said(
        what,
        act((sftp, done) => {
          try {
            sftp.ext_openssh_fsync(handle, done);
          } catch {
            done(); // Thrown at once, before anything is sent, where the server does not offer it.
          }
        }),
      );
    } catch (error) {
      await this.closed(act, handle);
      throw error;
    }
    await this.said(
      what,
      act((sftp, done) => sftp.close(handle, done)),
    );
    const there = await this.stat(name);
    if (there?.size === bytes) return;
    throw writtenShort(this.at(what), bytes, there?.size);
  }

  /**
   * Looks, then renames as version 3 of the protocol has it: OpenSSH refuses a name that is taken. Not its
   * extension posix-rename, which overwrites.
   */
  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [this.pathOf(from), this.pathOf(to)];
    const what = `renaming ${from} to ${to}`;
    if ((await this.stat(to)) !== null) throw fileExists(this.at(what));
    const act = await this.act();
    try {
      await act((sftp, done) => sftp.rename(source, target, done));
    } catch (error) {
      if (error instanceof NoAnswer || (isStatus(error) && error.code === NO_SUCH_FILE)) {
        throw renameUnknown(this.at(what), 'CONNECTION_CUT', error.message, error);
      }
      if (!isStatus(error) || error.code === PERMISSION_DENIED) throw this.fault(what, error);
      // "Failure" says nothing: perhaps the name was taken meanwhile.
      if ((await this.stat(from)) === null)
        throw renameUnknown(this.at(what), 'CONNECTION_CUT', error.message, error);
      throw (await this.stat(to)) === null ? this.fault(what, error) : fileExists(this.at(what));
    }
  }

  async remove(name: string): Promise<boolean> {
    const path = this.pathOf(name);
    const act = await this.act();
    return (
      (await this.none(
        `removing ${name}`,
        act<boolean>((sftp, done) => sftp.unlink(path, (error) => done(error, true))),
      )) !== null
    );
  }

  /** The protocol has no such act for a folder. */
  async sync(): Promise<void> {}

  async close(): Promise<void> {
    await this.connection.close();
  }

  private async act(): Promise<Act> {
    const session = await this.connection.get();
    return actsOn(session, this.place.deadlineMs, (dead) => this.connection.drop(dead));
  }

  private root(): string {
    return this.place.path === '' ? '.' : this.place.path;
  }

  private pathOf(name: string): string {
    assertName(this.description, name);
    return `${this.root().replace(/\/+$/, '')}/${name}`;
  }

  private async *bytesOf(name: string, act: Act, handle: Buffer): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of readAll(act, handle)) yield piece;
    } catch (error) {
      throw this.fault(`reading ${name}`, error);
    } finally {
      await this.closed(act, handle);
    }
  }

  private async piece(what: string, act: Act, handle: Buffer): Promise<FileEntryWithStats[] | null> {
    try {
      return await act<FileEntryWithStats[]>((sftp, done) => sftp.readdir(handle, done));
    } catch (error) {
      if (isEnd(error)) return null;
      throw this.fault(what, error);
    }
  }

  /** The handle of a new file. Servers say only "failure" when the name is taken. */
  private async made(name: string, opening: Promise<Buffer>): Promise<Buffer> {
    const what = `writing ${name}`;
    try {
      return await opening;
    } catch (error) {
      if (isStatus(error) && error.code === NO_SUCH_FILE) {
        throw new ConfigurationError(`${this.description}: ${what}: the folder does not exist`, {
          cause: error,
        });
      }
      if (isStatus(error) && error.code !== PERMISSION_DENIED && (await this.stat(name)) !== null) {
        throw fileExists(this.at(what));
      }
      throw this.fault(what, error);
    }
  }

  /** Frees a handle that nobody needs any more; a server frees all of them when the connection ends. */
  private async closed(act: Act, handle: Buffer): Promise<void> {
    try {
      await act((sftp, done) => sftp.close(handle, done));
    } catch (error) {
      if (!(error instanceof NoAnswer) && !isStatus(error)) throw error;
    }
  }

  /** The answer, or null where there is nothing of that name. */
  private async none<T>(what: string, answer: Promise<T>): Promise<T | null> {
    try {
      return await answer;
    } catch (error) {
      if (isStatus(error) && error.code === NO_SUCH_FILE) return null;
      throw this.fault(what, error);
    }
  }

  private async said<T>(what: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.fault(what, error);
    }
  }

  private fault(what: string, error: unknown): unknown {
    if (error instanceof NoAnswer) return cut(this.description, what, error);
    if (!isStatus(error)) return error;
    if (error.code === PERMISSION_DENIED) return notPermitted(this.at(what), error.message, error);
    return serverFailed(this.at(what), `SFTP_${error.code}`, error.message, error);
  }

  private at(what: string): string {
    return `${this.description}: ${what}`;
  }
}

function isFolder(mode: number): boolean {
  return (mode & KIND_BITS) === FOLDER_BIT;
}

/** Times of the protocol are whole seconds, UTC. */
function fileOf(
  name: string,
  { size, mtime, mode }: { readonly size: number; readonly mtime: number; readonly mode?: number },
): RemoteFile {
  const ordinary = mode === undefined || (mode & KIND_BITS) === 0 || (mode & KIND_BITS) === FILE_BITS;
  return { name, size, modifiedAt: Number.isFinite(mtime) ? mtime * 1000 : null, ordinary };
}
