import type { OrderStatus } from '../../core/exigo.js';
import { isObject, type Json, type JsonObject } from '../../http/json.js';
import { amountOf, fromExigoDate, integerOf, statusOf } from './values.js';

/**
 * Fields of a GetOrders reply with what they are read as (exigo.md sections 2.4, 2.5, 2.12). `amount` is
 * decimal text, `date` an instant (ms); text is passed on. Everything may be null: captures differ.
 */
const ORDER = {
  orderID: 'id',
  customerID: 'int',
  orderStatus: 'status',
  orderDate: 'date',
  currencyCode: 'text',
  warehouseID: 'int',
  shipMethodID: 'int',
  priceType: 'int',
  orderTyID: 'int',
  orderTyDescription: 'text',
  orderSubStatusTy: 'int',
  firstName: 'text',
  middleName: 'text',
  lastName: 'text',
  nameSuffix: 'text',
  company: 'text',
  address1: 'text',
  address2: 'text',
  address3: 'text',
  city: 'text',
  state: 'text',
  zip: 'text',
  country: 'text',
  county: 'text',
  email: 'text',
  phone: 'text',
  notes: 'text',
  total: 'amount',
  subTotal: 'amount',
  taxTotal: 'amount',
  shippingTotal: 'amount',
  discountTotal: 'amount',
  discountPercent: 'amount',
  weightTotal: 'amount',
  businessVolumeTotal: 'amount',
  commissionableVolumeTotal: 'amount',
  shippingTax: 'amount',
  orderTax: 'amount',
  trackingNumber1: 'text',
  trackingNumber2: 'text',
  trackingNumber3: 'text',
  trackingNumber4: 'text',
  trackingNumber5: 'text',
  other11: 'text',
  other12: 'text',
  other13: 'text',
  other14: 'text',
  other15: 'text',
  other16: 'text',
  other17: 'text',
  other18: 'text',
  other19: 'text',
  other20: 'text',
  shippedDate: 'date',
  createdDate: 'date',
  modifiedDate: 'date',
  createdBy: 'text',
  modifiedBy: 'text',
  autoOrderID: 'int',
  partyID: 'int',
  returnOrderID: 'int',
  replacementOrderID: 'int',
  orderKey: 'text',
  customerKey: 'text',
} as const;

const DETAIL = {
  orderLine: 'int',
  orderDetailID: 'text',
  parentOrderDetailID: 'text',
  itemCode: 'text',
  description: 'text',
  parentItemCode: 'text',
  quantity: 'amount',
  priceEach: 'amount',
  priceTotal: 'amount',
  tax: 'amount',
  weightEach: 'amount',
  weight: 'amount',
  reference1: 'text',
} as const;

const PAYMENT = {
  paymentID: 'id',
  customerID: 'int',
  orderID: 'int',
  paymentTypeId: 'int',
  paymentDate: 'date',
  amount: 'amount',
  currencyCode: 'text',
  billingName: 'text',
  authorizationCode: 'text',
  memo: 'text',
} as const;

type Read<K> = K extends 'id'
  ? number
  : K extends 'int' | 'date'
    ? number | null
    : K extends 'status'
      ? OrderStatus | string | null
      : string | null;
type ReplyOf<F> = { readonly [K in keyof F]: Read<F[K]> };

/** `raw` is the reply as it came (decimals as text), for fields that are not named here. */
export type ExigoOrder = ReplyOf<typeof ORDER> & {
  readonly details: readonly ExigoOrderDetail[];
  readonly payments: readonly ExigoPayment[];
  /** With `returnCustomer` alone. */
  readonly customer: JsonObject | null;
  readonly raw: JsonObject;
};
export type ExigoOrderDetail = ReplyOf<typeof DETAIL> & { readonly raw: JsonObject };
export type ExigoPayment = ReplyOf<typeof PAYMENT> & { readonly raw: JsonObject };

/** One order of a reply; null when it is no order, that is, has no `orderID`. */
export function readOrder(json: Json): ExigoOrder | null {
  if (!isObject(json) || integerOf(json.orderID) === null) return null;
  return {
    ...readFields(ORDER, json),
    details: objects(json.details).map((raw) => ({ ...readFields(DETAIL, raw), raw })),
    payments: objects(json.payments).map((raw) => ({ ...readFields(PAYMENT, raw), raw })),
    customer: isObject(json.customer) ? json.customer : null,
    raw: json,
  };
}

function readFields<F extends Record<string, string>>(fields: F, json: JsonObject): ReplyOf<F> {
  const read = Object.entries(fields).map(([name, kind]) => [name, readValue(kind, json[name])]);
  return Object.fromEntries(read) as ReplyOf<F>;
}

function readValue(kind: string, value: Json | undefined): string | number | null {
  if (kind === 'id' || kind === 'int') return integerOf(value);
  if (kind === 'amount') return amountOf(value);
  if (kind === 'date') return fromExigoDate(value);
  if (kind === 'status') return statusOf(value);
  return value === undefined || value === null || typeof value === 'object' ? null : String(value);
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
