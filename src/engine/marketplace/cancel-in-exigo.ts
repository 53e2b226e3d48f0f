import { messageOf, type TerminalError, UnknownOutcomeError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { StatusTarget } from '../../core/targets.js';
import type { Lease } from '../../queue/lease/lease.js';
import { noteReportedCanceled } from '../../queue/ledger/ended-orders.js';
import { type MarketplaceOrder, marketplaceOrdersOfExigo } from '../../queue/ledger/marketplace-orders.js';
import type { SingleEffect } from '../../queue/ledger/singles.js';
import type { EngineContext } from '../context.js';
import { workOneByOne } from '../singles/one-by-one.js';
import type { Seen, SingleAct } from '../singles/single-act.js';
import { blockHandOver } from './block-hand-over.js';

/** Statuses from which an order cannot be taken back by us. */
const WITH_THE_WAREHOUSE: readonly string[] = ['Printed', 'Shipped'];

/** Cancels in Exigo what ended at its marketplace, order by order; what was handed over is held with the evidence. */
export async function cancelInExigo(work: {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly step: string;
  readonly target: StatusTarget;
}): Promise<void> {
  const { context, lease, pipeline, step, target } = work;
  const name = { pipeline: pipeline.name, step, target: null };
  const act = new CancellationInExigo(context, target);
  await workOneByOne({ context, lease, step: name, nextStep: null, act });
}

class CancellationInExigo implements SingleAct {
  readonly name = 'cancellation in Exigo';
  readonly unknownWaitMs: number;
  readonly absent = 'repeat';

  constructor(
    private readonly context: EngineContext,
    private readonly target: StatusTarget,
  ) {
    this.unknownWaitMs = target.unknownWaitMs;
  }

  async look(effect: SingleEffect): Promise<Seen> {
    return this.shown(effect, await this.endOf(effect));
  }

  /** The marketplace is asked once more: an end may be taken back. Then nothing leaves any more, then Exigo is told. */
  async act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen> {
    const orderId = idOf(effect);
    const end = await this.endOf(effect);
    if (end === null)
      return {
        seen: 'dropped',
        code: 'OPEN_AGAIN',
        reason: 'its marketplace shows it as open again: left as it is',
      };
    const seen = await this.shown(effect, end);
    if (seen.seen !== 'absent') return seen;
    const hand = await blockHandOver(this.context, orderId, end);
    if (hand.hand === 'over') return tooLate(end, hand.evidence);
    if (hand.hand === 'busy') {
      this.context.log.info(`order ${orderId} is not canceled yet: ${hand.why}`);
      return { seen: 'absent' };
    }
    await guard();
    await this.target.change([orderId], 'Canceled');
    const after = await this.shown(effect, end);
    if (after.seen !== 'absent') return after;
    throw new UnknownOutcomeError(
      'OUTCOME_UNKNOWN',
      `order ${orderId}: Canceled is confirmed, but not seen yet`,
    );
  }

  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    const seen = await this.look(effect);
    if (seen.seen !== 'absent') return seen;
    const reason = `${(await this.endOf(effect)) ?? 'it ended at its marketplace'}, and Exigo refused Canceled: ${messageOf(error)}; cancel it there, then release it as ignore`;
    return { seen: 'blocked', state: 'failed', code: 'CANCEL_REFUSED_BY_EXIGO', reason };
  }

  private async shown(effect: SingleEffect, end: string | null): Promise<Seen> {
    const orderId = idOf(effect);
    const status = (await this.target.read([orderId])).get(orderId);
    const why = end ?? 'it ended at its marketplace';
    if (status === undefined) {
      const reason = `${why}, and the Exigo API does not know the order; look for it there, then "errors retry"`;
      return { seen: 'blocked', state: 'held', code: 'NOT_FOUND_IN_EXIGO', reason };
    }
    if (WITH_THE_WAREHOUSE.includes(status)) return tooLate(why, `Exigo says ${status}`);
    if (status !== 'Canceled') return { seen: 'absent' };
    return {
      seen: 'done',
      receipt: `Canceled in Exigo: ${why}`,
      note: (session, now) => noteReportedCanceled(session, orderId, now),
    };
  }

  /** `Amazon canceled order 113-1 (GoDataFeed main 1000123)`; null when its marketplace has taken that back. */
  private async endOf(effect: SingleEffect): Promise<string | null> {
    const link = await this.linkOf(effect);
    const store = link === undefined ? undefined : this.context.stores.get(link.store);
    if (link === undefined || store === undefined) return 'it ended at its marketplace';
    const shown = await store.look(link.order_number, link.marketplace_number);
    if (shown !== null && (shown.status === 'new' || shown.status === 'processing')) return null;
    const what = shown?.status === 'shipped' ? 'shipped by someone else' : 'canceled';
    const { marketplace, marketplace_number } = link;
    return `${marketplace ?? 'its marketplace'} shows order ${marketplace_number ?? ''} as ${what} (GoDataFeed ${link.store} ${link.order_number})`;
  }

  private async linkOf(effect: SingleEffect): Promise<MarketplaceOrder | undefined> {
    const orderId = idOf(effect);
    return (await marketplaceOrdersOfExigo(this.context.database, [orderId])).get(orderId);
  }
}

function tooLate(why: string, evidence: string): Seen {
  const reason = `${why}, but ${evidence}: stop it there if that is still possible, and tell the marketplace; then release it as ignore`;
  return { seen: 'blocked', state: 'held', code: 'TOO_LATE', reason };
}

function idOf({ item_key }: SingleEffect): number {
  return Number(item_key);
}
