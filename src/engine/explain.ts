import { statusName } from '../core/exigo.js';
import { fromUtcText } from '../core/time.js';
import {
  effectsOfOrder,
  itemsOfOrder,
  linksOfOrder,
  newestVersion,
  type OrderEffect,
  type OrderItem,
  sourceOrder,
  type TimelineEntry,
  timelineOf,
} from '../queue/reads/orders.js';
import type { EngineContext } from './context.js';
import { nextCutOff } from './cut-off.js';

export interface Explanation {
  readonly orderId: number;
  /** Where the order is, why, since when. */
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
  readonly timeline: readonly TimelineEntry[];
}

/** Answers where an order is, why, since when, and what happens next; also for one that was never seen. */
export async function explain(context: EngineContext, orderId: number): Promise<Explanation> {
  const { database } = context;
  const items = await itemsOfOrder(database, orderId);
  const effects = await effectsOfOrder(database, orderId);
  const source = await sourceOrder(database, orderId);
  const waveIds = [...new Set(effects.flatMap((effect) => effect.wave_id ?? []))];
  const batchIds = [...new Set(items.map((item) => item.batch_id))];
  const newest = await newestVersion(database, orderId);
  const latest = [...new Map(items.map((item) => [item.pipeline, item])).values()];
  const answers = latest.map((item) => answer(context, item, effects));
  return {
    orderId,
    where: items.length === 0 ? [neverSeen(source, newest)] : answers.map(({ where }) => where),
    next: items.length === 0 ? nextOfUnseen(source) : answers.map(({ next }) => next).join('; '),
    source:
      source === undefined
        ? null
        : { status: statusName(source.OrderStatusID), modifiedAt: `${source.ModifiedDate} US Central` },
    newestChangeSet: newest ?? null,
    items,
    effects,
    links: await linksOfOrder(database, orderId),
    timeline: await timelineOf(database, orderId, batchIds, waveIds),
  };
}

function answer(
  context: EngineContext,
  item: OrderItem,
  effects: readonly OrderEffect[],
): { readonly where: string; readonly next: string } {
  const head = `${item.pipeline}: `;
  const own = effects.filter((effect) => effect.pipeline === item.pipeline);
  const handedOver = own.findLast((effect) => effect.state === 'done' && effect.file_name !== null);
  const file =
    handedOver === undefined
      ? ''
      : `; handed over to ${handedOver.target} in ${handedOver.file_name} at ${handedOver.done_utc} UTC`;
  switch (item.state) {
    case 'new':
      return {
        where: `${head}waits for its verdict since ${item.created_utc} UTC${file}`,
        next: 'the next run decides',
      };
    case 'ready':
      return {
        where: `${head}ready for ${item.target} since ${item.created_utc} UTC${file}`,
        next: nextWave(context, item),
      };
    case 'loading': {
      const open = own.find((effect) => effect.state === 'pending' || effect.state === 'sending');
      const error = open?.last_error == null ? '' : `; last try: ${open.last_error}`;
      return {
        where: `${head}on its way to ${item.target}, step ${open?.step ?? '?'} is ${open?.state ?? '?'}${file}${error}`,
        next:
          open?.next_try_utc == null ? 'the next run goes on' : `tried again after ${open.next_try_utc} UTC`,
      };
    }
    case 'delivered':
      return {
        where: `${head}delivered at ${item.settled_utc} UTC${file}`,
        next: 'nothing; the warehouse has it',
      };
    case 'excluded':
      return {
        where: `${head}excluded as ${item.code}${item.reason === null ? '' : ` (${item.reason})`} at ${item.settled_utc} UTC${file}`,
        next: handedOver === undefined ? 'looked at again when it changes' : 'nothing; the warehouse has it',
      };
    default: {
      const what = `${head}${item.state} as ${item.code} since ${item.settled_utc} UTC: ${item.reason}${file}`;
      if (item.resolution !== null) {
        return {
          where: `${what} (answered at ${item.resolved_utc} UTC: ${item.resolution})`,
          next: nextAfter(item.resolution),
        };
      }
      return { where: what, next: nextForWaiting(item) };
    }
  }
}

function nextForWaiting(item: OrderItem): string {
  if (item.code === 'INCOMPLETE') return 'read again every cycle; goes by itself when it is whole';
  if (item.code?.endsWith('AFTER_HAND_OVER')) {
    return 'a person decides: orderferry release <order> --as ignore|resend|cancel';
  }
  return 'mend the cause, then: orderferry errors retry --order <order>; or a newer version of it is looked at anew';
}

function nextAfter(resolution: string): string {
  return resolution === 'RESENT' || resolution === 'RETRIED'
    ? 'the next run takes it up'
    : 'nothing, until it changes';
}

function nextWave(context: EngineContext, item: OrderItem): string {
  const threePl = context.config.threePls.find(({ name }) => name === item.target);
  if (threePl === undefined) return `3PL ${item.target} is not configured any more`;
  const cutOff = nextCutOff(threePl.wave, context.clock.now());
  const cooled = fromUtcText(item.created_utc) + threePl.wave.coolingOffMs;
  if (cutOff === null) {
    return cooled > context.clock.now()
      ? `goes with the first run after ${new Date(cooled).toISOString()}`
      : 'goes with the next run';
  }
  return `goes with the wave of ${new Date(cutOff).toISOString()}`;
}

function neverSeen(
  source: { readonly ModifiedDate: string } | undefined,
  newest: number | undefined,
): string {
  if (newest !== undefined) return `frozen in change set ${newest}, no pipeline has looked at it yet`;
  return source === undefined
    ? 'never seen: neither in the sync database nor in any change set'
    : `in the sync database (modified ${source.ModifiedDate} US Central), in no change set`;
}

function nextOfUnseen(source: { readonly ModifiedDate: string } | undefined): string {
  return source === undefined
    ? 'nothing; check the number'
    : `the next run freezes it if it changed since the last one; else: orderferry run <pipeline> --start-date ${source.ModifiedDate.slice(0, 10)}`;
}
