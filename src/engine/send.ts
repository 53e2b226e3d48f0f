import { rm } from 'node:fs/promises';
import { MINUTE, SECOND } from '../core/clock.js';
import {
  codeOf,
  InvariantError,
  LeaseLostError,
  messageOf,
  StoppedError,
  TerminalError,
} from '../core/errors.js';
import { faultPoint } from '../core/fault-points.js';
import type { AnyPipeline } from '../core/pipeline.js';
import type { Delivery } from '../core/targets.js';
import { counted } from '../core/text.js';
import { toUtcText } from '../core/time.js';
import type { Lease } from '../queue/lease/lease.js';
import { insertEvent } from '../queue/ledger/events.js';
import type { Session } from '../queue/ledger/session.js';
import {
  dropMember,
  openWaves,
  voidIfEmpty,
  type Wave,
  waveDelivered,
  waveError,
  waveHeld,
  waveReplanned,
  waveSending,
  waveUploaded,
} from '../queue/ledger/waves.js';
import type { EngineContext } from './context.js';
import { writeManifest } from './manifest.js';
import { placeDiffers, placeUnknown } from './place.js';
import { renderWave, UnrenderableMembers } from './render.js';
import { retryDelay } from './retry.js';
import { emptySpool, spoolPath } from './spool.js';
import { assertGoingOn } from './stop.js';

const RETRY = { firstMs: 30 * SECOND, mostMs: 30 * MINUTE };

interface Sending {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly delivery: Delivery;
  readonly wave: Wave;
}

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
    const sending = { context, lease, pipeline, delivery, wave };
    try {
      await (wave.state === 'planned' ? sendPlanned(sending) : recover(sending));
    } catch (error) {
      if (error instanceof LeaseLostError || error instanceof StoppedError || error instanceof InvariantError)
        throw error;
      first ??= await noteFailure(sending, error);
    }
  }
  return first;
}

/**
 * The outcome of waves that a killed process left behind, before anything else is decided: what is at the
 * target tells. Only `.part` proves that the rename has not happened. Returns the first problem, as sendWaves.
 */
export async function recoverWaves(
  context: EngineContext,
  lease: Lease,
  pipeline: AnyPipeline,
): Promise<unknown> {
  let first: unknown = null;
  await emptySpool(context, lease, pipeline.name);
  for (const wave of await openWaves(context.database, pipeline.name)) {
    if (wave.state === 'planned') continue;
    const delivery = deliveryOf(context, pipeline, wave);
    if (delivery === null) continue;
    const sending = { context, lease, pipeline, delivery, wave };
    try {
      await recover(sending);
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
  if (await lease.transaction((session) => voidIfEmpty(session, wave.wave_id))) return;
  const path = await spoolPath(context, lease, pipeline.name, `${wave.wave_id}-${wave.file_name}`);
  try {
    const fix = await renderWave(context, wave, path);
    await faultPoint('send/rendered');
    await lease.transaction(async (session) => {
      await waveSending(session, wave.wave_id, lease.token, fix);
      await faultPoint('send/before-intent');
    });
    await faultPoint('send/after-intent');
    await lease.assertHeld();
    const place = await sending.delivery.upload(path, wave.file_name, lease.token);
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

/** uploaded -> delivered. */
async function publish(sending: Sending): Promise<void> {
  const { context, lease, delivery, wave } = sending;
  assertGoingOn(context.signal);
  const manifest = manifestOf(sending);
  if (manifest === 'before') await writeManifest(context, lease, delivery, wave);
  await lease.assertHeld();
  await faultPoint('send/before-publish');
  await delivery.publish(wave.file_name, wave.token ?? lease.token);
  await faultPoint('send/after-publish');
  if (manifest === 'after') await writeManifest(context, lease, delivery, wave);
  await receive(sending, `published in ${delivery.description}`);
}

async function receive(sending: Sending, receipt: string): Promise<void> {
  const { context, lease, pipeline, wave } = sending;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    await waveDelivered(session, wave, receipt, pipeline.load[1]?.step ?? null, now);
    await insertEvent(session, {
      at: now,
      kind: 'delivered',
      pipeline: pipeline.name,
      waveId: wave.wave_id,
      message: `file ${wave.file_name} ${receipt}: ${counted(wave.orders ?? 0, 'order')}, ${counted(wave.rows ?? 0, 'row')}, ${counted(wave.bytes ?? 0, 'byte')}`,
      detail: { sha256: wave.sha256 },
    });
    await faultPoint('send/before-receipt');
  });
  await faultPoint('send/after-receipt');
}

async function recover(sending: Sending): Promise<void> {
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
      if (place === null) throw placeUnknown(wave.file_name, delivery.description);
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

async function afterManifest(sending: Sending): Promise<void> {
  const { context, lease, delivery, wave } = sending;
  if (manifestOf(sending) === 'after') await writeManifest(context, lease, delivery, wave);
}

async function hold(sending: Sending, code: string, reason: string): Promise<void> {
  const { context, lease, pipeline, wave } = sending;
  const text = `file ${wave.file_name}: ${reason}; its orders are held, look at the file, then release or resend`;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    await waveHeld(session, wave.wave_id, code, text, now);
    await event(session, sending, 'held', text, now);
  });
  context.log.error(text, { pipeline: pipeline.name, wave: wave.wave_id });
}

/**
 * Before the upload was complete nothing can have been published: the wave is planned anew. After it, it is
 * published later. Returns the problem for the run to report; null when the file is held: that is an outcome.
 */
async function noteFailure(sending: Sending, error: unknown): Promise<unknown> {
  const { context, lease, pipeline, wave, delivery } = sending;
  const text = `file ${wave.file_name}: ${messageOf(error)}`;
  if (error instanceof TerminalError && codeOf(error) === 'FILE_EXISTS') {
    await hold(sending, 'FILE_EXISTS', `a file of this name is already in ${delivery.description}`);
    return null;
  }
  const nowMs = context.clock.now();
  const nextTry = toUtcText(nowMs + retryDelay(wave.attempts + 1, RETRY));
  await lease.transaction(async (session) => {
    await waveReplanned(session, wave.wave_id, nextTry, text);
    await waveError(session, wave.wave_id, nextTry, text);
    await event(session, sending, 'delayed', `${text}; next try at ${nextTry} UTC`, toUtcText(nowMs));
  });
  context.log.error(`${text}; next try at ${nextTry} UTC`, { pipeline: pipeline.name, wave: wave.wave_id });
  return error;
}

async function event(
  session: Session,
  { pipeline, wave }: Sending,
  kind: string,
  message: string,
  at: string,
) {
  await insertEvent(session, { at, kind, pipeline: pipeline.name, waveId: wave.wave_id, message });
}

function manifestOf({ context, wave, pipeline }: Sending): 'before' | 'after' | 'none' {
  if (pipeline.source.aggregate === 'table') return 'before';
  return context.config.threePls.find(({ name }) => name === wave.target)?.manifest ?? 'none';
}

function deliveryOf(context: EngineContext, pipeline: AnyPipeline, wave: Wave): Delivery | null {
  if (pipeline.source.aggregate === 'table') return context.delivery('tables');
  const threePl = context.config.threePls.find(({ name }) => name === wave.target);
  if (threePl === undefined) {
    context.log.warn(`file ${wave.file_name} waits: 3PL "${wave.target}" is not configured any more`);
    return null;
  }
  return context.delivery(threePl);
}
