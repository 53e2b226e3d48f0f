import type { Clock } from '../../core/clock.js';
import { FaultQueue } from '../fault-queue.js';
import type { Answer } from '../wire.js';
import { Access, type AccessRules, type Call, parseBody } from './access.js';
import { VendorBucket } from './bucket.js';
import { type FeedFault, strikes } from './faults.js';
import type { FeedJournalEntry, FeedStandinOperation, OpenFeedEntry } from './journal.js';
import { FeedOrders, orderText, type StandinOrder, shipmentFault, type Verdict } from './orders.js';
import { message, pathMember, routeOf } from './routes.js';

export interface FeedApiOptions extends Partial<Omit<AccessRules, 'consumerKey'>> {
  readonly clock: Clock;
  readonly consumerKey: string;
  readonly bucketSize?: number;
  readonly leakPerSecond?: number;
  /** Whether a 429 of the bucket says how long to wait; default true. */
  readonly retryAfter?: boolean;
  readonly defaultPageSize?: number;
  readonly maxPageSize?: number;
  /** Default `pascal`. */
  readonly names?: 'pascal' | 'camel';
  /** Answers without `Success`; default false. */
  readonly withoutSuccess?: boolean;
  readonly ackTransport?: 'body' | 'query' | 'path';
  readonly carriers?: readonly string[];
  /** Whether an update leaves the marketplace's last answer in place until the next cycle; default false. */
  readonly keepsSync?: boolean;
  /** When a wrong shipment is refused: by the marketplace in the next cycle (default), or at once. */
  readonly refuseShipments?: 'by-the-marketplace' | 'at-once';
}

const ACCESS: Omit<AccessRules, 'consumerKey'> = {
  tokenPlacement: 'path',
  tokenName: 'token',
  keyIn: 'query',
  keyName: 'consumerKey',
  tokenLifespanMs: null,
  newTokenEndsOld: false,
};
const CARRIERS = ['UPS', 'USPS', 'FedEx', 'DHL'];
const DENIED = message(401, 'Authorization has been denied for this request.');

/** The API without its socket. */
export class FeedApi {
  readonly journal: FeedJournalEntry[] = [];
  readonly counts = new Map<FeedStandinOperation, number>();
  readonly faults = new FaultQueue<FeedFault>();
  readonly orders: FeedOrders;
  readonly access: Access;
  readonly bucket: VendorBucket;
  /** Called before a call is answered: what happens at the marketplace meanwhile. */
  onCall: (operation: FeedStandinOperation, nth: number) => void = () => undefined;
  private readonly late: { readonly due: number; readonly apply: () => void }[] = [];

  constructor(private readonly options: FeedApiOptions) {
    this.orders = new FeedOrders(options.keepsSync);
    this.access = new Access({ ...ACCESS, ...options }, options.clock);
    this.bucket = new VendorBucket(options.bucketSize ?? 50, options.leakPerSecond ?? 2);
  }

  answer(call: Call): Answer {
    const now = this.options.clock.now();
    if (!this.bucket.take(now)) {
      const headers = { 'Retry-After': String(this.bucket.retryAfter(now)) };
      return { ...message(429, 'Slow down!'), ...((this.options.retryAfter ?? true) ? { headers } : {}) };
    }
    this.settle();
    if (this.access.isAuthorization(call.path)) return this.authorize(call);
    const admitted = this.access.admit(call);
    if (admitted === null) return DENIED;
    const route = routeOf(admitted);
    if (route === null) return message(404, 'No HTTP resource was found that matches the request URI.');
    const { operation, method, orderNumber } = route;
    if (method !== call.method)
      return message(405, `The requested resource does not support ${call.method}.`);
    const mutates = operation === 'Acknowledge' || operation === 'UpdateStatus';
    if (!this.access.scopes.has(mutates ? 'Orders Update' : 'Orders Read')) return DENIED;
    this.note(operation);
    const about = orderNumber ?? numberAskedFor(call.query);
    const fault = this.faults.next((one) => strikes(one, operation, about));
    if (fault?.kind === 'expired-token') this.access.expire();
    if (mutates) return this.change(operation, orderNumber ?? '', admitted, fault);
    const early = fault && this.before(fault);
    if (early) return early;
    const text =
      operation === 'Count'
        ? `"${this.name('Count')}":${this.matching(call.query).length + (fault?.kind === 'count-off' ? fault.by : 0)}`
        : operation === 'Get'
          ? this.one(orderNumber ?? '')
          : this.page(call.query, fault);
    return text === null ? message(404, 'No such order') : this.after(fault, this.success(text));
  }

