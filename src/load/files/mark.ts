import { randomUUID } from 'node:crypto';
import { faultPoint } from '../../core/fault-points.js';
import { FOLDER_MARK } from '../../core/targets.js';
import type { RemoteFolder } from '../../files/remote-folder.js';

/** Longer than any mark of ours, 36 characters, or a word that a person puts there. */
const MOST_BYTES = 100;

/**
 * What tells a folder from another one under the same path, such as the mount point of a share that is not
 * mounted: a random text in a file that is made once. Null where there is none, or an empty one (a power cut).
 */
export async function readMark(folder: RemoteFolder): Promise<string | null> {
  const bytes = await folder.read(FOLDER_MARK);
  if (bytes === null) return null;
  for await (const piece of bytes) {
    const text = Buffer.from(piece).toString('utf8', 0, MOST_BYTES).trim();
    return text === '' ? null : text;
  }
  return null;
}

/** The folder's mark, made if it has none. The caller syncs the folder. */
export async function ensureMark(folder: RemoteFolder): Promise<string> {
  const there = await readMark(folder);
  if (there !== null) return there;
  const mark = randomUUID();
  const bytes = Buffer.from(mark);
  await folder.write(FOLDER_MARK, once(bytes), {
    overwrite: true,
    written: () => faultPoint('folder/mark-written'),
  });
  return mark;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
