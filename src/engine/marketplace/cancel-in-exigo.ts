import { messageOf, type TerminalError, UnknownOutcomeError } from '../../core/errors.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { StatusTarget } from '../../core/targets.js';
import { toUtcText } from '../../core/time.js';
import type { Lease } from '../../queue/lease/lease.js';
import { noteReportedCanceled } from '../../queue/ledger/ended-orders.js';
import type { SingleEffect } from '../../queue/ledger/singles.js';
import { takesCancellations, withdrawCancellation } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { workOneByOne } from '../singles/one-by-one.js';
import { afterCall, type Seen, type ShadowLook, type SingleAct } from '../singles/single-act.js';
import { ASKED, askThreePl } from './ask-three-pl.js';
import { type Blocked, blockHandOver, handedTo, keptBack } from './block-hand-over.js';
import { notEnded } from './not-ended.js';
import { type ShownEnd, shownEnd } from './shown-end.js';

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
  const act = new CancellationInExigo(context, pipeline.name, target);
  await workOneByOne({ context, lease, step: name, nextStep: null, act });
}

class CancellationInExigo implements SingleAct {
  readonly name = 'cancellation in Exigo';
  readonly unknownWaitMs: number;
  readonly absent = 'repeat';

  constructor(
    private readonly context: EngineContext,
    private readonly pipeline: string,
    private readonly target: StatusTarget,
  ) {
    this.unknownWaitMs = target.unknownWaitMs;
  }

  async look(effect: SingleEffect): Promise<Seen> {
    const shown = await shownEnd(this.context, idOf(effect));
    const status = await this.statusOf(effect);
    if (shown.end === 'ended' || shown.end === 'unasked') return this.judge(effect, shown, status);
    // Until our call is proven undone, only the status that it would have made says what to do.
    return status === 'Canceled' ? this.notEnded(effect, shown, status) : { seen: 'absent' };
  }

  /** The marketplace is asked once more: an end may be taken back. Then nothing leaves any more, then Exigo is told. */
  async act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen> {
    const orderId = idOf(effect);
    const shown = await shownEnd(this.context, orderId);
    if (shown.end === 'unasked') return this.waits(orderId, shown.words);
    const status = await this.statusOf(effect);
    if (shown.end !== 'ended') return this.notEnded(effect, shown, status);
    const seen = await this.judge(effect, shown, status);
    if (seen.seen !== 'absent') return seen;
    const hand = await blockHandOver(this.context, { orderId, itemId: effect.item_id }, shown.words);
    if (hand.hand === 'over') {
      const seen = await this.askFor(orderId, hand, shown.words);
      if (seen !== null) return seen;
    }
    if (hand.hand === 'busy') return this.waits(orderId, hand.why);
    await guard();
    await this.target.change([orderId], 'Canceled');
    return afterCall(`order ${orderId}: Canceled is confirmed`, async () => {
      const after = await this.judge(effect, shown, await this.statusOf(effect));
      if (after.seen !== 'absent') return after;
      throw new UnknownOutcomeError(
        'OUTCOME_UNKNOWN',
        `order ${orderId}: Canceled is confirmed, but not seen yet`,
      );
    });
  }

