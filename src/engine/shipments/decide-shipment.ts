import { createHash } from 'node:crypto';
import { exclude, load, reject, type ShipmentPipeline, type Verdict } from '../../core/pipeline.js';
import type { Collected, PlannedShipment, Shipment, ShipmentNotice } from '../../core/shipment.js';
import type { AskedCancellation } from '../../queue/ledger/cancellations.js';
import type { Decision } from '../../queue/ledger/items.js';
import type { KeyEffect } from '../../queue/ledger/singles.js';
import { excluded, guarded, held } from '../verdicts/decide.js';

/** What was done for an order, newest generation last. */
export interface ShipmentStanding {
  readonly tracking: readonly KeyEffect[];
  readonly shipped: readonly KeyEffect[];
}

/** What follows from the decision. */
export type ShipmentPlan =
  | { readonly plan: 'nothing' }
  | { readonly plan: 'tell'; readonly generation: number; readonly planned: PlannedShipment }
  /** The numbers are there, but it was never set to Shipped. */
  | { readonly plan: 'ship'; readonly generation: number }
  /** Something that was refused is tried again as it is. */
  | { readonly plan: 'reopen'; readonly effectId: number };

export interface ShipmentDecision {
  readonly decision: Decision;
  readonly plan: ShipmentPlan;
  /** Effects that have not left and give way. */
  readonly withdraw: readonly number[];
}

/** The verdict that a tool gives of what a 3PL has said. `asked`: what it was asked to cancel. */
export function verdictOf(
  { threePl, rows }: Pick<Shipment, 'threePl' | 'rows'>,
  collected: Collected,
  acknowledges: boolean,
  asked: AskedCancellation | null,
): Verdict {
  if (asked?.answer === 'canceled') {
    const against = againstCancellation(rows, collected);
    if (against !== null) {
      const reason = `${against.reason}, but ${threePl} has canceled it, too (${asked.evidence})`;
      return reject(against.code, `${reason}; settle it with ${threePl}`);
    }
  }
  switch (collected.says) {
    case 'shipped':
      return load(threePl);
    case 'accepted':
      return exclude('ACCEPTED', collected.reason);
    case 'nothing':
      return exclude('NOT_A_SHIPMENT', collected.reason);
    case 'waiting':
      return reject('PARTLY_SHIPPED', collected.reason);
    case 'refused':
      // Where orders are Printed when they are accepted, a refused one is held there.
      if (acknowledges) return exclude('REFUSED_BY_3PL', collected.reason);
      return reject(
        'REFUSED_BY_3PL',
        `${collected.reason}; mend the order and send it again with "release --as resend", or cancel it in Exigo`,
      );
    case 'canceled':
      // Too late or refused, and canceled since: the cancellation is judged again, or a person has left it.
      if (asked !== null && (asked.answer === null || asked.answer === 'canceled')) {
        return exclude('CANCELED_ON_REQUEST', collected.reason);
      }
      return reject('CANCELED_BY_3PL', `${collected.reason}; cancel it in Exigo, then release it as ignore`);
    default:
      return reject(collected.code, `${collected.reason}; settle it with ${threePl}`);
  }
}

/** What the 3PL says against a cancellation that it has confirmed; null: nothing. */
function againstCancellation(
  rows: Shipment['rows'],
  collected: Collected,
): { readonly code: string; readonly reason: string } | null {
  if (collected.says === 'contradiction') return null;
  const shipped = rows.find(({ answer, repeats }) => answer === 'shipped' && !repeats);
  if (shipped !== undefined) {
    return { code: 'SHIPPED_AND_CANCELED', reason: `${shipped.file} line ${shipped.line}: it was shipped` };
  }
  const last = rows.findLast(({ answer }) => answer === 'canceled' || answer === 'not-canceled');
  if (last?.answer !== 'not-canceled') return null;
  const words = last.reason ?? 'it was not canceled';
  return { code: 'CANCELED_AND_NOT_CANCELED', reason: `${last.file} line ${last.line}: ${words}` };
}

