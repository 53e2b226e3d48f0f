import { InvariantError, messageOf, type TerminalError } from '../../core/errors.js';
import type { ShipmentPipeline } from '../../core/pipeline.js';
import type { PlannedShipment, ShipmentNotice } from '../../core/shipment.js';
import type { ShipmentTarget, ShownShipment } from '../../core/targets.js';
import { describeDuration } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import type { CallFields } from '../../queue/ledger/shadow-calls.js';
import { effectsOfKeys, type KeyEffect, type SingleEffect } from '../../queue/ledger/singles.js';
import type { EngineContext } from '../context.js';
import { workOneByOne } from '../singles/one-by-one.js';
import type { Seen, ShadowLook, SingleAct } from '../singles/single-act.js';
import { type ShipmentSteps, shipmentSteps } from '../verdicts/shipment-steps.js';
import { describeNumbers, isThere, judgeTracking } from './judge-tracking.js';

/** Gives Exigo the numbers of shipments, one order at a time: what it shows, one call, the receipt. */
export async function tellExigo(work: {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: ShipmentPipeline;
  readonly target: ShipmentTarget;
}): Promise<void> {
  const { context, lease, pipeline, target } = work;
  const steps = shipmentSteps(pipeline);
  const step = { pipeline: pipeline.name, step: steps.tracking, target: null };
  const act = new TrackingNumbers(context, pipeline.name, steps, target);
  await workOneByOne({ context, lease, step, nextStep: steps.shipped, act });
}

/** What was told of the order besides an effect. */
interface Others {
  readonly earlier: readonly ShipmentNotice[];
  readonly newer: KeyEffect | undefined;
  /** On its way with an unknown outcome: it could arrive after this one. */
  readonly underWay: KeyEffect | undefined;
  /** It is Shipped already, or is being: numbers alone are left. */
  readonly ships: boolean;
}

class TrackingNumbers implements SingleAct {
  readonly name = 'tracking numbers to Exigo';
  readonly unknownWaitMs: number;
  readonly absent = 'repeat';

  constructor(
    private readonly context: EngineContext,
    private readonly pipeline: string,
    private readonly steps: ShipmentSteps,
    private readonly target: ShipmentTarget,
  ) {
    this.unknownWaitMs = target.unknownWaitMs;
  }

  async look(effect: SingleEffect): Promise<Seen> {
    const others = await this.othersOf(effect);
    const planned = plannedOf(effect);
    const shown = await this.target.look(orderOf(effect));
    const seen = judgeTracking(planned.notice, shown, others.earlier);
    if (seen.seen === 'absent' && others.newer !== undefined) return superseded(others.newer);
    return finished(seen, planned, others);
  }

  async act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen> {
    const others = await this.othersOf(effect);
    if (others.newer !== undefined) return superseded(others.newer);
    if (others.underWay !== undefined) return { seen: 'absent' };
    const planned = plannedOf(effect);
    const { notice } = planned;
    const shown = await this.target.look(orderOf(effect));
    const seen = judgeTracking(notice, shown, others.earlier);
    // Carriers are not shown, so an open order with the right numbers is told all the same.
    const over = seen.seen === 'done' && (shown?.status === 'Shipped' || notice.tracking.every(hasNoCarrier));
    if (shown === null || seen.seen === 'blocked' || over) return finished(seen, planned, others);
    await guard();
    await this.target.tell(orderOf(effect), notice, shown);
    const before = shown.tracking.flatMap((number) => number ?? []);
    const instead = before.length === 0 || seen.seen === 'done' ? '' : ` in place of ${before.join(', ')}`;
    return finished(
      { seen: 'done', receipt: `UpdateOrder: ${describeNumbers(notice)}${instead}` },
      planned,
      others,
    );
  }

