import { InvariantError, messageOf, TerminalError } from '../../core/errors.js';
import type { FoundOrder } from '../../core/new-order.js';
import type { ReturnPipeline } from '../../core/pipeline.js';
import type { NewReturnOrder, ReturnTarget } from '../../core/returned.js';
import type { Lease } from '../../queue/lease/lease.js';
import { linkReturnOrder } from '../../queue/ledger/returned.js';
import { type CallFields, isOfShadowFile } from '../../queue/ledger/shadow-calls.js';
import type { SingleEffect } from '../../queue/ledger/singles.js';
import { SHADOW } from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import { workOneByOne } from '../singles/one-by-one.js';
import { afterCall, type Seen, type ShadowLook, type SingleAct } from '../singles/single-act.js';

const BY_SCRIPT = 'its file was read beside an earlier script, which counts as having made it';

/**
 * Makes return orders in Exigo, one call each. Right before, the order is looked up by its key, so one that is there already
 * is linked and not made. After an unknown outcome absence proves nothing before the target's wait; then it is made again
 * only where a second order with the same key is proven to be refused.
 */
export async function makeReturnOrders(work: {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: ReturnPipeline;
  readonly step: string;
  readonly target: ReturnTarget;
}): Promise<void> {
  const { context, lease, pipeline, step, target } = work;
  const name = { pipeline: pipeline.name, step, target: null };
  await workOneByOne({ context, lease, step: name, nextStep: null, act: new ReturnMaker(context, target) });
}

class ReturnMaker implements SingleAct {
  readonly name = 'return order in Exigo';
  readonly unknownWaitMs: number;
  readonly absent: SingleAct['absent'];

  constructor(
    private readonly context: EngineContext,
    private readonly target: ReturnTarget,
  ) {
    this.unknownWaitMs = target.unknownWaitMs;
    this.absent = target.refusesDuplicates
      ? 'repeat'
      : {
          code: 'OUTCOME_UNKNOWN',
          reason:
            'its return order was sent to Exigo, no answer came, and Exigo does not show it; look for it there by its key, then "errors retry" makes it unless it is found',
        };
  }

  async look(effect: SingleEffect): Promise<Seen> {
    const order = returnOrderOfEffect(effect);
    try {
      const found = await this.target.find(order);
      return found === null ? { seen: 'absent' } : shown(order, found);
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      const code = error.code === 'SEVERAL_ORDERS' ? 'SEVERAL_ORDERS' : 'OUTCOME_UNKNOWN';
      return blocked('held', code, messageOf(error));
    }
  }

  async act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen> {
    const order = returnOrderOfEffect(effect);
    const seen = await this.look(effect);
    if (seen.seen !== 'absent') return seen;
    if (await this.isTheScripts(effect)) return { seen: 'done', receipt: `${SHADOW} ${BY_SCRIPT}` };
    const made = await this.target.make(order, guard);
    return afterCall(`made in Exigo as return order ${made}`, async () =>
      done(order, made, 'made in Exigo as return order'),
    );
  }

  /**
   * Exigo shows a return order by its key alone, which one of an earlier script does not have. So what a file says that was
   * read in shadow counts as the script's, whatever the mode is when its turn comes.
   */
  async shadow(effect: SingleEffect): Promise<ShadowLook> {
    const order = returnOrderOfEffect(effect);
    const look = { operation: 'CreateOrder ReturnOrder', fields: fieldsOf(order), shown: null };
    const seen = await this.look(effect);
    if (seen.seen !== 'absent' || !(await this.isTheScripts(effect))) return { ...look, seen };
    return { ...look, how: 'assumed', seen: { seen: 'done', receipt: BY_SCRIPT } };
  }

  private isTheScripts({ change_set_id }: SingleEffect): Promise<boolean> {
    return isOfShadowFile(this.context.database, change_set_id);
  }

  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    const seen = await this.look(effect); // a refusal may be that of a second order with the same key
    if (seen.seen !== 'absent') return seen;
    const reason = `return order ${returnOrderOfEffect(effect).key}: ${messageOf(error)}; mend it, then "errors retry"`;
    return blocked('failed', 'CREATE_REFUSED', reason);
  }
}

function fieldsOf({ returnOrderId, lines, shipping, warehouseId }: NewReturnOrder): CallFields {
  return {
    returnOrderID: String(returnOrderId),
    items: lines.map(({ itemCode, quantity }) => `${itemCode} x ${quantity}`).join(', '),
    shipping,
    warehouseID: String(warehouseId),
  };
}

function shown(order: NewReturnOrder, { orderId, status }: FoundOrder): Seen {
  if (status !== 'Canceled') return done(order, orderId, 'found in Exigo as return order');
  const { key, keyField } = order;
  const reason = `return order ${orderId} in Exigo has the key ${key} and is Canceled there; release it as ignore, or empty ${keyField} and the order key of ${orderId} in Exigo, then "errors retry" makes it anew`;
  return blocked('held', 'CANCELED_IN_EXIGO', reason);
}

function done({ key }: NewReturnOrder, orderId: number, how: string): Seen {
  return {
    seen: 'done',
    receipt: `${how} ${orderId}`,
    note: (session, now) => linkReturnOrder(session, key, orderId, now),
  };
}

/** As it was fixed with its verdict. */
function returnOrderOfEffect({ request, effect_id }: SingleEffect): NewReturnOrder {
  if (request === null) throw new InvariantError(`effect ${effect_id} does not say what is made`);
  return JSON.parse(request) as NewReturnOrder;
}

function blocked(state: 'held' | 'failed', code: string, reason: string): Seen {
  return { seen: 'blocked', state, code, reason };
}
