import { randomUUID } from 'node:crypto';
import { access, constants, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf, messageOf } from '../../core/errors.js';
import { EXIT } from '../process.js';
import { type Check, failed, passed } from './check.js';

/**
 * Whether files can be written, synced and renamed there: what a durable delivery needs, and what some
 * network file systems refuse. `made` says that a run makes the folder itself; a delivery folder it never
 * makes, because a missing one may be a mount that failed.
 */
export async function checkFolder(name: string, path: string, made: boolean): Promise<Check> {
  try {
    if (!(await stat(path)).isDirectory()) {
      return failed(name, `${path} is not a folder`, 'name a folder in the configuration', EXIT.usage);
    }
    await tryFolder(path);
    return passed(name, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      const remedy = 'let this user write there, on a file system that can sync and rename';
      return failed(name, `${path}: ${messageOf(error)}`, remedy, EXIT.usage);
    }
    if (made && (await canBeMade(path))) return passed(name, `${path} (the first run makes it)`);
    return failed(name, `${path} is not there`, `mount it, or: mkdir -p '${path}'`, EXIT.usage);
  }
}

/** Whether the folder that another system leaves labels in can be read; nothing is written there. */
export async function checkLabelFolder(name: string, path: string): Promise<Check> {
  try {
    await readdir(path);
    return passed(name, path);
  } catch (error) {
    const remedy = codeOf(error) === 'ENOENT' ? `mount it, or: mkdir -p '${path}'` : 'let this user read it';
    return failed(name, `${path}: ${messageOf(error)}`, remedy, EXIT.usage);
  }
}

async function tryFolder(path: string): Promise<void> {
  // A 3PL ignores names that end in .part.
  const name = join(path, `.orderferry-doctor-${randomUUID()}`);
  const [first, second] = [`${name}.1.part`, `${name}.2.part`];
  try {
    const file = await open(first, 'wx');
    try {
      await file.writeFile('orderferry doctor\n');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(first, second);
    await syncFolder(path);
  } finally {
    await rm(first, { force: true });
    await rm(second, { force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether the nearest folder above that exists can be written. */
async function canBeMade(path: string): Promise<boolean> {
  const parent = dirname(path);
  if (parent === path) return false;
  try {
    await access(parent, constants.W_OK);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT' && canBeMade(parent);
  }
}
