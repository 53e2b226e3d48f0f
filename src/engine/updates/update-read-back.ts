import { messageOf } from '../../core/errors.js';
import { MOST_ATTEMPTS, MOST_WAIT } from '../../core/retry.js';
import { fromUtcText, toUtcText } from '../../core/time.js';
import { effectsPending } from '../../queue/ledger/effects.js';
import { newerUpdate, type OpenUpdate, openUpdates, withdrawUpdates } from '../../queue/ledger/updates.js';
import { assertGoingOn } from '../stop.js';
import { type Finding, readBackUpdate } from './update-findings.js';
import { assertStoreAnswers, lookAt } from './update-look.js';
import { fixedRequest } from './update-request.js';
import { recordAccepted, recordDone, recordRefusal, type UpdateWork } from './update-work.js';

const PAGE = 100;

/**
 * Reads back what is on its way with an unknown outcome. `now`: what is not seen waits; `until proven`: it waits until
 * absence proves something, and what was not done is pending again. Returns whether something is.
 */
export async function readBackAll(work: UpdateWork, patience: 'now' | 'until proven'): Promise<boolean> {
  const { context, of } = work;
  let again = false;
  for (let after = 0; ; ) {
    const page = { now: toUtcText(context.clock.now()), after, limit: PAGE };
    const sending = await openUpdates(context.database, 'sending', of, page);
    const last = sending.at(-1);
    if (last === undefined) return again;
    after = last.effect_id;
    for (const update of sending) again = (await readBack(work, update, patience)) || again;
  }
}

/** Whether it is proven undone, and pending again. */
async function readBack(
  work: UpdateWork,
  update: OpenUpdate,
  patience: 'now' | 'until proven',
): Promise<boolean> {
  const { context, lease } = work;
  const provenAt = fromUtcText(update.next_try_utc ?? toUtcText(0));
  let mayWait = patience === 'until proven';
  for (;;) {
    assertGoingOn(context.signal);
    await lease.assertHeld();
    const lookedAt = context.clock.now();
    const request = fixedRequest(update, lookedAt);
    const look = await lookAt(work, update, request, 'read-back');
    if (look.looked === 'failed') {
      assertStoreAnswers(work, look.error);
      work.troubles.unread ??= look.error;
      return false;
    }
    if (look.looked === 'refused') {
      await recordRefusal(work, update, unreadable(look.error));
      return false;
    }
    const finding = readBackUpdate(request.sent, look.shown, update.generation);
    if (finding.found !== 'absent') {
      await settle(work, update, finding);
      return false;
    }
    if (lookedAt >= provenAt) return undone(work, update);
    const wait = provenAt - context.clock.now();
    if (!mayWait || wait > MOST_WAIT) return false;
    if (wait > 0) await lease.sleep(wait, context.signal);
    mayWait = context.clock.now() >= provenAt;
  }
}

async function settle(work: UpdateWork, update: OpenUpdate, finding: Finding): Promise<void> {
  switch (finding.found) {
    case 'answered':
      return recordDone(work, update, finding.receipt);
    case 'there':
      return recordAccepted(work, update, 'is what GoDataFeed shows');
    case 'refused':
      return recordRefusal(work, update, refusedByMarketplace(finding.message));
    case 'otherwise':
      return recordRefusal(work, update, otherwiseAtMarketplace(finding.status));
    case 'unproven':
      return recordRefusal(work, update, {
        state: 'held',
        code: 'UPDATE_UNPROVEN',
        reason:
          'the answer was lost, and GoDataFeed shows no tracking number (fields.tracking) that tells it from the update before; look at it there, then "errors retry" to send it again, or release it as ignore',
      });
    default:
      return recordRefusal(work, update, {
        state: 'held',
        code: 'NOT_IN_GODATAFEED',
        reason:
          'the answer was lost, and GoDataFeed does not show the order; look for it there, then "errors retry"',
      });
  }
}

function unreadable(error: Error) {
  return {
    state: 'held',
    code: 'OUTCOME_UNKNOWN',
    reason: `the answer was lost, and the order cannot be looked up: ${messageOf(error)}; look at it in GoDataFeed, then "errors retry" to send it again, or release it as ignore`,
  } as const;
}

/** Pending again, unless a newer one of its order exists, which it would overwrite: that one is free to leave now. */
async function undone(work: UpdateWork, update: OpenUpdate): Promise<boolean> {
  const ids = [update.effect_id];
  const superseded = await work.lease.transaction(async (session) => {
    const byBatchId = await newerUpdate(session, update.effect_id);
    if (byBatchId === undefined) return false;
    await effectsPending(session, ids, null, null);
    await withdrawUpdates(session, ids, byBatchId, toUtcText(work.context.clock.now()));
    return true;
  });
  if (superseded) return true;
  if (update.attempts >= MOST_ATTEMPTS) {
    await recordRefusal(work, update, {
      state: 'failed',
      code: 'UPDATE_UNSEEN',
      reason: `its answer was lost ${update.attempts} times, and GoDataFeed never showed it; look at it there, then "errors retry"`,
    });
    return false;
  }
  await work.lease.transaction((session) =>
    effectsPending(session, ids, null, 'not done, it is tried again'),
  );
  return true;
}

export function otherwiseAtMarketplace(status: string) {
  return {
    state: 'held',
    code: 'OTHERWISE_AT_MARKETPLACE',
    reason: `GoDataFeed shows the order as ${status}, which leaves no room for it; look at it there`,
  } as const;
}

export function refusedByMarketplace(message: string) {
  return {
    state: 'failed',
    code: 'MARKETPLACE_REFUSED',
    reason: `its marketplace refused it: ${message}; mend it in Exigo (or the map of the carriers, then "errors retry"), and its next version is sent by itself`,
  } as const;
}
