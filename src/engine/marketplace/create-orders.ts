import { messageOf, StoppedError, TerminalError, TransientError } from '../../core/errors.js';
import type { MarketplaceState } from '../../core/feed-store.js';
import type { FoundOrder, MadeOrder, NewExigoOrder, OrderTarget } from '../../core/new-order.js';
import type { AnyPipeline, StepDescription } from '../../core/pipeline.js';
import type { Lease } from '../../queue/lease/lease.js';
import { customerOfEmail, noteCustomer } from '../../queue/ledger/marketplace-customers.js';
import {
  forgetMarketplaceDocument,
  linkMarketplaceOrder,
  marketplaceKey,
  marketplaceOrderAcknowledged,
  marketplaceOrdersOfExigo,
  ofMarketplaceKey,
} from '../../queue/ledger/marketplace-orders.js';
import type { Session } from '../../queue/ledger/session.js';
import { type SingleEffect, sendingSingles } from '../../queue/ledger/singles.js';
import { type DocumentKey, readDocuments } from '../../queue/reads/documents.js';
import { configurationOfItem } from '../../queue/reads/items.js';
import type { EngineContext, OrderMapper } from '../context.js';
import { workOneByOne } from '../singles/one-by-one.js';
import { afterCall, type Seen, type ShadowLook, type SingleAct } from '../singles/single-act.js';
import { BeforeMaking, ENDED } from './before-making.js';
import { judgeAgain } from './judge-again.js';
import { differingFields, orderFields, shownFields } from './made-by-script.js';

type CreateStep = Extract<StepDescription, { kind: 'exigo-create-order' }>;

interface Creating {
  readonly context: EngineContext;
  readonly lease: Lease;
  readonly pipeline: AnyPipeline;
  readonly step: CreateStep;
  /** The step that comes after it. */
  readonly nextStep: string | null;
  readonly target: OrderTarget;
  /** Change sets that this run has frozen. */
  readonly fresh: ReadonlySet<number>;
}

/**
 * Makes the orders of a pipeline in Exigo, one transaction each. Right before, the order is looked up by its key, so
 * one that is there already is linked and not made; one that waited since an earlier run is looked at in its store, too. After an unknown outcome absence proves nothing before the
 * target's wait; then it is made again only where a second order with the same key is proven to be refused.
 */
export async function createOrders(creating: Creating): Promise<void> {
  const { context, lease, pipeline, step, nextStep, target } = creating;
  const before = new BeforeMaking(context, creating.fresh);
  const maker = new OrderMaker(context, target, before);
  const name = { pipeline: pipeline.name, step: step.step, target: null };
  for (const effect of await sendingSingles(context.database, name, 0, 1_000)) await maker.remember(effect);
  await workOneByOne({ context, lease, step: name, nextStep, act: maker });
  if (before.problem !== null) throw before.problem;
}

class OrderMaker implements SingleAct {
  readonly name = 'order in Exigo';
  readonly unknownWaitMs: number;
  readonly absent: SingleAct['absent'];
  /** Addresses whose customer may just be in the making: a second order of theirs waits. */
  private readonly inTheMaking = new Set<string>();
  private readonly mappers = new Map<string, OrderMapper>();

  constructor(
    private readonly context: EngineContext,
    private readonly target: OrderTarget,
    private readonly before: BeforeMaking,
  ) {
    this.unknownWaitMs = target.unknownWaitMs;
    this.absent = target.refusesDuplicates
      ? 'repeat'
      : {
          code: 'OUTCOME_UNKNOWN',
          reason:
            'it was sent to Exigo, no answer came, and Exigo does not show it; look for it there by its key, then "errors retry" makes it unless it is found, or "release --as cancel"',
        };
  }

  /** An order of unknown outcome may have made its customer. */
  async remember(effect: SingleEffect): Promise<void> {
    const order = await this.orderOf(effect);
    if ('code' in order || order.customer.kind !== 'email') return;
    this.inTheMaking.add(order.customer.email);
  }

  async look(effect: SingleEffect): Promise<Seen> {
    const order = await this.orderOf(effect);
    if ('code' in order) return blocked('held', order.code, order.reason);
    return this.shown(effect, order);
  }

  async act(effect: SingleEffect, guard: () => Promise<void>): Promise<Seen> {
    const order = await this.orderOf(effect);
    if ('code' in order) return blocked('held', order.code, order.reason);
    const shown = await this.shown(effect, order);
    if (shown.seen !== 'absent') return shown;
    const ended = await this.before.seen(effect);
    if (ended !== null) return ended;
    const customer = await this.customerOf(order);
    if (typeof customer === 'object' && customer !== null) return customer;
    const email = order.customer.kind === 'email' && customer === null ? order.customer.email : null;
    if (email !== null) this.inTheMaking.add(email);
    const made = await this.make(order, customer, guard);
    const seen = await afterCall(`made in Exigo as order ${made.orderId}`, () =>
      this.made(effect, order, made, 'made in Exigo as order'),
    );
    this.settled(order);
    return seen;
  }

