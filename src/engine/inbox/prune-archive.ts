import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../core/errors.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { inboxFilesPruned, inboxFilesWithoutRows, type PrunedInboxFile } from '../../queue/retention.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';

/** Files noted in one transaction. */
const PAGE = 200;

/**
 * Removes the copies of files of which no row is kept any more. The copy goes first, and then it is noted: who dies in between
 * finds nothing to remove the next time.
 */
export async function pruneArchive(context: EngineContext, lease: Lease, nowMs: number): Promise<void> {
  const { database, config } = context;
  const files = await inboxFilesWithoutRows(database, config.retention, nowMs);
  const folders = new Set<string>();
  for (let i = 0; i < files.length; i += PAGE) {
    assertGoingOn(context.signal);
    await lease.assertHeld();
    const page = files.slice(i, i + PAGE);
    for (const file of page) folders.add(await removeCopy(config.stateDirectory, file));
    const ids = page.map(({ file_id }) => file_id);
    await lease.transaction((session) => inboxFilesPruned(session, ids, toUtcText(nowMs)));
  }
  for (const folder of folders) await removeEmpty(folder);
}

async function removeCopy(stateDirectory: string, { archive }: PrunedInboxFile): Promise<string> {
  if (archive === null) return '';
  const path = join(stateDirectory, archive);
  await rm(path, { force: true });
  return dirname(path);
}

/** A month without files; one that has some stays. */
async function removeEmpty(folder: string): Promise<void> {
  if (folder === '') return;
  try {
    if ((await readdir(folder)).length === 0) await rmdir(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
