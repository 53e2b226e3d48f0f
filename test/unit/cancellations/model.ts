import type { Collected, SaidRow } from '../../../src/core/shipment.js';
import { decideCanceled } from '../../../src/engine/cancellations/decide-canceled.js';
import { decideCancellation, outcomeOf } from '../../../src/engine/cancellations/decide-cancellation.js';
import { lastWord } from '../../../src/engine/cancellations/last-word.js';
import { verdictOf } from '../../../src/engine/shipments/decide-shipment.js';
import { judgeTracking } from '../../../src/engine/shipments/judge-tracking.js';
import { type AskedCancellation, wantedBy } from '../../../src/queue/ledger/cancellations.js';
import { CANCELED_BY_PERSON, type PriorEffect } from '../../../src/queue/ledger/effects.js';
import { collectShipment } from '../../../src/transform/shipments/collect.js';
import { file, HANDED_OVER, ship, shipmentOf } from '../shipments/said.js';

const HOUR = 3_600_000;

export const ACTIONS = [
  'canceled in Exigo',
  'open again in Exigo',
  'ended at the marketplace',
  'canceled by a person',
  'accepted',
  'rejected',
  'canceled there',
  'not canceled there',
  'shipped',
  'run hand-over: planned',
  'run hand-over: uploaded',
  'run hand-over',
  'run cancellations',
  'run ends',
  'run shipments',
] as const;
export type Action = (typeof ACTIONS)[number];

type Status = 'Accepted' | 'Printed' | 'Canceled' | 'Shipped';

/** One order, as far as it matters who may cancel or ship it. What decides is the product's own. */
export interface World {
  readonly exigo: Status;
  /** What the hand-over pipeline has looked at; a change is a version. */
  readonly looked: Status | null;
  readonly ended: boolean;
  readonly hand: 'none' | 'planned' | 'uploaded' | 'delivered' | 'used up';
  readonly person: boolean;
  readonly rows: readonly SaidRow['answer'][];
  /** Rows that the shipments pipeline has judged. */
  readonly judged: number;
  readonly asked: AskedCancellation | null;
  /** The item of the cancellations pipeline. */
  readonly notice: 'none' | 'new' | 'open' | 'sent' | 'settled';
  /** How many rows were there when the file that asks was delivered. */
  readonly sentAt: number;
  readonly end: 'none' | 'asked' | 'held' | 'done';
  /** What waits for a person, by pipeline. */
  readonly held: Readonly<Record<string, string>>;
  /** What we did upstream. */
  readonly ours: readonly string[];
}

export const START: World = {
  exigo: 'Accepted',
  looked: null,
  ended: false,
  hand: 'none',
  person: false,
  rows: [],
  judged: 0,
  asked: null,
  notice: 'none',
  sentAt: 0,
  end: 'none',
  held: {},
  ours: [],
};

/** The world after an action; null where it cannot happen. */
export function step(world: World, action: Action): World | null {
  switch (action) {
    case 'canceled in Exigo':
      return world.exigo === 'Canceled' || world.exigo === 'Shipped' ? null : { ...world, exigo: 'Canceled' };
    case 'open again in Exigo':
      return world.exigo === 'Canceled' && !world.ours.includes('canceled')
        ? { ...world, exigo: 'Accepted' }
        : null;
    case 'ended at the marketplace':
      return world.ended ? null : { ...world, ended: true };
    case 'canceled by a person':
      return canceledByPerson(world);
    case 'accepted':
      return says(world, 'accepted');
    case 'rejected':
      return says(world, 'rejected');
    case 'canceled there':
      return says(world, 'canceled');
    case 'not canceled there':
      return says(world, 'not-canceled');
    case 'shipped':
      return says(world, 'shipped');
    case 'run hand-over: planned':
      return handOver(world, 'planned');
    case 'run hand-over: uploaded':
      return handOver(world, 'uploaded');
    case 'run hand-over':
      return handOver(world, 'delivered');
    case 'run cancellations':
      return cancellations(world);
    case 'run ends':
      return ends(world);
    case 'run shipments':
      return shipments(world);
  }
}