  /** Late effects that are due become visible. */
  settle(): void {
    const now = this.options.clock.now();
    for (const one of this.late.filter(({ due }) => due <= now)) {
      one.apply();
      this.late.splice(this.late.indexOf(one), 1);
    }
  }

  cycle(): void {
    this.settle();
    this.orders.cycle((order) => shipmentFault(order, this.options.carriers ?? CARRIERS));
  }

  private authorize(call: Call): Answer {
    this.note('Authorize');
    const fault = this.faults.next((one) => strikes(one, 'Authorize', null));
    const early = fault && this.before(fault);
    if (early) return early;
    const made = this.access.authorize(call);
    if (made === null) return DENIED;
    const { token, endsAt } = made;
    const end =
      endsAt === null ? '' : `,"${this.name('ExpirationDate')}":"${new Date(endsAt).toISOString()}"`;
    return this.after(fault, this.success(`"${this.name('Token')}":"${token}"${end}`));
  }

  private matching(query: URLSearchParams): StandinOrder[] {
    const asked = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
    const within = (value: number, from: string, to: string) =>
      value >= Date.parse(asked.get(from) ?? '0001-01-01') &&
      value <= Date.parse(asked.get(to) ?? '9999-01-01');
    const status = asked.get('status')?.toLowerCase();
    const number = asked.get('storeordernumber');
    return this.orders
      .all()
      .filter(
        (order) =>
          (status === undefined || order.status.toLowerCase() === status) &&
          (number === undefined || order.marketplaceNumber === number || order.number === number) &&
          within(order.purchasedAt, 'fromdate', 'todate') &&
          within(order.importedAt, 'fromgdfimportdate', 'togdfimportdate'),
      );
  }

