import { addDecimals, type Decimal, formatDecimal, multiplyDecimals, rescale } from '../../core/decimal.js';
import type { MarketplaceDocument } from '../../core/feed-store.js';
import type { OrderRules } from '../../core/godatafeed.js';
import type {
  MappedOrder,
  NewExigoOrder,
  NewOrderAddress,
  NewOrderCustomer,
  NewOrderLine,
} from '../../core/new-order.js';
import { isObject, parseJson } from '../../http/json.js';
import { FeedFields, isZero, magnitude, money, negated, sum, Unmappable } from './feed-fields.js';

/** Rules by the name of their store; null where none are configured. */
export type StoreRules = Readonly<Record<string, OrderRules | null>>;

/** Maps orders by the rules of their store. Pure: same document, same rules, same order. */
export function orderMapper(rules: StoreRules): (document: MarketplaceDocument) => MappedOrder {
  return (document) => {
    const own = rules[document.store];
    if (own == null) {
      const reason = `GoDataFeed store ${document.store} has no maps; set orders for it under godatafeed.stores`;
      return { code: 'NO_ORDER_MAPS', reason };
    }
    try {
      return { order: mapOrder(document, own) };
    } catch (error) {
      if (error instanceof Unmappable) return { code: error.code, reason: error.message };
      throw error;
    }
  };
}

function mapOrder(document: MarketplaceDocument, rules: OrderRules): NewExigoOrder {
  const json = parseJson(document.json);
  const fields = new FeedFields(isObject(json) ? json : {}, rules);
  const marketplace = document.marketplace ?? document.store;
  const { lines, shipping, total } = linesAndTotals(fields, rules);
  const key = `${marketplace.toLowerCase()}:${document.marketplaceNumber ?? document.orderNumber}`;
  return {
    key,
    keyField: rules.keyField,
    customer: customerOf(fields, rules, marketplace),
    orderedAt: purchasedAt(document),
    currency: currencyOf(fields, rules),
    warehouseId: rules.warehouse,
    shipMethodId: shipMethodOf(fields, rules, marketplace),
    priceType: rules.priceType,
    shipTo: addressOf(fields),
    email: fields.text('email'),
    lines,
    shipping,
    payment: rules.paymentType === null ? null : { amount: money(total), type: rules.paymentType, memo: key },
    notes: fields.text('notes'),
  };
}

function purchasedAt({ purchasedAt: at }: MarketplaceDocument): number {
  if (at !== null) return at;
  throw new Unmappable(
    'NO_PURCHASE_DATE',
    'it has no purchase date that can be read; see fields.purchasedAt',
  );
}

function currencyOf(fields: FeedFields, { currencies }: OrderRules): string {
  const code = fields.needed('currency', 'NO_CURRENCY');
  const found = withoutCase(currencies, code);
  if (found !== undefined) return found;
  throw new Unmappable('UNKNOWN_CURRENCY', `currency ${code} is in no map; add it under orders.currencies`);
}

function shipMethodOf(fields: FeedFields, { shipMethods }: OrderRules, marketplace: string): number {
  const service = fields.text('shipMethod') ?? '';
  const maps = [withoutCase(shipMethods, marketplace), withoutCase(shipMethods, 'any')];
  const found = [service, 'any'].flatMap((name) =>
    maps.map((map) => (map === undefined ? undefined : withoutCase(map, name))),
  );
  const first = found.find((id) => id !== undefined);
  if (first !== undefined) return first;
  const what = service === '' ? 'it names no shipping service' : `shipping service "${service}" is in no map`;
  throw new Unmappable(
    'UNKNOWN_SHIP_METHOD',
    `${what}; add it, or any, under orders.shipMethods for ${marketplace}`,
  );
}

function customerOf(fields: FeedFields, { customer }: OrderRules, marketplace: string): NewOrderCustomer {
  const account = withoutCase(customer.accounts, marketplace) ?? withoutCase(customer.accounts, 'any');
  if (account !== undefined) return { kind: 'house', customerId: account };
  if (customer.byEmail === null) {
    throw new Unmappable(
      'NO_CUSTOMER',
      `${marketplace} has no house account, and customers are not made by e-mail address; set orders.customer`,
    );
  }
  const email = fields.needed('email', 'NO_EMAIL').toLowerCase();
  return { kind: 'email', email, customerType: customer.byEmail };
}