  /** Nothing is kept back here and no 3PL is asked: the order is the earlier script's. */
  async shadow(effect: SingleEffect): Promise<ShadowLook> {
    const shown = await shownEnd(this.context, idOf(effect));
    const status = await this.statusOf(effect);
    const look = {
      operation: 'ChangeOrderStatusBatch Canceled',
      fields: { status: 'Canceled' },
      shown: status === undefined ? null : { status },
    };
    if (shown.end === 'unasked') return { ...look, seen: { seen: 'absent' } };
    if (shown.end !== 'ended') return { ...look, seen: await this.notEnded(effect, shown, status) };
    return { ...look, seen: await this.judge(effect, shown, status) };
  }

  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    const shown = await shownEnd(this.context, idOf(effect));
    const status = await this.statusOf(effect);
    if (shown.end !== 'ended' && shown.end !== 'unasked') return this.notEnded(effect, shown, status);
    const seen = await this.judge(effect, shown, status);
    if (seen.seen !== 'absent') return seen;
    const reason = `${shown.words}, and Exigo refused Canceled: ${messageOf(error)}; cancel it there, then release it as ignore`;
    return { seen: 'blocked', state: 'failed', code: 'CANCEL_REFUSED_BY_EXIGO', reason };
  }

  /** What Exigo says of an order that ended. */
  private async judge(
    effect: SingleEffect,
    { end, words }: ShownEnd,
    status: string | undefined,
  ): Promise<Seen> {
    const orderId = idOf(effect);
    const why = end === 'ended' ? words : 'it ended at its marketplace';
    if (status === undefined) {
      const reason = `${why}, and the Exigo API does not know the order; look for it there, then "errors retry"`;
      return { seen: 'blocked', state: 'held', code: 'NOT_FOUND_IN_EXIGO', reason };
    }
    // A 3PL that takes cancellations is asked whether it is too late.
    const asks = status === 'Printed' && (await this.mayAsk(orderId));
    if (WITH_THE_WAREHOUSE.includes(status) && !asks) return tooLate(why, `Exigo says ${status}`);
    if (status !== 'Canceled') return { seen: 'absent' };
    return {
      seen: 'done',
      receipt: `Canceled in Exigo: ${why}`,
      note: (session, now) => noteReportedCanceled(session, orderId, now),
    };
  }

  private async mayAsk(orderId: number): Promise<boolean> {
    const to = await handedTo(this.context, orderId);
    return to !== null && takesCancellations(this.context, to.threePl);
  }

  /** The 3PL has it: null when it has canceled the order, which may then be canceled in Exigo. */
  private async askFor(
    orderId: number,
    { to, evidence }: Extract<Blocked, { readonly hand: 'over' }>,
    words: string,
  ): Promise<Seen | null> {
    if (to === null || !takesCancellations(this.context, to.threePl)) return tooLate(words, evidence);
    const said = await askThreePl(this.context, orderId, to, words);
    if (said.says === 'canceled') return null;
    if (said.says === 'too-late') return tooLate(words, said.evidence);
    const reason = `${words}, and ${evidence}: it is asked to cancel it; it goes on by itself when it has answered`;
    return { seen: 'blocked', state: 'held', code: ASKED, reason };
  }

  private async notEnded(effect: SingleEffect, shown: ShownEnd, status: string | undefined): Promise<Seen> {
    const orderId = idOf(effect);
    const canceled = status === 'Canceled';
    if (shown.end === 'open') await this.withdraw(orderId, shown.words);
    return notEnded(shown, {
      orderId,
      pipeline: this.pipeline,
      canceled,
      keptBack: await keptBack(this.context, orderId),
    });
  }

  /** Its marketplace has taken the end back. */
  private async withdraw(orderId: number, why: string): Promise<void> {
    const to = await handedTo(this.context, orderId);
    if (to === null) return;
    const { generation } = to;
    await this.context.database.transaction((session) =>
      withdrawCancellation(
        this.context,
        session,
        { orderId, generation, by: 'marketplace', why },
        toUtcText(this.context.clock.now()),
      ),
    );
  }

  private async statusOf(effect: SingleEffect): Promise<string | undefined> {
    const orderId = idOf(effect);
    return (await this.target.read([orderId])).get(orderId);
  }

  private waits(orderId: number, why: string): Seen {
    this.context.log.info(`order ${orderId} is not canceled yet: ${why}`, { order: orderId });
    return { seen: 'absent' };
  }
}

function tooLate(why: string, evidence: string): Seen {
  const reason = `${why}, but ${evidence}: stop it there if that is still possible, and tell the marketplace; then release it as ignore`;
  return { seen: 'blocked', state: 'held', code: 'TOO_LATE', reason };
}

function idOf({ item_key }: SingleEffect): number {
  return Number(item_key);
}
