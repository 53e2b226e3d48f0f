import type { OlistFiles } from './files.js';

/** A hand-made order for tests of the replay; times as in the files, `M/D/YYYY H:mm`, '' for never. */
export interface TinyOrder {
  readonly id: string;
  readonly purchased: string;
  readonly status?: string;
  readonly approved?: string;
  readonly carrier?: string;
  readonly state?: string;
  readonly customer?: string;
  /** Prices; each line has 1.50 freight. */
  readonly lines?: readonly string[];
  readonly payments?: readonly (readonly [type: string, amount: string])[];
}

/** Files in the form of the sample's. */
export function tinyFiles(orders: readonly TinyOrder[]): OlistFiles {
  const linesOf = (order: TinyOrder) => order.lines ?? ['10'];
  const customerOf = (order: TinyOrder) => order.customer ?? `customer of ${order.id}`;
  let payment = 0;
  return {
    orders: csv(
      'order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date',
      orders.map((order) => [
        order.id,
        customerOf(order),
        order.status ?? 'delivered',
        order.purchased,
        order.approved ?? '',
        order.carrier ?? '',
      ]),
    ),
    items: csv(
      'order_id,order_item_id,product_id,price,freight_value',
      orders.flatMap((order) =>
        linesOf(order).map((price, index) => [order.id, `${index + 1}`, PRODUCT, price, '1.5']),
      ),
    ),
    payments: csv(
      'pay_pk,order_id,payment_type,payment_value',
      orders.flatMap((order) =>
        (order.payments ?? []).map(([type, amount]) => [`${++payment}`, order.id, type, amount]),
      ),
    ),
    customers: csv(
      'customer_id,customer_zip_code_prefix,customer_city,customer_state',
      orders.map((order) => [customerOf(order), '3052', 'sao paulo', order.state ?? 'SP']),
    ),
    products: csv('product_pk,product_id,product_category_name', [['77', PRODUCT, 'ferramentas_jardim']]),
  };
}

/** 32 hex digits, as in the files. */
export const PRODUCT = '0036bb031e69d915cd384d1b3838b5d3';

/** `count` orders that only take numbers: bought before all others, never approved. */
export function fillers(count: number): TinyOrder[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `filler ${String(index).padStart(3, '0')}`,
    purchased: '1/1/2017 0:00',
  }));
}

function csv(header: string, rows: readonly (readonly string[])[]): string {
  return [header, ...rows.map((row) => row.join(','))].join('\n').concat('\n');
}
