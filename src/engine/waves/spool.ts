import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lease } from '../../queue/lease/lease.js';
import type { EngineContext } from '../context.js';

/**
 * A path for a file on its way to its target, in a folder of this holder of the pipeline's lease alone: a
 * process that was stopped and wakes up never writes into what its successor is about to send.
 */
export async function spoolPath(
  context: EngineContext,
  lease: Lease,
  pipeline: string,
  name: string,
): Promise<string> {
  const folder = join(folderOf(context, pipeline), String(lease.token));
  await mkdir(folder, { recursive: true });
  return join(folder, name);
}

/** Removes what earlier holders left behind when they were killed: such files hold addresses. */
export async function emptySpool(context: EngineContext, lease: Lease, pipeline: string): Promise<void> {
  const folder = folderOf(context, pipeline);
  await mkdir(folder, { recursive: true });
  for (const token of await readdir(folder)) {
    if (Number(token) < lease.token) await rm(join(folder, token), { recursive: true, force: true });
  }
}

function folderOf(context: EngineContext, pipeline: string): string {
  return join(context.config.stateDirectory, 'spool', pipeline);
}