/**
 * The pipeline's verdict on what a 3PL has said, by what was done before: the same is not told twice, other numbers are a
 * correction, and what has not left gives way. What was refused is not tried again as it was, unless a person insists.
 */
export function decideShipment(
  shipment: Shipment,
  collected: Collected,
  pipeline: ShipmentPipeline,
  standing: ShipmentStanding,
  {
    acknowledges,
    personInsists,
    asked,
  }: {
    readonly acknowledges: boolean;
    readonly personInsists: boolean;
    readonly asked: AskedCancellation | null;
  },
): ShipmentDecision {
  const { threePl } = shipment;
  const verdict = guarded(() =>
    pipeline.transform(shipment, { ship: () => verdictOf(shipment, collected, acknowledges, asked) }),
  );
  const open = [...standing.tracking, ...standing.shipped].filter(({ state }) => state === 'pending');
  const stop = (decision: Decision): ShipmentDecision => ({
    decision: { ...decision, target: threePl },
    plan: { plan: 'nothing' },
    withdraw: open.map(({ effect_id }) => effect_id),
  });
  if ('state' in verdict) return stop(verdict);
  if (verdict.verdict === 'reject') return stop(held(verdict.code, verdict.reason));
  if (verdict.verdict === 'exclude' && collected.says === 'shipped') {
    return stop(excluded(verdict.code, verdict.reason));
  }
  if (collected.says !== 'shipped') {
    const { code, reason } =
      verdict.verdict === 'exclude' ? verdict : { code: 'NOT_A_SHIPMENT', reason: null };
    return { ...stop(excluded(code, reason)), withdraw: [] };
  }
  return tell(collected, threePl, standing, personInsists);
}

function tell(
  planned: PlannedShipment,
  threePl: string,
  { tracking, shipped }: ShipmentStanding,
  personInsists: boolean,
): ShipmentDecision {
  const fingerprint = noticeFingerprint(planned.notice);
  const loading: Decision = { state: 'loading', target: threePl, fingerprint, code: null, reason: null };
  const stays = (decision: Decision): ShipmentDecision => ({
    decision: { ...decision, target: threePl, fingerprint },
    plan: { plan: 'nothing' },
    withdraw: [],
  });
  const newest = tracking.at(-1);
  if (newest?.fingerprint !== fingerprint) {
    const gone = newest?.state === 'pending' ? newest : undefined;
    const generation = (newest?.generation ?? 0) + (gone === undefined ? 1 : 0);
    const { short, lateByMs, leftOut, notice } = planned;
    return {
      decision: loading,
      plan: { plan: 'tell', generation, planned: { notice, short, lateByMs, leftOut } },
      withdraw: gone === undefined ? [] : [gone.effect_id],
    };
  }
  if (newest.state === 'done' && shipped.length === 0) {
    return { decision: loading, plan: { plan: 'ship', generation: newest.generation }, withdraw: [] };
  }
  const at = newest.state === 'done' ? (shipped.at(-1) ?? newest) : newest;
  if (at.state === 'done') return stays(excluded('ALREADY_SHIPPED', null));
  if (at.state !== 'held' && at.state !== 'failed') return stays(excluded('ON_ITS_WAY', null));
  if (personInsists) {
    return { decision: loading, plan: { plan: 'reopen', effectId: at.effect_id }, withdraw: [] };
  }
  if (at.resolution === 'IGNORED') {
    return stays(excluded('IGNORED_BY_PERSON', 'it was refused, and a person left it as it is'));
  }
  return stays(held(at.code ?? 'TRACKING_REFUSED', at.reason ?? 'it was refused'));
}

/** Of what Exigo is told, but the ship date: another date alone is no correction. */
export function noticeFingerprint({ tracking, shipMethodId }: ShipmentNotice): string {
  const told = JSON.stringify([tracking.map(({ number, carrier }) => [number, carrier]), shipMethodId]);
  return createHash('sha256').update(told, 'utf8').digest('hex');
}
