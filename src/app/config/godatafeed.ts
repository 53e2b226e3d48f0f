import { createHash } from 'node:crypto';
import { DAY, MINUTE, SECOND } from '../../core/clock.js';
import {
  ACK_TRANSPORTS,
  type GoDataFeedStore,
  HTTP_METHODS,
  KEY_PLACES,
  READ_BACKS,
  TOKEN_PLACEMENTS,
} from '../../core/godatafeed.js';
import { ordersSchema } from './godatafeed-orders.js';
import { updatesSchema } from './godatafeed-updates.js';
import { group, listOf, type valueSchemas } from './values.js';

const STORE_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/**
 * `godatafeed` of the configuration. What the vendor's reference leaves open is a setting with the documented or
 * likeliest form as default (docs/godatafeed.md).
 */
export function godatafeedSchema(values: ReturnType<typeof valueSchemas>) {
  const { text, secret, duration, integer, flag, choice, url } = values;
  const word = (value: string, what: string) => text().prefault(value).describe(what);
  const candidates = (names: readonly string[], what: string) =>
    listOf(text())
      .refine((list) => list.length > 0, { error: 'must name at least one' })
      .prefault([...names])
      .describe(`${what} Candidates: the first that has a value wins.`);
  const path = (value: string, what: string) =>
    text()
      .refine((one) => one.startsWith('/'), { error: 'must begin with /' })
      .prefault(value)
      .describe(what);
  const method = (value: (typeof HTTP_METHODS)[number]) =>
    choice(HTTP_METHODS).prefault(value).describe('HTTP method.');

  const auth = group({
    method: choice(['GET', 'POST']).prefault('GET').describe('HTTP method of the authorization call.'),
    path: path('/authorization', 'Path of the authorization call; `:consumerKey` stands for the key.'),
    keyIn: choice(KEY_PLACES).prefault('query').describe('Where the consumer key goes.'),
    keyName: word('consumerKey', 'Its name there.'),
    tokenFields: candidates(
      ['Token', 'AccessToken', 'Authorization.Token', 'Data.Token'],
      'The token in the answer.',
    ),
    expiryFields: candidates(
      ['ExpirationDate', 'Expires', 'DateExpires', 'Authorization.ExpirationDate', 'Data.ExpirationDate'],
      'When it ends, in the answer.',
    ),
    lifespan: duration({ min: MINUTE })
      .optional()
      .describe("The key's token lifespan, for answers that do not say when the token ends."),
  }).transform(({ lifespan, ...rest }) => ({ ...rest, lifespanMs: lifespan ?? null }));

  const store = group({
    name: text()
      .refine((one) => STORE_NAME.test(one), { error: 'must be small letters, digits and hyphens' })
      .describe('In messages, and as the source of its orders.'),
    baseUrl: url()
      .prefault('https://api.godatafeed.com/v1')
      .describe('Base address with version; the vendor also names the host api.godatafeed.io.'),
    consumerKey: secret('GODATAFEED_KEY').optional().describe('From the environment only.'),
    token: secret('GODATAFEED_TOKEN')
      .optional()
      .describe('A token given directly, instead of the consumer key; from the environment only.'),
    auth: auth.prefault({}).describe('How a consumer key becomes a token.'),
    tokenPlacement: choice(TOKEN_PLACEMENTS).prefault('path').describe('Where the token stands in a call.'),
    tokenName: word('token', 'Name of the header of `rawHeader`, of the parameter of `query`.'),
    paths: group({
      count: path('/orders/count', 'Counts orders.'),
      list: path('/orders', 'Lists orders.'),
      get: path('/orders/:orderNumber', 'One order, for `readBack: get`.'),
      acknowledge: path('/orders/:orderNumber/acknowledge', 'Acknowledges one order.'),
      updateStatus: path('/orders/:orderNumber/status', 'Ships or cancels one order.'),
    })
      .prefault({})
      .describe("Paths below `baseUrl`; `:orderNumber` stands for GoDataFeed's number."),
    methods: group({
      count: method('GET'),
      list: method('GET'),
      get: method('GET'),
      acknowledge: method('PUT'),
      updateStatus: method('PUT'),
    })
      .prefault({})
      .describe('HTTP methods.'),
    ackTransport: choice(ACK_TRANSPORTS)
      .prefault('body')
      .describe("Where the seller's order number stands in an acknowledgement."),
    ackField: word('orderDestinationOrderNumber', 'Its name there.'),
    readBack: choice(READ_BACKS)
      .prefault('list')
      .describe("How an order is read back: by the list's filter, or by `paths.get`."),
    shipFields: group({
      status: word('OrderStatus', 'The new status.'),
      tracking: word('ShipmentTrackingNumber', 'The tracking number.'),
      carrier: word('ShipmentCarrier', 'The carrier.'),
      dateShipped: word('DateShipped', 'Ship date and time.'),
    })
      .prefault({})
      .describe('Names in the body of a status update.'),
    statusValues: group({
      new: word('NEW', 'Imported, not acknowledged.'),
      processing: word('PROCESSING', 'Acknowledged.'),
      shipped: word('SHIPPED', 'Shipped.'),
      canceled: word('CANCELED', 'Canceled; both spellings are read.'),
    })
      .prefault({})
      .describe('Statuses as they are sent; read without regard to case.'),
    parameters: group({
      status: word('status', 'Status filter.'),
      page: word('page', 'Page, from 1.'),
      pageSize: word('pageSize', 'Rows to a page.'),
      fromDate: word('fromDate', 'Begin of the purchase dates.'),
      toDate: word('toDate', 'End of the purchase dates.'),
      fromImportDate: word('fromGDFImportDate', 'Begin of the import dates.'),
      toImportDate: word('toGDFImportDate', 'End of the import dates.'),
      orderNumber: word('storeOrderNumber', 'Filter by an order number.'),
      includeDisabled: word('includeDisabled', 'Name of that parameter.'),
    })
      .prefault({})
      .describe('Names of the query parameters of count and list.'),
    envelope: group({
      orders: candidates(['Orders', 'Data.Orders', 'Data', 'Results'], 'The orders of a list.'),
      order: candidates(['Order', 'Data.Order', 'Orders', 'Data'], 'One order.'),
      count: candidates(
        ['Count', 'TotalCount', 'OrderCount', 'Data.Count', 'Total'],
        'The number of a count.',
      ),
      success: word('Success', 'Whether the call succeeded; may be missing.'),
      message: word('Message', 'Why it did not.'),
      paging: word('Paging', 'The block with Page and PageSize.'),
    })
      .prefault({})
      .describe('Names in an answer; read without regard to case.'),
    fields: group({
      orderNumber: candidates(
        ['OrderNumber', 'OrderID', 'GDFOrderNumber', 'Id'],
        "GoDataFeed's own order number.",
      ),
      marketplaceNumber: candidates(
        [
          'StoreOrderNumber',
          'MarketplaceOrderNumber',
          'SourceOrderNumber',
          'OrderSourceOrderNumber',
          'ChannelOrderId',
        ],
        "The marketplace's order number.",
      ),
      destinationNumber: candidates(['OrderDestinationOrderNumber'], "The seller's order number."),
      status: candidates(['OrderStatus', 'Status'], 'The status.'),
      tracking: candidates(['ShipmentTrackingNumber', 'TrackingNumber'], 'The tracking number.'),
      carrier: candidates(['ShipmentCarrier', 'ShippingCarrier', 'Carrier'], 'The carrier.'),
      dateShipped: candidates(['DateShipped'], 'Ship date and time.'),
      sync: candidates(['SyncStatus', 'OrderSyncStatus'], 'Whether the marketplace has taken an update.'),
      syncMessage: candidates(['SyncMessage', 'SyncError', 'ErrorMessage'], 'Why it has not.'),
      marketplace: candidates(
        ['Marketplace', 'MarketplaceName', 'OrderSource', 'OrderSourceName', 'ChannelName'],
        'The marketplace.',
      ),
      purchasedAt: candidates(['OrderDate', 'DateOrdered', 'DatePurchased'], 'When it was bought, UTC.'),
    })
      .prefault({})
      .describe('Fields of an order that the client itself reads.'),
    syncValues: group({
      complete: candidates(['Sync Complete'], 'The marketplace has taken it.'),
      manual: candidates(['Manually Synced'], 'It was shipped or canceled there by someone else.'),
      error: candidates(['Error', 'Sync Error'], 'The marketplace has refused it.'),
    })
      .prefault({})
      .describe('What `fields.sync` says, or the status itself; read without regard to case.'),
    orders: ordersSchema(values)
      .optional()
      .describe('How its orders become orders of Exigo; left out: they are held until it is set.'),
    updates: updatesSchema(values).prefault({}).describe('How shipments and cancellations are reported.'),
    rate: group({
      bucket: integer(2, 10_000).prefault(50).describe('Calls at once.'),
      leakPerSecond: integer(1, 1_000).prefault(2).describe('Calls a second after that.'),
    })
      .prefault({})
      .describe("The key's bucket; shared by all processes on the state database."),
    pageSize: integer(1, 1_000).prefault(100).describe('Rows to a page that are asked for.'),
    includeDisabled: flag().optional().describe('Sent only when it is set: its meaning is not documented.'),
    deadline: duration({ min: SECOND, max: 10 * MINUTE })
      .prefault('30s')
      .describe('Total time of one request.'),
    unknownWait: duration({ max: DAY })
      .prefault('2m')
      .describe('After an unknown outcome, how long before absence proves that nothing was done.'),
    maxBytes: integer(1_000_000, 200_000_000).prefault(20_000_000).describe('Most bytes of one answer.'),
  }).transform((value, context): GoDataFeedStore => {
    const {
      consumerKey = null,
      token = null,
      deadline,
      unknownWait,
      rate,
      includeDisabled,
      orders,
      ...rest
    } = value;
    if ((consumerKey === null) === (token === null)) {
      context.addIssue({ code: 'custom', message: 'must have exactly one of consumerKey and token' });
    }
    return {
      ...rest,
      consumerKey,
      token,
      includeDisabled: includeDisabled ?? null,
      orders: orders ?? null,
      rate: { size: rate.bucket, perSecond: rate.leakPerSecond },
      deadlineMs: deadline,
      unknownWaitMs: unknownWait,
    };
  });

  return group({
    stores: listOf(store).prefault([]).describe('One for each consumer key.'),
  }).superRefine(({ stores }, context) => {
    for (const [index, { name }] of stores.entries()) {
      if (stores.findIndex((one) => one.name === name) === index) continue;
      const message = `"${name}" is named twice`;
      context.addIssue({ code: 'custom', path: ['stores', index, 'name'], message });
    }
  });
}

/**
 * The account a store's bucket belongs to: stores that share a key share a bucket. A hash, since a key stands in no
 * table; 128 bits of it are enough to tell keys apart.
 */
export function rateAccountOf(store: GoDataFeedStore): string {
  const secret = store.consumerKey ?? store.token ?? '';
  const hash = createHash('sha256')
    .update(`${new URL(store.baseUrl).host}\n${secret}`)
    .digest('hex');
  return `godatafeed/${hash.slice(0, 32)}`;
}
