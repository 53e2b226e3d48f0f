import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { codeOf } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { FOLDER_MARK } from '../../core/targets.js';
import { type FileSystem, writeAll } from './file-system.js';

/** Longer than any mark of ours, 36 characters, or a word that a person puts there. */
const MOST_BYTES = 100;

/**
 * What tells a folder from another one under the same path, such as the mount point of a share that is not
 * mounted: a random text in a file that is made once. Null where there is none, or an empty one (a power cut).
 */
export async function readMark(fs: FileSystem, folder: string): Promise<string | null> {
  try {
    const file = await fs.open(join(folder, FOLDER_MARK), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
      const text = buffer.toString('utf8', 0, bytesRead).trim();
      return text === '' ? null : text;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The folder's mark, made if it has none. The caller syncs the folder. */
export async function ensureMark(fs: FileSystem, folder: string): Promise<string> {
  const there = await readMark(fs, folder);
  if (there !== null) return there;
  const path = join(folder, FOLDER_MARK);
  const mark = randomUUID();
  await fs.rm(path, { force: true });
  const file = await fs.open(path, 'wx');
  try {
    await writeAll(file, Buffer.from(mark));
    await faultPoint('folder/mark-written');
    await file.sync();
  } finally {
    await file.close();
  }
  return mark;
}
