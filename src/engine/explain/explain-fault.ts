import { UsageError } from '../../core/errors.js';
import {
  effectsOfDocument,
  itemsOfKey,
  type TimelineEntry,
  timelineOfKey,
} from '../../queue/reads/orders.js';
import type { EngineContext } from '../context.js';
import { remedyFor } from '../persons/remedy.js';
import { utc } from './explain-answer.js';
import { wholeTimeline } from './explain-timeline.js';

export interface FaultExplanation {
  /** `inbox/<file>/<line>`. */
  readonly key: string;
  readonly where: readonly string[];
  readonly next: string;
  readonly timeline: readonly TimelineEntry[];
}

/** Where a row of a 3PL's file is that could not be used. Throws UsageError for one that never waited. */
export async function explainFault(context: EngineContext, key: string): Promise<FaultExplanation> {
  const { database } = context;
  const items = await itemsOfKey(database, key);
  const item = items.at(-1);
  if (item === undefined)
    throw new UsageError(`${key}: there is no such row in the error list, now or before`);
  const batchIds = [...new Set(items.map(({ batch_id }) => batch_id))];
  const answered =
    item.resolution === null ? '' : ` (answered at ${utc(item.resolved_utc)}: ${item.resolution})`;
  const waits = item.resolution === null && (item.state === 'held' || item.state === 'failed');
  const code = item.code === null ? '' : ` as ${item.code}`;
  return {
    key,
    where: [`${item.pipeline}: ${item.state}${code}: ${item.reason ?? ''}${answered}`],
    next: waits ? remedyFor({ ...item, order_id: null, item_key: key }) : 'nothing',
    timeline: wholeTimeline(
      await timelineOfKey(database, key, batchIds),
      items,
      await effectsOfDocument(database, key),
      () => 'to be read',
    ),
  };
}
