import { lstat, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.js';
import { codeOf, messageOf, UnreachableError } from '../../core/errors.js';
import { RenderError } from '../../core/hand-over.js';
import type { Label, LabelFolder } from '../../core/label.js';

/** The order waits for its label, and goes on by itself when it is there. */
export const LABEL_NOT_THERE = 'LABEL_NOT_THERE';

/**
 * The label that another system has left under this name; null where there is none and none is needed. Throws
 * RenderError for what is the order's own matter, UnreachableError when the folder is not there.
 */
export async function labelInFolder(clock: Clock, folder: LabelFolder, name: string): Promise<Label | null> {
  const path = await findLabel(clock, folder, name);
  if (path === null) return null;
  try {
    return folder.read(await readFile(path));
  } catch (error) {
    if (error instanceof RenderError) throw new RenderError(error.code, `${error.message} (${path})`);
    if (codeOf(error) === 'ENOENT') throw notThere(`${path} is gone again`);
    throw unreachable(path, error);
  }
}

/** Whether an order that waits for its label can go on: it is there, or something a person has to see is. */
export async function hasCome(clock: Clock, folder: LabelFolder, name: string): Promise<boolean> {
  try {
    return (await findLabel(clock, folder, name)) !== null;
  } catch (error) {
    if (error instanceof RenderError) return error.code !== LABEL_NOT_THERE;
    if (error instanceof UnreachableError) return false;
    throw error;
  }
}

/** Its path, when the file is whole and not too large. */
async function findLabel(
  clock: Clock,
  { path: folder, readyMs, required, maxBytes }: LabelFolder,
  name: string,
): Promise<string | null> {
  const path = join(folder, name);
  try {
    // Not followed: a link could lead anywhere.
    const found = await lstat(path);
    if (!found.isFile()) throw new RenderError('BAD_LABEL', `the shipping label ${path} is no plain file`);
    if (found.size === 0 || clock.now() - found.mtimeMs < readyMs) {
      throw notThere(`${path} is there, but empty or written to within the last ${readyMs / 1_000} s`);
    }
    if (found.size <= maxBytes) return path;
    throw new RenderError(
      'LABEL_TOO_LARGE',
      `the shipping label ${path} has ${found.size} bytes, ${maxBytes} are allowed`,
    );
  } catch (error) {
    if (error instanceof RenderError) throw error;
    if (codeOf(error) !== 'ENOENT') throw unreachable(path, error);
    await assertFolder(folder);
    if (!required) return null;
    throw notThere(`${path} is not there yet`);
  }
}

/** A share that is not mounted looks like an empty folder otherwise, and every order would be held. */
async function assertFolder(folder: string): Promise<void> {
  try {
    await stat(folder);
  } catch (error) {
    throw unreachable(folder, error);
  }
}

function notThere(reason: string): RenderError {
  return new RenderError(LABEL_NOT_THERE, `its shipping label ${reason}; the order goes when it is`);
}

function unreachable(path: string, error: unknown): UnreachableError {
  return new UnreachableError(`labels cannot be read: ${path} (${messageOf(error)}); the files wait`);
}