  private page(query: URLSearchParams, fault: FeedFault | undefined): string {
    const asked = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]));
    const max = this.options.maxPageSize ?? 100;
    const size = Math.min(Number(asked.get('pagesize') ?? this.options.defaultPageSize ?? 50), max);
    const page = Number(asked.get('page') ?? 1);
    const rows = fault?.kind === 'empty-list' ? [] : this.matching(query);
    const shown = rows.slice((page - 1) * size, page * size);
    const texts = shown.map((order) => orderText(order, (name) => this.name(name)));
    const paging = `{"${this.name('Page')}":${page},"${this.name('PageSize')}":${size},"${this.name('MaxPageSize')}":${max}}`;
    return `"${this.name('Orders')}":[${texts.join(',')}],"${this.name('Paging')}":${paging}`;
  }

  private one(number: string): string | null {
    const order = this.orders.get(number);
    return order === undefined
      ? null
      : `"${this.name('Order')}":${orderText(order, (name) => this.name(name))}`;
  }

  private change(
    operation: FeedJournalEntry['operation'],
    orderNumber: string,
    call: Call,
    fault: FeedFault | undefined,
  ): Answer {
    const sent = { ...Object.fromEntries(call.query), ...parseBody(call.body), ...pathMember(call.path) };
    delete (sent as Record<string, unknown>)[this.options.tokenName ?? ACCESS.tokenName];
    const entry: OpenFeedEntry = {
      at: this.options.clock.now(),
      operation,
      orderNumber,
      sent,
      answer: '',
      applied: false,
    };
    this.journal.push(entry);
    const answer = this.carryOut(entry, fault);
    entry.answer = answer.cut ? 'cut' : [answer.status, answer.result].filter(Boolean).join(' ');
    return answer;
  }

  private carryOut(entry: OpenFeedEntry, fault: FeedFault | undefined): Answer {
    const early = fault && this.before(fault);
    if (early) return early;
    const order = this.orders.get(entry.orderNumber);
    if (order === undefined) return message(404, `Order ${entry.orderNumber} was not found`);
    const apply = (dry: boolean) => this.apply(order, entry, dry);
    const { refusal } = apply(true);
    if (refusal !== null) return this.failure(refusal);
    if (fault?.kind === 'late') {
      const due = entry.at + fault.afterMs;
      const show = () => {
        entry.applied = apply(false).changed;
      };
      this.late.push({ due, apply: show });
      return { ...this.success(''), cut: fault.answer === 'cut' };
    }
    entry.applied = apply(false).changed;
    return this.after(fault, this.success(''));
  }

  private apply(order: StandinOrder, { operation, sent }: OpenFeedEntry, dry: boolean): Verdict {
    const value = (name: string) => {
      const found = Object.entries(sent).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
      return found === undefined || found === null ? null : String(found);
    };
    const no = (refusal: string) => ({ refusal, changed: false });
    if (operation === 'Acknowledge') {
      const number = value('orderDestinationOrderNumber');
      return number === null
        ? no('orderDestinationOrderNumber is required')
        : this.orders.acknowledge(order, number, dry);
    }
    const wanted = value('OrderStatus')?.toLowerCase();
    const status = wanted === 'shipped' ? 'Shipped' : wanted?.startsWith('cancel') ? 'Canceled' : null;
    if (status === null) return no(`OrderStatus ${wanted ?? ''} is not supported`);
    const change = {
      status,
      tracking: value('ShipmentTrackingNumber'),
      carrier: value('ShipmentCarrier'),
      dateShipped: value('DateShipped'),
    } as const;
    const fault = shipmentFault({ ...order, ...change }, this.options.carriers ?? CARRIERS);
    if (status === 'Shipped' && fault !== null && this.options.refuseShipments === 'at-once')
      return no(fault);
    return this.orders.update(order, change, dry);
  }

  /** The answer of a fault that strikes before anything is done. */
  private before(fault: FeedFault): Answer | undefined {
    switch (fault.kind) {
      case 'status-429':
      case 'status-503': {
        const answer = message(fault.kind === 'status-429' ? 429 : 503, 'Try again later');
        const { retryAfter = '1' } = fault;
        return retryAfter === null ? answer : { ...answer, headers: { 'Retry-After': retryAfter } };
      }
      case 'status-500-before':
        return message(500, 'An error has occurred.');
      case 'expired-token':
      case 'missing-scope':
      case 'ip-refused':
        return DENIED;
      case 'cut-before':
        return { status: 0, text: '', cut: true };
      case 'success-false':
        return this.failure(fault.message ?? 'The order could not be processed');
      default:
        return undefined;
    }
  }

  /** The answer of a fault that strikes when everything is done. */
  private after(fault: FeedFault | undefined, answer: Answer): Answer {
    if (fault?.kind === 'status-500-after') return message(500, 'An error has occurred.');
    if (fault?.kind === 'cut-after') return { ...answer, cut: true };
    if (fault?.kind === 'slow-body') return { ...answer, dripMs: fault.everyMs ?? 20 };
    return answer;
  }

  private note(operation: FeedStandinOperation): void {
    const nth = (this.counts.get(operation) ?? 0) + 1;
    this.counts.set(operation, nth);
    this.onCall(operation, nth);
  }

  private success(members: string): Answer {
    const success = this.options.withoutSuccess ? '' : `"${this.name('Success')}":true`;
    return { status: 200, result: 'Success', text: `{${[success, members].filter(Boolean).join(',')}}` };
  }

  private failure(words: string): Answer {
    const text = `{"${this.name('Success')}":false,"${this.name('Message')}":${JSON.stringify(words)}}`;
    return { status: 200, result: 'Failure', text };
  }

  private name(name: string): string {
    return this.options.names === 'camel' ? name.charAt(0).toLowerCase() + name.slice(1) : name;
  }
}

/** The order that a list is filtered by; null for a list of many. */
function numberAskedFor(query: URLSearchParams): string | null {
  return [...query].find(([name]) => name.toLowerCase() === 'storeordernumber')?.[1] ?? null;
}