  /** An order that somebody else has shipped stays as he has set it; numbers that are missing are ours to give. */
  async shadow(effect: SingleEffect): Promise<ShadowLook> {
    const others = await this.othersOf(effect);
    const planned = plannedOf(effect);
    const { notice } = planned;
    const shown = await this.target.look(orderOf(effect));
    const look = { operation: 'UpdateOrder', fields: fieldsOf(notice), shown: shownFields(shown) };
    if (others.newer !== undefined) return { ...look, seen: superseded(others.newer) };
    const theirs = shown?.tracking.flatMap((number) => number ?? []) ?? [];
    if (shown?.status === 'Shipped' && theirs.length > 0 && !isThere(notice, shown)) {
      // Our own numbers before a correction are no word of somebody else.
      const ours = others.earlier.some((one) => isThere(one, shown));
      if (ours) return { ...look, seen: { seen: 'absent' } };
      const receipt = `Exigo shows ${theirs.join(', ')}, ${describeNumbers(notice)} would have been set`;
      const seen: Seen = { seen: 'done', receipt };
      return { ...look, how: 'differs', seen: finished(seen, planned, others) };
    }
    return { ...look, seen: finished(judgeTracking(notice, shown, []), planned, others) };
  }

  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    const seen = await this.look(effect);
    if (seen.seen !== 'absent') return seen;
    const reason = `Exigo refused ${describeNumbers(plannedOf(effect).notice)}: ${messageOf(error)}; mend it there, then "errors retry"`;
    return { seen: 'blocked', state: 'failed', code: 'TRACKING_REFUSED', reason };
  }

  private async othersOf(effect: SingleEffect): Promise<Others> {
    const { tracking, shipped } = this.steps;
    const names = [tracking, ...(shipped === null ? [] : [shipped])];
    const found = await effectsOfKeys(this.context.database, this.pipeline, names, [effect.item_key]);
    const others = (found.get(effect.item_key) ?? []).filter(
      ({ effect_id }) => effect_id !== effect.effect_id,
    );
    const told = others.filter(({ step }) => step === tracking);
    return {
      earlier: told.flatMap((one) =>
        one.generation < effect.generation && one.request !== null ? [plannedOf(one).notice] : [],
      ),
      newer: told.find(({ generation }) => generation > effect.generation),
      underWay: others.find(({ state }) => state === 'sending'),
      ships: others.some(({ step, state }) => step === shipped && state !== 'held' && state !== 'failed'),
    };
  }
}

/** A correction goes alone: the order is Shipped already, or is being. */
function finished(seen: Seen, { lateByMs }: PlannedShipment, { ships }: Others): Seen {
  if (seen.seen !== 'done') return seen;
  const late = lateByMs === null ? '' : ` (late: ${describeDuration(lateByMs)} after the hand-over)`;
  return { ...seen, receipt: `${seen.receipt}${late}`, ...(ships ? { last: true } : {}) };
}

function superseded({ generation }: KeyEffect): Seen {
  return {
    seen: 'dropped',
    code: 'SUPERSEDED',
    reason: `the 3PL has corrected its numbers (generation ${generation})`,
  };
}

/** What an effect tells, as it was fixed when it was planned. */
export function plannedOf({
  request,
  effect_id,
}: Pick<SingleEffect, 'request' | 'effect_id'>): PlannedShipment {
  if (request === null) throw new InvariantError(`effect ${effect_id} does not say what is told`);
  return JSON.parse(request) as PlannedShipment;
}

function fieldsOf({ tracking, shipMethodId }: ShipmentNotice): CallFields {
  const numbers = tracking.map(({ number }) => number).join(', ');
  const carriers = tracking.map(({ carrier }) => carrier ?? '').join(', ');
  const method = shipMethodId === null ? {} : { shipMethodID: String(shipMethodId) };
  return { trackingNumbers: numbers, carriers, ...method };
}

/** Carriers are not shown. */
function shownFields(shown: ShownShipment | null): CallFields | null {
  if (shown === null) return null;
  const numbers = shown.tracking.flatMap((number) => number ?? []).join(', ');
  const { shipMethodId, status } = shown;
  return {
    trackingNumbers: numbers === '' ? null : numbers,
    shipMethodID: shipMethodId === null ? null : String(shipMethodId),
    status,
  };
}

function hasNoCarrier({ carrier }: ShipmentNotice['tracking'][number]): boolean {
  return carrier === null;
}

function orderOf({ order_id, item_key }: SingleEffect): number {
  return order_id ?? Number(item_key);
}