function addressOf(fields: FeedFields): NewOrderAddress {
  const whole = (fields.shipTo('name') ?? '').trim();
  const cut = whole.lastIndexOf(' ');
  const firstName = fields.shipTo('firstName') ?? (cut < 0 ? '' : whole.slice(0, cut));
  const lastName = fields.shipTo('lastName') ?? whole.slice(cut + 1);
  const address = {
    firstName,
    lastName,
    company: fields.shipTo('company'),
    address1: fields.shipTo('address1') ?? '',
    address2: fields.shipTo('address2'),
    city: fields.shipTo('city') ?? '',
    state: fields.shipTo('state'),
    zip: fields.shipTo('zip') ?? '',
    country: (fields.shipTo('country') ?? '').toUpperCase(),
    phone: fields.shipTo('phone'),
  };
  const needed = { name: `${firstName}${lastName}`, ...address };
  const missing = (['name', 'address1', 'city', 'zip', 'country'] as const).filter(
    (one) => needed[one] === '',
  );
  if (missing.length === 0) return address;
  throw new Unmappable('MISSING_ADDRESS', `its ship-to address has no ${missing.join(', no ')}`);
}

interface Amounts {
  readonly lines: readonly NewOrderLine[];
  /** Null where a line carries it. */
  readonly shipping: string | null;
  readonly total: Decimal;
}

/** The lines, the amounts that stand beside them, and whether all of it adds up to what was paid, to the cent. */
function linesAndTotals(fields: FeedFields, rules: OrderRules): Amounts {
  const own = fields.lines();
  if (own.length === 0) {
    throw new Unmappable('NO_LINES', `it has no lines; looked for ${fields.candidates('lines')}`);
  }
  const lines = own.map((line) => lineOf(line, rules));
  const ofOrder = (
    name: 'shipping' | 'tax' | 'discount',
    ofLine: 'lineShipping' | 'lineTax' | 'lineDiscount',
  ) => fields.amount(name) ?? sum(own.map((line) => line.amount(ofLine) ?? { units: 0n, scale: 0 }));
  const shipping = ofOrder('shipping', 'lineShipping');
  const tax = ofOrder('tax', 'lineTax');
  const discount = magnitude(ofOrder('discount', 'lineDiscount'));
  const total = fields.neededAmount('total', 'NO_TOTAL');
  assertAddsUp({ goods: sum(lines.map(({ amount }) => amount)), shipping, tax, discount }, total);
  const extra = [
    extraLine('tax', tax, rules),
    extraLine('discount', negated(discount), rules),
    rules.lines.shipping === null ? null : extraLine('shipping', shipping, rules),
  ];
  return {
    lines: [...lines.map(({ line }) => line), ...extra.filter((line) => line !== null)],
    shipping: rules.lines.shipping === null ? money(shipping) : null,
    total,
  };
}

function lineOf(fields: FeedFields, rules: OrderRules): { line: NewOrderLine; amount: Decimal } {
  const sku = fields.needed('sku', 'NO_SKU');
  const itemCode = rules.skus[sku] ?? (rules.unmappedSkus === 'as-item-code' ? sku : undefined);
  if (itemCode === undefined) {
    throw new Unmappable('UNKNOWN_SKU', `SKU ${sku} is in no map; add it under orders.skus`);
  }
  const quantity = fields.neededAmount('quantity', 'NO_QUANTITY');
  const priceEach = fields.neededAmount('unitPrice', 'NO_PRICE');
  const line = {
    itemCode,
    quantity: formatDecimal(quantity),
    priceEach: money(priceEach),
    description: fields.text('title'),
    reference: fields.text('lineNumber'),
  };
  return { line, amount: multiplyDecimals(quantity, priceEach) };
}

function assertAddsUp(
  parts: Readonly<Record<'goods' | 'shipping' | 'tax' | 'discount', Decimal>>,
  total: Decimal,
): void {
  const { goods, shipping, tax, discount } = parts;
  const sums = sum([goods, shipping, tax, negated(discount)]);
  if (isZero(rescale(addDecimals(sums, negated(total)), 2))) return;
  throw new Unmappable(
    'TOTALS_DO_NOT_ADD_UP',
    `goods ${money(goods)} + shipping ${money(shipping)} + tax ${money(tax)} - discount ${money(discount)} is not its total ${money(total)}`,
  );
}

function extraLine(
  what: 'tax' | 'shipping' | 'discount',
  amount: Decimal,
  { lines }: OrderRules,
): NewOrderLine | null {
  if (isZero(amount)) return null;
  const itemCode = lines[what];
  if (itemCode !== null) {
    return { itemCode, quantity: '1', priceEach: money(amount), description: null, reference: null };
  }
  throw new Unmappable(
    what === 'tax' ? 'NO_TAX_LINE' : 'NO_DISCOUNT_LINE',
    `it has ${what} ${money(amount)}, and no item carries it; name one under orders.lines.${what}`,
  );
}

function withoutCase<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  const key = Object.keys(map).find((one) => one.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : map[key];
}