/** The 3PL can say anything of an order that it may have, each once: it may contradict itself. */
function says(world: World, answer: SaidRow['answer']): World | null {
  if (world.hand !== 'delivered' && world.hand !== 'uploaded') return null;
  return world.rows.includes(answer) ? null : { ...world, rows: [...world.rows, answer] };
}

function canceledByPerson(world: World): World | null {
  if (world.person) return null;
  const person = { ...world, person: true };
  if (world.hand === 'uploaded' || world.hand === 'delivered') return want(person, 'person');
  return world.looked === null
    ? null
    : { ...person, hand: 'used up', held: without(world.held, 'hand-over') };
}

/** One run of the hand-over, whose file comes so far. */
function handOver(world: World, far: 'planned' | 'uploaded' | 'delivered'): World | null {
  let next = world;
  if (next.hand === 'used up') return { ...next, looked: next.exigo };
  if (next.hand === 'none' || next.hand === 'planned') {
    // The newest version decides as long as nothing has left.
    if (next.exigo !== 'Accepted') return { ...next, hand: 'none', looked: next.exigo };
    next = { ...next, hand: far, looked: next.exigo };
  } else {
    if (next.looked !== next.exigo) next = version(next);
    if (next.hand === 'uploaded') next = { ...next, hand: far === 'planned' ? 'uploaded' : far };
  }
  if (next.hand !== 'delivered' || next.exigo !== 'Accepted' || next.asked?.answer === 'canceled')
    return next;
  return { ...next, exigo: 'Printed', looked: 'Printed' };
}

/** A version of an order that was handed over, judged by the product. */
function version(world: World): World {
  const asked = world.asked ?? undefined;
  const { decision, wants, drops } = decideCanceled({ status: world.exigo }, priorOf(world), asked, true);
  let next: World = { ...world, looked: world.exigo, held: without(world.held, 'hand-over') };
  if (decision?.state === 'held') next = hold(next, 'hand-over', decision.code ?? '');
  if (wants) next = want(next, 'exigo');
  if (drops && next.asked !== null) {
    next = { ...next, asked: { ...next.asked, by_exigo: 0 } };
    const nobody = next.asked !== null && wantedBy(next.asked).length === 0;
    if (nobody && next.notice === 'new') next = { ...next, notice: 'settled' };
  }
  return next;
}

function want(world: World, by: 'exigo' | 'marketplace' | 'person'): World {
  const flag = `by_${by}` as const;
  if (world.asked?.[flag] === 1) return world;
  const asked = { ...(world.asked ?? NOBODY), [flag]: 1 };
  if (asked.answer === 'canceled') return { ...world, asked, held: without(world.held, 'cancellations') };
  const again = world.notice === 'none' || world.notice === 'settled';
  const shown = by === 'marketplace' && asked.answer !== null;
  return { ...world, asked, notice: again && !shown ? 'new' : world.notice };
}

function cancellations(world: World): World | null {
  if (world.asked === null) return null;
  let { asked, notice, held } = world;
  const wanted = wantedBy(asked).length > 0;
  const [said, collected] = saidOf(world);
  const askedAt = notice === 'sent' || world.sentAt > 0 ? receivedAt(world.sentAt) : null;
  const word = lastWord({ rows: said }, collected, askedAt);
  const waits = held.cancellations;
  const goesOn =
    waits !== undefined && (word?.answer === 'canceled' || waits === 'HAND_OVER_OPEN' || !wanted);
  if (notice === 'new' || (goesOn && notice !== 'sent')) {
    const open = world.hand === 'uploaded';
    const verdict = decideCancellation({
      threePl: 'atlas',
      wanted,
      handOver: open ? 'open' : 'stands',
      handOverWords: '',
      asked: world.sentAt > 0,
      word,
      takes: true,
    });
    held = without(held, 'cancellations');
    if (verdict.verdict === 'ask') return { ...world, held, notice: 'sent', sentAt: world.rows.length + 1 };
    if (verdict.state === 'held') held = { ...held, cancellations: verdict.code };
    if (verdict.word !== null) asked = { ...asked, ...verdict.word };
    notice = verdict.code === 'ALREADY_ASKED' ? 'sent' : 'settled';
    return confirmed({ ...world, asked, held, notice });
  }
  if (notice !== 'sent' || word === null) return world;
  const outcome = outcomeOf('atlas', wanted, word);
  held = without(held, 'cancellations');
  if (outcome.state === 'held') held = { ...held, cancellations: outcome.code };
  return confirmed({ ...world, asked: { ...asked, ...word }, held, notice: 'settled' });
}

