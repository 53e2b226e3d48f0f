import type { ApiOrders } from '../core/api-orders.js';
import type { Circuits } from '../core/circuits.js';
import type { Clock } from '../core/clock.js';
import type { Config } from '../core/config.js';
import type { MarketplaceDocument, MarketplaceStore } from '../core/feed-store.js';
import type { RenderedOrder, ThreePl } from '../core/hand-over.js';
import type { InboxPlace } from '../core/inbox-place.js';
import type { LabelPrinter } from '../core/label.js';
import type { Logger } from '../core/log.js';
import type { Mailer } from '../core/mail.js';
import type { Reporter } from '../core/marketplace.js';
import type { MappedOrder, OrderTarget } from '../core/new-order.js';
import type { FrozenValue, Order } from '../core/order.js';
import type { AnyPipeline, Verdict } from '../core/pipeline.js';
import type { Random } from '../core/retry.js';
import type { ReturnJudge, ReturnMapper, ReturnTarget } from '../core/returned.js';
import type { Collector } from '../core/shipment.js';
import type { OrderReader, TableReader } from '../core/sources.js';
import type { Delivery, ShipmentTarget, StatusTarget, UpdateTarget } from '../core/targets.js';
import { type HostedSync, SOURCE } from '../queue/freeze/freeze.js';
import { API_SOURCE } from '../queue/freeze/listed.js';
import type { Database, Session } from '../queue/ledger/session.js';

/** What the transform stage offers the engine; made by the application from `transform/`. */
export interface TransformKit {
  router(threePls: readonly ThreePl[]): (order: Order) => Verdict;
  fingerprint(rendered: RenderedOrder): string;
  diff(before: RenderedOrder, after: RenderedOrder): readonly CellChange[];
  /** Pages of a PDF, labels of ZPL. Throw RenderError for what cannot be read. */
  pdfPages(bytes: Uint8Array): Promise<number>;
  zplLabels(bytes: Uint8Array): number;
  tableEncoder(columns: readonly string[]): TableEncoder;
  /** The 3PLs of a stored configuration (its JSON). */
  threePlsOf(configurationJson: string): readonly ThreePl[];
  /** What marketplaces are told, by a configuration (its JSON). */
  reporter(configurationJson: string): Reporter;
  /** Maps marketplace orders by the stores of a stored configuration (its JSON). */
  orderMapper(configurationJson: string): OrderMapper;
  /** What all that a 3PL has said of an order comes to. */
  readonly collect: Collector;
  /** What one file says came back of an order, and the return order that is made of it. */
  readonly judgeReturned: ReturnJudge;
  readonly returnOrder: ReturnMapper;
}

/** What a marketplace order becomes in Exigo. Pure. */
export type OrderMapper = (order: MarketplaceDocument) => MappedOrder;

export interface CellChange {
  /** Counts from 1. */
  readonly row: number;
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface TableEncoder {
  head(): Uint8Array;
  rows(rows: readonly (readonly FrozenValue[])[]): Uint8Array;
}

/** How far a run is, for whoever looks. */
export type Progress = (stage: 'transform' | 'render' | 'status', done: number, total: number) => void;

/** Where `dbo` is read; null where orders come from the API, and there is none. */
export function syncTables({
  config,
  hosted,
  database,
}: Pick<EngineContext, 'config' | 'database' | 'hosted'>): Session | null {
  if (config.source.orders === 'api') return null;
  return hosted?.database ?? database;
}

/** Whose watermarks tell how far orders were frozen. */
export function orderSource({ source }: Pick<Config, 'source'>): string {
  return source.orders === 'api' ? API_SOURCE : SOURCE;
}

/** Everything the engine works with. Made once per run by the application. */
export interface EngineContext {
  /** Of our state; of the sync tables, too, unless they are hosted elsewhere. */
  readonly database: Database;
  /** Null when the sync tables are in {@link database}. */
  readonly hosted: HostedSync | null;
  /** Where orders come from without a sync database. Null when no Exigo API is configured. */
  readonly apiOrders: ApiOrders | null;
  readonly clock: Clock;
  /** For the pauses between tries. */
  readonly random: Random;
  readonly log: Logger;
  /** Which systems are left alone because they do not answer. */
  readonly circuits: Circuits;
  readonly config: Config;
  /** Of a dry run, whose own state directory is thrown away: that of the real ones, which is only read. */
  readonly earlierState?: string;
  readonly orders: OrderReader;
  readonly tables: TableReader;
  readonly kit: TransformKit;
  /**
   * By 3PL name, or `tables` for the raw table files. `shadow`: a folder of our own in its stead, where files lie that were
   * made in shadow.
   */
  delivery(target: Pick<ThreePl, 'name' | 'delivery'> | 'tables', shadow?: boolean): Delivery;
  /** Makes PDFs of HTML labels. */
  readonly labelPrinter: LabelPrinter;
  /** Null when no mail server is configured. */
  readonly mailer: Mailer | null;
  /** Where a 3PL that has `confirmations` puts its files. */
  inbox(threePl: ThreePl): InboxPlace;
  /** Null when no Exigo API is configured. */
  readonly statusTarget: StatusTarget | null;
  /** Null when no Exigo API is configured. */
  readonly shipmentTarget: ShipmentTarget | null;
  /** Stores of GoDataFeed by name. */
  readonly updateTargets: ReadonlyMap<string, UpdateTarget>;
  /** Null when no Exigo API is configured. */
  readonly orderTarget: OrderTarget | null;
  /** Null when no Exigo API is configured. */
  readonly returnTarget: ReturnTarget | null;
  /** The stores of GoDataFeed, by name. */
  readonly stores: ReadonlyMap<string, MarketplaceStore>;
  readonly pipelines: readonly AnyPipeline[];
  /** Aborted when the process was asked to stop: no further act is begun. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Closes connections; for when the run is over. */
  close(): Promise<void>;
}
