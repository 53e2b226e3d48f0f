import type { OtherField } from './new-order.js';
import type { BucketLimits } from './rate.js';

/*
 * GoDataFeed's reference leaves most of its paths and fields open (godatafeed.md section 12), so they are settings
 * with the documented or likeliest form as default. Defaults live in the schema of the configuration.
 */

/** How the consumer key goes into the authorization call. `path`: where the path has `:consumerKey`, else at its end. */
export const KEY_PLACES = ['query', 'path', 'header', 'body'] as const;
export type KeyPlace = (typeof KEY_PLACES)[number];

/** Where the token stands. `path`: right after the base address; `bearerHeader`: `Authorization: Bearer`. */
export const TOKEN_PLACEMENTS = ['path', 'bearerHeader', 'rawHeader', 'query'] as const;
export type TokenPlacement = (typeof TOKEN_PLACEMENTS)[number];

/** Where the seller's order number stands in an acknowledgement. `path`: where the path has its field's name. */
export const ACK_TRANSPORTS = ['body', 'query', 'path'] as const;
export type AckTransport = (typeof ACK_TRANSPORTS)[number];

/** How an order is read back: by the list's filter, or by a call of its own. */
export const READ_BACKS = ['list', 'get'] as const;
export type ReadBack = (typeof READ_BACKS)[number];

export const HTTP_METHODS = ['GET', 'POST', 'PUT', 'PATCH'] as const;
export type HttpMethod = (typeof HTTP_METHODS)[number];

export const FEED_OPERATIONS = ['count', 'list', 'get', 'acknowledge', 'updateStatus'] as const;
export type FeedOperation = (typeof FEED_OPERATIONS)[number];

/** Names to try, the first that has a value wins; compared without case; dots lead into objects. */
export type Candidates = readonly string[];

/** Which tracking number stands for an order of several parcels: an update has room for one. */
export const PARCEL_RULES = ['first', 'last', 'joined'] as const;
export type ParcelRule = (typeof PARCEL_RULES)[number];

/** What becomes of a shipment whose carrier nobody names. */
export const MISSING_CARRIER = ['hold', 'omit'] as const;

/** Whether updates go to a marketplace; the first rule that decides counts. */
export interface PublishRule {
  /** Marketplace by its name, or `any`. */
  readonly to: string;
  /** Only for these updates; null: for both. */
  readonly update: 'shipped' | 'canceled' | null;
  /** The rule holds when a tag of the order contains this text; null: always. */
  readonly tagContains: string | null;
  /** What is decided when it holds. */
  readonly publish: boolean;
  /** What is decided when it does not; null leaves it to the next rule. */
  readonly otherwise: boolean | null;
}

/** How orders of a store are reported to their marketplaces: plain JSON, as it is kept with a batch. Times in milliseconds. */
export interface UpdateRules {
  readonly parcel: ParcelRule;
  /** US Central time, `17:00`, of a ship date that has none. */
  readonly bareDateTime: string;
  readonly carriers: {
    /** Carrier by ShipMethodID, for parcels without a WebCarrierID. */
    readonly shipMethods: Readonly<Record<string, string>>;
    /** By marketplace or `any`: what it calls a carrier. A name that is in no map is sent as it is. */
    readonly names: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly missing: (typeof MISSING_CARRIER)[number];
  };
  /** By marketplace; one that is not named has its name without spaces as its tag. */
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly publish: readonly PublishRule[];
  /** How long after an update its marketplace is asked for the first time. */
  readonly firstLookMs: number;
  /** After this without the marketplace's answer the order is given to a person. */
  readonly confirmWaitMs: number;
}

/** What becomes of a SKU that no map names. */
export const UNMAPPED_SKUS = ['hold', 'as-item-code'] as const;

/**
 * Fields of a marketplace order that become an order of Exigo. Those of a line are looked for in the line, those after
 * `shipTo` in the ship-to address.
 */
export const ORDER_FIELDS = [
  'currency',
  'shipMethod',
  'email',
  'total',
  'shipping',
  'tax',
  'discount',
  'notes',
  'lines',
  'sku',
  'title',
  'quantity',
  'unitPrice',
  'lineNumber',
  'lineShipping',
  'lineTax',
  'lineDiscount',
  'shipTo',
  'name',
  'firstName',
  'lastName',
  'company',
  'address1',
  'address2',
  'city',
  'state',
  'zip',
  'country',
  'phone',
] as const;
export type OrderFieldName = (typeof ORDER_FIELDS)[number];

