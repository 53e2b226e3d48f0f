import { ConfigurationError, codeOf, FreezeError, messageOf, TransientError } from '../core/errors.js';
import type { ImportWindow, MarketplaceDocument, NewOrders } from '../core/feed-store.js';
import { hideValues, maskText, personalValues } from '../core/personal.js';
import { counted } from '../core/text.js';
import type { GoDataFeedClient } from '../godatafeed/client.js';
import type { FeedOrder } from '../godatafeed/orders.js';

/** What a column of `etl.marketplace_order` takes, in UTF-16 units; a server refuses more, and the whole freeze with it. */
const MOST_CHARACTERS = 100;

/**
 * The orders of a store that are NEW, over all time or of a window of import dates, each once. Read to the end before
 * anything is acknowledged: an acknowledgement moves the rest by a row. Throws FreezeError `LIST_SHORT` for a list that
 * is empty or far short of what was counted. An order without a number, or with one that the state has no room for,
 * cannot be frozen: it is a problem that is told, and holds up no other.
 */
export async function listNewOrders(
  client: GoDataFeedClient,
  window: ImportWindow | null,
  between: () => Promise<void>,
): Promise<NewOrders> {
  const { orders } = await list(client, window, between);
  // A filter that is not understood lists orders of any status: made anew, each of them would be shipped once more.
  const fresh = orders.filter(({ status }) => status === null || status === 'new');
  const documents = fresh.flatMap((order) => documentOf(client.store, order) ?? []);
  const problems = [notNew(orders), notFrozen(fresh, documents.length)].filter((text) => text !== null);
  if (problems.length === 0) return { documents, problem: null };
  const text = `GoDataFeed store ${client.store}: ${problems.join('; ')}`;
  return { documents, problem: new ConfigurationError(text) };
}

/** Why some of what was listed as NEW is left out; null: all are. */
function notNew(orders: readonly FeedOrder[]): string | null {
  const others = orders.filter(({ status }) => status !== null && status !== 'new');
  if (others.length === 0) return null;
  // Where fields.status names another field than the status, it may be anything of the order.
  const words = [...new Set(others.map(({ status, fields }) => shown(status, fields)))]
    .slice(0, 5)
    .join(', ');
  return `${others.length} of ${counted(orders.length, 'order')} listed as NEW ${others.length === 1 ? 'is' : 'are'} not (${words}) and left out; check parameters.status and statusValues.new`;
}

function shown(status: string | null, fields: object): string {
  return status === null ? '' : maskText(hideValues(status.slice(0, 60), personalValues(fields), false));
}

/** Why some new orders cannot be frozen; null: all can. */
function notFrozen(orders: readonly FeedOrder[], frozen: number): string | null {
  const left = orders.length - frozen;
  if (left === 0) return null;
  const without = orders.filter(({ orderNumber }) => orderNumber === null).length;
  const long = left - without;
  const why = [
    ...(without === 0
      ? []
      : [`${without} of ${counted(orders.length, 'new order')} came without an order number`]),
    ...(long === 0
      ? []
      : [
          `${long} of ${counted(orders.length, 'new order')} came with a number or marketplace of over ${MOST_CHARACTERS} characters`,
        ]),
  ].join(', ');
  return `${why} and could not be frozen; check fields.orderNumber, fields.marketplaceNumber and fields.marketplace`;
}

/**
 * The orders of a store that are Canceled or Shipped and were purchased since then, those alone of these numbers; nothing
 * is kept of the others while they are listed. Throws FreezeError `LIST_SHORT` as {@link listNewOrders}.
 */
export async function listEndedOrders(
  client: GoDataFeedClient,
  since: number,
  among: (orderNumber: string) => boolean,
  between: () => Promise<void>,
): Promise<MarketplaceDocument[]> {
  const documents: MarketplaceDocument[] = [];
  for (const status of ['canceled', 'shipped'] as const) {
    // A filter that is not understood lists orders of any status.
    const keep = (order: FeedOrder) =>
      order.status === status && order.orderNumber !== null && among(order.orderNumber);
    const { orders } = await trusted(client.listShown(status, since, keep, between));
    documents.push(...orders.flatMap((order) => documentOf(client.store, order) ?? []));
  }
  return documents;
}

async function list(client: GoDataFeedClient, window: ImportWindow | null, between: () => Promise<void>) {
  return trusted(client.listNew(window ?? undefined, between));
}

async function trusted<T>(listed: Promise<T>): Promise<T> {
  try {
    return await listed;
  } catch (error) {
    if (!(error instanceof TransientError) || codeOf(error) !== 'LIST_SHORT') throw error;
    throw new FreezeError('LIST_SHORT', messageOf(error), { cause: error });
  }
}

function documentOf(store: string, order: FeedOrder): MarketplaceDocument | null {
  const { orderNumber, marketplace, marketplaceNumber, purchasedAt, raw } = order;
  if (orderNumber === null) return null;
  const texts = [orderNumber, marketplace, marketplaceNumber];
  if (texts.some((text) => text !== null && text.length > MOST_CHARACTERS)) return null;
  return { store, orderNumber, marketplace, marketplaceNumber, purchasedAt, json: raw };
}
