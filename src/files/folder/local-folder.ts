import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, codeOf, messageOf, type OrderferryError } from '../../core/errors.js';
import { fileExists, renameUnknown } from '../faults.js';
import { assertName, type RemoteFile, type RemoteFolder, type WriteOptions } from '../remote-folder.js';
import { folderError } from './errors.js';
import { type FileSystem, pieces, realFileSystem, syncDirectory, writeAll } from './file-system.js';

/**
 * A folder of this machine, or one mounted here. It must exist: one that is missing may be a mount that
 * failed, and files in the mount point reach nobody.
 */
export function localFolder(path: string, fs: FileSystem = realFileSystem): RemoteFolder {
  return new LocalFolder(path, fs);
}

class LocalFolder implements RemoteFolder {
  readonly kind = 'folder';
  readonly description: string;

  constructor(
    private readonly path: string,
    private readonly fs: FileSystem,
  ) {
    this.description = `folder ${path}`;
  }

  async check(): Promise<void> {
    let isFolder: boolean;
    try {
      isFolder = (await this.fs.stat(this.path)).isDirectory();
    } catch (error) {
      throw folderError(this.description, error);
    }
    if (!isFolder) {
      throw new ConfigurationError(
        `${this.description}: is a file, no folder; mend the folder in the template of the 3PL`,
      );
    }
  }

  async *list(below?: string): AsyncGenerator<RemoteFile> {
    const folder = below === undefined ? this.path : this.pathOf(below);
    let names: string[];
    try {
      names = await this.fs.readdir(folder);
    } catch (error) {
      throw folderError(`${this.description}: listing ${below ?? 'it'}`, error);
    }
    for (const name of names) {
      const file = await this.look(join(folder, name), name);
      if (file !== null && file !== 'folder') yield file;
    }
  }

  async stat(name: string): Promise<RemoteFile | null> {
    const there = await this.look(this.pathOf(name), name);
    if (there === 'folder')
      throw this.readError(name, Object.assign(new TypeError(name), { code: 'EISDIR' }));
    return there;
  }

  async read(name: string): Promise<AsyncIterable<Uint8Array> | null> {
    const path = this.pathOf(name);
    let file: FileHandle;
    try {
      file = await this.fs.open(path, 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw this.readError(name, error);
    }
    return this.piecesOf(file, name);
  }

  async write(name: string, source: AsyncIterable<Uint8Array>, options: WriteOptions = {}): Promise<void> {
    const path = this.pathOf(name);
    const act = `${this.description}: writing ${name}`;
    try {
      // Removed and made anew, instead of emptied: a link of that name is not followed out of the folder.
      if (options.overwrite === true) await this.fs.rm(path, { force: true });
      const file = await this.fs.open(path, 'wx');
      try {
        for await (const piece of source) await writeAll(file, piece);
        await options.written?.();
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      if (codeOf(error) === 'EEXIST') throw fileExists(act);
      throw folderError(act, error);
    }
  }

  /**
   * Looks, then renames. `rename(2)` would overwrite, and Node offers no RENAME_NOREPLACE; but names carry
   * a counter of ours and the lease lets one process at a time make them, so nothing of ours can come in
   * between. Not link and unlink, which would refuse by itself: between the two a 3PL may collect the file,
   * and the `.part` that stays behind looks like one that was never published and would be sent again.
   */
  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [this.pathOf(from), this.pathOf(to)];
    const act = `${this.description}: renaming ${from} to ${to}`;
    if (await this.exists(target, act)) throw fileExists(act);
    try {
      await this.fs.rename(source, target);
    } catch (error) {
      throw renameError(act, error);
    }
  }

  async remove(name: string): Promise<boolean> {
    const act = `${this.description}: removing ${name}`;
    const path = this.pathOf(name);
    const there = await this.exists(path, act);
    try {
      await this.fs.rm(path, { force: true });
    } catch (error) {
      throw folderError(act, error);
    }
    return there;
  }

  async sync(): Promise<void> {
    try {
      await syncDirectory(this.fs, this.path);
    } catch (error) {
      throw folderError(`${this.description}: syncing it`, error);
    }
  }

  async close(): Promise<void> {}

  private pathOf(name: string): string {
    assertName(this.description, name);
    return join(this.path, name);
  }

  private async look(path: string, name: string): Promise<RemoteFile | 'folder' | null> {
    try {
      const there = await this.fs.lstat(path);
      if (there.isDirectory()) return 'folder';
      return { name, size: there.size, modifiedAt: there.mtimeMs, ordinary: there.isFile() };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw this.readError(name, error);
    }
  }

  private async exists(path: string, act: string): Promise<boolean> {
    try {
      await this.fs.lstat(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw folderError(act, error);
    }
  }

  private async *piecesOf(file: FileHandle, name: string): AsyncGenerator<Uint8Array> {
    try {
      // A copy: who reads ahead still holds one piece when the next is asked for.
      for await (const piece of pieces(file)) yield Uint8Array.from(piece);
    } catch (error) {
      throw this.readError(name, error);
    } finally {
      await file.close();
    }
  }

  private readError(name: string, error: unknown): OrderferryError {
    return folderError(`${this.description}: reading ${name}`, error);
  }
}

const REFUSED = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ELOOP'];

/**
 * A local rename is done or not done. Over a network the answer may be lost: the client repeats the call
 * and hears ENOENT, because the first one took the file away. So ENOENT, too, has to be looked up.
 */
function renameError(act: string, error: unknown): OrderferryError {
  const code = codeOf(error) ?? 'FOLDER';
  if (REFUSED.includes(code)) return folderError(act, error);
  return renameUnknown(act, code, messageOf(error), error);
}
