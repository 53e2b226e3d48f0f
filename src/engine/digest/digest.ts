import { toUtcText } from '../../core/time.js';
import { type Incident, listIncidents } from '../../queue/ledger/incidents.js';
import {
  type Answered,
  answeredSince,
  type FlowCounts,
  flowCounts,
  handedOverByDay,
  type OldestItem,
  oldestItems,
  readByDay,
  type ThreePlDay,
} from '../../queue/reads/digest.js';
import { countWaiting, type WaitingItem, waitingItems } from '../../queue/reads/waiting.js';
import type { EngineContext } from '../context.js';
import { remedyFor } from '../persons/remedy.js';
import { type PipelineStatus, readStatus } from '../status-view.js';

/** What a person reads in the morning. Times are UTC text. */
export interface Digest {
  readonly since: string;
  readonly until: string;
  readonly flows: readonly (FlowCounts &
    Pick<PipelineStatus, 'lastDone' | 'mode'> & { readonly underWay: number })[];
  readonly handedOver: readonly ThreePlDay[];
  readonly received: readonly ThreePlDay[];
  /** How many wait, by code. */
  readonly waiting: readonly { readonly code: string; readonly items: number }[];
  /** The oldest of them. */
  readonly errors: readonly (Pick<
    WaitingItem,
    'pipeline' | 'item_key' | 'state' | 'code' | 'reason' | 'settled_utc'
  > & { readonly next: string })[];
  readonly oldestUnderWay: OldestItem | null;
  readonly answered: readonly Answered[];
  /** Open ones, and those that began or ended in this time. */
  readonly incidents: readonly Incident[];
}

/** So many errors are listed; the others are counted. */
const LISTED = 50;
const NOTHING = { batches: 0, delivered: 0, excluded: 0, held: 0, failed: 0 };

/** Everything between two instants (ms), and what stands at its end. */
export async function readDigest(context: EngineContext, from: number, until: number): Promise<Digest> {
  const { database } = context;
  const since = toUtcText(from);
  const counts = new Map((await flowCounts(database, since)).map((row) => [row.pipeline, row]));
  const { pipelines } = await readStatus(context);
  const items = await waitingItems(database, { limit: LISTED });
  const incidents = [
    ...(await listIncidents(database, { open: true })),
    ...(await listIncidents(database, { since })),
  ];
  return {
    since,
    until: toUtcText(until),
    flows: pipelines.map(({ pipeline, mode, lastDone, backlog }) => ({
      pipeline,
      mode,
      ...NOTHING,
      ...counts.get(pipeline),
      lastDone,
      underWay: backlog.reduce((sum, row) => sum + row.items, 0),
    })),
    handedOver: await handedOverByDay(database, since),
    received: await readByDay(database, since),
    waiting: await countWaiting(database, {}),
    errors: items.map((item) => ({
      pipeline: item.pipeline,
      item_key: item.item_key,
      state: item.state,
      code: item.code,
      reason: item.reason,
      settled_utc: item.settled_utc,
      next: remedyFor(item),
    })),
    oldestUnderWay: (await oldestItems(database)).underWay,
    answered: await answeredSince(database, since),
    incidents: [...new Map(incidents.map((one) => [one.incident_id, one])).values()],
  };
}