/** What waited because of the same words is answered. */
function confirmed(world: World): World {
  if (world.asked?.answer !== 'canceled' || world.held.shipments !== 'CANCELED_BY_3PL') return world;
  return { ...world, held: without(world.held, 'shipments') };
}

function ends(world: World): World | null {
  if (!world.ended || world.end === 'done' || world.end === 'held') return null;
  const next: World = { ...world, held: without(world.held, 'ends') };
  if (next.exigo === 'Canceled') return { ...next, end: 'done' };
  const tooLate: World = { ...hold(next, 'ends', 'TOO_LATE'), end: 'held' };
  if (next.exigo === 'Shipped') return tooLate;
  if (next.hand === 'none' || next.hand === 'planned' || next.hand === 'used up') {
    return { ...next, hand: 'used up', exigo: 'Canceled', end: 'done', ours: [...next.ours, 'canceled'] };
  }
  const asked = want(next, 'marketplace');
  const answer = asked.asked?.answer ?? null;
  if (answer === null) return { ...hold(asked, 'ends', 'CANCELLATION_ASKED'), end: 'asked' };
  if (answer !== 'canceled' || next.rows.includes('shipped')) {
    return { ...hold(asked, 'ends', 'TOO_LATE'), end: 'held' };
  }
  return { ...asked, exigo: 'Canceled', end: 'done', ours: [...next.ours, 'canceled'] };
}

function shipments(world: World): World | null {
  if (world.judged === world.rows.length) return null;
  const [rows, collected] = saidOf(world);
  const verdict = verdictOf(shipmentOf(rows), collected, false, world.asked);
  const next: World = { ...world, judged: world.rows.length, held: without(world.held, 'shipments') };
  if (verdict.verdict === 'reject') return hold(next, 'shipments', verdict.code);
  if (verdict.verdict === 'exclude' || collected.says !== 'shipped') return next;
  const shown = { status: next.exigo, tracking: [], shipMethodId: 1 };
  const seen = judgeTracking(collected.notice, shown, []);
  if (seen.seen === 'blocked') return hold(next, 'shipments', seen.code);
  return { ...next, exigo: 'Shipped', ours: [...next.ours, 'shipped'] };
}

function saidOf(world: World): readonly [SaidRow[], Collected] {
  const rows = world.rows.flatMap((answer, i) =>
    file(i + 1, answer === 'shipped' ? ship(null, null, 'T1') : { answer }),
  );
  return [rows, collectShipment(shipmentOf(rows), 'joined')];
}

function receivedAt(rows: number): number {
  return HANDED_OVER + rows * HOUR;
}

const NOBODY: AskedCancellation = {
  order_id: 7,
  generation: 1,
  target: 'atlas',
  asked_utc: '',
  by_exigo: 0,
  by_marketplace: 0,
  by_person: 0,
  answer: null,
  evidence: null,
  answered_utc: null,
};

function priorOf({ person, hand }: World): PriorEffect {
  return {
    effect_id: 1,
    order_id: 7,
    item_id: 1,
    generation: 1,
    state: hand === 'delivered' ? 'done' : 'pending',
    fingerprint: person ? CANCELED_BY_PERSON : 'as handed over',
    change_set_id: 1,
    wave_id: 1,
    wave_state: hand,
    target: 'atlas',
    code: null,
    reason: null,
    resolution: null,
    last_error: null,
    done_utc: null,
  };
}

function hold(world: World, pipeline: string, code: string): World {
  return { ...world, held: { ...world.held, [pipeline]: code } };
}

function without(held: World['held'], pipeline: string): World['held'] {
  return Object.fromEntries(Object.entries(held).filter(([name]) => name !== pipeline));
}
