import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import type { Wave } from '../../queue/ledger/waves.js';
import { deliverBeside } from './beside.js';
import type { Sending } from './sending.js';
import { spoolPath } from './spool.js';

/** Text of `<file>.manifest.json`: what the file must be, from the wave alone. */
export function manifestText(wave: Wave): string {
  const { file_name: file, number, orders, rows, bytes, sha256, planned_utc } = wave;
  return `${JSON.stringify({ file, number, orders, rows, bytes, sha256, plannedUtc: planned_utc }, null, 2)}\n`;
}

/** Delivers the manifest; one of the same content is left as it is. */
export async function writeManifest(sending: Sending): Promise<void> {
  const { context, lease, wave } = sending;
  const name = `${wave.file_name}.manifest.json`;
  const text = manifestText(wave);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const path = await spoolPath(context, lease, wave.pipeline, `${wave.wave_id}-${name}`);
  try {
    await deliverBeside(
      sending,
      name,
      (target) => target.sha256 === sha256,
      async () => {
        await writeFile(path, text);
        return path;
      },
    );
  } finally {
    await rm(path, { force: true });
  }
}
