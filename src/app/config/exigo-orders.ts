import * as z from 'zod';
import type { OrderQualifiers } from '../../core/api-orders.js';
import { UsageError } from '../../core/errors.js';
import { ORDER_STATUSES, ORDER_TYPES } from '../../core/exigo.js';
import { fromExigoText, parseDateOption } from '../../core/time.js';
import { group, listOf, type valueSchemas } from './values.js';

const INT_MAX = 2_147_483_647;
/** Calls that one listing may take: each is at least two requests a cycle. */
const MOST_CALLS = 50;

/** Those that GetOrders takes one value of: a list of them is asked for one by one. */
const ONE_BY_ONE = [
  'statuses',
  'subStatuses',
  'warehouseIDs',
  'currencyCodes',
  'partyIDs',
  'batchIDs',
  'referralIDs',
] as const;

const OTHERS = [11, 12, 13, 14, 15, 16, 17, 18, 19, 20] as const;
type Other = `other${(typeof OTHERS)[number]}`;

/** `exigoApi.orders` of the configuration: the qualifiers of GetOrders under the vendor's names, lists in the plural. */
export function exigoOrdersSchema(values: ReturnType<typeof valueSchemas>) {
  const { text, integer, choice, flag } = values;
  const id = () => integer(0, INT_MAX);
  const some = <Item extends z.ZodType>(item: Item, what: string) =>
    listOf(item)
      .refine((list) => list.length > 0, { error: 'must name at least one; leave it out for all' })
      .optional()
      .describe(what);
  const date = (what: string) =>
    text()
      .transform((value, context) => {
        try {
          return fromExigoText(parseDateOption('the date', value));
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          context.addIssue({ code: 'custom', message: error.message });
          return z.NEVER;
        }
      })
      .optional()
      .describe(what);
  const others = Object.fromEntries(
    OTHERS.map((n) => [`other${n}`, text().optional().describe(`Orders with this Other${n}.`)]),
  ) as Record<Other, z.ZodOptional<ReturnType<typeof text>>>;
  return group({
    statuses: some(
      choice(ORDER_STATUSES),
      'Orders in these statuses; default all. Printed and later ones tell how an order went on.',
    ),
    subStatuses: some(id(), 'Orders with these sub statuses, by id.'),
    orderTypes: some(choice(ORDER_TYPES), 'Orders of these types.'),
    warehouseIDs: some(id(), 'Orders of these warehouses.'),
    currencyCodes: some(text(), 'Orders in these currencies.'),
    partyIDs: some(id(), 'Orders of these parties.'),
    batchIDs: some(id(), 'Orders of these batches.'),
    referralIDs: some(id(), 'Orders with these referrals.'),
    customerID: id().optional().describe('Orders of this customer.'),
    customerKey: text().optional().describe('The same by key.'),
    orderIDs: some(id(), 'These orders alone, at most 200: for a first try.'),
    orderKeys: some(text(), 'The same by key.'),
    orderDateStart: date('Orders dated from this day on (2026-01-31, midnight US Central).'),
    orderDateEnd: date('Orders dated up to this day.'),
    ...others,
    returnCustomer: flag().prefault(true).describe('Ask for the customer with each order.'),
    returnKitDetails: flag()
      .prefault(true)
      .describe('Ask for the components of kits, as the sync database has them.'),
    batchSize: integer(1, 10_000).prefault(200).describe('Orders of one page, which is in memory at a time.'),
  })
    .superRefine((value, context) => {
      const issue = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [path], message });
      if (value.customerID !== undefined && value.customerKey !== undefined)
        issue('customerKey', 'must not stand beside customerID: Exigo refuses a call with both');
      if (value.orderIDs !== undefined && value.orderKeys !== undefined)
        issue('orderKeys', 'must not stand beside orderIDs: Exigo refuses a call with both');
      if ((value.orderIDs?.length ?? 0) > 200) issue('orderIDs', 'must name at most 200 orders');
      const calls = ONE_BY_ONE.reduce((product, name) => product * (value[name]?.length ?? 1), 1);
      if (calls > MOST_CALLS) {
        const lists = ONE_BY_ONE.filter((name) => value[name] !== undefined).join(', ');
        issue(
          'batchSize',
          `${lists} together would take ${calls} calls a listing, at most ${MOST_CALLS} are allowed: GetOrders takes one value of each`,
        );
      }
    })
    .transform((value): OrderQualifiers => {
      const { orderTypes, ...rest } = value;
      const named = OTHERS.flatMap((n) => {
        const wanted = value[`other${n}`];
        return wanted === undefined ? [] : [[`other${n}`, wanted]];
      });
      const kept = Object.entries(rest).filter(([name, one]) => one !== undefined && !/^other\d/.test(name));
      return {
        ...(Object.fromEntries(kept) as unknown as OrderQualifiers),
        ...(orderTypes === undefined
          ? {}
          : { orderTypes: orderTypes.map((name) => ORDER_TYPES.indexOf(name)) }),
        ...(named.length === 0 ? {} : { others: Object.fromEntries(named) as Record<string, string> }),
      };
    });
}
