import { SYSTEM } from '../../core/circuits.js';
import { messageOf, type TerminalError } from '../../core/errors.js';
import type { MarketplaceState, MarketplaceStore } from '../../core/feed-store.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import {
  type MarketplaceOrder,
  marketplaceOrderAcknowledged,
  marketplaceOrderCanceled,
  ofMarketplaceKey,
} from '../../queue/ledger/marketplace-orders.js';
import type { SingleEffect } from '../../queue/ledger/singles.js';
import { linksOf } from '../../queue/reads/documents.js';
import { openTargets } from '../../queue/reads/singles.js';
import type { EngineContext } from '../context.js';
import { workOneByOne } from '../singles/one-by-one.js';
import type { Seen, ShadowLook, SingleAct } from '../singles/single-act.js';

interface Telling {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly step: string;
}

/** Acknowledges orders with their number in Exigo, store by store. */
export async function acknowledgeOrders(telling: Telling): Promise<void> {
  await storeByStore(telling, (store) => new Acknowledgement(telling.context, store));
}

/** Reports orders Canceled that a person will not fulfil, store by store. */
export async function cancelOrders(telling: Telling): Promise<void> {
  await storeByStore(telling, (store) => new Cancellation(telling.context, store));
}

/** The trouble of one store leaves the others working; the first one is thrown in the end. */
async function storeByStore(
  { context, lease, pipeline, step }: Telling,
  actOf: (store: MarketplaceStore) => SingleAct,
): Promise<void> {
  let error: unknown = null;
  for (const target of await openTargets(context.database, pipeline.name, step)) {
    const store = context.stores.get(target);
    if (store === undefined) {
      context.log.warn(`step ${step} waits: GoDataFeed store ${target} is not configured any more`);
      continue;
    }
    const name = { pipeline: pipeline.name, step, target };
    try {
      const down = await context.circuits.whyNot(SYSTEM.store(target));
      if (down !== null) throw down;
      await workOneByOne({ context, lease, step: name, nextStep: null, act: actOf(store) });
    } catch (problem) {
      if (endsTheRun(problem)) throw problem;
      context.log.error(`step ${step}, GoDataFeed store ${target}: ${messageOf(problem)}`);
      error ??= problem;
    }
  }
  if (error !== null) throw error;
}

/** Not a store's own trouble. */
export function endsTheRun(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'STOPPED' || code === 'LEASE_LOST' || code === 'INVARIANT';
}

/** A call that tells a store something about an order, once; the order shows it. */
abstract class StoreCall implements SingleAct {
  readonly name: string;
  readonly unknownWaitMs: number;
  readonly absent = 'repeat';

  constructor(
    protected readonly context: EngineContext,
    protected readonly store: MarketplaceStore,
    private readonly call: { readonly name: string; readonly refusedAs: string },
  ) {
    this.name = `${call.name} to store ${store.name}`;
    this.unknownWaitMs = store.unknownWaitMs;
  }

  abstract act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen>;
  protected abstract callOf(link: MarketplaceOrder | undefined): Pick<ShadowLook, 'operation' | 'fields'>;
  protected abstract judge(
    effect: SingleEffect,
    shown: MarketplaceState,
    link: MarketplaceOrder | undefined,
  ): Seen;

  async look(effect: SingleEffect): Promise<Seen> {
    const link = await linkOf(this.context, effect);
    const number = numberOf(effect);
    const shown = await this.store.look(number, link?.marketplace_number ?? null);
    if (shown === null) return held('NOT_FOUND_IN_GODATAFEED', `GoDataFeed does not show order ${number}`);
    return this.judge(effect, shown, link);
  }

  async shadow(effect: SingleEffect): Promise<ShadowLook> {
    const link = await linkOf(this.context, effect);
    const shown = await this.store.look(numberOf(effect), link?.marketplace_number ?? null);
    const look = { ...this.callOf(link), shown: shown && { ...shown } };
    if (shown === null) return { ...look, seen: { seen: 'absent' } };
    return { ...look, seen: this.judge(effect, shown, link) };
  }

  /** A refusal may be that of a repetition: the order shows what it has. */
  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    const seen = await this.look(effect);
    if (seen.seen !== 'absent') return seen;
    const reason = `${messageOf(error)}; mend it, then "errors retry"`;
    return { seen: 'blocked', state: 'failed', code: this.call.refusedAs, reason };
  }
}

class Acknowledgement extends StoreCall {
  constructor(context: EngineContext, store: MarketplaceStore) {
    super(context, store, { name: 'acknowledgement', refusedAs: 'ACKNOWLEDGE_REFUSED' });
  }

  protected callOf(link: MarketplaceOrder | undefined) {
    const fields = { destinationNumber: String(link?.exigo_order_id ?? '') };
    return { operation: 'AcknowledgeOrder', fields };
  }

  protected judge(effect: SingleEffect, shown: MarketplaceState, link: MarketplaceOrder | undefined): Seen {
    const ours = String(link?.exigo_order_id ?? '');
    const { status, destinationNumber } = shown;
    if (destinationNumber === ours || (destinationNumber === null && status === 'processing')) {
      return this.done(effect, ours, 'seen as acknowledged with');
    }
    if (destinationNumber !== null) {
      const reason = `GoDataFeed has it under number ${destinationNumber}, in Exigo it is ${ours}; find out which order is the right one, cancel the other`;
      return held('ACKNOWLEDGED_ELSEWHERE', reason);
    }
    if (status === 'new') return { seen: 'absent' };
    const reason = `GoDataFeed says ${status}, in Exigo it is order ${ours}; decide there whether it still goes`;
    return held('CHANGED_AT_MARKETPLACE', reason);
  }

  async act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen> {
    const ours = String((await linkOf(this.context, effect))?.exigo_order_id ?? '');
    await this.store.acknowledge(numberOf(effect), ours, guard);
    return this.done(effect, ours, 'acknowledged with');
  }

  private done(effect: SingleEffect, ours: string, how: string): Seen {
    const key = ofMarketplaceKey(effect.item_key);
    return {
      seen: 'done',
      receipt: `${how} ${ours}`,
      note: (session, now) => marketplaceOrderAcknowledged(session, key, now),
    };
  }
}

class Cancellation extends StoreCall {
  constructor(context: EngineContext, store: MarketplaceStore) {
    super(context, store, { name: 'cancellation', refusedAs: 'CANCEL_REFUSED' });
  }

  protected callOf() {
    return { operation: 'UpdateOrderStatus', fields: { status: 'canceled' } };
  }

  protected judge(effect: SingleEffect, shown: MarketplaceState): Seen {
    if (shown.status === 'canceled') return done(effect, 'seen as Canceled');
    if (shown.status === 'shipped') {
      return held('CHANGED_AT_MARKETPLACE', 'GoDataFeed says shipped, so it cannot be canceled there');
    }
    return { seen: 'absent' };
  }

  async act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen> {
    await this.store.cancel(numberOf(effect), guard);
    return done(effect, 'reported Canceled');
  }
}

function done(effect: SingleEffect, receipt: string): Seen {
  const key = ofMarketplaceKey(effect.item_key);
  return {
    seen: 'done',
    receipt,
    note: (session, now) => marketplaceOrderCanceled(session, key, now),
  };
}

function held(code: string, reason: string): Seen {
  return { seen: 'blocked', state: 'held', code, reason };
}

async function linkOf(context: EngineContext, { item_key }: SingleEffect) {
  return (await linksOf(context.database, [item_key])).get(item_key);
}

function numberOf({ item_key }: SingleEffect): string {
  return ofMarketplaceKey(item_key).order_number;
}