  /**
   * An order that an earlier script has made is found by our key, if it writes the same, or by the number under which it has
   * acknowledged it; it is linked as if we had made it. One of which the number is not to be seen is a person's to adopt.
   */
  async shadow(effect: SingleEffect): Promise<ShadowLook | null> {
    const order = await this.orderOf(effect);
    const call = { operation: 'ProcessTransaction', fields: 'code' in order ? {} : orderFields(order) };
    if ('code' in order) return { ...call, shown: null, seen: blocked('held', order.code, order.reason) };
    const state = await this.before.stateOf(effect);
    if (state === 'unasked') return null;
    const there = await this.numberOf(order, state);
    if (typeof there !== 'number') {
      const shown = state && { status: state.status, destinationNumber: state.destinationNumber };
      return { ...call, shown, seen: there ?? unnumbered(effect, state) };
    }
    const made = await this.target.show(there);
    if (made === null) return { ...call, shown: { orderID: String(there) }, seen: notShown(there) };
    // The customer that the script has put it on may be an account of its own, so nothing follows for the buyer's next order.
    const seen = await this.made(effect, order, { ...made, customerId: null }, 'Exigo has it as order');
    const shown = shownFields(made);
    const differs = seen.seen === 'done' && differingFields(call.fields, shown).length > 0;
    const known = { ...call, shown, ...(differs ? { how: 'differs' as const } : {}) };
    if (seen.seen !== 'done' || state === null || state.status === 'new') return { ...known, seen };
    return { ...known, seen: { ...seen, last: true, note: acknowledgedToo(effect, seen) } };
  }

  /** Its number in Exigo; null: nobody has made it yet, as far as is to be seen. */
  private async numberOf(
    order: NewExigoOrder,
    state: MarketplaceState | null,
  ): Promise<number | Extract<Seen, { readonly seen: 'blocked' }> | null> {
    try {
      const found = await this.target.find(order);
      if (found !== null) return found.orderId;
    } catch (error) {
      if (!(error instanceof TerminalError) || error.code !== 'SEVERAL_ORDERS') throw error;
      return blocked('held', 'SEVERAL_ORDERS', messageOf(error));
    }
    const number = /^[1-9]\d{0,9}$/.exec(state?.destinationNumber ?? '')?.[0];
    return number !== undefined && Number(number) < 2 ** 31 ? Number(number) : null;
  }

  /** What may have made the customer leaves its address in the making; what has not gives it free for the others. */
  private async make(order: NewExigoOrder, customer: number | null, guard: () => Promise<void>) {
    try {
      return await this.target.make(order, customer, guard);
    } catch (error) {
      if (error instanceof TransientError || error instanceof StoppedError) this.settled(order);
      throw error;
    }
  }

  async provenAbsent(effect: SingleEffect): Promise<void> {
    const order = await this.orderOf(effect);
    if (!('code' in order)) this.settled(order);
  }

  private async shown(effect: SingleEffect, order: NewExigoOrder): Promise<Seen> {
    try {
      const found = await this.target.find(order);
      if (found === null) return { seen: 'absent' };
      this.settled(order);
      return await this.made(effect, order, found, 'found in Exigo as order');
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      return blocked(
        'held',
        error.code === 'SEVERAL_ORDERS' ? 'SEVERAL_ORDERS' : 'OUTCOME_UNKNOWN',
        messageOf(error),
      );
    }
  }

  async refused(effect: SingleEffect, error: TerminalError): Promise<Seen> {
    const seen = await this.look(effect); // a refusal may be that of a second order with the same key
    if (seen.seen !== 'absent') return seen;
    const order = await this.orderOf(effect);
    if (!('code' in order)) this.settled(order);
    return blocked('failed', 'CREATE_REFUSED', `${messageOf(error)}; mend it, then "errors retry"`);
  }

  /** Null: it is made with the order. */
  private async customerOf({ customer }: NewExigoOrder): Promise<number | null | Seen> {
    if (customer.kind === 'house') return customer.customerId;
    const known = await customerOfEmail(this.context.database, customer.email);
    if (known !== undefined) return known;
    if (this.inTheMaking.has(customer.email)) return { seen: 'absent' };
    const found = await this.target.customersOf(customer.email);
    if (found.length <= 1) return found[0] ?? null;
    const shown = found.slice(0, 5).join(', ');
    const reason = `${found.length} customers in Exigo have the buyer's e-mail address (${shown}); join them there, or give the marketplace a house account, then "errors retry"`;
    return blocked('held', 'CUSTOMER_AMBIGUOUS', reason);
  }

