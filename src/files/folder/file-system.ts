import { createHash } from 'node:crypto';
import nodeFs, { type FileHandle } from 'node:fs/promises';
import type { FileFacts } from '../../core/targets.js';

/** The few functions of `node:fs/promises` that are used; tests wrap them to watch and to fail. */
export type FileSystem = Pick<typeof nodeFs, 'open' | 'lstat' | 'stat' | 'readdir' | 'rename' | 'rm'>;

export const realFileSystem: FileSystem = nodeFs;

/** Big enough that system calls do not count, small enough that memory does not: 256 KiB. */
const PIECE = 256 * 1024;

/** The file's pieces, one after the other in the same buffer: use a piece before asking for the next. */
export async function* pieces(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(PIECE);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** `write` may take fewer bytes than it was given (a nearly full disk, a signal). */
export async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  let written = 0;
  while (written < piece.length) {
    const { bytesWritten } = await file.write(piece, written, piece.length - written, null);
    written += bytesWritten;
  }
}

/** Makes the names in a folder durable: a created, renamed or removed name is not, before this. */
export async function syncDirectory(fs: FileSystem, path: string): Promise<void> {
  const directory = await fs.open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export async function fileFacts(fs: FileSystem, path: string): Promise<FileFacts> {
  const file = await fs.open(path, 'r');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces(file)) {
      hash.update(piece);
      bytes += piece.length;
    }
    return { sha256: hash.digest('hex'), bytes };
  } finally {
    await file.close();
  }
}
