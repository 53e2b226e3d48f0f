import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  ConfigurationError,
  codeOf,
  InvariantError,
  messageOf,
  type OrderferryError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { Delivery, FileFacts, PlaceFacts } from '../../core/targets.js';
import { folderError } from '../../files/folder/errors.js';
import { pieces } from '../../files/folder/file-system.js';
import type { RemoteFolder } from '../../files/remote-folder.js';
import { ensureMark, readMark } from './mark.js';

/** The acts of a delivery that a crash can come before or after, in their order. */
export const DELIVERY_FAULT_POINTS = [
  'folder/mark-written', // once in the life of a folder, none on a server
  'folder/write-before',
  'folder/write-after',
  'folder/part-synced',
  'folder/uploaded',
  'folder/rename-before',
  'folder/rename-after',
  'folder/published',
] as const;

const point = (name: (typeof DELIVERY_FAULT_POINTS)[number]) => faultPoint(name);

/** Longest name of a place in the ledger, in characters. */
const MOST_PLACE = 200;

/** Delivers files to a folder that a 3PL reads, here or on a server, by the file protocol of design section 5. */
export function fileDelivery(folder: RemoteFolder): Delivery {
  return new FileDelivery(folder);
}

class FileDelivery implements Delivery {
  readonly description: string;
  readonly absence: Delivery['absence'];

  constructor(private readonly folder: RemoteFolder) {
    this.description = folder.description;
    this.absence = folder.kind === 'folder' ? 'collected' : 'unproven';
  }

  async upload(
    localPath: string,
    name: string,
    sender: number,
    guard: () => Promise<void> = async () => undefined,
  ): Promise<string> {
    const part = this.partOf(name, sender);
    await this.folder.check();
    const local = await openLocal(localPath);
    try {
      const place = await this.place(true);
      await point('folder/write-before');
      await this.folder.write(part, guarded(pieces(local), guard), {
        overwrite: true,
        written: () => point('folder/write-after'),
      });
      await point('folder/part-synced');
      await this.folder.sync();
      await point('folder/uploaded');
      return place ?? this.description;
    } catch (error) {
      throw await this.withoutPart(part, folderError(`${this.description}: writing ${name}`, error));
    } finally {
      await local.close();
    }
  }

  async inspect(name: string, sender: number): Promise<PlaceFacts> {
    const partName = this.partOf(name, sender);
    await this.folder.check();
    const before = await this.place(false);
    // The .part first: renamed in between, the file is seen under both names; the other way round under none.
    const part = await this.factsOf(partName);
    const target = await this.factsOf(name);
    // Before and after: a share may be mounted, or lost, while we look.
    return { part, target, place: before === (await this.place(false)) ? before : null };
  }

  async publish(name: string, sender: number): Promise<void> {
    const part = this.partOf(name, sender);
    await point('folder/rename-before');
    await this.folder.rename(part, name);
    await point('folder/rename-after');
    try {
      await this.folder.sync();
    } catch (error) {
      throw new UnknownOutcomeError(
        codeOf(error) ?? 'FOLDER',
        `${this.description}: ${name} was renamed, but the folder could not be synced (${messageOf(error)}); it is looked up again`,
        { cause: error },
      );
    }
    await point('folder/published');
  }

  async discard(name: string, sender: number): Promise<void> {
    this.partOf(name, sender);
    await this.folder.check();
    const parts: string[] = [];
    for await (const { name: entry } of this.folder.list()) {
      if (senderOf(entry, name) <= sender) parts.push(entry);
    }
    for (const part of parts) await this.folder.remove(part);
    await this.folder.sync();
  }

  private partOf(name: string, sender: number): string {
    if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name) || name.endsWith('.part')) {
      throw new ConfigurationError(
        `${this.description}: ${JSON.stringify(name)} is no file name for a hand-over; a name has no slash, ` +
          'does not begin with a dot and does not end in .part: mend the file name of the 3PL',
      );
    }
    return `${name}.${sender}.part`;
  }

  /** What tells this place from another one; null where it does not say. A server is told by its address. */
  private async place(made: boolean): Promise<string | null> {
    if (this.folder.kind !== 'folder') return this.description.slice(0, MOST_PLACE);
    return made ? ensureMark(this.folder) : readMark(this.folder);
  }

  private async factsOf(name: string): Promise<FileFacts | null> {
    const source = await this.folder.read(name);
    if (source === null) return null;
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of source) {
      hash.update(piece);
      bytes += piece.length;
    }
    return { sha256: hash.digest('hex'), bytes };
  }

  /** A failed write leaves no `.part` behind where that is possible; the cause stays the error. */
  private async withoutPart(part: string, cause: OrderferryError): Promise<OrderferryError> {
    try {
      await this.folder.remove(part);
    } catch (error) {
      cause.message += ` (what was written stays as ${part}: ${messageOf(error)})`;
    }
    return cause;
  }
}

async function* guarded(
  source: AsyncIterable<Uint8Array>,
  guard: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of source) {
    if (!isFirst) await guard();
    isFirst = false;
    yield piece;
  }
}

async function openLocal(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new InvariantError(`file to deliver cannot be read: ${messageOf(error)}`);
  }
}

/** Whose `.part` of a name an entry of the folder is; NaN, which compares to nothing, when it is none. */
function senderOf(entry: string, name: string): number {
  const middle = entry.startsWith(`${name}.`) ? entry.slice(name.length + 1) : '';
  return /^\d+\.part$/.test(middle) ? Number.parseInt(middle, 10) : Number.NaN;
}