/** How orders of a store become orders of Exigo: plain JSON, as it is kept with a batch. */
export interface OrderRules {
  readonly warehouse: number;
  readonly priceType: number;
  /** Exigo's code by the marketplace's, compared without case. */
  readonly currencies: Readonly<Record<string, string>>;
  /** ShipMethodID by marketplace or `any`, and by the service that was bought or `any`. */
  readonly shipMethods: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Item code by SKU. */
  readonly skus: Readonly<Record<string, string>>;
  readonly unmappedSkus: (typeof UNMAPPED_SKUS)[number];
  /** Item codes of the lines that carry these amounts. Shipping without one is the order's own. */
  readonly lines: {
    readonly tax: string | null;
    readonly shipping: string | null;
    readonly discount: string | null;
  };
  readonly customer: {
    /** House account by marketplace or `any`. */
    readonly accounts: Readonly<Record<string, number>>;
    /** CustomerTypeID of customers that are made by their e-mail address; null: none is. */
    readonly byEmail: number | null;
  };
  /** PaymentTypeID of the payment; null: none is made. */
  readonly paymentType: number | null;
  /** Holds marketplace and number; the order is found by it. */
  readonly keyField: OtherField;
  readonly fields: Readonly<Record<OrderFieldName, Candidates>>;
}

/** One store of GoDataFeed: its own key, bucket and errors. Times in milliseconds. */
export interface GoDataFeedStore {
  /** In messages and as the source of its orders; small letters, digits, hyphens. */
  readonly name: string;
  /** With version, without trailing slash: `https://api.godatafeed.com/v1`. */
  readonly baseUrl: string;
  /** Null when the token is given. */
  readonly consumerKey: string | null;
  /** Given directly; null when it is made from the consumer key. */
  readonly token: string | null;
  readonly auth: {
    readonly method: 'GET' | 'POST';
    readonly path: string;
    readonly keyIn: KeyPlace;
    readonly keyName: string;
    readonly tokenFields: Candidates;
    readonly expiryFields: Candidates;
    /** The key's token lifespan, for answers that do not say when the token ends; null: never. */
    readonly lifespanMs: number | null;
  };
  readonly tokenPlacement: TokenPlacement;
  /** Name of the header of `rawHeader`, of the parameter of `query`. */
  readonly tokenName: string;
  /** `:orderNumber` stands for GoDataFeed's order number. */
  readonly paths: Readonly<Record<FeedOperation, string>>;
  readonly methods: Readonly<Record<FeedOperation, HttpMethod>>;
  readonly ackTransport: AckTransport;
  readonly ackField: string;
  readonly readBack: ReadBack;
  readonly shipFields: {
    readonly status: string;
    readonly tracking: string;
    readonly carrier: string;
    readonly dateShipped: string;
  };
  readonly statusValues: {
    readonly new: string;
    readonly processing: string;
    readonly shipped: string;
    readonly canceled: string;
  };
  readonly parameters: {
    readonly status: string;
    readonly page: string;
    readonly pageSize: string;
    readonly fromDate: string;
    readonly toDate: string;
    readonly fromImportDate: string;
    readonly toImportDate: string;
    readonly orderNumber: string;
    readonly includeDisabled: string;
  };
  readonly envelope: {
    readonly orders: Candidates;
    readonly order: Candidates;
    readonly count: Candidates;
    readonly success: string;
    readonly message: string;
    readonly paging: string;
  };
  /** Fields of an order that the client itself reads. */
  readonly fields: {
    /** GoDataFeed's own number: the key of acknowledgement and update. */
    readonly orderNumber: Candidates;
    readonly marketplaceNumber: Candidates;
    readonly destinationNumber: Candidates;
    readonly status: Candidates;
    readonly tracking: Candidates;
    readonly carrier: Candidates;
    readonly dateShipped: Candidates;
    /** Whether the marketplace has taken an update, and why not. */
    readonly sync: Candidates;
    readonly syncMessage: Candidates;
    readonly marketplace: Candidates;
    readonly purchasedAt: Candidates;
  };
  readonly syncValues: {
    readonly complete: Candidates;
    readonly manual: Candidates;
    readonly error: Candidates;
  };
  /** Null: its orders are frozen and held until it is set. */
  readonly orders: OrderRules | null;
  readonly updates: UpdateRules;
  readonly rate: BucketLimits;
  readonly pageSize: number;
  /** Sent only when set: what it means is not documented. */
  readonly includeDisabled: boolean | null;
  /** Total time of one request. */
  readonly deadlineMs: number;
  /** After an unknown outcome absence proves nothing before. */
  readonly unknownWaitMs: number;
  readonly maxBytes: number;
}
