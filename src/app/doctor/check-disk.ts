import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf, messageOf } from '../../core/errors.js';
import { EXIT } from '../process.js';
import { type Check, failed, passed } from './check.js';

const GIB = 1024 ** 3;
/** A backlog of some hundred thousand orders must fit when it is frozen, in the file and in its log. */
const MIN_FREE = GIB;

/** Room on the disk of a path; `what` is kept there. Of a folder that is not there yet, the nearest one above. */
export async function checkDisk(name: string, path: string, what: string): Promise<Check> {
  let free: number;
  try {
    const disk = await statfs(path);
    free = disk.bavail * disk.bsize;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(path) !== path) return checkDisk(name, dirname(path), what);
    return failed(name, `${path}: ${messageOf(error)}`, 'let this user look at it', EXIT.usage);
  }
  const detail = `${(free / GIB).toFixed(1)} GiB free beside ${what}`;
  if (free >= MIN_FREE) return passed(name, detail);
  const remedy = 'free at least 1 GiB: a full disk stops every run (nothing is lost, nothing goes on)';
  return failed(name, detail, remedy, EXIT.usage);
}
