import { toUtcText } from '../../core/time.js';
import { type Incident, listIncidents } from '../../queue/ledger/incidents.js';
import {
  type Answered,
  answeredSince,
  type FlowCounts,
  flowCounts,
  handedOverByDay,
  type OldestItem,
  oldestUnderWay,
  readByDay,
  type ThreePlDay,
} from '../../queue/reads/digest.js';
import type { EngineContext } from '../context.js';
import { type Entry, entryPages } from '../persons/entries.js';
import { type PipelineStatus, readStatus } from '../status-view.js';

/** What a person reads in the morning. Times are UTC text. */
export interface Digest {
  readonly since: string;
  readonly until: string;
  readonly flows: readonly (FlowCounts &
    Pick<PipelineStatus, 'lastDone' | 'mode'> & { readonly underWay: number })[];
  readonly handedOver: readonly ThreePlDay[];
  readonly received: readonly ThreePlDay[];
  /** How many the error list has, by code. */
  readonly waiting: readonly { readonly code: string; readonly items: number }[];
  /** Those of them that were first seen longest ago, oldest first. */
  readonly errors: readonly Pick<
    Entry,
    'pipeline' | 'item_key' | 'state' | 'code' | 'reason' | 'first_utc' | 'settled_utc' | 'times' | 'next'
  >[];
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
  const { waiting, oldest } = await errorList(context);
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
    waiting,
    errors: oldest.map((entry) => ({
      pipeline: entry.pipeline,
      item_key: entry.item_key,
      state: entry.state,
      code: entry.code,
      reason: entry.reason,
      first_utc: entry.first_utc,
      settled_utc: entry.settled_utc,
      times: entry.times,
      next: entry.next,
    })),
    oldestUnderWay: await oldestUnderWay(database),
    answered: await answeredSince(database, since),
    incidents: [...new Map(incidents.map((one) => [one.incident_id, one])).values()],
  };
}

/** The list goes by the last refusal, and what is refused again and again would never be old: so all of it is looked at. */
async function errorList(
  context: EngineContext,
): Promise<Pick<Digest, 'waiting'> & { readonly oldest: readonly Entry[] }> {
  const counts = new Map<string, number>();
  let oldest: Entry[] = [];
  for await (const page of entryPages(context, {})) {
    for (const { code } of page) counts.set(code, (counts.get(code) ?? 0) + 1);
    oldest = [...oldest, ...page].sort(byFirstSeen).slice(0, LISTED);
  }
  const waiting = [...counts].map(([code, items]) => ({ code, items }));
  return { waiting: waiting.sort((a, b) => (a.code < b.code ? -1 : 1)), oldest };
}

function byFirstSeen(a: Entry, b: Entry): number {
  if (a.first_utc !== b.first_utc) return a.first_utc < b.first_utc ? -1 : 1;
  return a.item_id - b.item_id;
}
