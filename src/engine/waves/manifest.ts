import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { codeOf, LeaseLostError } from '../../core/errors.js';
import type { Delivery } from '../../core/targets.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { Wave } from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import { spoolPath } from './spool.js';

/** Text of `<file>.manifest.json`: what the file must be, from the wave alone. */
export function manifestText(wave: Wave): string {
  const { file_name: file, number, orders, rows, bytes, sha256, planned_utc } = wave;
  return `${JSON.stringify({ file, number, orders, rows, bytes, sha256, plannedUtc: planned_utc }, null, 2)}\n`;
}

/** Delivers the manifest under the file's own protocol; one of the same content is left as it is. */
export async function writeManifest(
  context: EngineContext,
  lease: Lease,
  delivery: Delivery,
  wave: Wave,
): Promise<void> {
  const name = `${wave.file_name}.manifest.json`;
  const text = manifestText(wave);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const { token } = lease;
  if ((await delivery.inspect(name, token)).target?.sha256 === sha256) return;
  const path = await spoolPath(context, lease, wave.pipeline, `${wave.wave_id}-${name}`);
  try {
    await writeFile(path, text);
    await lease.assertHeld();
    if (wave.token !== token) await delivery.discard(name, token); // left by who was killed here before us
    await delivery.upload(path, name, token);
    await lease.assertHeld();
    await delivery.publish(name, token);
  } catch (error) {
    if (error instanceof LeaseLostError) await delivery.discard(name, token);
    if (codeOf(error) !== 'FILE_EXISTS') throw error;
    context.log.warn(`${name}: another manifest of this name is there, it is left as it is`, {
      wave: wave.wave_id,
    });
    await delivery.discard(name, token);
  } finally {
    await rm(path, { force: true });
  }
}
