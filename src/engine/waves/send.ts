import { rm } from 'node:fs/promises';
import { InvariantError, LeaseLostError, StoppedError } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { dropUnwanted } from '../../queue/ledger/cancellations.js';
import { dropMember, openWaves, voidIfEmpty, waveSending, waveUploaded } from '../../queue/ledger/waves.js';
import { isOfCancellations } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { makeLabels, removeLabels } from './labels.js';
import { mailLabels } from './mail-labels.js';
import { recoverWave } from './recover-waves.js';
import { renderWave, UnrenderableMembers } from './render.js';
import { deliveryOf, noteFailure, publish, type Sending, whyNotTo } from './sending.js';
import { spoolPath } from './spool.js';

/**
 * Brings every open wave of the pipeline to its target. One wave that fails does not stop the others; what
 * fails for a passing reason waits for its next try. Returns the first problem, for the run to report.
 */
export async function sendWaves(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
): Promise<unknown> {
  let first: unknown = null;
  const now = toUtcText(context.clock.now());
  for (const wave of await openWaves(context.database, pipeline.name)) {
    assertGoingOn(context.signal);
    if (wave.next_try_utc !== null && wave.next_try_utc > now) continue;
    const delivery = deliveryOf(context, pipeline, wave);
    if (delivery === null) continue;
    const down = await whyNotTo(context, pipeline, wave);
    if (down !== null) {
      first ??= down;
      continue;
    }
    const sending = { context, lease, pipeline, delivery, wave };
    try {
      await (wave.state === 'planned' ? sendPlanned(sending) : recoverWave(sending));
    } catch (error) {
      if (error instanceof LeaseLostError || error instanceof StoppedError || error instanceof InvariantError)
        throw error;
      first ??= await noteFailure(sending, error);
    }
  }
  return first;
}

async function sendPlanned(sending: Sending): Promise<void> {
  const { context, lease, pipeline, wave } = sending;
  // What an earlier try may have left there goes before the wave does: empty, nobody would look at it again.
  if (wave.attempts > 0) await sending.delivery.discard(wave.file_name, lease.token);
  const isEmpty = await lease.transaction(async (session) => {
    // A file may have waited for days: who is not to be canceled any more is not asked for.
    if (isOfCancellations(pipeline)) {
      await dropUnwanted(session, wave.wave_id, toUtcText(context.clock.now()));
    }
    return voidIfEmpty(session, wave.wave_id);
  });
  if (isEmpty) return;
  const path = await spoolPath(context, lease, pipeline.name, `${wave.wave_id}-${wave.file_name}`);
  try {
    await makeLabels(sending);
    const fix = await renderWave(context, wave, path);
    await mailLabels(sending);
    await faultPoint('send/rendered');
    await lease.transaction(async (session) => {
      await waveSending(session, wave.wave_id, lease.token, fix);
      await faultPoint('send/before-intent');
    });
    await faultPoint('send/after-intent');
    await lease.assertHeld();
    const place = await sending.delivery.upload(path, wave.file_name, lease.token, () => lease.assertHeld());
    await faultPoint('send/before-uploaded');
    await noteUploaded(sending, place);
    await faultPoint('send/after-uploaded');
    await publish({ ...sending, wave: { ...wave, ...fix, state: 'uploaded', token: lease.token, place } });
  } catch (error) {
    if (!(error instanceof UnrenderableMembers)) throw error;
    await lease.transaction(async (session) => {
      for (const member of error.members) await dropMember(session, member, toUtcText(context.clock.now()));
    });
    await sendPlanned(sending);
  } finally {
    await removeLabels(sending);
    await rm(path, { force: true });
  }
}

async function noteUploaded({ lease, delivery, wave }: Sending, place: string): Promise<void> {
  try {
    await lease.transaction((session) => waveUploaded(session, wave.wave_id, lease.token, place));
  } catch (error) {
    // Whoever has taken over does not use a `.part` that was not noted, and may have been past it already.
    if (error instanceof LeaseLostError) await delivery.discard(wave.file_name, lease.token);
    throw error;
  }
}
