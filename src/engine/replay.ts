import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../core/errors.js';
import { readBatch } from '../queue/ledger/batches.js';
import { wavesOfBatch } from '../queue/reads/replay.js';
import type { EngineContext } from './context.js';
import { renderWave } from './render.js';

export interface ReplayedFile {
  readonly path: string;
  readonly orders: number;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether it is byte for byte the file that was sent; null when none was sent yet. */
  readonly identical: boolean | null;
}

/**
 * Makes the files of a batch again from its frozen rows and stored configuration, into a folder, and sends
 * nothing. They are the bytes that were sent, on any day, machine, zone and locale.
 */
export async function replayBatch(
  context: EngineContext,
  batchId: number,
  out: string,
): Promise<ReplayedFile[]> {
  if ((await readBatch(context.database, batchId)) === undefined)
    throw new UsageError(`there is no batch ${batchId}`);
  await mkdir(out, { recursive: true });
  const files: ReplayedFile[] = [];
  for (const wave of await wavesOfBatch(context.database, batchId)) {
    const path = join(out, wave.file_name);
    const made = await renderWave(context, wave, path);
    files.push({ path, ...made, identical: wave.sha256 === null ? null : wave.sha256 === made.sha256 });
  }
  return files;
}
