import type { OrderEffect, OrderItem, TimelineEntry } from '../../queue/reads/orders.js';

/** Events that come after the verdict of the same moment. */
const AFTER_VERDICT = new Set(['planned', 'delayed', 'delivered', 'status', 'failed']);
const BY_PERSON = ['release', 'resend', 'retry'];

/**
 * The events of an order, its batches and files, and what no event tells because it happened to thousands at
 * once: verdicts, older versions that gave way, the orders of a status call. Oldest first; events of one
 * moment keep their order.
 */
export function wholeTimeline(
  events: readonly TimelineEntry[],
  items: readonly OrderItem[],
  effects: readonly OrderEffect[],
  readyFor: (target: string, pipeline: string) => string,
): TimelineEntry[] {
  const timeline = [...events];
  for (const item of items) {
    for (const entry of verdictsOf(item, events, readyFor)) insert(timeline, entry, AFTER_VERDICT);
  }
  for (const effect of effects) {
    if (effect.file_name !== null || effect.done_utc === null) continue;
    const message = `step ${effect.step} is done: ${effect.receipt}`;
    insert(
      timeline,
      { at_utc: effect.done_utc, kind: 'status', pipeline: effect.pipeline, message },
      new Set(),
    );
  }
  return timeline;
}

function verdictsOf(
  item: OrderItem,
  events: readonly TimelineEntry[],
  readyFor: (target: string, pipeline: string) => string,
): TimelineEntry[] {
  const { pipeline, batch_id, code, reason, settled_utc } = item;
  const entry = (at_utc: string, kind: string, message: string) => ({ at_utc, kind, pipeline, message });
  const why = reason === null ? '' : `: ${reason}`;
  const entries: TimelineEntry[] = [];
  const gaveWay = code === 'SUPERSEDED' || item.state !== 'excluded';
  const wasReady = item.state !== 'held' && gaveWay;
  if (item.target !== null && wasReady && !BY_PERSON.includes(item.kind)) {
    entries.push(entry(item.created_utc, 'verdict', `batch ${batch_id}: ${readyFor(item.target, pipeline)}`));
  }
  if (item.state === 'excluded' && settled_utc !== null) {
    entries.push(entry(settled_utc, 'verdict', `batch ${batch_id}: excluded as ${code}${why}`));
  }
  const waits = item.state === 'held' || item.state === 'failed';
  const told = events.some((event) => event.at_utc === settled_utc && event.kind === item.state);
  if (waits && settled_utc !== null && !told) {
    entries.push(entry(settled_utc, item.state, `${code}${why}`));
  }
  if (item.resolution === 'SUPERSEDED' && item.resolved_utc !== null) {
    entries.push(
      entry(item.resolved_utc, 'answered', `what was ${item.state} as ${code} gave way to a newer version`),
    );
  }
  return entries;
}

/** Puts an entry behind all of its moment, but before those of the kinds in `before`. */
function insert(timeline: TimelineEntry[], entry: TimelineEntry, before: ReadonlySet<string>): void {
  const index = timeline.findIndex(
    ({ at_utc, kind }) => at_utc > entry.at_utc || (at_utc === entry.at_utc && before.has(kind)),
  );
  timeline.splice(index < 0 ? timeline.length : index, 0, entry);
}