  private settled({ customer }: NewExigoOrder): void {
    if (customer.kind === 'email') this.inTheMaking.delete(customer.email);
  }

  /** Linked, unless another marketplace order has that link: the ledger keeps one for each order of Exigo. */
  private async made(
    effect: SingleEffect,
    order: NewExigoOrder,
    made: MadeOrder | FoundOrder,
    how: string,
  ): Promise<Seen> {
    const { key, customer } = order;
    const { orderId, customerId } = made;
    const link = (await marketplaceOrdersOfExigo(this.context.database, [orderId])).get(orderId);
    if (link !== undefined && marketplaceKey(link) !== effect.item_key) {
      const reason = `${how} ${orderId} by its key ${key}, which is linked to GoDataFeed order ${marketplaceKey(link)}: the same order of the marketplace was imported twice, or is in two stores; acknowledge it in GoDataFeed by hand if it is to leave the list, then release it as ignore (cancel would cancel it at the marketplace)`;
      return blocked('held', 'LINKED_ELSEWHERE', reason);
    }
    if ('status' in made && made.status === 'Canceled') return canceledThere(order, orderId);
    const note = async (session: Session, now: string) => {
      await linkMarketplaceOrder(session, ofMarketplaceKey(effect.item_key), orderId, now);
      await judgeAgain(session, this.context.pipelines, orderId, now);
      if (customer.kind === 'email' && customerId !== null) {
        await noteCustomer(session, customer.email, customerId, now);
      }
    };
    return { seen: 'done', receipt: `${how} ${orderId}`, note };
  }

  /** The order as the transform saw it: same document, same configuration. */
  private async orderOf(effect: SingleEffect): Promise<NewExigoOrder | { code: string; reason: string }> {
    const key: DocumentKey = { changeSetId: effect.change_set_id, key: effect.item_key };
    const [read] = await readDocuments(this.context.database, [key]);
    if (read?.document == null) {
      return {
        code: 'NOT_KEPT',
        reason: 'its frozen JSON is not kept any more',
      };
    }
    const mapped = (await this.mapperOf(effect.item_id))(read.document);
    return 'order' in mapped ? mapped.order : mapped;
  }

  private async mapperOf(itemId: number): Promise<OrderMapper> {
    const { hash, json } = await configurationOfItem(this.context.database, itemId);
    const mapper = this.mappers.get(hash) ?? this.context.kit.orderMapper(json);
    this.mappers.set(hash, mapper);
    return mapper;
  }
}

/** The acknowledgement is the script's, too. */
function acknowledgedToo(effect: SingleEffect, { note }: Extract<Seen, { readonly seen: 'done' }>) {
  return async (session: Session, now: string) => {
    await note?.(session, now);
    await marketplaceOrderAcknowledged(session, ofMarketplaceKey(effect.item_key), now);
  };
}

function notShown(orderId: number): Seen {
  const reason = `GoDataFeed has it under number ${orderId}, and the Exigo API does not know that order; look for it there, then "errors retry", or adopt it with its number in Exigo`;
  return blocked('held', 'NOT_FOUND_IN_EXIGO', reason);
}

/** What follows from its state alone. */
function unnumbered({ item_key }: SingleEffect, state: MarketplaceState | null): Seen {
  if (state === null || (state.status === 'new' && state.destinationNumber === null))
    return { seen: 'absent' };
  if (state.status === 'canceled' && state.destinationNumber === null) {
    const reason = 'its marketplace shows it as canceled, and nothing was made of it in Exigo';
    const note = (session: Session) => forgetMarketplaceDocument(session, ofMarketplaceKey(item_key));
    return { seen: 'dropped', code: ENDED, reason, note };
  }
  const under = state.destinationNumber === null ? '' : ` under number ${state.destinationNumber}`;
  const reason = `GoDataFeed shows it as ${state.status ?? 'taken'}${under}, so the earlier script has it; which order of Exigo it became is not to be seen: adopt it with that number ("orderferry adopt")`;
  return blocked('held', 'ACKNOWLEDGED_ELSEWHERE', reason);
}

function canceledThere({ key, keyField }: NewExigoOrder, orderId: number): Seen {
  const reason = `order ${orderId} in Exigo has its key ${key} and is Canceled there; release it as cancel, and its marketplace is told; or empty ${keyField} and the order key of ${orderId} in Exigo, then "errors retry" makes it anew`;
  return blocked('held', 'CANCELED_IN_EXIGO', reason);
}

function blocked(
  state: 'held' | 'failed',
  code: string,
  reason: string,
): Extract<Seen, { readonly seen: 'blocked' }> {
  return { seen: 'blocked', state, code, reason };
}
