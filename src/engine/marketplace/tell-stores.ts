import { messageOf, type TerminalError } from '../../core/errors.js';
import type { MarketplaceStore } from '../../core/feed-store.js';
import type { AnyPipeline } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import {
  marketplaceOrderAcknowledged,
  marketplaceOrderCanceled,
  ofMarketplaceKey,
} from '../../queue/ledger/marketplace-orders.js';
import type { SingleEffect } from '../../queue/ledger/singles.js';
import { linksOf } from '../../queue/reads/documents.js';
import { openTargets } from '../../queue/reads/singles.js';
import type { EngineContext } from '../context.js';
import { type Seen, type SingleAct, workOneByOne } from '../singles/one-by-one.js';

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

class Acknowledgement implements SingleAct {
  readonly name: string;
  readonly unknownWaitMs: number;
  readonly absent = 'repeat';

  constructor(
    private readonly context: EngineContext,
    private readonly store: MarketplaceStore,
  ) {
    this.name = `acknowledgement to store ${store.name}`;
    this.unknownWaitMs = store.unknownWaitMs;
  }

  async look(effect: SingleEffect): Promise<Seen> {
    const link = await linkOf(this.context, effect);
    const number = numberOf(effect);
    const shown = await this.store.look(number, link?.marketplace_number ?? null);
    if (shown === null) return held('NOT_FOUND_IN_GODATAFEED', `GoDataFeed does not show order ${number}`);
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

  async act(effect: SingleEffect): Promise<Seen> {
    const ours = String((await linkOf(this.context, effect))?.exigo_order_id ?? '');
    await this.store.acknowledge(numberOf(effect), ours);
    return this.done(effect, ours, 'acknowledged with');
  }

  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    return afterRefusal(await this.look(effect), 'ACKNOWLEDGE_REFUSED', error);
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

class Cancellation implements SingleAct {
  readonly name: string;
  readonly unknownWaitMs: number;
  readonly absent = 'repeat';

  constructor(
    private readonly context: EngineContext,
    private readonly store: MarketplaceStore,
  ) {
    this.name = `cancellation to store ${store.name}`;
    this.unknownWaitMs = store.unknownWaitMs;
  }

  async look(effect: SingleEffect): Promise<Seen> {
    const link = await linkOf(this.context, effect);
    const number = numberOf(effect);
    const shown = await this.store.look(number, link?.marketplace_number ?? null);
    if (shown === null) return held('NOT_FOUND_IN_GODATAFEED', `GoDataFeed does not show order ${number}`);
    if (shown.status === 'canceled') return done(effect, 'seen as Canceled');
    if (shown.status === 'shipped') {
      return held('CHANGED_AT_MARKETPLACE', 'GoDataFeed says shipped, so it cannot be canceled there');
    }
    return { seen: 'absent' };
  }

  async act(effect: SingleEffect): Promise<Seen> {
    await this.store.cancel(numberOf(effect));
    return done(effect, 'reported Canceled');
  }

  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    return afterRefusal(await this.look(effect), 'CANCEL_REFUSED', error);
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

function afterRefusal(seen: Seen, code: string, error: TerminalError): Seen {
  if (seen.seen !== 'absent') return seen;
  const reason = `${messageOf(error)}; mend it, then "errors retry"`;
  return { seen: 'blocked', state: 'failed', code, reason };
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
