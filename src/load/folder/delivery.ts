import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ConfigurationError,
  codeOf,
  InvariantError,
  messageOf,
  type OrderferryError,
  TerminalError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { Delivery, FileFacts, PlaceFacts } from '../../core/targets.js';
import { folderError } from './errors.js';
import {
  type FileSystem,
  fileFacts,
  pieces,
  realFileSystem,
  syncDirectory,
  writeAll,
} from './file-system.js';
import { ensureMark, readMark } from './mark.js';

/** The acts of a folder delivery that a crash can come before or after, in their order. */
export const FOLDER_FAULT_POINTS = [
  'folder/mark-written', // once in the life of a folder
  'folder/write-before',
  'folder/write-after',
  'folder/part-synced',
  'folder/uploaded',
  'folder/rename-before',
  'folder/rename-after',
  'folder/published',
] as const;

const point = (name: (typeof FOLDER_FAULT_POINTS)[number]) => faultPoint(name);

/**
 * Delivers files to a folder of this machine (or one mounted here) that a 3PL reads. The folder must
 * exist: one that is missing may be a mount that failed, and files in the mount point reach nobody.
 */
export function folderDelivery(path: string, fs: FileSystem = realFileSystem): Delivery {
  return new FolderDelivery(path, fs);
}

class FolderDelivery implements Delivery {
  readonly description: string;

  constructor(
    private readonly path: string,
    private readonly fs: FileSystem,
  ) {
    this.description = `folder ${path}`;
  }

  async upload(localPath: string, name: string, sender: number): Promise<string> {
    const { part } = this.paths(name, sender);
    await this.requireFolder();
    const local = await this.openLocal(localPath);
    try {
      const place = await ensureMark(this.fs, this.path);
      await this.write(local, part);
      await syncDirectory(this.fs, this.path);
      await point('folder/uploaded');
      return place;
    } catch (error) {
      throw await this.withoutPart(part, folderError(`${this.description}: writing ${name}`, error));
    } finally {
      await local.close();
    }
  }

  async inspect(name: string, sender: number): Promise<PlaceFacts> {
    const paths = this.paths(name, sender);
    await this.requireFolder();
    const before = await this.mark();
    // The .part first: renamed in between, the file is seen under both names; the other way round under none.
    const part = await this.factsOf(paths.part);
    const target = await this.factsOf(paths.target);
    // Before and after: a share may be mounted, or lost, while we look.
    return { part, target, place: before === (await this.mark()) ? before : null };
  }

  /**
   * Looks, then renames. `rename(2)` would overwrite, and Node offers no RENAME_NOREPLACE; but names carry
   * a counter of ours and the lease lets one process at a time make them, so nothing of ours can come in
   * between. Not link and unlink, which would refuse by itself: between the two a 3PL may collect the file,
   * and the `.part` that stays behind looks like one that was never published and would be sent again.
   */
  async publish(name: string, sender: number): Promise<void> {
    const { part, target } = this.paths(name, sender);
    const act = `${this.description}: publishing ${name}`;
    if (await this.exists(target, act)) {
      throw new TerminalError(
        'FILE_EXISTS',
        `${act}: a file of that name is there already; it was left alone and nothing was delivered`,
      );
    }
    await point('folder/rename-before');
    try {
      await this.fs.rename(part, target);
    } catch (error) {
      throw renameError(act, error);
    }
    await point('folder/rename-after');
    try {
      await syncDirectory(this.fs, this.path);
    } catch (error) {
      throw new UnknownOutcomeError(
        codeOf(error) ?? 'FOLDER',
        `${act}: renamed, but the folder could not be synced (${messageOf(error)}); it is looked up again`,
        { cause: error },
      );
    }
    await point('folder/published');
  }

  async discard(name: string, sender: number): Promise<void> {
    this.paths(name, sender);
    await this.requireFolder();
    try {
      for (const one of await this.fs.readdir(this.path)) {
        if (senderOf(one, name) <= sender) await this.fs.rm(join(this.path, one), { force: true });
      }
      await syncDirectory(this.fs, this.path);
    } catch (error) {
      throw folderError(`${this.description}: removing the .part of ${name}`, error);
    }
  }

  private async write(local: FileHandle, part: string): Promise<void> {
    await point('folder/write-before');
    // Removed and made anew, instead of emptied: a link of that name is not followed out of the folder.
    await this.fs.rm(part, { force: true });
    const file = await this.fs.open(part, 'wx');
    try {
      for await (const piece of pieces(local)) await writeAll(file, piece);
      await point('folder/write-after');
      await file.sync();
      await point('folder/part-synced');
    } finally {
      await file.close();
    }
  }

  private paths(name: string, sender: number): { part: string; target: string } {
    if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name) || name.endsWith('.part')) {
      throw new ConfigurationError(
        `${this.description}: ${JSON.stringify(name)} is no file name for a hand-over; a name has no slash, ` +
          'does not begin with a dot and does not end in .part: mend the file name of the 3PL',
      );
    }
    return { part: join(this.path, `${name}.${sender}.part`), target: join(this.path, name) };
  }

  private async requireFolder(): Promise<void> {
    let isFolder: boolean;
    try {
      isFolder = (await this.fs.stat(this.path)).isDirectory();
    } catch (error) {
      throw folderError(this.description, error);
    }
    if (!isFolder) {
      throw new ConfigurationError(
        `${this.description}: is a file, no folder; mend delivery.path of the 3PL`,
      );
    }
  }

  private async openLocal(localPath: string): Promise<FileHandle> {
    try {
      return await this.fs.open(localPath, 'r');
    } catch (error) {
      throw new InvariantError(`file to deliver cannot be read: ${messageOf(error)}`);
    }
  }

  private async mark(): Promise<string | null> {
    try {
      return await readMark(this.fs, this.path);
    } catch (error) {
      throw folderError(`${this.description}: reading its mark`, error);
    }
  }

  private async factsOf(path: string): Promise<FileFacts | null> {
    try {
      return await fileFacts(this.fs, path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw folderError(`${this.description}: reading ${path}`, error);
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

  /** A failed write leaves no `.part` behind where that is possible; the cause stays the error. */
  private async withoutPart(part: string, cause: OrderferryError): Promise<OrderferryError> {
    try {
      await this.fs.rm(part, { force: true });
    } catch (error) {
      cause.message += ` (what was written stays as ${part}: ${messageOf(error)})`;
    }
    return cause;
  }
}

/** Whose `.part` of a name an entry of the folder is; NaN, which compares to nothing, when it is none. */
function senderOf(entry: string, name: string): number {
  const middle = entry.startsWith(`${name}.`) ? entry.slice(name.length + 1) : '';
  return /^\d+\.part$/.test(middle) ? Number.parseInt(middle, 10) : Number.NaN;
}

const REFUSED = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ELOOP'];

/**
 * A local rename is done or not done. Over a network the answer may be lost: the client repeats the call
 * and hears ENOENT, because the first one took the `.part` away. So ENOENT, too, has to be looked up.
 */
function renameError(act: string, error: unknown): OrderferryError {
  const code = codeOf(error) ?? 'FOLDER';
  if (REFUSED.includes(code)) return folderError(act, error);
  return new UnknownOutcomeError(
    code,
    `${act}: ${messageOf(error)}; whether the file has its name is looked up before anything else`,
    { cause: error },
  );
}
