import type { FileHandle } from 'node:fs/promises';
import nodeFs from 'node:fs/promises';
import { join } from 'node:path';
import {
  ConfigurationError,
  codeOf,
  messageOf,
  type OrderferryError,
  TerminalError,
  TransientError,
} from '../core/errors.js';
import type { InboxEntry, InboxPlace } from '../core/inbox-place.js';

/** Bytes read at a time. */
const PIECE = 256 * 1024;

/** An inbox that is a folder of this machine, or one mounted here. It must exist: a missing one may be a mount that failed. */
export function inboxFolder(path: string): InboxPlace {
  return new InboxFolder(path);
}

class InboxFolder implements InboxPlace {
  readonly kind = 'folder';
  readonly description: string;

  constructor(private readonly path: string) {
    this.description = `folder ${path}`;
  }

  async check(): Promise<void> {
    const there = await this.act('looking at it', () => nodeFs.stat(this.path));
    if (!there.isDirectory()) {
      throw new ConfigurationError(`${this.description}: is a file, no folder; mend inbox.folder of the 3PL`);
    }
  }

  async *list(): AsyncGenerator<InboxEntry> {
    for (const name of await this.act('listing it', () => nodeFs.readdir(this.path))) {
      const entry = await this.stat(name);
      if (entry !== null) yield entry;
    }
  }

  async stat(name: string): Promise<InboxEntry | null> {
    return this.act(`looking at ${name}`, async () => {
      const there = await unlessMissing(nodeFs.lstat(join(this.path, name)));
      return there?.isFile() === true ? { name, size: there.size, modifiedAt: there.mtimeMs } : null;
    });
  }

  async read(name: string): Promise<AsyncIterable<Uint8Array> | null> {
    const file = await this.act(`reading ${name}`, () =>
      unlessMissing(nodeFs.open(join(this.path, name), 'r')),
    );
    return file === null ? null : this.pieces(file, name);
  }

  async rename(from: string, to: string): Promise<void> {
    if ((await this.stat(to)) !== null) {
      throw new TerminalError(
        'FILE_EXISTS',
        `${this.description}: renaming ${from}: there is a ${to} already`,
      );
    }
    await this.act(`renaming ${from}`, () => nodeFs.rename(join(this.path, from), join(this.path, to)));
  }

  async remove(name: string): Promise<boolean> {
    const there = await this.stat(name);
    await this.act(`removing ${name}`, () => nodeFs.rm(join(this.path, name), { force: true }));
    return there !== null;
  }

  async sync(): Promise<void> {
    await this.act('syncing it', async () => {
      const folder = await nodeFs.open(this.path, 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    });
  }

  private async *pieces(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const { buffer, bytesRead } = await this.act(`reading ${name}`, () =>
          file.read(new Uint8Array(PIECE), 0, PIECE, null),
        );
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  private async act<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw placeError(`${this.description}: ${what}`, error);
    }
  }
}

async function unlessMissing<T>(act: Promise<T>): Promise<T | null> {
  try {
    return await act;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist; make it, mount it, or mend inbox.folder of the 3PL',
  ENOTDIR: 'a part of the path is no folder; mend inbox.folder of the 3PL',
  EACCES: 'this user may not read and write there; give it the permission',
  EPERM: 'this user may not read and write there; give it the permission',
  EROFS: 'the file system is read-only; mount it for writing',
};

function placeError(act: string, error: unknown): OrderferryError {
  const code = codeOf(error) ?? 'FOLDER';
  const advice = ADVICE[code];
  if (advice !== undefined) return new ConfigurationError(`${act}: ${advice}`, { cause: error });
  return new TransientError(
    code,
    `${act}: ${messageOf(error)}; nothing was changed, the next run tries again`,
    {
      cause: error,
    },
  );
}
