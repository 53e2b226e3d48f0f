import { inShadow } from '../../core/config.js';
import { fromUtcText } from '../../core/time.js';
import { type MarketplaceOrder, marketplaceKey } from '../../queue/ledger/marketplace-orders.js';
import {
  effectsOfDocument,
  itemsOfKey,
  type OrderEffect,
  type OrderItem,
  type TimelineEntry,
  timelineOfKey,
} from '../../queue/reads/orders.js';
import type { EngineContext } from '../context.js';
import { remedyFor } from '../persons/remedy.js';
import { isOpen, stepText, utc } from './explain-answer.js';
import { wholeTimeline } from './explain-timeline.js';

export interface MarketplaceExplanation {
  /** `main/1000123`. */
  readonly key: string;
  readonly order: MarketplaceOrder;
  /** Where it is, why, since when. */
  readonly where: readonly string[];
  /** What happens next, or who must do what. */
  readonly next: string;
  readonly items: readonly OrderItem[];
  readonly effects: readonly OrderEffect[];
  /** Everything that happened to it on its way into Exigo, oldest first. */
  readonly timeline: readonly TimelineEntry[];
}

/** Answers where a marketplace order is on its way into Exigo, and what happens next. */
export async function explainMarketplace(
  context: EngineContext,
  order: MarketplaceOrder,
): Promise<MarketplaceExplanation> {
  const { database } = context;
  const key = marketplaceKey(order);
  const items = await itemsOfKey(database, key);
  const effects = await effectsOfDocument(database, key);
  const batchIds = [...new Set(items.map(({ batch_id }) => batch_id))];
  const item = items.at(-1);
  return {
    key,
    order,
    where: [...whereOf(item, effects), ...linkOf(order)],
    next: nextOf(context, key, item, effects),
    items,
    effects,
    timeline: wholeTimeline(
      await timelineOfKey(database, key, batchIds),
      items,
      effects,
      () => 'to be made in Exigo',
    ),
  };
}

function whereOf(item: OrderItem | undefined, effects: readonly OrderEffect[]): string[] {
  if (item === undefined) return ['frozen, and not looked at yet'];
  const reason = item.reason === null ? '' : `: ${item.reason}`;
  const answered =
    item.resolution === null ? '' : ` (answered at ${utc(item.resolved_utc)}: ${item.resolution})`;
  const settled = utc(item.settled_utc);
  const what = {
    new: `waits for its verdict since ${utc(item.created_utc)}`,
    ready: `ready since ${utc(item.created_utc)}`,
    loading: `on its way since ${utc(item.created_utc)}`,
    delivered: `done at ${settled}`,
    excluded: `excluded as ${item.code}${reason} at ${settled}`,
  }[item.state];
  const open = effects.find(isOpen);
  return [
    `${item.pipeline}: ${what ?? `${item.state} as ${item.code} since ${settled}${reason}${answered}`}`,
    ...(open === undefined ? [] : [`${item.pipeline}: ${stepText(open)}`]),
  ];
}

function linkOf({ exigo_order_id, acknowledged_utc, canceled_utc }: MarketplaceOrder): string[] {
  const links: string[] = [];
  if (exigo_order_id !== null) {
    const told =
      acknowledged_utc === null ? 'not acknowledged yet' : `acknowledged at ${utc(acknowledged_utc)}`;
    links.push(`order ${exigo_order_id} in Exigo, ${told}`);
  }
  if (canceled_utc !== null) links.push(`reported Canceled at ${utc(canceled_utc)}`);
  return links;
}

function nextOf(
  context: EngineContext,
  key: string,
  item: OrderItem | undefined,
  effects: readonly OrderEffect[],
): string {
  if (item === undefined) return 'the next run gives it its verdict';
  const open = effects.find(isOpen);
  if (open !== undefined) return nextOfStep(context, open);
  if (item.settled_utc === null) return 'the next run goes on';
  if (item.state !== 'held' && item.state !== 'failed') return 'nothing';
  if (item.resolution === null) return remedyFor({ ...item, order_id: null, item_key: key });
  return item.resolution === 'RETRIED' ? 'the next run takes it up' : 'nothing, until it changes';
}

function nextOfStep({ clock, config }: EngineContext, effect: OrderEffect): string {
  const { step, state, next_try_utc, pipeline } = effect;
  if (state === 'pending' && inShadow(config, pipeline)) {
    return `nothing while ${pipeline} runs in shadow: step ${step} is the earlier script's; once it is live the next run does it, unless somebody has by then`;
  }
  if (state === 'sending') return `the next run looks up whether ${step} was done, before anything else`;
  return next_try_utc === null || fromUtcText(next_try_utc) <= clock.now()
    ? `the next run goes on with ${step}`
    : `the first run after ${utc(next_try_utc)} tries ${step} again`;
}
