import type { ApiOrders } from '../../core/api-orders.js';
import {
  ConfigurationError,
  FreezeError,
  messageOf,
  TerminalError,
  TransientError,
} from '../../core/errors.js';
import { counted } from '../../core/text.js';
import { fromExigoText } from '../../core/time.js';
import type { EngineContext } from '../context.js';

/** Unreadable orders that a message names. */
const NAMED = 5;
/** `greaterThanModifiedDate` leaves its own second out. */
const SECOND_BEFORE = 1_000;

export function apiOf({ apiOrders }: EngineContext): ApiOrders {
  if (apiOrders !== null) return apiOrders;
  throw new ConfigurationError('source.orders is api, and no exigoApi is configured');
}

/** An API that fails ends the freeze, not the run: what was frozen before goes on. */
export async function listed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TransientError || error instanceof TerminalError)) throw error;
    const text = `the list of orders was not read to its end: ${messageOf(error)}; nothing was frozen, the next run lists the same again`;
    throw new FreezeError('API_LISTING', text, { cause: error });
  }
}

export function problemOf(unreadable: readonly string[]): Error | null {
  if (unreadable.length === 0) return null;
  const named = unreadable.slice(0, NAMED).join('; ');
  const more = unreadable.length > NAMED ? ` and ${unreadable.length - NAMED} more` : '';
  const what = `${counted(unreadable.length, 'order')} of the Exigo API could not be frozen: ${named}${more}`;
  return new FreezeError('API_ORDERS', `${what}; the others were, and these are listed again by every run`);
}

export function instantBefore(central: string): number {
  return fromExigoText(central) - SECOND_BEFORE;
}
