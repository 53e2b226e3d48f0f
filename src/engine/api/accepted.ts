import type { OldOrder } from '../../queue/reads/source.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { apiOf, instantBefore } from './listing.js';

/** Accepted orders of the API in a range of ModifiedDate (US Central text, end excluded), in pages. */
export async function* acceptedInApi(
  context: EngineContext,
  startAt: string,
  endAt: string,
): AsyncGenerator<OldOrder[]> {
  const between = async () => assertGoingOn(context.signal);
  for await (const { orders } of apiOf(context).list({ acceptedAfter: instantBefore(startAt) }, between)) {
    yield orders
      .filter(({ modifiedAt }) => modifiedAt >= startAt && modifiedAt < endAt)
      .map(({ orderId, modifiedAt }) => ({ OrderID: orderId, ModifiedDate: modifiedAt }));
  }
}
