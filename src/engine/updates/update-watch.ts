import { HOUR } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import { faultPoint } from '../../core/fault-points.js';
import { retryDelay } from '../../core/retry.js';
import { describeDuration, fromUtcText, toUtcText } from '../../core/time.js';
import { type OpenUpdate, openUpdates, updateLooked } from '../../queue/ledger/updates.js';
import { assertGoingOn } from '../stop.js';
import { watchUpdate } from './update-findings.js';
import { assertStoreAnswers, lookAt } from './update-look.js';
import { otherwiseAtMarketplace, refusedByMarketplace } from './update-read-back.js';
import { fixedRequest } from './update-request.js';
import { recordDone, recordRefusal, type UpdateWork } from './update-work.js';

/** One call each, of the budget that new updates need as well: at 2 calls a second this is 100 s of it. */
const LOOKS_PER_RUN = 200;
const LONGEST_PAUSE = 6 * HOUR;

/** Asks for the updates that GoDataFeed has accepted what their marketplaces say, those first that wait longest. */
export async function watchUpdates(work: UpdateWork): Promise<void> {
  const { context, of } = work;
  const page = { now: toUtcText(context.clock.now()), after: 0, limit: LOOKS_PER_RUN };
  for (const update of await openUpdates(context.database, 'accepted', of, page)) {
    assertGoingOn(context.signal);
    await watch(work, update);
  }
}

async function watch(work: UpdateWork, update: OpenUpdate): Promise<void> {
  const { context, target } = work;
  const nowMs = context.clock.now();
  const request = fixedRequest(update, nowMs);
  const { generation, attempts } = update;
  const age = nowMs - fromUtcText(update.accepted_utc ?? toUtcText(nowMs));
  const look = await lookAt(work, update, request, 'watch');
  if (look.looked !== 'shown') {
    const trouble = `the order cannot be looked up: ${messageOf(look.error)}`;
    if (age >= target.confirmWaitMs) return recordRefusal(work, update, notConfirmed(age, trouble));
    context.log.warn(`update ${update.item_key}: ${trouble}; asked for again later`, {
      order: update.order_id,
    });
    await askLater(work, update, false);
    if (look.looked === 'failed') assertStoreAnswers(work, look.error);
    return;
  }
  const { shown } = look;
  const finding = watchUpdate(request.sent, shown, { generation, firstLook: attempts === 0 });
  if (finding.found === 'answered') return recordDone(work, update, finding.receipt);
  if (finding.found === 'otherwise') {
    return recordRefusal(work, update, otherwiseAtMarketplace(finding.status));
  }
  if (finding.found === 'refused') return recordRefusal(work, update, refusedByMarketplace(finding.message));
  if (age >= target.confirmWaitMs) {
    if (finding.found === 'there' && shown?.showsAnswer === false) {
      return recordDone(
        work,
        update,
        'accepted, and shown so; GoDataFeed does not show what its marketplace says',
      );
    }
    const trouble =
      finding.found === 'missing' ? 'does not show the order any more' : 'its marketplace has not answered';
    return recordRefusal(work, update, notConfirmed(age, trouble));
  }
  await askLater(work, update, true);
}

/** `asked`: whether the store has shown the order; the pause grows with each time it has. */
async function askLater(work: UpdateWork, update: OpenUpdate, asked: boolean): Promise<void> {
  const { context, lease, target } = work;
  const limits = { firstMs: target.firstLookMs, mostMs: LONGEST_PAUSE };
  const pause = retryDelay(update.attempts + 2, limits, context.random);
  const next = toUtcText(context.clock.now() + pause);
  await lease.transaction((session) => updateLooked(session, update.effect_id, asked, next));
  await faultPoint('update/after-look');
}

function notConfirmed(age: number, trouble: string) {
  return {
    state: 'held',
    code: 'NOT_CONFIRMED',
    reason: `GoDataFeed accepted it ${describeDuration(age)} ago, and ${trouble}; look at it there, then release it as ignore, or "errors retry" to send it again`,
  } as const;
}
