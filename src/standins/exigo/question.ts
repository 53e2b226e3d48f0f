import { DateTime } from 'luxon';
import { ORDER_STATUSES } from '../../core/exigo.js';
import { fromExigoText, toExigoText } from '../../core/time.js';
import type { Parameters, Value } from '../../db/database.js';

/** GetOrders as the statements take it. */
export interface OrdersQuestion {
  readonly ids: readonly number[] | null;
  readonly returnCustomer: boolean;
  readonly returnKitDetails: boolean;
  readonly parameters: Parameters;
}

export interface QuestionRules {
  readonly defaultBatchSize: number;
  readonly maxBatchSize: number;
  /** The list form that is understood; a list in another form is no parameter it knows, so it is ignored. */
  readonly listStyle: 'any' | 'comma' | 'repeated' | 'indexed';
}

/** Something in the request cannot be read: answered with 400 and this text. */
export class BadRequest {
  constructor(readonly message: string) {}
}

/** Reads a query string; names in any case, unknown names ignored as the vendor's framework does. */
export function readQuestion(query: URLSearchParams, rules: QuestionRules): OrdersQuestion | BadRequest {
  const names = new Map<string, string[]>();
  for (const [key, value] of query) {
    const name = key.toLowerCase();
    names.set(name, [...(names.get(name) ?? []), value]);
  }
  const problems: string[] = [];
  const problem = (name: string, value: string) => {
    problems.push(`${name} "${value}" cannot be read`);
    return null;
  };
  const text = (name: string): string | null => names.get(name.toLowerCase())?.[0] || null;
  const int = (name: string): number | null => {
    const value = text(name);
    return value === null ? null : (readInt(value) ?? problem(name, value));
  };
  const date = (name: string): string | null => {
    const value = text(name);
    return value === null ? null : (readDate(value) ?? problem(name, value));
  };
  const list = <T extends Value>(name: string, read: (value: string) => T | null): T[] | null => {
    const values = readList(names, name.toLowerCase(), rules.listStyle);
    return values?.flatMap((value) => read(value) ?? problem(name, value) ?? []) ?? null;
  };
  const ids = list('orderIDs', readInt);
  const statuses = joined(list('otherOrderStatuses', readStatus), text('orderStatus'), (value) => {
    return readStatus(value) ?? problem('orderStatus', value);
  });
  const keys = joined(list('orderKeys', String), text('orderKey'), String);
  const parameters: Record<string, Value> = {
    ids: json(ids),
    after: int('greaterThanOrderID') ?? -1,
    size: Math.min(int('batchSize') ?? rules.defaultBatchSize, rules.maxBatchSize),
    order_id: int('orderID'),
    customer_id: int('customerID'),
    customer_key: text('customerKey'),
    date_start: date('orderDateStart'),
    date_end: date('orderDateEnd'),
    modified_after: date('greaterThanModifiedDate'),
    statuses: json(statuses),
    types: json(list('orderTys', readInt)),
    keys: json(keys),
    sub_status: int('orderSubStatusTy'),
    warehouse_id: int('warehouseID'),
    currency: text('currencyCode'),
    party_id: int('partyID'),
    batch_id: int('batchID'),
    referral_id: int('referralID'),
  };
  for (let n = 11; n <= 20; n++) parameters[`other${n}`] = text(`other${n}`);
  const flag = (name: string) => text(name)?.toLowerCase() === 'true';
  if (problems.length > 0) return new BadRequest(problems.join('; '));
  return {
    ids,
    returnCustomer: flag('returnCustomer'),
    returnKitDetails: flag('returnKitDetails'),
    parameters,
  };
}

function readList(
  names: ReadonlyMap<string, readonly string[]>,
  name: string,
  style: QuestionRules['listStyle'],
): string[] | null {
  const indexed = [...names].filter(([key]) => key.startsWith(`${name}[`)).flatMap(([, values]) => values);
  const plain = names.get(name) ?? [];
  const accepts = (one: QuestionRules['listStyle']) => style === 'any' || style === one;
  if (indexed.length > 0 && accepts('indexed')) return indexed;
  if (plain.length > 1 && accepts('repeated')) return [...plain];
  const [only] = plain;
  if (only === undefined || only === '') return null;
  if (!only.includes(',')) return style === 'indexed' ? null : [only];
  return accepts('comma') ? only.split(',').map((one) => one.trim()) : null;
}

function joined<T>(list: T[] | null, one: string | null, read: (value: string) => T | null): T[] | null {
  const single = one === null ? null : read(one);
  return single === null ? list : [...(list ?? []), single];
}

function json(list: readonly unknown[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}

export function readInt(value: unknown): number | null {
  const text = String(value).trim();
  return /^-?\d{1,10}$/.test(text) ? Number(text) : null;
}

/** Status by name in any case or by number; null for none of them. */
export function readStatus(value: unknown): number | null {
  const text = String(value).trim().toLowerCase();
  const byName = ORDER_STATUSES.findIndex((name) => name.toLowerCase() === text);
  if (byName >= 0) return byName;
  const id = readInt(text);
  return id !== null && ORDER_STATUSES[id] !== undefined ? id : null;
}

/** A date with offset, or US Central without one, as the tables keep it; null for anything else. */
export function readDate(value: unknown): string | null {
  const text = String(value).trim();
  const ms = /T.*(Z|[+-]\d\d:?\d\d)$/i.test(text) ? DateTime.fromISO(text).toMillis() : fromExigoText(text);
  return Number.isNaN(ms) ? null : toExigoText(ms);
}
