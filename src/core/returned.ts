import type { FoundOrder, NewOrderAddress, OtherField } from './new-order.js';
import type { Order } from './order.js';
import type { HandedLine, SaidRow, Shipment } from './shipment.js';

/** Statuses that an order of goods that came back can be made in. */
export const RETURN_STATUSES = ['Pending', 'Accepted', 'Shipped'] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** How a return order is made in Exigo. */
export interface ReturnOrderRules {
  readonly as: 'return-order';
  readonly status: ReturnStatus;
  /** Ids of Exigo; null: those of the order that was shipped. */
  readonly priceType: number | null;
  readonly warehouse: number | null;
  readonly shipMethod: number | null;
  /** `refund`: with the return that brings back the last of what was handed over. */
  readonly shipping: 'keep' | 'refund';
  /** Holds the key of the return order, which is found by it. */
  readonly keyField: OtherField;
}

/** What becomes of goods that a 3PL has taken back: noted and shown, or an order in Exigo. */
export type ReturnPolicy = { readonly as: 'record' } | ReturnOrderRules;

/** What one file of a 3PL says came back of an order. */
export interface Returned {
  /** The 3PL, by its template's name. */
  readonly threePl: string;
  /** The order that was shipped, in Exigo. */
  readonly orderId: number;
  /** Of the file, without those that something was made of already. */
  readonly rows: readonly SaidRow[];
  /** All that it has said of the order, and what it was given. */
  readonly shipment: Shipment;
  /** What was taken back before, of this order. */
  readonly before: readonly HandedLine[];
  /** Whether its files speak of shipments; where none do, what was handed over counts as shipped. */
  readonly saysShipped: boolean;
}

/** What the rows come to. */
export type JudgedReturn =
  | { readonly says: 'nothing'; readonly reason: string }
  /** `whole`: all that was handed over is back with it. */
  | { readonly says: 'returned'; readonly goods: readonly HandedLine[]; readonly whole: boolean }
  /** The lines that were handed over are not kept any more: it cannot be judged, nor made. */
  | { readonly says: 'not-kept'; readonly goods: readonly HandedLine[] }
  | { readonly says: 'contradiction'; readonly code: string; readonly reason: string };

/** A line of a return order. Decimal text; quantities are below zero. */
export interface ReturnLine {
  readonly itemCode: string;
  readonly quantity: string;
  /** Each as in the order that was shipped. */
  readonly priceEach: string;
  readonly businessVolumeEach: string | null;
  readonly commissionableVolumeEach: string | null;
  readonly description: string | null;
}

/** A return order as it is to be made in Exigo, fixed with its verdict, so that a repeat is the same. */
export interface NewReturnOrder {
  /** `return:1001:5f3a9c21d04e`: the order, and what the rows say. */
  readonly key: string;
  readonly keyField: OtherField;
  /** The order that was shipped. */
  readonly returnOrderId: number;
  readonly customerId: number;
  readonly status: ReturnStatus;
  /** Instant (ms). */
  readonly orderedAt: number;
  readonly currency: string;
  readonly warehouseId: number;
  readonly shipMethodId: number;
  readonly priceType: number;
  readonly shipTo: NewOrderAddress;
  readonly email: string | null;
  readonly lines: readonly ReturnLine[];
  /** Zero, or below. */
  readonly shipping: string;
  /** `none`: no tax was taken, so none is given back; else Exigo calculates it. */
  readonly tax: 'none' | 'calculated';
  readonly notes: string;
}

/** What makes a return order of an order and of what came back of it. */
export interface ReturnPlan {
  readonly key: string;
  readonly rules: ReturnOrderRules;
  readonly threePl: string;
  readonly rows: readonly SaidRow[];
  readonly goods: readonly HandedLine[];
  readonly before: readonly HandedLine[];
  readonly whole: boolean;
}

export type MappedReturn =
  | { readonly order: NewReturnOrder }
  | { readonly code: string; readonly reason: string };

/** Pure, both. */
export type ReturnJudge = (returned: Returned) => JudgedReturn;
export type ReturnMapper = (order: Order, plan: ReturnPlan) => MappedReturn;

/** Where return orders are made. Errors as of `OrderTarget`. */
export interface ReturnTarget {
  /** After an unknown outcome absence proves nothing before this many milliseconds. */
  readonly unknownWaitMs: number;
  /** Whether a second order with the same key is proven to be refused, so that a repeat makes none. */
  readonly refusesDuplicates: boolean;
  /** The order with this key; null when it is not shown. Throws TerminalError when several have it. */
  find(order: Pick<NewReturnOrder, 'key' | 'keyField'>): Promise<FoundOrder | null>;
  /** Returns its id. `guard` is called right before the request leaves; when it throws, nothing leaves. */
  make(order: NewReturnOrder, guard?: () => Promise<void>): Promise<number>;
}

/** What the keys of return orders that we make begin with. */
export const RETURN_KEY = 'return:';
