import type { Candidates, GoDataFeedStore } from '../core/godatafeed.js';
import type { ShownUpdate } from '../core/targets.js';
import { firstOf, firstPathOf, textOf } from './envelope.js';
import { instantOf } from './instant.js';
import type { FeedOrder } from './orders.js';

/** What an order shows of an update: of its shipment or cancellation, and of its marketplace's answer. */
export function shownUpdate(store: GoDataFeedStore, { status, fields }: FeedOrder): ShownUpdate {
  const text = (candidates: Candidates) => textOf(firstOf(fields, candidates));
  const dateShipped = text(store.fields.dateShipped);
  return {
    status,
    tracking: text(store.fields.tracking),
    carrier: text(store.fields.carrier),
    shippedAt: instantOf(dateShipped),
    answer: answerOf(store, text(store.fields.sync)) ?? answerOf(store, status),
    message: text(store.fields.syncMessage),
    showsAnswer: firstPathOf(fields, store.fields.sync) !== undefined,
  };
}

function answerOf({ syncValues }: GoDataFeedStore, text: string | null): ShownUpdate['answer'] {
  if (text === null) return null;
  const says = (values: Candidates) => values.some((one) => one.toLowerCase() === text.toLowerCase());
  if (says(syncValues.complete)) return 'complete';
  if (says(syncValues.manual)) return 'manual';
  return says(syncValues.error) ? 'error' : null;
}
