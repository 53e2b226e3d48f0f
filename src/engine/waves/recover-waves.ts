import { InvariantError, LeaseLostError, StoppedError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import { type Wave, waveReplanned } from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import { fileGone, isServer, placeDiffers, placeUnknown } from './place.js';
import {
  afterManifest,
  deliveryOf,
  hold,
  noteFailure,
  publish,
  receive,
  type Sending,
  whyNotTo,
} from './sending.js';

/**
 * The outcome of waves that a killed process left behind, before anything else is decided: what is at the
 * target tells. Only `.part` proves that the rename has not happened. Returns the first problem, as sendWaves.
 */
export async function recoverWaves(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
  waves: readonly Wave[],
): Promise<unknown> {
  let first: unknown = null;
  for (const wave of waves) {
    if (wave.state === 'planned') continue;
    const delivery = deliveryOf(context, pipeline, wave);
    if (delivery === null) continue;
    const down = await whyNotTo(context, pipeline, wave);
    if (down !== null) {
      first ??= down;
      continue;
    }
    const sending = { context, lease, pipeline, delivery, wave };
    try {
      await recoverWave(sending);
    } catch (error) {
      if (error instanceof LeaseLostError || error instanceof StoppedError || error instanceof InvariantError)
        throw error;
      first ??= await noteFailure(sending, error);
    }
  }
  return first;
}

/** What the target shows decides what became of the wave. */
export async function recoverWave(sending: Sending): Promise<void> {
  const { context, lease, delivery, wave } = sending;
  const { part, target, place } = await delivery.inspect(wave.file_name, wave.token ?? lease.token);
  await lease.assertHeld();
  if (target !== null) {
    if (target.sha256 === wave.sha256) {
      // Discarding syncs the folder: killed right after the rename, a power cut might undo it after the receipt.
      await delivery.discard(wave.file_name, lease.token);
      await afterManifest(sending);
      return receive(sending, `found in ${delivery.description}`);
    }
    return hold(
      sending,
      'FILE_DIFFERS',
      `a file of this name but other content is in ${delivery.description}`,
    );
  }
  if (wave.state === 'uploaded') {
    if (part === null) {
      if (delivery.absence === 'unproven')
        return hold(sending, 'FILE_GONE', fileGone(wave, delivery.description));
      if (place === null && !isServer(wave.place)) throw placeUnknown(wave.file_name, delivery.description);
      if (place !== wave.place) return hold(sending, 'FOLDER_DIFFERS', placeDiffers(delivery.description));
      await afterManifest(sending);
      return receive(sending, `collected from ${delivery.description}`);
    }
    if (part.sha256 === wave.sha256) return publish(sending);
    return hold(
      sending,
      'PART_DIFFERS',
      `${wave.file_name}.${wave.token}.part in ${delivery.description} was altered after the upload`,
    );
  }
  // Sending: the rename comes after "uploaded", so nothing was published. A `.part` that looks whole goes, too:
  // nobody knows whether it was synced.
  await delivery.discard(wave.file_name, lease.token);
  await lease.transaction((session) => waveReplanned(session, wave.wave_id, null, null));
  context.log.info(`file ${wave.file_name}: the upload was cut short, it is made again`, {
    wave: wave.wave_id,
  });
}
