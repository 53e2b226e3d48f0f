import { ConfigurationError, TransientError, UnknownOutcomeError } from '../../core/errors.js';
import type { MadeOrder, NewExigoOrder } from '../../core/new-order.js';
import { isObject, type Json, JsonNumber, member } from '../../http/json.js';
import { integerOf, toExigoDate } from './values.js';

/** One request of ProcessTransaction (exigo.md sections 1.7, 2.9, 2.12, 2.13). */
export interface TransactionRequest {
  readonly typeName: 'CreateCustomerRequest' | 'CreateOrderRequest' | 'CreatePaymentRequest';
  readonly request: Readonly<Record<string, unknown>>;
}

/**
 * What makes an order whole: the customer, unless it is known; the order, Accepted, with every price as it was paid;
 * the payment. Exigo carries them out as one database transaction. What a later request leaves out (CustomerID,
 * OrderID), it takes from the earlier ones.
 */
export function transactionOf(order: NewExigoOrder, customerId: number | null): TransactionRequest[] {
  const requests: TransactionRequest[] = [];
  if (customerId === null) {
    requests.push({ typeName: 'CreateCustomerRequest', request: present(customerOf(order)) });
  }
  requests.push({ typeName: 'CreateOrderRequest', request: present(orderOf(order, customerId)) });
  if (order.payment !== null) {
    requests.push({ typeName: 'CreatePaymentRequest', request: present(paymentOf(order, order.payment)) });
  }
  return requests;
}

function customerOf({ customer, shipTo, email, warehouseId, currency }: NewExigoOrder) {
  return {
    firstName: shipTo.firstName,
    lastName: shipTo.lastName,
    company: shipTo.company,
    customerType: customer.kind === 'email' ? customer.customerType : undefined,
    email: customer.kind === 'email' ? customer.email : email,
    phone: shipTo.phone,
    mainAddress1: shipTo.address1,
    mainAddress2: shipTo.address2,
    mainCity: shipTo.city,
    mainState: shipTo.state,
    mainZip: shipTo.zip,
    mainCountry: shipTo.country,
    canLogin: false,
    defaultWarehouseID: warehouseId,
    currencyCode: currency,
  };
}

function orderOf(order: NewExigoOrder, customerId: number | null) {
  return {
    customerID: customerId,
    orderStatus: 'Accepted',
    orderType: 'APIOrder',
    orderDate: toExigoDate(order.orderedAt),
    currencyCode: order.currency,
    warehouseID: order.warehouseId,
    shipMethodID: order.shipMethodId,
    priceType: order.priceType,
    ...order.shipTo,
    email: order.email,
    notes: order.notes,
    manualOrderKey: order.key,
    [order.keyField]: order.key,
    // The marketplace has taken the tax: where there is any, a line carries it.
    taxRateOverride: new JsonNumber('0'),
    shippingAmountOverride: new JsonNumber(order.shipping ?? '0'),
    details: order.lines.map((line) =>
      present({
        itemCode: line.itemCode,
        quantity: new JsonNumber(line.quantity),
        priceEachOverride: new JsonNumber(line.priceEach),
        taxableEachOverride: new JsonNumber('0'),
        shippingPriceEachOverride: new JsonNumber('0'),
        descriptionOverride: line.description,
        reference1: line.reference,
      }),
    ),
  };
}

function paymentOf(
  { orderedAt, shipTo }: NewExigoOrder,
  { amount, type, memo }: NonNullable<NewExigoOrder['payment']>,
) {
  return {
    paymentDate: toExigoDate(orderedAt),
    amount: new JsonNumber(amount),
    paymentTy: type,
    memo,
    billingName: `${shipTo.firstName} ${shipTo.lastName}`.trim(),
  };
}

/** What has no value is left out: the vendor's updates and creates take that as "not given". */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}

/**
 * The ids in the answer of a transaction, wherever they stand: its form is not documented. Throws UnknownOutcomeError
 * for one without the id of an order: it may stand, so it is looked up.
 */
export function readMade(body: Json, label: string): MadeOrder {
  const orderId = idIn(body, 'orderID');
  if (orderId !== null) return { orderId, customerId: idIn(body, 'customerID') };
  throw new UnknownOutcomeError(
    'REPLY_UNREADABLE',
    `${label}: the answer names no order, though it says Success; it is looked up by its key`,
  );
}

function idIn(value: Json | undefined, name: string): number | null {
  const own = integerOf(member(value, name));
  if (own !== null && own > 0) return own;
  const parts = Array.isArray(value)
    ? (value as readonly Json[])
    : isObject(value)
      ? Object.values(value)
      : [];
  for (const part of parts) {
    const found = idIn(part, name);
    if (found !== null) return found;
  }
  return null;
}

/** Throws ConfigurationError when others were given than those that were asked for: that proves no absence. */
export function readCustomers(body: Json, email: string): number[] {
  const customers = member(body, 'customers') ?? null;
  if (!Array.isArray(customers)) {
    if (customers === null && member(body, 'recordCount') === 0) return [];
    throw new TransientError(
      'REPLY_UNREADABLE',
      'Exigo API GET /customers: the answer has no list of customers; it is read again later',
    );
  }
  const same = (customers as readonly Json[]).filter(
    (one) => String(member(one, 'email')).trim().toLowerCase() === email.trim().toLowerCase(),
  );
  if (same.length < customers.length) {
    throw new ConfigurationError(
      'Exigo API GET /customers: asked by e-mail address, it answered with other customers, so the filter is not understood; give the marketplaces house accounts',
    );
  }
  return same.flatMap((one) => integerOf(member(one, 'customerID')) ?? []);
}
