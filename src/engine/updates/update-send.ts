import { isLeftAlone } from '../../core/circuits.js';
import {
  ConfigurationError,
  codeOf,
  messageOf,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { CALL_RETRY, MOST_WAIT, retryDelay } from '../../core/retry.js';
import { describeDuration, toUtcText } from '../../core/time.js';
import { effectsPending, effectsUnknown } from '../../queue/ledger/effects.js';
import { type OpenUpdate, updateSending } from '../../queue/ledger/updates.js';
import { assertGoingOn } from '../stop.js';
import { readBackUpdate } from './update-findings.js';
import { lookAt } from './update-look.js';
import { fixedRequest, updatedOrder } from './update-request.js';
import { MOST_TROUBLES, recordAccepted, recordDone, recordRefusal, type UpdateWork } from './update-work.js';

/** Sends one update: intent committed, one call, receipt. Returns whether it is to be tried again in this run. */
export async function sendUpdate(work: UpdateWork, update: OpenUpdate): Promise<boolean> {
  const { context, lease, target } = work;
  const nowMs = context.clock.now();
  const request = fixedRequest(update, nowMs);
  const fixed = { ...update, request: JSON.stringify(request) };
  const claimed = await lease.transaction(async (session) => {
    const done = await updateSending(session, update.effect_id, {
      token: lease.token,
      request: fixed.request,
      absenceProvesUtc: toUtcText(nowMs + target.unknownWaitMs),
    });
    await faultPoint('update/before-intent');
    return done;
  });
  if (!claimed) return false;
  await faultPoint('update/after-intent');
  try {
    await target.send(updatedOrder(update, request), request.sent, async () => {
      assertGoingOn(context.signal);
      await lease.assertHeld();
      await faultPoint('update/before-call');
    });
  } catch (error) {
    return noteFailure(work, fixed, error);
  }
  work.troubles.inARow = 0;
  await faultPoint('update/after-call');
  await recordAccepted(work, fixed, 'accepted by GoDataFeed');
  return false;
}

async function noteFailure(work: UpdateWork, update: OpenUpdate, error: unknown): Promise<boolean> {
  const { context, lease, target } = work;
  const ids = [update.effect_id];
  if (error instanceof TerminalError) {
    await settleRefusal(work, update, error);
    return false;
  }
  const text = messageOf(error);
  const nowMs = context.clock.now();
  if (error instanceof UnknownOutcomeError) {
    const provenAt = toUtcText(nowMs + target.unknownWaitMs);
    await lease.transaction((session) => effectsUnknown(session, ids, provenAt, text));
    context.log.warn(`${text}; read back before anything else`, { order: update.order_id });
    if (++work.troubles.inARow >= MOST_TROUBLES) throw error;
    return false;
  }
  if (error instanceof ConfigurationError) {
    await lease.transaction((session) => effectsPending(session, ids, null, text));
    throw error;
  }
  if (!(error instanceof TransientError)) throw error;
  const delay = retryDelay(++work.troubles.inARow, CALL_RETRY, context.random, error);
  const nextTry = isLeftAlone(error) ? null : toUtcText(nowMs + delay);
  await lease.transaction((session) => effectsPending(session, ids, nextTry, text));
  context.log.warn(`${text}; tried again in ${describeDuration(delay)}`, { order: update.order_id });
  if (work.troubles.inARow >= MOST_TROUBLES || delay > MOST_WAIT) throw error;
  await lease.sleep(delay, context.signal);
  return true;
}

/** Refused, perhaps because it is there already, or because somebody else was quicker: the order shows it. */
async function settleRefusal(work: UpdateWork, update: OpenUpdate, error: TerminalError): Promise<void> {
  work.troubles.inARow = 0;
  const request = fixedRequest(update, work.context.clock.now());
  const look = await lookAt(work, update, request, 'read-back');
  if (look.looked === 'failed') return;
  if (look.looked === 'refused') {
    return recordRefusal(work, update, {
      state: 'failed',
      code: 'UPDATE_REFUSED',
      reason: `${messageOf(error)}; nor can the order be looked up (${messageOf(look.error)}); look at it in GoDataFeed, then "errors retry"`,
    });
  }
  const finding = readBackUpdate(request.sent, look.shown, update.generation);
  if (finding.found === 'answered') return recordDone(work, update, finding.receipt);
  if (finding.found === 'there') return recordAccepted(work, update, 'is what GoDataFeed shows');
  const missing = finding.found === 'missing' || codeOf(error) === 'HTTP_404';
  await recordRefusal(work, update, {
    state: 'failed',
    code: missing ? 'NOT_IN_GODATAFEED' : 'UPDATE_REFUSED',
    reason: `${messageOf(error)}; mend it in Exigo, and its next version is sent by itself`,
  });
}
