import { SYSTEM } from '../../core/circuits.js';
import { inShadow } from '../../core/config.js';
import { codeOf, messageOf } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { fileOf } from '../../core/hand-over.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import { FILE_RETRY, retryDelay } from '../../core/retry.js';
import type { Delivery } from '../../core/targets.js';
import { counted } from '../../core/text.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { WAITS_FOR_ANSWER } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import type { Session } from '../../queue/ledger/session.js';
import {
  SHADOW,
  type Wave,
  waveDelivered,
  waveError,
  waveHeld,
  waveReplanned,
} from '../../queue/ledger/waves.js';
import { answerDue } from '../answers/answer-due.js';
import type { EngineContext } from '../context.js';
import { noticesWait } from '../in-shadow.js';
import { assertGoingOn } from '../stop.js';
import { deliverLabels } from './labels.js';
import { writeManifest } from './manifest.js';

/** One wave on its way to its target. */
export interface Sending {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly delivery: Delivery;
  readonly wave: Wave;
}

/** uploaded -> delivered. */
export async function publish(sending: Sending): Promise<void> {
  const { context, lease, delivery, wave } = sending;
  assertGoingOn(context.signal);
  const manifest = manifestOf(sending);
  await deliverLabels(sending);
  if (manifest === 'before') await writeManifest(sending);
  await lease.assertHeld();
  await faultPoint('send/before-publish');
  try {
    await delivery.publish(wave.file_name, wave.token ?? lease.token);
  } catch (error) {
    if (codeOf(error) !== 'FILE_EXISTS') throw error;
    return settleExisting(sending);
  }
  await faultPoint('send/after-publish');
  if (manifest === 'after') await writeManifest(sending);
  await receive(sending, `published in ${delivery.description}`);
}

/** The receipt: delivered. */
export async function receive(sending: Sending, receipt: string): Promise<void> {
  const { context, lease, pipeline, wave } = sending;
  const how = wave.shadow === 1 ? `${SHADOW} ${receipt}; not sent to ${wave.target}` : receipt;
  await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    await waveDelivered(session, wave, how, nextOf(context, pipeline, wave), now);
    await insertEvent(session, {
      at: now,
      kind: wave.shadow === 1 ? 'shadow' : 'delivered',
      pipeline: pipeline.name,
      waveId: wave.wave_id,
      message: `file ${wave.file_name} ${how}: ${counted(wave.orders ?? 0, 'order')}, ${counted(wave.rows ?? 0, 'row')}, ${counted(wave.bytes ?? 0, 'byte')}`,
      detail: { sha256: wave.sha256 },
    });
    await faultPoint('send/before-receipt');
  });
  await faultPoint('send/after-receipt');
}

/** The step that comes after the hand-over; it waits where the 3PL answers. */
function nextOf({ config }: EngineContext, { load }: AnyPipeline, { target, shadow }: Wave) {
  // Printed is for whoever has sent the order, which in shadow we have not.
  if (shadow === 1) return null;
  const next = load[1];
  if (next === undefined) return null;
  const waits = next.kind === '3pl-answer';
  return { step: next.step, nextTryUtc: waits ? WAITS_FOR_ANSWER : answerDue(config, target) };
}

export async function afterManifest(sending: Sending): Promise<void> {
  if (manifestOf(sending) === 'after') await writeManifest(sending);
}

/** The file needs a person; its orders are held with it. */
export async function hold(sending: Sending, code: string, reason: string): Promise<void> {
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
 * published later. Returns the problem, for the run to report.
 */
export async function noteFailure(sending: Sending, error: unknown): Promise<unknown> {
  const { context, lease, pipeline, wave } = sending;
  const text = `file ${wave.file_name}: ${messageOf(error)}`;
  const nowMs = context.clock.now();
  const nextTry = toUtcText(nowMs + retryDelay(wave.attempts + 1, FILE_RETRY, context.random, error));
  await lease.transaction(async (session) => {
    await waveReplanned(session, wave.wave_id, nextTry, text);
    await waveError(session, wave.wave_id, nextTry, text);
    await event(session, sending, 'delayed', `${text}; next try at ${nextTry} UTC`, toUtcText(nowMs));
  });
  context.log.error(`${text}; next try at ${nextTry} UTC`, { pipeline: pipeline.name, wave: wave.wave_id });
  return error;
}

/** A process that was stopped may have renamed it while its successor looked: the same bytes are our file. */
async function settleExisting(sending: Sending): Promise<void> {
  const { lease, delivery, wave } = sending;
  const { target } = await delivery.inspect(wave.file_name, wave.token ?? lease.token);
  if (target === null || target.sha256 !== wave.sha256) {
    return hold(sending, 'FILE_EXISTS', `a file of this name is already in ${delivery.description}`);
  }
  await delivery.discard(wave.file_name, lease.token);
  await afterManifest(sending);
  await receive(sending, `found in ${delivery.description}`);
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
  const threePl = context.config.threePls.find(({ name }) => name === wave.target);
  return (threePl && fileOf(threePl, wave.section))?.manifest ?? 'none';
}

/** Why the 3PL's place is left alone, or null: then the wave stays as it is, and no try is counted. */
export async function whyNotTo(context: EngineContext, pipeline: AnyPipeline, wave: Wave) {
  const tables = pipeline.source.aggregate === 'table';
  return tables || wave.shadow === 1 ? null : context.circuits.whyNot(SYSTEM.threePl(wave.target));
}

/**
 * Where the wave goes; null, with a warning, when its 3PL is not configured any more, or when nothing may leave because the
 * pipeline runs in shadow by now. One that was made in shadow stays there, whatever the mode is now.
 */
export function deliveryOf(context: EngineContext, pipeline: AnyPipeline, wave: Wave): Delivery | null {
  const shadow = wave.shadow === 1;
  if (!shadow && inShadow(context.config, pipeline.name)) {
    context.log.warn(
      `file ${wave.file_name} waits: it was made before ${pipeline.name} was set to shadow, and leaves when that is live again`,
    );
    return null;
  }
  const wait = noticesWait(context, pipeline);
  if (wait !== null) {
    context.log.warn(`file ${wave.file_name} waits: ${wait}`);
    return null;
  }
  if (pipeline.source.aggregate === 'table') return context.delivery('tables', shadow);
  const threePl = context.config.threePls.find(({ name }) => name === wave.target);
  if (threePl === undefined) {
    context.log.warn(`file ${wave.file_name} waits: 3PL "${wave.target}" is not configured any more`);
    return null;
  }
  const file = fileOf(threePl, wave.section);
  if (file === null) {
    context.log.warn(`file ${wave.file_name} waits: the template of ${wave.target} has no ${wave.section}`);
    return null;
  }
  const target = wave.section === null ? threePl : { name: threePl.name, delivery: file.delivery };
  return context.delivery(target, shadow);
}
