import { HOUR } from '../../core/clock.js';
import { faultPoint } from '../../core/fault-points.js';
import { describeDuration, fromUtcText, toUtcText } from '../../core/time.js';
import { type OpenUpdate, openUpdates, updateLooked } from '../../queue/ledger/updates.js';
import { assertGoingOn } from '../stop.js';
import { watchUpdate } from './update-findings.js';
import { refusedByMarketplace } from './update-read-back.js';
import { fixedRequest, updatedOrder } from './update-request.js';
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
  const { context, lease, target } = work;
  const nowMs = context.clock.now();
  const request = fixedRequest(update, nowMs);
  const { generation, attempts } = update;
  const shown = await target.look(updatedOrder(update, request), 'watch');
  const finding = watchUpdate(request.sent, shown, { generation, firstLook: attempts === 0 });
  if (finding.found === 'answered') return recordDone(work, update, finding.receipt);
  if (finding.found === 'refused') return recordRefusal(work, update, refusedByMarketplace(finding.message));
  const age = nowMs - fromUtcText(update.accepted_utc ?? toUtcText(nowMs));
  if (age >= target.confirmWaitMs) {
    if (finding.found === 'there' && shown?.showsAnswer === false) {
      return recordDone(
        work,
        update,
        'accepted, and shown so; GoDataFeed does not show what its marketplace says',
      );
    }
    return recordRefusal(work, update, {
      state: 'held',
      code: 'NOT_CONFIRMED',
      reason: `GoDataFeed accepted it ${describeDuration(age)} ago, and ${finding.found === 'missing' ? 'does not show the order any more' : 'its marketplace has not answered'}; look at it there, then release it as ignore, or "errors retry" to send it again`,
    });
  }
  const pause = Math.min(target.firstLookMs * 2 ** Math.min(attempts + 1, 20), LONGEST_PAUSE);
  await lease.transaction((session) => updateLooked(session, update.effect_id, toUtcText(nowMs + pause)));
  await faultPoint('update/after-look');
}
