import type { ApiListing, OrderQualifiers } from '../../core/api-orders.js';
import type { OrderStatus } from '../../core/exigo.js';
import type { OrdersQuery } from './query.js';

/**
 * The GetOrders calls that a listing takes by these qualifiers: those that take one value are asked with one value
 * after the other. An order that meets two of them is listed twice.
 */
export function queriesOf(
  qualifiers: OrderQualifiers,
  listing: Exclude<ApiListing, { readonly orderIds: readonly number[] }>,
): OrdersQuery[] {
  const { customerID, customerKey, orderIDs, orderKeys, orderDateStart, orderDateEnd, orderTypes } =
    qualifiers;
  const statuses = 'acceptedAfter' in listing ? accepted(qualifiers) : qualifiers.statuses;
  const base = given({
    customerID,
    customerKey,
    orderIDs,
    orderKeys,
    orderDateStart,
    orderDateEnd,
    orderTys: orderTypes,
    ...qualifiers.others,
    greaterThanModifiedDate: 'changedAfter' in listing ? listing.changedAfter : listing.acceptedAfter,
    batchSize: qualifiers.batchSize,
    returnCustomer: qualifiers.returnCustomer,
    returnKitDetails: qualifiers.returnKitDetails,
  });
  let queries: OrdersQuery[] = [base];
  const one = <K extends keyof OrdersQuery>(name: K, values: readonly OrdersQuery[K][] | undefined) => {
    if (values === undefined) return;
    queries = queries.flatMap((query) => values.map((value) => ({ ...query, [name]: value })));
  };
  one('orderStatus', statuses as readonly OrderStatus[] | undefined);
  one('orderSubStatusTy', qualifiers.subStatuses);
  one('warehouseID', qualifiers.warehouseIDs);
  one('currencyCode', qualifiers.currencyCodes);
  one('partyID', qualifiers.partyIDs);
  one('batchID', qualifiers.batchIDs);
  one('referralID', qualifiers.referralIDs);
  return queries;
}

/** Orders of other statuses are no business of a configuration that leaves Accepted out. */
function accepted({ statuses }: OrderQualifiers): readonly string[] {
  return statuses === undefined || statuses.includes('Accepted') ? ['Accepted'] : [];
}

function given(query: Readonly<Record<string, unknown>>): OrdersQuery {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as OrdersQuery;
}
