import { statusName } from '../../core/exigo.js';
import { linksOfOrders, linkWords } from '../../queue/ledger/adopted.js';
import { openBatches } from '../../queue/ledger/batches.js';
import {
  effectsOfOrder,
  itemsOfOrder,
  lastVersion,
  linksOfOrder,
  newestVersion,
  type OrderEffect,
  type OrderItem,
  sourceOrder,
  type TimelineEntry,
  timelineOf,
} from '../../queue/reads/orders.js';
import { saidRows } from '../../queue/reads/shipments.js';
import { type EngineContext, syncTables } from '../context.js';
import { type Answer, answerFor } from './explain-answer.js';
import { withSaid } from './explain-said.js';
import { wholeTimeline } from './explain-timeline.js';
import { answerUnseen } from './explain-unseen.js';
import { wordsOf } from './explain-words.js';

export interface Explanation {
  readonly orderId: number;
  /** Where the order is, why, since when; per pipeline, and per step that is not finished. */
  readonly where: readonly string[];
  /** What happens next, or who must do what. */
  readonly next: string;
  readonly source: { readonly status: string; readonly modifiedAt: string } | null;
  readonly newestChangeSet: number | null;
  readonly items: readonly OrderItem[];
  readonly effects: readonly OrderEffect[];
  readonly links: readonly {
    readonly system: string;
    readonly reference: string;
    readonly linked_utc: string;
  }[];
  /** Everything that happened to it, oldest first. */
  readonly timeline: readonly TimelineEntry[];
}

/** Answers where an order is, why, since when, and what happens next; also for one that was never seen. */
export async function explain(context: EngineContext, orderId: number): Promise<Explanation> {
  const { database } = context;
  const items = await itemsOfOrder(database, orderId);
  const effects = await effectsOfOrder(database, orderId);
  const sync = syncTables(context);
  const source = sync === null ? undefined : await sourceOrder(sync, orderId);
  const newest = await newestVersion(database, orderId);
  const latest = [...new Map(items.map((item) => [item.pipeline, item])).values()];
  const answers: Answer[] = [];
  for (const item of latest) answers.push(await answerFor(context, item, effects));
  if (latest.length === 0) {
    const [link] = (await linksOfOrders(database, [orderId])).get(orderId) ?? [];
    answers.push(
      link === undefined
        ? await answerUnseen(context, source, newest)
        : { where: [linkWords(link)], next: 'nothing; the warehouse has it' },
    );
  }

  const next = answers.map((answer) => answer.next);
  if (await waitsForVerdict(context, latest, newest)) {
    next.push(`a newer version is frozen in change set ${newest}: the next run looks at it`);
  }
  const version = await lastVersion(database, orderId);
  const moved =
    source !== undefined &&
    version !== undefined &&
    (version.modified_at !== source.ModifiedDate || version.status_id !== source.OrderStatusID);
  if (moved) next.push('Exigo has changed it since it was frozen: the next run looks at it');

  const said = (await saidRows(database, null, [orderId])).get(orderId) ?? [];
  const waveIds = [...new Set(effects.flatMap((effect) => effect.wave_id ?? []))];
  const batchIds = [...new Set(items.map((item) => item.batch_id))];
  return {
    orderId,
    where: answers.flatMap((answer) => answer.where),
    next: next.join('; '),
    source:
      source === undefined
        ? null
        : { status: statusName(source.OrderStatusID), modifiedAt: `${source.ModifiedDate} US Central` },
    newestChangeSet: newest ?? null,
    items,
    effects,
    links: await linksOfOrder(database, orderId),
    timeline: wholeTimeline(
      withSaid(context, await timelineOf(database, orderId, batchIds, waveIds), said),
      items,
      effects,
      (target, pipeline) => wordsOf(context.pipelines, pipeline).readyFor(target),
    ),
  };
}

/** Whether a batch that has not been looked at holds a newer version. */
async function waitsForVerdict(
  context: EngineContext,
  latest: readonly OrderItem[],
  newest: number | undefined,
): Promise<boolean> {
  for (const item of latest) {
    if (newest === undefined || newest <= item.change_set_id) continue;
    const open = await openBatches(context.database, item.pipeline);
    if (open.some((batch) => batch.change_set_id === newest && batch.state === 'frozen')) return true;
  }
  return false;
}
