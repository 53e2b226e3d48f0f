import { codeOf, LeaseLostError } from '../../core/errors.js';
import type { FileFacts } from '../../core/targets.js';
import type { Sending } from './sending.js';

/**
 * Delivers a file that goes with a hand-over file, a manifest or a label, under the file's own protocol. It needs no record: its
 * name is this wave's alone, so one that is there is the one that an earlier try left. `made` puts it at a local path.
 */
export async function deliverBeside(
  { context, lease, delivery, wave }: Sending,
  name: string,
  isThere: (target: FileFacts) => boolean,
  made: () => Promise<string>,
): Promise<void> {
  const { token } = lease;
  const { target } = await delivery.inspect(name, token);
  if (target !== null && isThere(target)) return;
  try {
    const path = await made();
    await lease.assertHeld();
    if (wave.token !== token) await delivery.discard(name, token); // left by who was killed here before us
    await delivery.upload(path, name, token);
    await lease.assertHeld();
    await delivery.publish(name, token);
  } catch (error) {
    if (error instanceof LeaseLostError) await delivery.discard(name, token);
    if (codeOf(error) !== 'FILE_EXISTS') throw error;
    context.log.warn(`${name}: another file of this name is there, it is left as it is`, {
      wave: wave.wave_id,
    });
    await delivery.discard(name, token);
  }
}
