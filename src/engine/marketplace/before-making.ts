import { codeOf, messageOf, TerminalError, TransientError, UnknownOutcomeError } from '../../core/errors.js';
import type { MarketplaceState, MarketplaceStore } from '../../core/feed-store.js';
import { MOST_ATTEMPTS } from '../../core/retry.js';
import {
  forgetMarketplaceDocument,
  type MarketplaceOrder,
  ofMarketplaceKey,
} from '../../queue/ledger/marketplace-orders.js';
import type { SingleEffect } from '../../queue/ledger/singles.js';
import { linksOf } from '../../queue/reads/documents.js';
import type { EngineContext } from '../context.js';
import type { Seen } from '../singles/single-act.js';
import { endsTheRun } from './tell-stores.js';

/** Nothing is made of an order that ended at its marketplace. */
export const ENDED = 'ENDED_AT_MARKETPLACE';

/**
 * Looks an order up in its store right before it is made, unless the list of new orders that has it was read by this
 * run: one that waited for a person, or for Exigo, may have ended at its marketplace meanwhile. One call each. A store
 * that cannot be asked leaves its orders waiting and the other stores working.
 */
export class BeforeMaking {
  /** The first reason why a store could not be asked; the run ends with it. */
  problem: unknown = null;
  /** Orders that could not be looked up since the last one that could, by store. */
  private readonly troubles = new Map<string, number>();

  /** `fresh`: the change sets that this run has frozen. */
  constructor(
    private readonly context: EngineContext,
    private readonly fresh: ReadonlySet<number>,
  ) {}

  /** Null: it may be made. */
  async seen(effect: SingleEffect): Promise<Seen | null> {
    if (this.fresh.has(effect.change_set_id)) return null;
    const { store: name, order_number: number } = ofMarketplaceKey(effect.item_key);
    const link = await this.linkOf(effect);
    const store = this.context.stores.get(name);
    if (store === undefined) {
      this.context.log.warn(`order ${effect.item_key} waits: its store is not configured any more`);
      return { seen: 'absent' };
    }
    const looked = await this.look(store, number, link);
    return 'seen' in looked ? looked : judge(effect, link, looked.shown);
  }

  /** How its store shows an order; null: it does not, refuses to, or is not configured any more. */
  async stateOf(effect: SingleEffect): Promise<MarketplaceState | 'unasked' | null> {
    const { store: name, order_number: number } = ofMarketplaceKey(effect.item_key);
    const store = this.context.stores.get(name);
    if (store === undefined) return null;
    const looked = await this.look(store, number, await this.linkOf(effect));
    if ('shown' in looked) return looked.shown;
    return looked.seen === 'absent' ? 'unasked' : null;
  }

  private async linkOf({ item_key }: SingleEffect): Promise<MarketplaceOrder | undefined> {
    return (await linksOf(this.context.database, [item_key])).get(item_key);
  }

  private async look(
    store: MarketplaceStore,
    number: string,
    link: MarketplaceOrder | undefined,
  ): Promise<Seen | { readonly shown: MarketplaceState | null }> {
    if ((this.troubles.get(store.name) ?? 0) >= MOST_ATTEMPTS) return { seen: 'absent' };
    try {
      const shown = await store.look(number, link?.marketplace_number ?? null);
      this.troubles.delete(store.name);
      return { shown };
    } catch (error) {
      if (endsTheRun(error)) throw error;
      if (error instanceof TerminalError) {
        this.troubles.delete(store.name);
        return held('NOT_FOUND_IN_GODATAFEED', `GoDataFeed refuses to show it: ${messageOf(error)}`);
      }
      const passing = error instanceof TransientError || error instanceof UnknownOutcomeError;
      this.troubles.set(store.name, passing ? (this.troubles.get(store.name) ?? 0) + 1 : MOST_ATTEMPTS);
      this.problem ??= error;
      this.context.log.error(
        `order ${store.name}/${number} waits: it cannot be seen whether it ended at its marketplace: ${messageOf(error)}`,
        { code: codeOf(error) ?? null },
      );
      return { seen: 'absent' };
    }
  }
}

function judge(
  { item_key }: SingleEffect,
  link: MarketplaceOrder | undefined,
  shown: MarketplaceState | null,
): Seen | null {
  if (shown === null) {
    return held('NOT_FOUND_IN_GODATAFEED', 'GoDataFeed does not show it any more, so nothing is made of it');
  }
  const { status, destinationNumber } = shown;
  if (status === 'canceled' || status === 'shipped') {
    const how = status === 'canceled' ? 'canceled' : 'shipped by someone else';
    const reason = `${link?.marketplace ?? 'its marketplace'} shows it as ${how}, and nothing was made of it in Exigo`;
    const key = ofMarketplaceKey(item_key);
    return {
      seen: 'dropped',
      code: ENDED,
      reason,
      note: (session) => forgetMarketplaceDocument(session, key),
    };
  }
  const isTaken = destinationNumber !== null || (status !== null && status !== 'new');
  // Processing because of our own acknowledgement: its order in Exigo was canceled since, and is to be made anew.
  const isOurs = destinationNumber === null && (link?.acknowledged_utc ?? null) !== null;
  if (!isTaken || isOurs) return null;
  const how =
    destinationNumber === null ? `shows it as ${status}` : `has it under number ${destinationNumber}`;
  const reason = `GoDataFeed ${how}, and Exigo has no order with its key: another program took it, or it was made by hand; "orderferry adopt" takes it over with its number in Exigo`;
  return held('ACKNOWLEDGED_ELSEWHERE', reason);
}

function held(code: string, reason: string): Seen {
  return { seen: 'blocked', state: 'held', code, reason };
}
