import { describeDuration, fromUtcText } from '../../core/time.js';
import { unansweredOrders } from '../../queue/ledger/answers.js';
import type { WaitingItem } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';

const PAGE = 500;
export const NOT_ANSWERED = 'NOT_ANSWERED';

/** An order that its 3PL has not answered in time; it goes on waiting. */
export type UnansweredItem = Pick<
  WaitingItem,
  'item_id' | 'pipeline' | 'batch_id' | 'order_id' | 'item_key' | 'target' | 'code' | 'reason' | 'settled_utc'
> & { readonly state: 'loading' };

/** Orders whose 3PL has had more time to answer than its template gives it, oldest first. */
export async function notAnswered(context: EngineContext, pipeline: string): Promise<UnansweredItem[]> {
  const { database, clock, config, pipelines } = context;
  const [first, next] = pipelines.find(({ name }) => name === pipeline)?.load ?? [];
  const step = next?.step;
  const section = first?.kind === '3pl-notice' ? first.section : null;
  const within = new Map(
    config.threePls.map(({ name, answerWithinMs, notices }) => [
      name,
      section === null ? answerWithinMs : (notices[section]?.answerWithinMs ?? null),
    ]),
  );
  if (step === undefined || [...within.values()].every((ms) => ms === null)) return [];
  const found: UnansweredItem[] = [];
  for (let after = 0; ; ) {
    const page = await unansweredOrders(database, { pipeline, step }, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return found;
    after = last.effect_id;
    for (const { item_id, batch_id, order_id, item_key, target, created_utc } of page) {
      const limit = within.get(target) ?? null;
      const age = clock.now() - fromUtcText(created_utc);
      if (limit === null || age <= limit) continue;
      found.push({
        item_id,
        pipeline,
        batch_id,
        order_id,
        item_key,
        target,
        state: 'loading',
        code: NOT_ANSWERED,
        reason: `${target} got it ${describeDuration(age)} ago and has not answered; it goes on when a file does`,
        settled_utc: created_utc,
      });
    }
  }
}
