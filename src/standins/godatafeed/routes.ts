import type { Answer } from '../wire.js';
import type { Call } from './access.js';
import type { FeedStandinOperation } from './journal.js';

export interface Route {
  readonly operation: FeedStandinOperation;
  readonly method: string;
  readonly orderNumber: string | null;
}

/** The operation a call is for; null for none. */
export function routeOf({ path, method }: Call): Route | null {
  if (path === '/orders/count') return { operation: 'Count', method: 'GET', orderNumber: null };
  if (path === '/orders') return { operation: 'List', method: 'GET', orderNumber: null };
  const [, number = '', act] = /^\/orders\/([^/]+)(?:\/(acknowledge|status)(?:\/[^/]+)?)?$/.exec(path) ?? [];
  if (number === '') return null;
  const orderNumber = decodeURIComponent(number);
  if (act === undefined && method === 'GET') return { operation: 'Get', method: 'GET', orderNumber };
  const operation = act === 'acknowledge' ? 'Acknowledge' : 'UpdateStatus';
  return { operation, method: 'PUT', orderNumber };
}

/** The seller's number where it stands in the path of an acknowledgement. */
export function pathMember(path: string): Readonly<Record<string, unknown>> {
  const [, number] = /\/acknowledge\/([^/]+)$/.exec(path) ?? [];
  return number === undefined ? {} : { orderDestinationOrderNumber: decodeURIComponent(number) };
}

/** A body that holds only a `Message`, without `Success`. */
export function message(status: number, text: string): Answer {
  return { status, text: JSON.stringify({ Message: text }) };
}
